"""A body's worklist: its open complaints and those that were escalated to it, by urgency, in SHARDS parts that are asked
side by side and merged as they are stored. Only what is shown becomes a model.
"""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from math import isqrt
from operator import and_
from typing import Any, Final, Literal

from functions.complaints.clock import iso
from functions.complaints.faults import NotFound
from functions.complaints.sought import has_all
from functions.records.codec import complaint_of, complaint_pk, urgency, worklist_key
from functions.records.cursor import cursor_at, position
from functions.records.lists import Page
from functions.records.names import meant
from functions.records.side_by_side import side_by_side
from functions.records.tables import SHARDS, WORK_LINE, ComplaintItem, SupervisorItem, shard_of

LOOKED_THROUGH: Final = 100
"""Entries of each part that one call looks through for those that are wanted."""
COUNTED_MOST: Final = 2_000
"""Entries that are counted: with all that they hold, some 1.4 MB and 180 read units."""
_SEARCHED: Final = ("number", "excerpt", "address")

Role = Literal["owner", "supervisor"]
type Raw = Mapping[str, Mapping[str, Any]]
"""An entry in DynamoDB's own notation."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which entries are asked for; what is None asks for nothing.

    `officer` is one of the body's own; `unassigned`: of none. `number` is that of one complaint, in its canonical spelling;
    `words` are those of `complaints.sought`.
    """

    statuses: frozenset[str] | None = None
    category: str | None = None
    district: str | None = None
    overdue: bool | None = None
    role: Role | None = None
    officer: str | None = None
    unassigned: bool = False
    number: str | None = None
    words: tuple[str, ...] = ()

    def condition(self) -> Any:
        """What DynamoDB is to let through; None for everything."""
        conditions: list[Any] = []
        if self.statuses is not None:
            conditions.append(ComplaintItem.status.is_in(*sorted(self.statuses)))
        if self.category is not None:
            conditions.append(ComplaintItem.category == self.category)
        if self.district is not None:
            conditions.append(ComplaintItem.district == self.district)
        if self.overdue is not None:
            # Every entry says so, one way or the other.
            conditions.append(ComplaintItem.overdue == self.overdue)
        if self.role is not None:
            kind = ComplaintItem.KIND if self.role == "owner" else SupervisorItem.KIND
            conditions.append(ComplaintItem.kind == kind)
        if self.officer is not None:
            conditions.append(ComplaintItem.officer == self.officer)
        if self.unassigned:
            conditions.append(ComplaintItem.officer.does_not_exist())
        return reduce(and_, conditions) if conditions else None

    def has_words(self, entry: Raw) -> bool:
        """DynamoDB compares texts letter by letter; it charges for what it looks at, whoever drops it."""
        return not self.words or has_all(
            self.words, (entry[name]["S"] for name in _SEARCHED if name in entry)
        )

    @property
    def everything(self) -> bool:
        return self == EVERYTHING


EVERYTHING: Final = Wanted()


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """An entry with what is shown of its complaint; `officer` is the one of this body who has it."""

    complaint: ComplaintItem
    role: Role
    officer: str | None


def worklist(agency_id: str, *, limit: int, cursor: str | None, wanted: Wanted = EVERYTHING) -> Page:
    """A page of entries, by urgency.

    An entry whose term is moved while the list is read moves in it: one that is put off is met again, one that is due
    sooner (refuted, or counted again) may lie before the cursor.

    Of what is `wanted` a page may hold fewer than `limit`, even none, though its cursor leads on: however rare they
    are, no call looks through more than LOOKED_THROUGH entries of each part, or as many as a page would hold. A number is
    looked up, and there is one page of it. Raises Invalid for a cursor of another list.
    """
    after = position(cursor, "urgency", agency=agency_id)
    if wanted.number is not None:
        return _of_number(agency_id, wanted.number, wanted=wanted)
    start = None if after is None else after["urgency"]
    size = _share(limit + 1) if wanted.everything else max(limit + 1, LOOKED_THROUGH)

    def ask(shard: int) -> _Part:
        return _part(worklist_key(agency_id, shard), after=start, size=size, wanted=wanted)

    parts = side_by_side(ask, range(SHARDS), most=SHARDS)
    while True:
        # What lies beyond it in one part may come after what another part has not been asked for yet.
        horizon = min((part.seen_to for part in parts if part.seen_to is not None), default=None)
        merged = heapq.merge(*(part.entries for part in parts), key=_urgency)
        found = [entry for entry in merged if horizon is None or _urgency(entry) <= horizon]
        missing = limit + 1 - len(found)
        if horizon is None or missing <= 0 or not wanted.everything:
            break
        short = next(index for index, part in enumerate(parts) if part.seen_to == horizon)
        parts[short] = parts[short].followed_by(
            _part(worklist_key(agency_id, short), after=horizon, size=missing, wanted=wanted)
        )
    reached = _urgency(found[limit - 1]) if len(found) > limit else horizon
    return Page(
        items=tuple(ComplaintItem.from_raw_data(dict(entry)) for entry in found[:limit]),
        cursor=None if reached is None else cursor_at({"urgency": reached, "agency": agency_id}),
    )


