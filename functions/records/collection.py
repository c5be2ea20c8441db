"""A complaint with what stands beside it under the same key, read by one query."""

from collections.abc import Iterator
from typing import Any, Final

from functions.records.codec import complaint_pk
from functions.records.dynamodb import raw_items
from functions.records.tables import ComplaintItem, ComplaintsTable, EventItem, SuggestionItem

_MODELS: Final[dict[str, Any]] = {model.KIND: model for model in (ComplaintItem, EventItem, SuggestionItem)}


def collected(complaint_id: str) -> Iterator[ComplaintItem | EventItem | SuggestionItem]:
    """The complaint, its events in order and what its photos suggest; not who follows it. Read consistently."""
    query = ComplaintsTable.query(
        complaint_pk(complaint_id), ComplaintsTable.sk < "follower#", consistent_read=True
    )
    for raw in raw_items(query):
        yield _MODELS[raw["kind"]["S"]].from_raw_data(raw)
