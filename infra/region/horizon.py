"""What a region file says that time overtakes: a calendar that ends, without whose next year a term that ends in it is an
estimate; a body that is named though it is no more.

All of it depends on the day, so none is a rule of `lint.RULES`: what is deployed follows from the commit alone.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from functions.complaints.reach import last_day
from functions.complaints.region import region_from_dict
from infra.region.compile import compiled
from infra.region.document import Document, read_document, region_files
from infra.region.finding import Finding, RegionFault
from infra.region.lint import lint_document
from infra.region.rules.working_time import years_of
from infra.region.source import Node

WARNED_BEFORE: Final = timedelta(days=240)
"""Two months of an extension, the ladder's terms after it, and half a year to be told by the government of the days
moved and to deploy them."""


def ended_calendars(folder: Path, only: Iterable[str] | None, *, today: date) -> list[Finding]:
    """Of each region without other findings whose calendar lacks a day that a complaint of today may need."""
    found: set[Finding] = set()
    for document in _documents(folder, only):
        place = document.region.at("calendar", "years")
        if place is None or lint_document(document):
            continue
        region = region_from_dict(compiled(document))
        last = last_day(region, now=datetime(today.year, today.month, today.day, 12, tzinfo=UTC))
        missing = [year for year in range(today.year, last.year + 1) if year not in years_of(document)]
        if missing:
            # The place of a calendar that others extend is one.
            found.add(
                place.fault(
                    "calendar-ends",
                    f"A complaint of {today} may have terms until {last}, and {missing[0]} is missing.",
                    f"Add {missing[0]}, and the days that were moved in it.",
                )
            )
    return sorted(found)


def ending_calendars(folder: Path, only: Iterable[str] | None, *, today: date) -> Iterator[str]:
    """What to say of each region whose last year of data ends within WARNED_BEFORE. It is no finding yet."""
    for document in _documents(folder, only):
        years = years_of(document)
        if years and date(max(years), 12, 31) - today < WARNED_BEFORE:
            yield (
                f"{document.file.name}: calendar-ends: the calendar ends with {max(years)}, and terms that reach into "
                f"{max(years) + 1} are estimates. Add the year, and the days that were moved in it."
            )


def _documents(folder: Path, only: Iterable[str] | None) -> Iterator[Document]:
    wanted = None if only is None else set(only)
    for file in region_files(folder):
        if wanted is None or file.stem in wanted:
            try:
                yield read_document(file)
            except RegionFault:
                continue


def still_named(folder: Path, only: Iterable[str] | None, *, today: date) -> Iterator[str]:
    """Each body that answers for a category by the file, and is retired by now: whoever took over has its complaints, and
    the file should say so. No finding, for before the day it is right.
    """
    wanted = None if only is None else set(only)
    for file in region_files(folder):
        if wanted is not None and file.stem not in wanted:
            continue
        try:
            region = read_document(file).region
        except RegionFault:
            continue
        gone = {name for name, item in region.by_id("agencies").items() if _is_retired(item, today=today)}
        for category in region.items("categories"):
            places = [category.at("responsible", "default"), *_districts(category)]
            for name in dict.fromkeys(place.text() for place in places if place is not None):
                if name in gone:
                    yield (
                        f"{file.name}: retired-named: {name!r} answers for {category.text('id')!r} and is no more. "
                        "Name the body that took over."
                    )


def _is_retired(item: Node, *, today: date) -> bool:
    place = item.at("retired", "since")
    return place is not None and (place.text() or "~") <= today.isoformat()


def _districts(category: Node) -> Iterable[Node]:
    districts = category.at("responsible", "districts")
    return districts.fields().values() if districts else ()
