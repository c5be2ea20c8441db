"""Lists of complaints: a person's own, a body's worklist, those nearby, the overdue, those whose timer has run out, those
that ended long ago.

Each page is one query (for the sharded indexes one for each shard), whatever the tables hold.
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched, islice
from typing import Any, Final

from functions.complaints.complaint import Status
from functions.complaints.places import ROUNDED_BY_M, cells_within, distance_m, rounded
from functions.records.codec import complaint_pk, ended_key, worklist_key
from functions.records.cursor import cursor_at, key_at, position
from functions.records.tables import SHARDS, ComplaintItem

TIMERS_PAGE: Final = 250
WALKED_PAGE: Final = 250
BATCH_MOST: Final = 100
LOOKED_THROUGH: Final = 100
"""Entries of each part of a worklist that one call looks through for certain states."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """`cursor` continues the list, None at its end."""

    items: tuple[ComplaintItem, ...]
    cursor: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Near:
    """An open complaint near a place, and how far from it its rounded place is, in metres."""

    item: ComplaintItem
    distance_m: float


def own(person: str, *, limit: int, cursor: str | None) -> Page:
    """A person's complaints and those they joined, newest first. Raises Invalid for a cursor of another list."""
    after = position(cursor, "pk", "sk", "id", person=person)
    query = ComplaintItem.by_person.query(
        person,
        scan_index_forward=False,
        limit=limit + 1,
        page_size=limit + 1,
        last_evaluated_key=key_at(after),
    )
    found = tuple(query)
    items = found[:limit]
    last = items[-1] if len(found) > limit else None
    reached = None if last is None else {"pk": last.pk, "sk": last.sk, "id": last.id, "person": person}
    return Page(items=items, cursor=cursor_at(reached))


def categories_of_joined(items: Sequence[ComplaintItem]) -> dict[str, str]:
    """By id, the category that each complaint which the person joined has now; one batch read at most."""
    keys = [(item.pk, ComplaintItem.SK) for item in items if item.kind != ComplaintItem.KIND]
    return {item.id: item.category for item in ComplaintItem.batch_get(keys)} if keys else {}


def worklist(
    agency_id: str, *, limit: int, cursor: str | None, statuses: frozenset[str] | None = None
) -> Page:
    """A body's open complaints and those escalated to it, by urgency: SHARDS queries, merged.

    An entry whose term is moved while the list is read moves in it: one that is put off is met again, one that is due
    sooner (refuted, or counted again) may lie before the cursor.

    Of certain `statuses` a page may hold fewer than `limit`, even none, though its cursor leads on: however rare they
    are, no call looks through more than LOOKED_THROUGH entries of each part, or as many as a page would hold.
    Raises Invalid for a cursor of another list.
    """
    after = position(cursor, "urgency", agency=agency_id)
    size = limit + 1 if statuses is None else max(limit + 1, LOOKED_THROUGH)
    parts = [
        _worklist_part(
            agency_id, shard, after=None if after is None else after["urgency"], size=size, statuses=statuses
        )
        for shard in range(SHARDS)
    ]
    # What lies beyond it in one part may come after what another part has not been asked for yet.
    horizon = min((part.seen_to for part in parts if part.seen_to is not None), default=None)
    merged = heapq.merge(*(part.items for part in parts), key=lambda item: item.urgency)
    found = [item for item in merged if horizon is None or item.urgency <= horizon]
    items = tuple(found[:limit])
    reached = items[-1].urgency if len(found) > limit else horizon
    return Page(
        items=items, cursor=None if reached is None else cursor_at({"urgency": reached, "agency": agency_id})
    )


def held_by(agency_id: str) -> Iterator[str]:
    """The ids of a body's open complaints and of those escalated to it, read page by page."""
    for shard in range(SHARDS):
        for item in ComplaintItem.by_worklist.query(worklist_key(agency_id, shard), page_size=WALKED_PAGE):
            yield item.pk.partition("#")[2]


def of_category(category_id: str, *, agencies: Iterable[str]) -> Iterator[str]:
    """The ids of the open complaints of a category that these bodies have, read page by page: no index has them alone, and
    everything that is open is looked through.
    """
    wanted = ComplaintItem.category == category_id
    for agency_id in agencies:
        for shard in range(SHARDS):
            for item in ComplaintItem.by_worklist.query(
                worklist_key(agency_id, shard), filter_condition=wanted
            ):
                yield item.pk.partition("#")[2]


