"""A complaint with what stands beside it under the same key, read by one query."""

from dataclasses import dataclass, field

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
    found = Collected()
    query = ComplaintsTable.query(
        complaint_pk(complaint_id), ComplaintsTable.sk < "follower#", consistent_read=True
    )
    for raw in raw_items(query):
        match raw["kind"]["S"]:
            case ComplaintItem.KIND:
                found.complaint = ComplaintItem.from_raw_data(raw)
            case EventItem.KIND:
                found.events.append(EventItem.from_raw_data(raw))
            case SuggestionItem.KIND:
                found.suggestions.append(SuggestionItem.from_raw_data(raw))
    return found
