"""What is kept of a person: a copy for them, and erasing it. A person is known by their opaque subject alone."""

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from infra.ops.command import Group, command, done, group
from infra.ops.place import Place


def add_to(commands: Group) -> None:
    mine = group(commands, "person", help="a person's data: export, erase")
    export = command(mine, "export", _export, help="everything that is kept of a person, as JSON")
    erase = command(
        mine, "erase", _erase, help="erase a person; their complaints stay, without them", changes=True
    )
    for parser in (export, erase):
        parser.add_argument("subject", help="the `sub` of their identity")


def export(subject: str) -> dict[str, Any]:
    """Profile, phones and inbox as they are kept; complaints with their history; those they joined, by number.

    Secrets of the machinery are left out: where a phone is reached at SNS, and the digest of its token.
    """
    from functions.complaints.clock import utc_now
    from functions.records.people.inbox import InboxItem
    from functions.records.people.person import person_of
    from functions.records.people.table import person_pk
    from functions.records.store import ComplaintStore
    from functions.records.tables import ComplaintItem, FollowerItem

    person = person_of(subject, now=utc_now())
    store = ComplaintStore()
    complaints, joined = [], []
    for item in ComplaintItem.by_person.query(subject):
        if item.kind == FollowerItem.KIND:
            joined.append({"id": item.id, "number": item.number})
            continue
        complaint, history, internal = store.with_history(item.id)
        told = [event for event in history if event.seq not in internal]
        complaints.append({"complaint": complaint, "events": told})
    return {
        "subject": subject,
        "exported_at": utc_now(),
        "profile": None if person.profile is None else dict(person.profile.attribute_values),
        "phones": [_phone(each.attribute_values) for each in person.devices],
        "notifications": [
            dict(each.attribute_values)
            for each in InboxItem.query(person_pk(subject), InboxItem.sk.startswith("told#"))
        ],
        "complaints": complaints,
        "joined": joined,
    }


def _phone(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in ("endpoint_arn", "token_digest")}


def _export(place: Place, options: argparse.Namespace) -> int:
    json.dump(export(options.subject), sys.stdout, default=_plain, ensure_ascii=False, indent=2)
    print()
    return 0


def _erase(place: Place, options: argparse.Namespace) -> int:
    from functions.complaints.clock import utc_now
    from functions.intake.people.devices import Devices
    from functions.intake.people.leaving import leave

    for what, count in _counted(export(options.subject)):
        print(f"{count} {what}")
    if options.apply:
        # Phones are only signed out, which needs no application.
        left = leave(
            options.subject,
            devices=Devices({}),
            bucket=place.settings["PHOTOS_BUCKET"],
            going_on=lambda: True,
            now=utc_now,
        )
        print("removed: " + ", ".join(f"{name} {count}" for name, count in left.removed))
        assert left.complete
    return done(options)


def _counted(kept: dict[str, Any]) -> Iterator[tuple[str, int]]:
    for what in ("phones", "notifications", "complaints", "joined"):
        yield what, len(kept[what])


def _plain(value: Any) -> Any:
    from dataclasses import asdict, is_dataclass

    from functions.complaints.clock import iso

    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {name: each for name, each in asdict(value).items() if each not in (None, (), [], {}, "")}
    raise TypeError(type(value).__name__)
