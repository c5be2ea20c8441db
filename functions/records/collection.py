"""A complaint with what stands beside it under the same key, read by one query."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from functions.records.codec import complaint_pk
from functions.records.dynamodb import raw_items
from functions.records.tables import ComplaintItem, ComplaintsTable, EventItem, SuggestionItem


@dataclass(kw_only=True)
class Collected:
    """The complaint, its events in order and what its photos suggest; not who follows it."""

    complaint: ComplaintItem | None = None
    events: list[EventItem] = field(default_factory=list)
    suggestions: list[SuggestionItem] = field(default_factory=list)


def collected(complaint_id: str) -> Collected:
    """Read consistently."""
    return collection_of(stored(complaint_id))


def without_history(complaint_id: str) -> ComplaintItem | None:
    """The complaint alone, read consistently; a query, for who has no other right."""
    query = ComplaintItem.query(
        complaint_pk(complaint_id), ComplaintItem.sk == ComplaintItem.SK, consistent_read=True
    )
    return next(iter(query), None)


def stored(complaint_id: str) -> Iterator[dict[str, Any]]:
    """The same items as they are stored."""
    query = ComplaintsTable.query(
        complaint_pk(complaint_id), ComplaintsTable.sk < "follower#", consistent_read=True
    )
    return raw_items(query)


def collection_of(raws: Iterable[dict[str, Any]]) -> Collected:
    """Of items as they are stored, in the order of their keys."""
    found = Collected()
    for raw in raws:
        match raw["kind"]["S"]:
            case ComplaintItem.KIND:
                found.complaint = ComplaintItem.from_raw_data(raw)
            case EventItem.KIND:
                found.events.append(EventItem.from_raw_data(raw))
            case SuggestionItem.KIND:
                found.suggestions.append(SuggestionItem.from_raw_data(raw))
    return found
