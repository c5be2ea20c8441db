"""Which lines of the public files a query is about, newest first. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from functions.complaints.places import distance_m
from functions.intake.open311.asked import Asked, Span
from functions.intake.open311.published import Line

_DAY: Final = timedelta(days=1)


def selected(lines: Iterable[Line], asked: Asked, *, filed: Span, changed: Span) -> list[Line]:
    """Hidden ones are not among them."""
    found = (
        line
        for line in lines
        if not line.is_hidden
        and filed.holds(line.submitted_at)
        and changed.holds(line.updated_at)
        and _is_meant(line, asked)
        and _is_there(line, asked)
    )
    return newest_first(found)


def newest_first(lines: Iterable[Line]) -> list[Line]:
    """By their number where they were submitted in the same second."""
    return sorted(lines, key=lambda line: (line.submitted_at, line.number), reverse=True)


def months(span: Span, *, zone: str) -> Iterator[str]:
    """The months (`2026-03`) that the span touches, by the clock of the region, in which a file is of one."""
    assert span.start is not None
    assert span.end is not None
    month = _first_of(span.start.astimezone(ZoneInfo(zone)))
    while month <= span.end.astimezone(ZoneInfo(zone)):
        yield f"{month:%Y-%m}"
        month = _first_of(month + 32 * _DAY)


def _first_of(instant: datetime) -> datetime:
    return instant.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _is_meant(line: Line, asked: Asked) -> bool:
    state = "open" if line.is_open else "closed"
    return (not asked.status or state in asked.status) and (
        not asked.service_code or line.category in asked.service_code
    )


def _is_there(line: Line, asked: Asked) -> bool:
    if asked.bbox is None and asked.centre is None:
        return True
    if line.lat is None or line.lon is None:
        return False
    if asked.centre is not None and distance_m(asked.centre, (line.lat, line.lon)) > asked.radius:
        return False
    if asked.bbox is None:
        return True
    west, south, east, north = asked.bbox
    return west <= line.lon <= east and south <= line.lat <= north
