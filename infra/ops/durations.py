"""Times and durations as people write them."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from functions.complaints.region import Region

_UNITS: Final = (("day", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def spoken(span: timedelta) -> str:
    """`3 days`, `1 day 4 h`, `2 min 13 s`, `0 s`: the largest unit and the one after it, rounded down."""
    left = abs(int(span.total_seconds()))
    parts = []
    for unit, seconds in _UNITS:
        count, left = divmod(left, seconds)
        parts.append("" if not count else f"{count} {unit}{'s' if unit == 'day' and count > 1 else ''}")
    first = next((place for place, part in enumerate(parts) if part), len(parts))
    return " ".join(filter(None, parts[first : first + 2])) or "0 s"


def local(when: datetime, region: "Region") -> datetime:
    return when.astimezone(ZoneInfo(region.calendar.time_zone))


def at_local(when: datetime, region: "Region") -> str:
    """`1 December 2026, 18:30`, in the region's zone."""
    from functions.complaints.texts import datetime_text

    return datetime_text(when, "en", region.calendar.time_zone)
