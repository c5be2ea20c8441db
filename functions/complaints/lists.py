"""Lists of complaints: a person's own, a body's worklist, those nearby, the overdue, those whose timer has run out.

Each page is one query (for the sharded indexes one for each shard), whatever the tables hold.
"""

import base64
import heapq
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from functions.complaints.codec import worklist_key
from functions.complaints.faults import invalid
from functions.complaints.places import cells_within, distance_m
from functions.complaints.tables import SHARDS, ComplaintItem

TIMERS_PAGE: Final = 250


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """`cursor` continues the list, None at its end."""

    items: tuple[ComplaintItem, ...]
    cursor: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Near:
    item: ComplaintItem
    distance_m: float


def own(person: str, *, limit: int, cursor: str | None) -> Page:
    """A person's complaints and those they joined, newest first."""
    query = ComplaintItem.by_person.query(
        person,
        scan_index_forward=False,
        limit=limit,
        page_size=limit,
        last_evaluated_key=_read_cursor(cursor),
    )
    items = tuple(query)
    return Page(items=items, cursor=_cursor(query.last_evaluated_key))


def worklist(
    agency_id: str, *, limit: int, cursor: str | None, statuses: frozenset[str] | None = None
) -> Page:
    """A body's open complaints and those escalated to it, by urgency: SHARDS queries, merged."""
    after = _read_cursor(cursor)
    position = None if after is None else str(after["urgency"])
    parts = [
        _worklist_shard(agency_id, shard, after=position, limit=limit + 1, statuses=statuses)
        for shard in range(SHARDS)
    ]
    return _merged(parts, by="urgency", limit=limit)


def overdue(*, limit: int, cursor: str | None) -> Page:
    """What no body has answered though every term has passed, longest overdue first: SHARDS queries, merged."""
    after = _read_cursor(cursor)
    condition = None if after is None else ComplaintItem.overdue_since > str(after["overdue_since"])
    parts = [
        ComplaintItem.by_overdue.query(str(shard), condition, limit=limit + 1, page_size=limit + 1)
        for shard in range(SHARDS)
    ]
    return _merged(parts, by="overdue_since", limit=limit)


def _merged(parts: Sequence[Iterable[ComplaintItem]], *, by: str, limit: int) -> Page:
    """A page of the shards' items by the sort key that they share; each part holds one more than a page."""
    merged = list(_take(heapq.merge(*parts, key=lambda item: getattr(item, by)), limit + 1))
    items = tuple(merged[:limit])
    more = len(merged) > limit
    return Page(items=items, cursor=_cursor({by: getattr(items[-1], by)}) if more else None)


def with_complaints(items: Sequence[ComplaintItem]) -> list[ComplaintItem]:
    """The same list, with each supervisor's entry (keys alone) replaced by its complaint: one batch read at most."""
    wanted = [item.pk for item in items if item.kind != ComplaintItem.KIND]
    if not wanted:
        return list(items)
    keys = [(pk, ComplaintItem.SK) for pk in dict.fromkeys(wanted)]
    fetched = {item.pk: item for item in ComplaintItem.batch_get(keys)}
    whole = (item if item.kind == ComplaintItem.KIND else fetched.get(item.pk) for item in items)
    return [item for item in whole if item is not None]


def nearby(category: str, *, lat: float, lon: float, radius_m: float, limit: int) -> tuple[Near, ...]:
    """Open complaints of a category within `radius_m` metres, nearest first.

    Every one of the few cells that the circle touches is read whole: the nearest may be the oldest of them.
    """
    found = [
        Near(item=item, distance_m=distance_m((lat, lon), (float(item.lat), float(item.lon))))
        for cell in cells_within(lat, lon, radius_m=radius_m)
        for item in ComplaintItem.by_place.query(f"{category}#{cell}")
    ]
    within = [near for near in found if near.distance_m <= radius_m]
    return tuple(sorted(within, key=lambda near: near.distance_m)[:limit])


def due_before(instant: datetime) -> Iterator[str]:
    """The ids of complaints whose timer had run out at `instant`, longest overdue first, read page by page."""
    return _timed(ComplaintItem.watch_at < instant)


def with_timer() -> Iterator[str]:
    """The ids of all complaints that have a timer, soonest first, read page by page."""
    return _timed(None)


def _timed(condition: Any) -> Iterator[str]:
    shards = (
        ComplaintItem.by_timer.query(str(shard), condition, page_size=TIMERS_PAGE) for shard in range(SHARDS)
    )
    for item in heapq.merge(*shards, key=lambda item: item.watch_at):
        yield item.pk.partition("#")[2]


def _worklist_shard(
    agency_id: str, shard: int, *, after: str | None, limit: int, statuses: frozenset[str] | None
) -> Sequence[ComplaintItem]:
    """Supervisor entries carry keys alone; their complaints are fetched by the caller who shows them."""
    condition = None if after is None else ComplaintItem.urgency > after
    chosen = None if statuses is None else ComplaintItem.status.is_in(*sorted(statuses))
    return list(
        ComplaintItem.by_worklist.query(
            worklist_key(agency_id, shard),
            condition,
            filter_condition=chosen,
            limit=limit,
            page_size=limit,
        )
    )


def _take(items: Iterator[ComplaintItem], count: int) -> Iterator[ComplaintItem]:
    for _, item in zip(range(count), items, strict=False):
        yield item


def _cursor(key: Mapping[str, Any] | None) -> str | None:
    if key is None:
        return None
    return base64.urlsafe_b64encode(json.dumps(key, separators=(",", ":")).encode()).decode().rstrip("=")


def _read_cursor(cursor: str | None) -> dict[str, Any] | None:
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        key = json.loads(base64.urlsafe_b64decode(padded))
    except ValueError as error:
        raise invalid("cursor", "wrong_form") from error
    if not isinstance(key, dict):
        raise invalid("cursor", "wrong_form")
    return key
