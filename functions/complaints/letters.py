"""The letter to a body that nobody there sees to: when it is due.

A body without a webhook, of whose officers none came for a working day, gets one e-mail on each of its working days, when
its hours begin: how many complaints it has, and where to look. Nothing of any complaint is in it, for an e-mail crosses
foreign servers.
"""

from dataclasses import dataclass
from datetime import date, datetime

from functions.complaints.region import Agency, Region


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """Of a body's complaints: those that it has not answered, and of these those whose term ends today, or has passed."""

    open: int
    due_today: int
    overdue: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What is known of a body: when an officer last came, the last day it was written to, and the address that asked for no
    more letters.
    """

    officer_seen_at: datetime | None = None
    letter_day: date | None = None
    letters_off_for: str | None = None


def letter_day(agency: Agency, known: Known, *, region: Region, now: datetime) -> date | None:
    """Its working day on which it is to be written to now, None where it is not. Whether it has a webhook is asked
    elsewhere. Raises CalendarYearMissing.
    """
    address = agency.contact_email
    if address is None or address == known.letters_off_for or agency.is_retired(now):
        return None
    calendar = region.calendar_of(agency.id)
    today = calendar.local(now).date()
    if not calendar.is_working_day(today) or not calendar.opens_at(today) <= now < calendar.closes_at(today):
        return None
    if known.letter_day is not None and known.letter_day >= today:
        return None
    day_before = calendar.opens_at(calendar.working_day_before(today, 1))
    seen_at = known.officer_seen_at
    return today if seen_at is None or seen_at < day_before else None
