"""A day lasts from midnight to midnight on the region's clocks, also where these are changed."""

from datetime import UTC, datetime

import pytest

from functions.complaints.clock import iso
from functions.complaints.days import day_of


@pytest.mark.parametrize(
    ("now", "zone", "begin", "end"),
    [
        ("2026-06-01T18:59:59", "Asia/Almaty", "2026-05-31T19:00:00.000Z", "2026-06-01T19:00:00.000Z"),
        ("2026-06-01T19:00:00", "Asia/Almaty", "2026-06-01T19:00:00.000Z", "2026-06-02T19:00:00.000Z"),
        ("2024-02-29T12:00:00", "Asia/Almaty", "2024-02-28T18:00:00.000Z", "2024-02-29T19:00:00.000Z"),
    ],
)
def test_a_day_is_the_regions(now: str, zone: str, begin: str, end: str) -> None:
    found = day_of(datetime.fromisoformat(now).replace(tzinfo=UTC), zone=zone)
    assert tuple(map(iso, found)) == (begin, end)
