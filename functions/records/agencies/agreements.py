"""What was agreed with an agency beside the region file, of that how much it has used, and when somebody last came."""

from datetime import datetime
from typing import ClassVar

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from functions.records.agencies.table import AgenciesTable, agency_pk
from functions.records.attributes import InstantAttribute


class AgencyItem(AgenciesTable):
    """How many requests an agency may make and has made: `requests_per_minute` stands in for the general limit where
    another was agreed, and of the minute `window` so many are `claimed`. `officer_seen_at` is when one of its officers was
    last there, to the hour.
    """

    SK: ClassVar = "agency"

    sk = UnicodeAttribute(range_key=True, default=SK)
    agency_id = UnicodeAttribute()
    requests_per_minute = NumberAttribute(null=True)
    window = NumberAttribute(null=True)
    claimed = NumberAttribute(null=True)
    officer_seen_at = InstantAttribute(null=True)
    created_at = InstantAttribute(null=True)


def agree(agency_id: str, *, requests_per_minute: int | None, now: datetime) -> None:
    """Operator's command: what was agreed with an agency; None puts it back to the general limit."""
    agreed = AgencyItem.requests_per_minute
    AgencyItem(agency_pk(agency_id)).update(
        [
            AgencyItem.agency_id.set(agency_id),
            AgencyItem.created_at.set(AgencyItem.created_at | now),
            agreed.remove() if requests_per_minute is None else agreed.set(requests_per_minute),
        ]
    )