def overdue(*, limit: int, cursor: str | None) -> Page:
    """What no body has answered though every term has passed, longest overdue first: SHARDS queries, merged.

    Raises Invalid for a cursor of another list.
    """
    after = position(cursor, "overdue_since")
    condition = None if after is None else ComplaintItem.overdue_since > after["overdue_since"]
    parts = [
        ComplaintItem.by_overdue.query(str(shard), condition, limit=limit + 1, page_size=limit + 1)
        for shard in range(SHARDS)
    ]
    merged = heapq.merge(*parts, key=lambda item: item.overdue_since)
    found = tuple(islice(merged, limit + 1))
    items = found[:limit]
    reached = {"overdue_since": items[-1].overdue_since} if len(found) > limit else None
    return Page(items=items, cursor=cursor_at(reached))


def with_complaints(items: Sequence[ComplaintItem]) -> list[ComplaintItem]:
    """A page of a worklist, with each supervisor's entry (keys alone) replaced by its complaint: one batch read at most.

    Of those that are equally urgent, what most people joined comes first.
    """
    wanted = [item.pk for item in items if item.kind != ComplaintItem.KIND]
    keys = [(pk, ComplaintItem.SK) for pk in dict.fromkeys(wanted)]
    fetched = {item.pk: item for item in ComplaintItem.batch_get(keys)} if keys else {}
    whole = ((item, item if item.kind == ComplaintItem.KIND else fetched.get(item.pk)) for item in items)
    there = [(entry, complaint) for entry, complaint in whole if complaint is not None]
    there.sort(key=lambda each: (each[0].urgency.rpartition("#")[0], -int(each[1].joined or 0)))
    return [complaint for _, complaint in there]


def nearby(category: str, *, lat: float, lon: float, radius_m: float, limit: int) -> tuple[Near, ...]:
    """Open complaints of a category within `radius_m` metres, nearest first, by their rounded places: those alone are
    looked at, so that no number of questions finds out an exact one. So none within the radius is left out, and some a
    little beyond it are there. None for a radius of 0: where two are never the same.

    Every one of the few cells that the circle touches is read whole: the nearest may be the oldest of them.
    """
    if radius_m == 0:
        return ()
    reach = radius_m + ROUNDED_BY_M
    found = [
        Near(item=item, distance_m=distance_m((lat, lon), (rounded(item.lat), rounded(item.lon))))
        for cell in cells_within(lat, lon, radius_m=reach)
        for item in ComplaintItem.by_place.query(f"{category}#{cell}")
    ]
    within = [near for near in found if near.distance_m <= reach]
    return tuple(sorted(within, key=lambda near: near.distance_m)[:limit])


def due_before(instant: datetime) -> Iterator[str]:
    """The ids of complaints whose timer had run out at `instant`, longest overdue first, read page by page."""
    return _timed(ComplaintItem.watch_at < instant)


def without_body(*, until: datetime) -> Iterator[ComplaintItem]:
    """The complaints that no body has yet and whose timer runs out before `until`."""
    for some in batched(due_before(until), BATCH_MOST, strict=False):
        for item in ComplaintItem.batch_get([(complaint_pk(each), ComplaintItem.SK) for each in some]):
            if not item.agency_id:
                yield item


def with_timer() -> Iterator[str]:
    """The ids of all complaints that have a timer, soonest first, read page by page."""
    return _timed(None)


def ended_before(instant: datetime, *, status: Status) -> Iterator[str]:
    """The ids of complaints that ended like this before `instant` and still have a person's words, the longest ended first,
    read page by page.
    """
    shards = (
        ComplaintItem.by_end.query(
            ended_key(status, shard), ComplaintItem.ended_at < instant, page_size=TIMERS_PAGE
        )
        for shard in range(SHARDS)
    )
    for item in heapq.merge(*shards, key=lambda item: item.ended_at):
        yield item.pk.partition("#")[2]


def _timed(condition: Any) -> Iterator[str]:
    shards = (
        ComplaintItem.by_timer.query(str(shard), condition, page_size=TIMERS_PAGE) for shard in range(SHARDS)
    )
    for item in heapq.merge(*shards, key=lambda item: item.watch_at):
        yield item.pk.partition("#")[2]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Part:
    """`seen_to`: the place of the last entry that was looked at, None where none is left."""

    items: Sequence[ComplaintItem]
    seen_to: str | None


def _worklist_part(
    agency_id: str, shard: int, *, after: str | None, size: int, statuses: frozenset[str] | None
) -> _Part:
    """One query. Supervisor entries carry keys alone; their complaints are fetched by the caller who shows them."""
    query = ComplaintItem.by_worklist.query(
        worklist_key(agency_id, shard),
        None if after is None else ComplaintItem.urgency > after,
        filter_condition=None if statuses is None else ComplaintItem.status.is_in(*sorted(statuses)),
        page_size=size,
    )
    # Not by iterating, which asks on and on until the filter lets something through.
    page = next(query.page_iter)
    last = page.get("LastEvaluatedKey")
    return _Part(
        items=[ComplaintItem.from_raw_data(raw) for raw in page["Items"]],
        seen_to=None if last is None else str(last["urgency"]["S"]),
    )
