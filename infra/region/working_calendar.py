"""The calendar that an authored file describes, with the public holidays of its years."""

from collections.abc import Iterable
from datetime import date, time
from typing import Any

from functions.complaints.calendar import Calendar
from infra.region.calendar_data import kazakhstan_calendar
from infra.region.schema import WEEKDAYS


def calendar_of(raw: dict[str, Any]) -> Calendar:
    """Raises ValueError where its parts contradict one another, and HolidayNameUnknown."""
    calendar = raw["calendar"]
    hours = hours_of(calendar["hours"])
    return kazakhstan_calendar(
        years=calendar["years"],
        time_zone=raw["time_zone"],
        weekend=tuple(sorted(WEEKDAYS.index(day) for day in calendar["weekend"])),
        opens=time.fromisoformat(hours["opens"]),
        closes=time.fromisoformat(hours["closes"]),
        breaks=tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in hours["breaks"]),
        moved_working=_days(calendar.get("moved_working", ())),
        moved_off=_days(calendar.get("moved_off", ())),
        short_days={
            date.fromisoformat(day): time.fromisoformat(closes)
            for day, closes in calendar.get("short_days", {}).items()
        },
        kurban_ait=_days(calendar.get("kurban_ait", ())),
        count_from=calendar["count_from"],
    )


def hours_of(raw: dict[str, Any]) -> dict[str, Any]:
    return {
        "opens": raw["opens"],
        "closes": raw["closes"],
        "breaks": [[pause["from"], pause["to"]] for pause in raw.get("breaks", ())],
    }


def _days(texts: Iterable[str]) -> list[date]:
    return [date.fromisoformat(text) for text in texts]
