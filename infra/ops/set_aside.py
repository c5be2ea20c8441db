"""What is set aside: complaints of whose events somebody could not be told yet, and that are tried again by themselves."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from infra.ops.command import Group, command, done, group, table
from infra.ops.lookup import complaint_id_of
from infra.ops.place import NotThere, Place

if TYPE_CHECKING:
    from functions.records.set_aside import SetAsideItem


def add_to(commands: Group) -> None:
    mine = group(commands, "set-aside", help="who could not be told of events yet: list, try again, give up")
    command(mine, "list", _list, help="every complaint that somebody is behind with, the longest first")
    retry = command(mine, "retry", _retry, help="have it tried again by the next run", changes=True)
    give_up = command(
        mine,
        "give-up",
        _give_up,
        help="no longer try: who is behind is not told of these events",
        changes=True,
    )
    for each in (retry, give_up):
        each.add_argument("complaint", help="id or number")


def _list(place: Place, options: argparse.Namespace) -> int:
    from functions.complaints.behind import CONSUMERS
    from functions.complaints.clock import iso
    from functions.records.set_aside import all_of

    rows = [
        (
            item.consumer,
            item.id,
            iso(item.since),
            _waiting(item),
            int(item.tries),
            iso(item.watch_at),
            item.reason,
        )
        for consumer in CONSUMERS
        for item in all_of(consumer)
    ]
    head = (
        "consumer",
        "complaint",
        "since",
        "who waits, from which event on",
        "tries",
        "next try",
        "failed last",
    )
    print(table(rows, head=head))
    return 1 if rows else 0


def _retry(place: Place, options: argparse.Namespace) -> int:
    from functions.complaints.clock import utc_now
    from functions.records.set_aside import retry_now

    for item in _items(options.complaint):
        print(f"{item.consumer}: {_waiting(item)}")
        if options.apply:
            retry_now(item, now=utc_now())
    return done(options)


def _give_up(place: Place, options: argparse.Namespace) -> int:
    from functions.records.set_aside import give_up

    for item in _items(options.complaint):
        print(f"{item.consumer}: not to be told of events up to {int(item.seen)}: {_waiting(item)}")
        if options.apply:
            give_up(item)
    return done(options)


def _items(complaint: str) -> "Sequence[SetAsideItem]":
    from functions.complaints.behind import CONSUMERS
    from functions.records.set_aside import item_of

    complaint_id = complaint_id_of(complaint)
    found = [item for consumer in CONSUMERS if (item := item_of(consumer, complaint_id)) is not None]
    if not found:
        raise NotThere(f"nobody is behind with {complaint}")
    return found


def _waiting(item: "SetAsideItem") -> str:
    return ", ".join(f"{recipient} from {seq}" for recipient, seq in sorted(item.waiting.items()))
