"""Pushes that were held for quiet hours: let go when these have ended."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from functions.edge.telemetry import follow
from functions.notify.outbox.telling import NotPushed, Teller
from functions.records.people.inbox import inbox_item
from functions.records.people.pushes import HELD_SHARDS, HeldItem, held_before, hold_push, let_go, mark_held


@dataclass(kw_only=True)
class Released:
    """How many pushes were let go, and how many must wait for the next run."""

    let_go: int = 0
    held_on: int = 0
    failed: int = 0


def release(*, teller: Teller, now: Callable[[], datetime], going_on: Callable[[], bool]) -> Released:
    """Let go what is due. What fails stays where it is; a throttled SNS ends the run."""
    released = Released()
    for shard in range(HELD_SHARDS):
        for held in held_before(now(), shard=shard):
            if not going_on():
                return released
            try:
                _let_go(held, teller=teller, released=released)
            except NotPushed as error:
                released.failed += 1
                if error.throttled:
                    return released
    return released


def _let_go(held: HeldItem, *, teller: Teller, released: Released) -> None:
    item = inbox_item(held.person, held.inbox_sk)
    if item is not None:
        follow(complaint_id=item.complaint_id, correlation_id=None)
        until = teller.release(item)
        if until is not None:
            mark_held(item, until=until)
            hold_push(item, until=until)
            held.delete()
            released.held_on += 1
            return
    let_go(held, item)
    released.let_go += 1
