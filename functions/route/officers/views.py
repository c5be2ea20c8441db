"""Officers as their body sees them."""

from typing import Annotated, Final

from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import AfterValidator, Field

from functions.complaints.clock import iso_or_none
from functions.complaints.complaint import Role
from functions.complaints.texts import LANGUAGES
from functions.edge.fields import (
    Absent,
    Body,
    Instant,
    View,
    choice,
    described,
    fault,
    omitted,
    one_of,
    words,
)
from functions.edge.operations import naming
from functions.records.agencies.officers import STATES, OfficerItem, is_officer_id

TAG: Final = ["Officers"]
NAME_MOST: Final = 100
EMAIL_MOST: Final = 254
"""RFC 5321, section 4.5.3.1.3, less the angle brackets."""
_OFFICER_ID: Final = "^[0-9A-Za-z]{26,32}$"


def _an_address(text: str) -> str:
    """One that mail can be sent to, as far as that can be told by looking at it."""
    local, at, domain = text.rpartition("@")
    labels = domain.split(".")
    if not (at and local and len(labels) > 1 and all(labels)) or any(map(str.isspace, text)) or "@" in local:
        raise fault("wrong_form")
    return text


OfficerId = Annotated[
    str,
    Path(description="The officer.", json_schema_extra={"pattern": _OFFICER_ID, "maxLength": 32}),
    naming(is_officer_id),
]
Name = Annotated[
    str,
    words(NAME_MOST, "As the body's own people know them.", lines=False),
    Field(examples=["Дежурный инспектор"]),
]
GivenRole = Annotated[
    str,
    choice(*Role),
    described(
        "`viewer` reads; `officer` makes every move but `extend`, `transfer`, `split` and `instruct`; `head` makes all, "
        "and manages officers, keys and subscriptions.",
        examples=["officer"],
    ),
]
GivenLanguage = Annotated[str, choice(*LANGUAGES)]


class Invitation(Body):
    """Who is invited, as what."""

    email: Annotated[
        str,
        Field(
            max_length=EMAIL_MOST,
            description="Where the invitation is sent, and what they sign in with.",
            examples=["officer@example.org"],
            json_schema_extra={"format": "email"},
        ),
        AfterValidator(_an_address),
    ]
    name: Name
    role: GivenRole
    language: GivenLanguage = omitted()


class OfficerChange(Body):
    """What is left out stays as it is."""

    name: Name = omitted()
    role: GivenRole = omitted()


class MyChange(Body):
    """What is left out stays as it is."""

    language: GivenLanguage = omitted()


class OfficerView(View):
    """An officer of the body."""

    id: Annotated[str, Field(pattern=_OFFICER_ID, description="Opaque; events name who acted by it.")]
    name: Annotated[str | None, described("Null where nobody told it, and once it was erased.")]
    email: Absent[str]
    role: Annotated[str, one_of(*Role)]
    language: Annotated[str, one_of(*LANGUAGES)] | None
    state: Annotated[
        str, one_of(*STATES), described("`invited` until the first visit; `left` once they were let go.")
    ]
    last_seen_at: Annotated[Instant | None, described("To the hour.")]


class Officers(View):
    """All of them, those who left included."""

    items: list[OfficerView]


class BodyNames(View):
    """A body, by its name in each language."""

    id: str
    name: Annotated[dict[str, str], described("By language.")]


class Myself(View):
    """An officer, to themselves."""

    id: str
    name: str | None
    role: Annotated[str, one_of(*Role)]
    language: Annotated[str, one_of(*LANGUAGES)] | None


class WhoCalls(View):
    """Who calls."""

    agency: BodyNames
    officer: Annotated[Myself | None, described("Null where it is a key of the body.")]
    scopes: Annotated[list[str], described("What the key, or the officer's role, may.")]


def officer_view(officer: OfficerItem) -> OfficerView:
    return OfficerView(
        id=officer.id,
        name=officer.name,
        email=officer.email,
        role=officer.role,
        language=officer.language,
        state=officer.state,
        last_seen_at=iso_or_none(officer.last_seen_at),
    )
