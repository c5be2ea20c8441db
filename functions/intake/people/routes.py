"""`/v1/me`, `/v1/devices` and `/v1/notifications`: what the person chose, their phones, and what they were told."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, Final

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import Field

from functions.complaints.limits import Limits
from functions.complaints.region import Region
from functions.complaints.texts import Language
from functions.edge.authorized import claims_of
from functions.edge.callers import Person
from functions.edge.fields import Body, Count, GivenInstant, View, described, omitted
from functions.edge.judging import judged
from functions.edge.language import Speech
from functions.edge.operations import SIGNED_IN, answering
from functions.edge.paging import PAGE_SIZE, Cursor, PageSize
from functions.edge.resolver import no_content
from functions.intake.people.devices import Devices
from functions.intake.people.inbox import Inbox, inbox_view, sort_key
from functions.intake.people.leaving import Left, leave
from functions.intake.people.profile import NO_CHOICE, Choices, Me, Platform, change, check, profile_view
from functions.records.people.day_limits import count
from functions.records.people.devices import token_digest
from functions.records.people.inbox import mark_all_read, mark_read, unread
from functions.records.people.person import person_of
from functions.records.people.profiles import profile_of

# What is left of an invocation is kept for the answer.
RESERVE_MS: Final = 4_000
READ_MOST: Final = 50
_TAG: Final = ["People"]
DeviceId = Annotated[
    str,
    Path(
        pattern="^[A-Za-z0-9._-]{1,64}$",
        description="The app's own name for the phone, the same for as long as it is installed.",
        json_schema_extra={"maxLength": 64},
    ),
]


class Phone(Body):
    """How a push reaches the phone."""

    platform: Annotated[Platform, described("The push service that gave the token")]
    token: Annotated[
        str,
        Field(
            min_length=1,
            max_length=2_048,
            pattern="^[!-~]+$",
            description="What the push service calls this app on this phone; for apns in hex",
            examples=["cX9Qk3-TSXm:APA91bH8u2Vq0"],
        ),
    ]
    language: Annotated[
        Language,
        described(
            "What this phone is written to in, whatever the person chose; without it, what they chose under `/v1/me`, else "
            "the language of this request"
        ),
    ] = omitted()


class Device(View):
    """A phone that pushes go to."""

    device_id: str
    platform: Platform


class ReadItems(Body):
    """What the person has read."""

    ids: Annotated[
        list[Annotated[str, Field(max_length=128)]],
        Field(max_length=READ_MOST, description="Ids of items that were read"),
    ] = Field(default=[])
    until: Annotated[GivenInstant, described("Everything up to then was read: the list's `as_of`")] = (
        omitted()
    )


NOTHING_READ: Final = ReadItems()


class Unread(View):
    """How much of the inbox is new."""

    unread: Count


def people(*, region: Region, devices: Devices, bucket: str, now: Callable[[], datetime]) -> Router:
    """The routes, under one region's limits."""
    router = Router()
    limits = Limits.of(region.limits)

    @router.put(
        "/v1/devices/<device_id>",
        operation_id="signInOnPhone",
        tags=_TAG,
        security=SIGNED_IN,
        openapi_extensions=answering("daily-limit-reached"),
        summary="Have pushes sent to this phone",
        description="At each start of the app. The phone is the person's from now on: whoever was signed in on it "
        "before is told nothing there any more. What a push holds, which kinds there are and when they wait stands in this "
        "document under `x-pushes`.",
    )
    @judged(Phone, lambda event, names, body: devices.check(body.platform, body.token), needs=("platform",))
    def register(device_id: DeviceId, body: Phone, person: Person, speech: Speech) -> Device:
        at = now()
        # By what the phone is to SNS: each token is an endpoint there, under whatever name the app gives the phone.
        digest = token_digest(body.platform, body.token)
        count(person, "devices", key=digest, limit=limits.devices_per_day, now=at, zone=region.time_zone)
        devices.sign_in(
            person,
            device_id,
            platform=body.platform,
            token=body.token,
            language=body.language,
            spoken=speech.requested,
            now=at,
        )
        return Device(device_id=device_id, platform=body.platform)

    @router.delete(
        "/v1/devices/<device_id>",
        status_code=204,
        operation_id="signOutOnPhone",
        tags=_TAG,
        security=SIGNED_IN,
        summary="Have no more pushes sent to this phone",
        description="For signing out. The inbox stays; a phone that is not known counts as signed out.",
    )
    def forget(device_id: DeviceId, person: Person) -> Response[None]:
        devices.sign_out(person, device_id)
        return no_content()

    @router.get(
        "/v1/notifications",
        operation_id="listNotifications",
        tags=_TAG,
        security=SIGNED_IN,
        summary="The inbox, newest first, with the number of what was not read",
        description="90 days of it, in the language that the person chose.",
    )
    def notifications(
        person: Person, speech: Speech, limit: PageSize = PAGE_SIZE, cursor: Cursor = None
    ) -> Inbox:
        profile = profile_of(person)
        speech.chose(None if profile is None else profile.language)
        return inbox_view(
            person,
            profile,
            limit=limit,
            cursor=cursor,
            language=speech.language,
            region=region,
            now=now(),
        )

    @router.post(
        "/v1/notifications/read",
        operation_id="markRead",
        tags=_TAG,
        security=SIGNED_IN,
        summary="Mark items as read",
        description="By their ids, or everything up to an instant; what is read already stays so.",
    )
    def read(person: Person, body: ReadItems = NOTHING_READ) -> Unread:
        at = now()
        keys = [sort_key(public, field=f"/ids/{index}") for index, public in enumerate(body.ids)]
        if "until" in body.model_fields_set:
            mark_all_read(person, until=min(at, body.until))
        for key in keys:
            mark_read(person, key, now=at)
        profile = profile_of(person)
        since: datetime | None = None if profile is None else profile.read_until
        return Unread(unread=unread(person, since=since, now=at))

    @router.get(
        "/v1/me",
        operation_id="showMe",
        tags=_TAG,
        security=SIGNED_IN,
        summary="What the person chose, and their phones",
        description="Where the person chose nothing, the region's own values.",
    )
    def me(person: Person) -> Me:
        return profile_view(person_of(person, now=now()), region=region)

    def choices_judged(event: Mapping[str, Any], names: Mapping[str, str], body: Choices) -> None:
        check(profile_of(str(claims_of(event).get("sub"))), body)

    @router.patch(
        "/v1/me",
        operation_id="choose",
        tags=_TAG,
        security=SIGNED_IN,
        summary="Choose language, quiet hours and pushes; say that one is an entrepreneur",
        description="What is left out stays as it is.",
    )
    @judged(Choices, choices_judged, needs=("kind",))
    def choose(person: Person, body: Choices = NO_CHOICE) -> Me:
        change(person_of(person, now=now()), body)
        return profile_view(person_of(person, now=now()), region=region)

    @router.delete(
        "/v1/me",
        operation_id="leave",
        tags=_TAG,
        security=SIGNED_IN,
        openapi_extensions=answering(further=[202]),
        summary="Delete one's account",
        description="Removes personal data and phones at once, and from complaints what the person wrote, the address "
        "and the exact place. The complaints stay, without a person: their matter, district, dates and photos, and what "
        "the bodies said. How much of the "
        "day's limits was used is kept for three days, under the person's opaque subject alone.",
    )
    def go(person: Person) -> Response[Left]:
        """200 when everything is removed; 202 where time ran out, and the same request goes on."""
        left = leave(
            person,
            devices=devices,
            bucket=bucket,
            going_on=lambda: router.lambda_context.get_remaining_time_in_millis() > RESERVE_MS,
            now=now,
        )
        return Response(
            status_code=200 if left.complete else 202, content_type=content_types.APPLICATION_JSON, body=left
        )

    return router
