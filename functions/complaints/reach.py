"""How far the terms of a region reach: which days its calendar has to know."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from functions.complaints.calendar import Calendar, as_best_known
from functions.complaints.deadlines import due
from functions.complaints.duration import Duration
from functions.complaints.region import Category, Region
from functions.complaints.routing import ladder

_OF_A_DAY: Final = Duration(kind="working_days", amount=1)


def missing_year(region: Region, *, now: datetime) -> int | None:
    """The first year without data that a term beginning now, of whatever complaint, may need; None where it needs none.

    Such a term is an estimate until the year is there (`deadlines.due_as_known`).
    """
    missing = [
        year
        for term in {_OF_A_DAY, *_terms(region)}
        if (year := _counted(term, start=now, calendar=region.calendar)[1]) is not None
    ]
    return min(missing, default=None)


def last_day(region: Region, *, now: datetime) -> date:
    """The last day that a complaint of now may need: answered as late as can be granted, missed at every level of the
    longest ladder, answered there, and closed.
    """
    calendar = region.calendar
    ends = [_end(category, region=region, start=now) for category in region.categories.values()]
    closing, _ = _counted(region.close_after_answer, start=max(ends), calendar=calendar)
    return calendar.local(closing).date()


def _terms(region: Region) -> Iterator[Duration]:
    yield from (
        region.photos_wait,
        region.close_after_answer,
        region.least_after_transfer,
        region.forward_within,
    )
    for category in region.categories.values():
        yield from (category.answer_within, *category.escalation_terms)
        if category.photos_wait is not None:
            yield category.photos_wait
        if category.acknowledge_within is not None:
            yield category.acknowledge_within
        if category.extension_times:
            yield category.extension_limit


def _end(category: Category, *, region: Region, start: datetime) -> datetime:
    granted = [category.answer_within, *([category.extension_limit] if category.extension_times else [])]
    at = max(_counted(term, start=start, calendar=region.calendar)[0] for term in granted)
    bodies = {category.responsible.default, *category.responsible.districts.values()} - {None}
    levels = max((len(ladder(region, body, at=start)) for body in bodies if body is not None), default=0)
    for level in range(1, levels + 1):
        at, _ = _counted(category.escalation_term(level), start=at, calendar=region.calendar)
    return at


def _counted(term: Duration, *, start: datetime, calendar: Calendar) -> tuple[datetime, int | None]:
    return as_best_known(lambda known: due(term, received_at=start, calendar=known).at, calendar=calendar)
