"""A day of a region: from midnight to midnight on its clocks."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def day_of(now: datetime, *, zone: str) -> tuple[datetime, datetime]:
    """When the day begins there that it is now, and when the next one does."""
    today = now.astimezone(ZoneInfo(zone)).date()
    begin, end = (
        datetime.combine(day, time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)
        for day in (today, today + timedelta(days=1))
    )
    return begin, end
