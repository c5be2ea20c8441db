"""How many complaints wait for a body, by what its worklist's entries say of themselves."""

from datetime import datetime

from functions.complaints.clock import iso
from functions.complaints.complaint import WITH_AGENCY
from functions.complaints.letters import Counts
from functions.records.codec import worklist_key
from functions.records.dynamodb import raw_items
from functions.records.tables import SHARDS, ComplaintItem

_PAGE = 1_000


def waiting_for(agency_id: str, *, now: datetime, day_ends: datetime) -> Counts:
    """Its own and those escalated to it; SHARDS queries, and more where it has thousands. What has been overdue up to the
    top of the ladder counts as overdue whatever its next term.
    """
    counted, today = iso(now), iso(day_ends)
    open_ = due_today = overdue = 0
    for shard in range(SHARDS):
        query = ComplaintItem.by_worklist.query(worklist_key(agency_id, shard), page_size=_PAGE)
        for raw in raw_items(query):
            if raw["status"]["S"] not in WITH_AGENCY:
                continue
            due = raw["urgency"]["S"].partition("#")[0]
            is_overdue = due < counted or raw.get("overdue", {}).get("BOOL", False)
            open_ += 1
            overdue += is_overdue
            due_today += not is_overdue and due < today
    return Counts(open=open_, due_today=due_today, overdue=overdue)
