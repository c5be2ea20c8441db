"""Erase a person: what is personal goes at once; their complaints stay, without a person."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

from functions.edge.fields import Count, View, described
from functions.intake.people.devices import Devices
from functions.records.dynamodb import connection
from functions.records.erasure import erase_person
from functions.records.people.leaving import erase_profile, erase_rest
from functions.records.people.person import person_of


class Removed(View):
    """What there is no more."""

    profile: bool
    devices: Count
    complaints_made_anonymous: Count
    public_names: Count
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


def leave(person: str, *, devices: Devices, going_on: Callable[[], bool], now: datetime) -> Left:
    """What was removed, and whether that was all; run again, it goes on.

    First the note that the person is gone, so that nothing which is under way is told to them any more; the inbox
    last, when no complaint knows of them.
    """
    profile = erase_profile(person, now=now)
    phones = [devices.sign_out(person, device.device_id) for device in person_of(person, now=now).devices]
    erased = erase_person(person, connection=connection(), going_on=going_on)
    removed = Removed(
        profile=profile,
        devices=sum(phones),
        complaints_made_anonymous=erased.complaints,
        public_names=erased.public_names,
        complaints_left=erased.joined,
        notifications=erase_rest(person),
    )
    return Left(removed=removed, identity="kept_by_provider", complete=erased.complete)
