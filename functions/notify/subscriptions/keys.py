"""`/v1/agency/keys`: an agency's API keys, for keys with the scope `admin`."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, ClassVar, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Body as FromBody
from pydantic import BeforeValidator, ConfigDict, Field, field_validator

from functions.complaints.clock import iso, iso_or_none
from functions.complaints.keys import SCOPES, Caller
from functions.edge.callers import Admin
from functions.edge.fields import (
    Body,
    GivenInstant,
    Instant,
    View,
    bound,
    choice,
    described,
    fault,
    omitted,
    one_of,
    under,
    whole,
    words,
)
from functions.edge.idempotency import TakenKey
from functions.edge.operations import answering, with_scope
from functions.edge.resolver import no_content
from functions.notify.subscriptions.ids import KeyId
from functions.notify.subscriptions.once import Making, made_once
from functions.records.agencies.keys import (
    OVERLAP,
    KeyItem,
    create_key,
    keys_of,
    made_before,
    revoke_key,
    rotate_key,
)
from functions.records.agencies.keys import NewKey as MadeKey
from functions.records.agencies.made import MadeItem

OVERLAP_MOST_H: Final = 7 * 24
LIFE_MOST: Final = timedelta(days=5 * 365)
_ONCE: Final = (
    "With an Idempotency-Key the same request, under the same key of yours, is answered with the same token: it is kept "
    "nowhere, but made anew of what only the two of us have."
)
_TAG: Final = ["Keys"]
_ADMIN: Final = with_scope("admin")
_Scope = Annotated[str, one_of(*SCOPES)]


class KeyWanted(Body):
    """A key to be made."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "Case system", "scopes": ["write"], "expires_at": "2027-03-01T00:00:00Z"},
            ]
        }
    )
    now: ClassVar[Callable[[], datetime]]

    name: Annotated[str, words(100, "What the key is for.", lines=False)]
    scopes: Annotated[
        list[Annotated[str, choice(*SCOPES)]],
        Field(
            min_length=1,
            max_length=len(SCOPES),
            description="`write` includes `read`, `admin` includes both.",
        ),
    ]
    expires_at: Annotated[
        GivenInstant | None,
        described(f"When it ends by itself, within {LIFE_MOST.days // 365} years; never, if absent."),
    ] = omitted()

    @field_validator("expires_at")
    @classmethod
    def _ahead(cls, expires_at: datetime | None) -> datetime | None:
        now = cls.now()
        if expires_at is not None and expires_at <= now:
            raise fault("not_in_future")
        if expires_at is not None and expires_at > now + LIFE_MOST:
            raise fault("not_in_range", min=iso(now), max=iso(now + LIFE_MOST))
        return expires_at


class KeyRotation(Body):
    """How a key gives way to its successor."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"overlap_hours": 24}]})

    overlap_hours: Annotated[
        int,
        Field(
            ge=0,
            le=OVERLAP_MOST_H,
            description="How long the old key goes on working; 24 if absent.",
        ),
        BeforeValidator(whole),
    ] = OVERLAP // timedelta(hours=1)


BY_ITSELF: Final = KeyRotation()


class Key(View):
    """A key, without what is secret of it."""

    id: str
    name: str
    scopes: list[_Scope]
    valid: bool
    created_at: Instant
    created_by: Annotated[str, described("Id of a key, or `operator`.")]
    expires_at: Instant | None
    revoked_at: Instant | None
    last_used_at: Annotated[Instant | None, described("To the hour.")]


class Keys(View):
    """All of them, those that ended lately included."""

    items: list[Key]


class NewKey(View):
    """A key that was just made."""

    id: str
    name: str
    token: Annotated[
        str,
        described("The key itself: shown this once, and to the same request under its Idempotency-Key."),
    ]
    scopes: list[_Scope]
    expires_at: Instant | None


def keys(*, now: Callable[[], datetime]) -> Router:
    """The routes."""
    router = Router()
    new_key = partial(
        router.post,
        status_code=201,
        tags=_TAG,
        security=_ADMIN,
        openapi_extensions=answering("conflict"),
    )
    key_wanted = bound(KeyWanted)
    key_wanted.now = staticmethod(now)

    @router.get(
        "/v1/agency/keys",
        operation_id="listKeys",
        tags=_TAG,
        security=_ADMIN,
        summary="The agency's keys",
    )
    def listed(caller: Admin) -> Keys:
        return Keys(items=[_key(each, now=now()) for each in keys_of(caller.agency_id)])

    def once(caller: Caller, key: str | None, make: Callable[[Making], MadeKey]) -> NewKey:
        def again(seen: MadeItem, material: bytes) -> MadeKey:
            return made_before(caller.agency_id, seen.made, material=material)

        event = router.current_event.raw_event
        return _new_key(made_once(event, caller=caller, key=key, make=make, again=again, now=now()))

    @new_key(
        "/v1/agency/keys",
        operation_id="makeKey",
        summary="Make a key",
        description=f"With a name, and an expiry of up to {LIFE_MOST.days // 365} years if it is to have one. {_ONCE}",
    )
    def make(
        caller: Admin, body: Annotated[KeyWanted, FromBody, under(key_wanted)], key: TakenKey = None
    ) -> NewKey:
        return once(
            caller,
            key,
            lambda making: create_key(
                caller.agency_id,
                scopes=tuple(body.scopes),
                name=body.name,
                expires_at=body.expires_at,
                created_by=caller.key_id,
                material=making.material,
                note=making.note,
                now=now(),
            ),
        )

    @router.delete(
        "/v1/agency/keys/<key_id>",
        status_code=204,
        operation_id="revokeKey",
        tags=_TAG,
        security=_ADMIN,
        summary="Revoke a key, within 60 seconds",
    )
    def revoke(key_id: KeyId, caller: Admin) -> Response[None]:
        revoke_key(caller.agency_id, key_id, now=now())
        return no_content()

    @new_key(
        "/v1/agency/keys/<key_id>/rotate",
        operation_id="rotateKey",
        summary="Make a key's successor; the old one goes on working for a while",
        description=f"It has the same name, scopes and term. {_ONCE}",
    )
    def rotate(key_id: KeyId, caller: Admin, body: KeyRotation = BY_ITSELF, key: TakenKey = None) -> NewKey:
        return once(
            caller,
            key,
            lambda making: rotate_key(
                caller.agency_id,
                key_id,
                overlap=timedelta(hours=body.overlap_hours),
                created_by=caller.key_id,
                material=making.material,
                note=making.note,
                now=now(),
            ),
        )

    return router


def _key(key: KeyItem, *, now: datetime) -> Key:
    return Key(
        id=key.key_id,
        name=key.name,
        scopes=key.scopes,
        valid=key.is_valid(now),
        created_at=iso(key.created_at),
        created_by=key.created_by,
        expires_at=iso_or_none(key.expires_at),
        revoked_at=iso_or_none(key.revoked_at),
        last_used_at=iso_or_none(key.last_used_at),
    )


def _new_key(made: MadeKey) -> NewKey:
    return NewKey(
        id=made.key_id,
        name=made.name,
        token=made.token,
        scopes=list(made.scopes),
        expires_at=iso_or_none(made.expires_at),
    )
