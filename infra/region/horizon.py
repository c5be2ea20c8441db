"""How far a region's calendar still reaches: without the days of a year no term that ends in it can be counted."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from infra.region.document import read_document, region_files
from infra.region.finding import RegionFault
from infra.region.rules.working_time import years_of

WARNED_BEFORE: Final = timedelta(days=240)
"""Two months of an extension, the ladder's terms after it, and half a year to be told by the government of the days
moved and to deploy them."""


def ending_calendars(folder: Path, only: Iterable[str] | None, *, today: date) -> Iterator[str]:
    """What to say of each region whose last year of data ends within WARNED_BEFORE. It is no finding: what is
    deployed follows from the commit alone, and not from the day.
    """
    wanted = None if only is None else set(only)
    for file in region_files(folder):
        if wanted is not None and file.stem not in wanted:
            continue
        try:
            years = years_of(read_document(file))
        except RegionFault:
            continue
        if years and date(max(years), 12, 31) - today < WARNED_BEFORE:
            yield (
                f"{file.name}: calendar-ends: the calendar ends with {max(years)}, and terms that reach into "
                f"{max(years) + 1} cannot be counted. Add the year, and the days that were moved in it."
            )
