"""Erase a person: what is personal goes at once; their complaints stay, without a person."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from functions.intake.people.devices import Devices
from functions.records.dynamodb import connection
from functions.records.erasure import erase_person
from functions.records.people import erase_profile, erase_rest, person_of


def leave(
    person: str, *, devices: Devices, going_on: Callable[[], bool], now: datetime
) -> tuple[dict[str, Any], bool]:
    """What was removed, and whether that was all; run again, it goes on.

    First the note that the person is gone, so that nothing which is under way is told to them any more; the inbox
    last, when no complaint knows of them.
    """
    removed: dict[str, Any] = {"profile": erase_profile(person, now=now), "devices": 0}
    for device in person_of(person, now=now).devices:
        removed["devices"] += devices.sign_out(person, device.device_id)
    erased = erase_person(person, connection=connection(), going_on=going_on)
    removed |= {
        "complaints_made_anonymous": erased.complaints,
        "public_names": erased.public_names,
        "complaints_left": erased.joined,
        "notifications": erase_rest(person),
    }
    return removed, erased.complete
