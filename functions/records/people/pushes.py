"""The pushes of an item of the inbox: each is one run's to send, once, or waits for quiet hours to end."""

import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute

from functions.complaints.clock import iso
from functions.records.conditional import updated
from functions.records.people.inbox import InboxItem, inbox_item, new_attempt
from functions.records.people.table import PeopleTable

HELD_SHARDS: Final = 4
_HELD_KEPT: Final = timedelta(days=7)


class HeldItem(PeopleTable):
    """A push that waits; what it says is made when it is due. `tries`: how often it could not be looked at."""

    person = UnicodeAttribute()
    inbox_sk = UnicodeAttribute()
    tries = NumberAttribute(default=0)
    expires = TTLAttribute()


def claim_pushes(item: InboxItem, device_ids: Iterable[str]) -> bool:
    """Whether the pushes of this item to these devices are the caller's to send; they are, once."""
    before, item.attempt = item.attempt, new_attempt()
    claimed = updated(
        InboxItem(item.pk, item.sk),
        [InboxItem.attempt.set(item.attempt), InboxItem.pushed.add(set(device_ids))],
        condition=InboxItem.attempt == before,
    )
    # A request of which the answer was lost is sent again by the SDK, and finds itself.
    return claimed or _is_at(item)


def release_pushes(item: InboxItem, device_ids: Iterable[str]) -> None:
    """Give back what this attempt claimed and certainly did not send."""
    _give_back(item, device_ids)


def hold_again(item: InboxItem, device_ids: Iterable[str], *, failed: bool, until: datetime) -> None:
    """Give back what this attempt claimed and certainly did not send, and have it tried again at `until`."""
    # First where it is found: what is found too early is looked at once more, what is not found is lost.
    hold_push(item, until=until)
    counted = [InboxItem.failures.add(1)] if failed else []
    _give_back(item, device_ids, InboxItem.held_until.set(until), *counted)


def _give_back(item: InboxItem, device_ids: Iterable[str], *also: Any) -> None:
    """Unless the claims are another attempt's by now."""
    actions: list[Any] = [InboxItem.pushed.delete(set(device_ids)), *also]
    updated(InboxItem(item.pk, item.sk), actions, condition=InboxItem.attempt == item.attempt)


def was_overtaken(item: InboxItem) -> bool:
    """Whether a later step of the same complaint has gone to the person's phones, where it takes this one's place."""
    later = InboxItem.query(
        item.pk,
        InboxItem.sk.between(item.sk + "~", "told$"),
        filter_condition=(InboxItem.complaint_id == item.complaint_id) & InboxItem.pushed.exists(),
    )
    return next(iter(later), None) is not None


def _is_at(item: InboxItem) -> bool:
    stored = inbox_item(item.person, item.sk)
    return stored is not None and stored.attempt == item.attempt


def mark_held(item: InboxItem, *, until: datetime) -> None:
    updated(InboxItem(item.pk, item.sk), [InboxItem.held_until.set(until)], condition=InboxItem.pk.exists())


def hold_push(item: InboxItem, *, until: datetime) -> None:
    """Put the push where the release finds it. Run twice, it is held once."""
    held_item(item, until=until).save()


def held_item(item: InboxItem, *, until: datetime) -> HeldItem:
    return HeldItem(
        f"held#{zlib.crc32(item.person.encode()) % HELD_SHARDS}",
        _held_sk(item.person, item.sk, until=until),
        person=item.person,
        inbox_sk=item.sk,
        expires=until + _HELD_KEPT,
    )


def _held_sk(person: str, inbox_sk: str, *, until: datetime) -> str:
    return f"{iso(until)}#{person}#{inbox_sk}"


def held_before(now: datetime, *, shard: int) -> Iterator[HeldItem]:
    """Held pushes that are due, the longest due first, page by page."""
    yield from HeldItem.query(f"held#{shard}", HeldItem.sk < iso(now) + "~", page_size=100)


def put_off(held: HeldItem, *, until: datetime) -> None:
    """It could not be looked at now."""
    HeldItem(
        held.pk,
        _held_sk(held.person, held.inbox_sk, until=until),
        person=held.person,
        inbox_sk=held.inbox_sk,
        tries=int(held.tries) + 1,
        expires=held.expires,
    ).save()
    held.delete()


def let_go(held: HeldItem, item: InboxItem | None) -> None:
    """The push is held no longer."""
    if item is not None:
        updated(InboxItem(item.pk, item.sk), [InboxItem.held_until.remove()], condition=InboxItem.pk.exists())
    held.delete()
