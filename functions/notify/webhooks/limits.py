"""How fast and how many at once: attempts a second for every endpoint, places for one that may be slow."""

import random
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from pynamodb.expressions.update import Action

from functions.notify.webhooks.tables import AttemptRateItem, SlotItem, subscription_pk
from functions.records.conditional import updated

WINDOW: Final = timedelta(seconds=10)
DEFAULT_RATE: Final = 20
"""Attempts a second at one endpoint, where the agency asked for no other rate."""
CLAIM: Final = 10
"""Attempts that a container claims at once, at most."""
UNCLAIMED: Final = 2
"""Attempts in a window that a container makes without asking, where the agency set no rate. A quiet endpoint costs no
write so; the limit, which is ours, can be exceeded by this many for each container.
"""
LINE: Final = "line"
LINE_KEPT: Final = timedelta(days=30)
SLOT_HELD: Final = timedelta(seconds=60)


class AttemptRate:
    """A limit on attempts per window, claimed some at a time from a counter that all containers share.

    Whoever finds a window full is given a place in the line, at the distance of the rate from the one before: so as
    many come back for each window as it has room for, and not all who wait.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, tuple[int, int, int]] = {}

    def wait(self, subscription_id: str, *, rate: int | None, now: datetime) -> timedelta:
        """How long to wait before the next attempt; zero when it may be made, and is then counted."""
        seconds = int(WINDOW.total_seconds())
        window = int(now.timestamp()) // seconds
        limit = (rate or DEFAULT_RATE) * seconds
        unclaimed = UNCLAIMED if rate is None else 0
        with self._lock:
            known, free, claimed = self._known.get(subscription_id, (window, unclaimed, 0))
            if known != window:
                free, claimed = unclaimed, 0
            if free == 0 and claimed >= 0:
                free = self._claim(subscription_id, window, limit=limit, now=now)
                claimed = free or -1
            self._known[subscription_id] = (window, max(0, free - 1), claimed)
        if free:
            return timedelta(0)
        opens = (window + 1) * seconds * 1000
        return _place_in_line(subscription_id, opens=opens, step=-(-1000 * seconds // limit), now=now)

    def _claim(self, subscription_id: str, window: int, *, limit: int, now: datetime) -> int:
        # Of a small limit one at a time: what one container holds, no other can use.
        share = min(CLAIM, max(1, limit // CLAIM))
        item = AttemptRateItem(f"rate#{subscription_id}", str(window))
        room = AttemptRateItem.claimed.does_not_exist() | (AttemptRateItem.claimed <= limit - share)
        actions = [
            AttemptRateItem.claimed.add(share),
            AttemptRateItem.expires.set(now + timedelta(hours=1)),
        ]
        return share if updated(item, actions, condition=room) else 0


def _place_in_line(subscription_id: str, *, opens: int, step: int, now: datetime) -> timedelta:
    """How long until the next place at the end of the line. The line begins where the next window `opens` (milliseconds
    since 1970), and each place is a `step` (milliseconds) after the one before.
    """
    item = AttemptRateItem(f"rate#{subscription_id}", LINE)
    kept = AttemptRateItem.expires.set(now + LINE_KEPT)
    behind = AttemptRateItem.line >= opens
    if not updated(item, [AttemptRateItem.line.add(step), kept], condition=behind):
        first = [AttemptRateItem.line.set(opens + step), kept]
        if not updated(item, first, condition=AttemptRateItem.line.does_not_exist() | ~behind):
            item.update([AttemptRateItem.line.add(step), kept])
    return timedelta(milliseconds=int(item.line) - step - round(now.timestamp() * 1000))


class Slots:
    """Places for attempts at an endpoint that may be slow, so that it cannot occupy all workers."""

    def take(self, subscription_id: str, *, places: int, owner: str, now: datetime) -> str | None:
        """The name of a place that is now the owner's, or None where all are taken."""
        for slot in _free(subscription_id, places=places, now=now):
            item = SlotItem(subscription_pk(subscription_id), slot)
            free = SlotItem.held_until.does_not_exist() | (SlotItem.held_until < now)
            actions: list[Action] = [
                SlotItem.owner.set(owner),
                SlotItem.held_until.set(now + SLOT_HELD),
                SlotItem.expires.set(now + timedelta(days=1)),
            ]
            if updated(item, actions, condition=free):
                return slot
        return None

    def give_back(self, subscription_id: str, slot: str, *, owner: str) -> None:
        item = SlotItem(subscription_pk(subscription_id), slot)
        updated(item, [SlotItem.held_until.remove()], condition=SlotItem.owner == owner)


def _free(subscription_id: str, *, places: int, now: datetime) -> Sequence[str]:
    """The places that seem free, in random order: not all are to try the same. One request, and none of them fails."""
    found = SlotItem.query(
        subscription_pk(subscription_id), SlotItem.sk.startswith("slot#"), consistent_read=True
    )
    held = {item.sk for item in found if item.held_until is not None and item.held_until >= now}
    if len(held) >= places:
        return ()
    free = [name for name in map("slot#{}".format, range(places)) if name not in held]
    return random.sample(free, len(free))
