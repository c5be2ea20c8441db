"""What was agreed with an agency beside the region file, of that how much it has used, and when somebody last came."""

from datetime import datetime
from typing import Any, ClassVar

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from functions.records.agencies.table import AgenciesTable, agency_pk
from functions.records.attributes import InstantAttribute


class AgencyItem(AgenciesTable):
    """How many requests an agency may make and has made: `requests_per_minute` stands in for the general limit where
    another was agreed, and of the minute `window` so many are `claimed`.

    `officer_seen_at` is when one of its officers was last there, to the hour. The rest is of the letters to it (`letters`):
    the day of the last one (ISO 8601), what their links are signed with, where it went and in which language, and the
    address that asked for no more.
    """

    SK: ClassVar = "agency"

    sk = UnicodeAttribute(range_key=True, default=SK)
    agency_id = UnicodeAttribute()
    requests_per_minute = NumberAttribute(null=True)
    window = NumberAttribute(null=True)
    claimed = NumberAttribute(null=True)
    created_at = InstantAttribute(null=True)
    officer_seen_at = InstantAttribute(null=True)
    letter_day = UnicodeAttribute(null=True)
    letter_secret = UnicodeAttribute(null=True)
    letter_address = UnicodeAttribute(null=True)
    letter_language = UnicodeAttribute(null=True)
    letters_off_for = UnicodeAttribute(null=True)


def agree(agency_id: str, *, requests_per_minute: int | None, now: datetime) -> None:
    """Operator's command: what was agreed with an agency; None puts it back to the general limit."""
    agreed = AgencyItem.requests_per_minute
    AgencyItem(agency_pk(agency_id)).update(
        [
            *named(agency_id, now=now),
            agreed.remove() if requests_per_minute is None else agreed.set(requests_per_minute),
        ]
    )


def named(agency_id: str, *, now: datetime) -> list[Any]:
    """What goes with a change that may make the item."""
    return [
        AgencyItem.agency_id.set(agency_id),
        AgencyItem.created_at.set(AgencyItem.created_at | now),
    ]


def item_of(agency_id: str) -> AgencyItem | None:
    """Read consistently; None where nothing was ever kept of the agency."""
    try:
        return AgencyItem.get(agency_pk(agency_id), AgencyItem.SK, consistent_read=True)
    except AgencyItem.DoesNotExist:
        return None
