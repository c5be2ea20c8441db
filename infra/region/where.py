"""The routing dry run: which body, and why; or a whole list of places against the bodies expected there."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from functions.complaints.region import Category, Region
from functions.complaints.routing import NobodyResponsible, Reason, in_region, ladder, responsible_agency


@dataclass(frozen=True, kw_only=True)
class Place:
    """A row of a list of places: `lat,lon,category,agency,note`; `agency` is the body expected."""

    line: int
    lat: float
    lon: float
    category: str
    agency: str
    note: str


class PlacesFault(ValueError):
    """A list of places that cannot be read; the message names the line."""


def explanation(
    region: Region, *, category_id: str, lat: float, lon: float, at: datetime, language: str = "en"
) -> str:
    """Text for a person: the body, the reason, the terms and the ladder, at `at`.

    Raises KeyError for an unknown category, NobodyResponsible where nobody is.
    """
    category = region.categories[category_id]
    assignment = responsible_agency(region, category_id=category_id, lat=lat, lon=lon, at=at)
    district = next((one for one in region.districts if one.id == assignment.district_id), None)
    reasons = {
        Reason.DISTRICT: "it answers for this category in the district",
        Reason.DEFAULT: "it answers for this category wherever no district has a body of its own",
        Reason.NEAREST: "the place is outside the region, and it answers in the nearest district",
    }
    lines = [
        f"Place     {lat}, {lon}: "
        + ("in " if in_region(region, lat=lat, lon=lon) else "outside ")
        + region.name[language],
        "District  " + ("none" if district is None else f"{district.name[language]} ({district.id})"),
        f"Category  {category.name[language]} ({category.id})",
        f"Body      {region.agencies[assignment.agency_id].name[language]} ({assignment.agency_id})",
        f"Why       {reasons[assignment.reason]}",
        f"Answer    within {category.answer_within}",
        f"Receipt   within {category.acknowledge_within or 'no set term'}",
    ]
    lines.extend(_rungs(region, category, assignment.agency_id, language, at=at))
    return "\n".join(lines)


def _rungs(
    region: Region, category: Category, agency_id: str, language: str, *, at: datetime
) -> Iterator[str]:
    for level, above in enumerate(ladder(region, agency_id, at=at), 1):
        yield (
            f"Level {level}   {region.agencies[above].name[language]} ({above}), "
            f"another {category.escalation_term(level)}"
        )


def read_places(file: Path) -> list[Place]:
    """Raises PlacesFault."""
    with file.open(encoding="utf-8", newline="") as text:
        rows = csv.DictReader(text)
        missing = {"lat", "lon", "category", "agency"} - set(rows.fieldnames or ())
        if missing:
            raise PlacesFault(f"{file}:1: the columns {', '.join(sorted(missing))} are missing")
        return [_place(file, rows.line_num, row) for row in rows]


def _place(file: Path, line: int, row: dict[str, str]) -> Place:
    try:
        return Place(
            line=line,
            lat=float(row["lat"]),
            lon=float(row["lon"]),
            category=row["category"],
            agency=row["agency"],
            note=row.get("note") or "",
        )
    except (TypeError, ValueError) as error:
        raise PlacesFault(f"{file}:{line}: lat and lon must be numbers") from error


def wrong_places(region: Region, places: list[Place], *, at: datetime) -> Iterator[tuple[Place, str]]:
    """The places where another body answers than expected, each with what is the case."""
    for place in places:
        if place.category not in region.categories:
            yield place, f"there is no category {place.category!r}"
            continue
        if not in_region(region, lat=place.lat, lon=place.lon):
            yield place, "it lies outside the region"
            continue
        try:
            found = responsible_agency(
                region, category_id=place.category, lat=place.lat, lon=place.lon, at=at
            ).agency_id
        except NobodyResponsible:
            found = "nobody"
        if found != place.agency:
            yield place, f"{found} answers, and {place.agency} was expected"
