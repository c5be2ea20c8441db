"""A complaint with a page of its events, the newest first: what both doors show of it, however long it has become."""

from dataclasses import dataclass
from typing import Any, Final

from functions.complaints.complaint import Complaint
from functions.complaints.events import Event
from functions.complaints.faults import NotFound, invalid
from functions.records.codec import complaint_of, complaint_pk, event_of, event_sk
from functions.records.cursor import cursor_at, position
from functions.records.tables import ComplaintItem, ComplaintsTable, EventItem, SuggestionItem

BESIDE: Final = 25
"""What is read beside the events of a page: the complaint itself, suggestions, and some that not everybody may see."""
_SEQ_MOST: Final = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Timeline:
    """`events` in their order; `suggestions` are the reporter's alone, and with the newest page alone. `cursor` leads to
    the events before these, None where none is.
    """

    complaint: Complaint
    events: tuple[Event, ...]
    suggestions: tuple[SuggestionItem, ...]
    cursor: str | None


def timeline(complaint_id: str, *, limit: int, cursor: str | None, with_internal: bool) -> Timeline:
    """At most `limit` events, read consistently: the newest, or those before the cursor.

    One query, and another request for the complaint itself where it has more events than that. A page holds what one
    page of a query does, 1 MB, and so may hold fewer. Raises NotFound, and Invalid for a cursor of another list.
    """
    before = _before(cursor, complaint_id)
    newest = ComplaintsTable.sk < "follower#"
    query = ComplaintsTable.query(
        complaint_pk(complaint_id),
        newest if before is None else ComplaintsTable.sk.between(ComplaintItem.SK, event_sk(before - 1)),
        filter_condition=None if with_internal else _FOR_EVERYBODY,
        scan_index_forward=False,
        consistent_read=True,
        page_size=limit + BESIDE,
    )
    complaint: Complaint | None = None
    found: list[EventItem] = []
    suggestions: list[SuggestionItem] = []
    for page in query.page_iter:
        for raw in page["Items"]:
            match raw["kind"]["S"]:
                case ComplaintItem.KIND:
                    complaint = complaint_of(ComplaintItem.from_raw_data(raw))
                case EventItem.KIND:
                    found.append(EventItem.from_raw_data(raw))
                case SuggestionItem.KIND:
                    suggestions.append(SuggestionItem.from_raw_data(raw))
        if found:
            break
    shown = found[:limit]
    if complaint is None:
        complaint = _complaint(complaint_id)
    first = int(shown[-1].seq) if shown else 1
    return Timeline(
        complaint=complaint,
        events=tuple(map(event_of, reversed(shown))),
        suggestions=tuple(suggestions),
        # Before any other there is the first, which everybody may see.
        cursor=cursor_at({"before": str(first), "id": complaint_id} if first > 1 else None),
    )


_FOR_EVERYBODY: Final[Any] = EventItem.visible.does_not_exist() | (EventItem.visible == True)  # noqa: E712


def _before(cursor: str | None, complaint_id: str) -> int | None:
    """The number of the event that the page ends before."""
    after = position(cursor, "before", id=complaint_id)
    if after is None:
        return None
    number = after["before"]
    if not (number.isascii() and number.isdigit() and len(number) <= _SEQ_MOST and int(number) > 1):
        raise invalid("cursor", "wrong_form")
    return int(number)


def _complaint(complaint_id: str) -> Complaint:
    try:
        item = ComplaintItem.get(complaint_pk(complaint_id), ComplaintItem.SK, consistent_read=True)
    except ComplaintItem.DoesNotExist as error:
        raise NotFound(complaint_id) from error
    return complaint_of(item)
