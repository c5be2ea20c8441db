"""Erase a person: what is personal goes at once; their complaints stay, without a person."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Final, Literal

from functions.edge.fields import Count, View, described
from functions.edge.public_copies import forget
from functions.intake.people.devices import Devices
from functions.records.dynamodb import connection
from functions.records.erasure import erase_person
from functions.records.people.leaving import erase_profile, erase_rest, note_erased
from functions.records.people.person import person_of

TAKES_MOST: Final = timedelta(minutes=1)
"""Longer than an invocation may run."""


class Removed(View):
    """What there is no more. What stays of complaints: the matter (its category), the district, the dates, the photos, and
    what the bodies said and did.
    """

    profile: bool
    devices: Count
    complaints_made_anonymous: Count
    public_names: Count
    texts: Annotated[
        Count,
        described(
            "Comments, reasons and answers that the person wrote. Who has it cannot read them any more."
        ),
    ]
    places: Annotated[
        Count,
        described(
            "Complaints without their address and exact place: what is left of it is exact to a kilometre. One that "
            "no body has yet keeps its place until one has."
        ),
    ]
    complaints_left: Annotated[Count, described("Joined before, and not any more.")]
    notifications: Count


class Left(View):
    """What became of a person's data."""

    removed: Removed
    identity: Annotated[
        Literal["kept_by_provider"],
        described(
            "What stays: the account at the identity provider (name, phone, password). It is deleted there."
        ),
    ]
    complete: Annotated[bool, described("False: time ran out. Send the same request again, it goes on.")]


def leave(
    person: str,
    *,
    devices: Devices,
    bucket: str,
    going_on: Callable[[], bool],
    now: Callable[[], datetime],
) -> Left:
    """What was removed, and whether that was all; run again, it goes on.

    First the note that the person is gone, so that nothing which is under way is told to them any more, nor what happens
    while they are being erased; the inbox last, when no complaint knows of them. Then the note says when that was: of
    what happens to who comes back, they are told.
    """
    profile = erase_profile(person, at=now() + TAKES_MOST, now=now())
    found = person_of(person, now=now())
    phones = [devices.sign_out(person, device.device_id) for device in (*found.devices, *found.lost)]
    erased = erase_person(
        person,
        connection=connection(),
        going_on=going_on,
        forget_copies=partial(forget, bucket=bucket),
    )
    removed = Removed(
        profile=profile,
        devices=sum(phones),
        complaints_made_anonymous=erased.complaints,
        public_names=erased.public_names,
        texts=erased.texts,
        places=erased.places,
        complaints_left=erased.joined,
        notifications=erase_rest(person),
    )
    if erased.complete:
        note_erased(person, at=max(filter(None, (now(), erased.last_change))))
    return Left(removed=removed, identity="kept_by_provider", complete=erased.complete)
