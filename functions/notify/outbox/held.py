"""Pushes that are held, for quiet hours or because SNS did not take them: let go when their time has come."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from functions.complaints.behind import pause
from functions.edge.telemetry import follow, logger
from functions.notify.outbox.sending import AT_ONCE, Sender
from functions.notify.outbox.telling import Teller
from functions.records.people.inbox import inbox_item
from functions.records.people.pushes import (
    HELD_SHARDS,
    HeldItem,
    held_before,
    hold_push,
    let_go,
    mark_held,
    put_off,
)
from functions.records.side_by_side import side_by_side


@dataclass(kw_only=True)
class Released:
    """How many pushes were let go, and how many must wait for a later run."""

    let_go: int = 0
    held_on: int = 0
    failed: int = 0


def release(
    *, teller: Teller, sender: Sender, now: Callable[[], datetime], going_on: Callable[[], bool]
) -> Released:
    """Let go what is due. One that cannot be looked at is put off, and keeps nobody waiting; a throttled SNS ends the
    run.
    """
    released = Released()
    for shard in range(HELD_SHARDS):
        for some in batched(held_before(now(), shard=shard), AT_ONCE, strict=False):
            if not going_on() or sender.is_throttled:
                return released
            outcomes = side_by_side(
                lambda held: _looked_at(held, teller=teller, sender=sender, now=now), some, most=AT_ONCE
            )
            released.let_go += outcomes.count("let go")
            released.held_on += outcomes.count("held on")
            released.failed += outcomes.count("failed")
    return released


def _looked_at(held: HeldItem, *, teller: Teller, sender: Sender, now: Callable[[], datetime]) -> str:
    try:
        return "let go" if _let_go(held, teller=teller, sender=sender) else "held on"
    except Exception:
        logger.exception("held push not looked at")
        put_off(held, until=now() + pause(int(held.tries)))
        return "failed"


def _let_go(held: HeldItem, *, teller: Teller, sender: Sender) -> bool:
    item = inbox_item(held.person, held.inbox_sk)
    if item is not None:
        follow(complaint_id=item.complaint_id, correlation_id=None)
        released = teller.release(item)
        if released.until is not None:
            mark_held(item, until=released.until)
            hold_push(item, until=released.until)
            held.delete()
            return False
        if released.push is not None and not sender.send(released.push):
            held.delete()
            return False
    let_go(held, item)
    return True