def lines(entries: Sequence[ComplaintItem]) -> list[Line]:
    """What is shown of a page. Of the body's own its entries have all of it; of those that were escalated to it the
    complaints are read, by one batch, and none where there are none.

    For such an entry is written again only where its place changes, or what is asked for by filters: were it to have all
    that is shown, each step of a complaint, whoever joins included, would write it anew for every body above (three units
    each), which many more looks at the list than there are would have to save.

    Of those that are equally urgent, what most people joined comes first.
    """
    keys = [(entry.pk, ComplaintItem.SK) for entry in entries if entry.kind != ComplaintItem.KIND]
    read = ComplaintItem.batch_get(list(dict.fromkeys(keys)), attributes_to_get=WORK_LINE) if keys else ()
    above = {item.pk: item for item in read}
    there = []
    for entry in entries:
        owned = entry.kind == ComplaintItem.KIND
        complaint = entry if owned else above.get(entry.pk)
        if complaint is not None:
            role: Role = "owner" if owned else "supervisor"
            there.append((entry, Line(complaint=complaint, role=role, officer=entry.officer)))
    there.sort(key=lambda each: (each[0].urgency.rpartition("#")[0], -int(each[1].complaint.joined or 0)))
    return [line for _, line in there]


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """How many there are on a worklist: in all, due within a day, overdue, not the body's own, and with no officer of it.
    `capped`: there are more than were counted.
    """

    open: int
    due: int
    overdue: int
    supervised: int
    unassigned: int
    capped: bool


def counted(agency_id: str, *, begin: datetime, end: datetime) -> Counts:
    """All of it by one query of each part, whatever is asked of how many: of COUNTED_MOST entries at the most. `begin` and
    `end` are of the day, the end not in it.

    Not by counters: every step of every complaint would write to the one item of its body, and wait for others that do.
    Nor by DynamoDB's own count, which costs the same for each of the five.
    """

    def ask(shard: int) -> tuple[Sequence[Raw], bool]:
        query = ComplaintItem.by_worklist.query(
            worklist_key(agency_id, shard),
            attributes_to_get=["urgency", "kind", "overdue", "officer"],
            page_size=COUNTED_MOST // SHARDS,
        )
        page = next(query.page_iter)
        return page["Items"], "LastEvaluatedKey" in page

    parts = side_by_side(ask, range(SHARDS), most=SHARDS)
    entries = [entry for found, _ in parts for entry in found]
    return Counts(
        open=len(entries),
        due=sum(iso(begin) <= _urgency(entry) < iso(end) for entry in entries),
        overdue=sum(entry["overdue"]["BOOL"] for entry in entries),
        supervised=sum(entry["kind"]["S"] == SupervisorItem.KIND for entry in entries),
        unassigned=sum("officer" not in entry for entry in entries),
        capped=any(more for _, more in parts),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Part:
    """`seen_to`: the place of the last entry that was looked at, None where none is left."""

    entries: Sequence[Raw]
    seen_to: str | None

    def followed_by(self, more: "_Part") -> "_Part":
        return _Part(entries=[*self.entries, *more.entries], seen_to=more.seen_to)


def _share(count: int) -> int:
    """So many of each part that all of them seldom have fewer than `count` before the first of them ends: what falls into
    one is a quarter, and now and then some more.
    """
    return -(-count // SHARDS) + (isqrt(count) + 1) // 2


def _part(key: str, *, after: str | None, size: int, wanted: Wanted) -> _Part:
    """One query."""
    query = ComplaintItem.by_worklist.query(
        key,
        None if after is None else ComplaintItem.urgency > after,
        filter_condition=wanted.condition(),
        page_size=size,
    )
    # Not by iterating, which asks on and on until the filter lets something through.
    page = next(query.page_iter)
    last = page.get("LastEvaluatedKey")
    return _Part(
        entries=[entry for entry in page["Items"] if wanted.has_words(entry)],
        seen_to=None if last is None else str(last["urgency"]["S"]),
    )


def _of_number(agency_id: str, number: str, *, wanted: Wanted) -> Page:
    """Three reads of one item each: whose number it is, where in the list it stands, and its entry."""
    try:
        complaint_id = meant(number)
        complaint = complaint_of(ComplaintItem.get(complaint_pk(complaint_id), ComplaintItem.SK))
    except (NotFound, ComplaintItem.DoesNotExist):
        return Page(items=(), cursor=None)
    query = ComplaintItem.by_worklist.query(
        worklist_key(agency_id, shard_of(complaint_id)),
        ComplaintItem.urgency == urgency(complaint),
        filter_condition=wanted.condition(),
    )
    return Page(items=tuple(query), cursor=None)


def _urgency(entry: Raw) -> str:
    return str(entry["urgency"]["S"])
