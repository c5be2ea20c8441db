"""How far a region's calendar still reaches: without the days of a year a term that ends in it is an estimate.

Both depend on the day, so neither is a rule of `lint.RULES`: what is deployed follows from the commit alone.
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
