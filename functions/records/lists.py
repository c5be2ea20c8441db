"""Lists of complaints: a person's own, what a body has, those nearby, the overdue, those whose timer has run out, those
that ended long ago. What a body works on is a list of its own (`worklist`).

Each page is one query (for the sharded indexes one for each shard), whatever the tables hold.
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched, islice
from typing import Any, Final

from functions.complaints.complaint import Complaint, Status
from functions.complaints.places import ROUNDED_BY_M, cells_within, distance_m, rounded
from functions.records.codec import closed_place_key, complaint_of, complaint_pk, ended_key, worklist_key
from functions.records.cursor import cursor_at, key_at, position
from functions.records.tables import SHARDS, ComplaintItem

TIMERS_PAGE: Final = 250
WALKED_PAGE: Final = 250
BATCH_MOST: Final = 100
BEFORE_LOOKED_AT: Final = 25


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


def before(
    complaint: Complaint, *, agency_id: str, radius_m: float, after: str, limit: int
) -> list[Complaint]:
    """What the body had of the category within `radius_m` metres of the complaint, filed after the id `after` was made and
    closed, with words that are still kept; the latest first. None for a radius of 0.

    One query of BEFORE_LOOKED_AT entries at the most for each of the few cells that the circle touches, and one batch.
    """
    if radius_m == 0:
        return []
    here = (complaint.lat, complaint.lon)
    found = [
        item
        for cell in cells_within(*here, radius_m=radius_m + ROUNDED_BY_M)
        for item in ComplaintItem.by_place.query(
            closed_place_key(agency_id, f"{complaint.category}#{cell}"),
            ComplaintItem.id > after,
            scan_index_forward=False,
            limit=BEFORE_LOOKED_AT,
            page_size=BEFORE_LOOKED_AT,
        )
        if distance_m(here, (item.lat, item.lon)) <= radius_m
    ]
    found.sort(key=lambda item: item.id, reverse=True)
    keys = [(item.pk, ComplaintItem.SK) for item in found[:limit]]
    read = [complaint_of(item) for item in ComplaintItem.batch_get(keys)] if keys else []
    return sorted(read, key=lambda each: each.id, reverse=True)


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
