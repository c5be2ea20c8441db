"""Whose complaint it is: the category and the place decide, the region file says how."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from functions.complaints.geography import area_at, covers, nearest_area
from functions.complaints.region import District, Region
from functions.complaints.retirement import in_office


class Reason(StrEnum):
    """Why a body was chosen; `nearest` is for a place outside the region."""

    DISTRICT = "district"
    NEAREST = "nearest"
    DEFAULT = "default"


@dataclass(frozen=True, kw_only=True, slots=True)
class Assignment:
    """The responsible body; `district_id` is where the place lies, None outside the region."""

    agency_id: str
    district_id: str | None
    reason: Reason


class NobodyResponsible(LookupError):
    """The region file names no body for this category at this place; its linter refuses such a file."""


def in_region(region: Region, *, lat: float, lon: float) -> bool:
    """Whether the place lies in the region, its border included."""
    return covers(region.boundary, lat=lat, lon=lon)


def district_at(region: Region, *, lat: float, lon: float) -> District | None:
    """The one district of a place in the region, None outside it.

    On the region's own border, and in a hair's gap between two districts, it is the nearest.
    """
    district = area_at(region.districts, lat=lat, lon=lon)
    if district is None and in_region(region, lat=lat, lon=lon):
        return nearest_area(region.districts, lat=lat, lon=lon)
    return district


def responsible_agency(
    region: Region, *, category_id: str, lat: float, lon: float, at: datetime
) -> Assignment:
    """The district's own body for the category, or else the category's body for the whole region; in place of a body that
    is retired at `at`, whoever took over.

    A place outside the region (its border may have moved since the complaint was taken) goes to the nearest
    district's body where the category has none for the whole. Raises KeyError for an unknown category and
    NobodyResponsible where the file names no body.
    """
    named = _named(region, category_id=category_id, lat=lat, lon=lon)
    agency_id = in_office(region, named.agency_id, at=at)
    if agency_id is None:
        raise NobodyResponsible(f"{region.id}: {named.agency_id} is no more, and nobody took over")
    return replace(named, agency_id=agency_id)


def _named(region: Region, *, category_id: str, lat: float, lon: float) -> Assignment:
    """As the file says."""
    responsible = region.categories[category_id].responsible
    district = district_at(region, lat=lat, lon=lon)
    if district is not None and district.id in responsible.districts:
        return Assignment(
            agency_id=responsible.districts[district.id], district_id=district.id, reason=Reason.DISTRICT
        )
    district_id = None if district is None else district.id
    if responsible.default is not None:
        return Assignment(agency_id=responsible.default, district_id=district_id, reason=Reason.DEFAULT)
    named = [other for other in region.districts if other.id in responsible.districts]
    nearest = nearest_area(named, lat=lat, lon=lon) if district is None else None
    if nearest is None:
        raise NobodyResponsible(f"{region.id}: nobody answers for {category_id} at {lat}, {lon}")
    return Assignment(agency_id=responsible.districts[nearest.id], district_id=None, reason=Reason.NEAREST)


def place_fault(
    region: Region, *, category_id: str | None, lat: float, lon: float, at: datetime
) -> str | None:
    """The key of what is wrong with a place for a complaint of this category, if it has one yet; None where nothing is."""
    if not in_region(region, lat=lat, lon=lon):
        return "outside_region"
    if category_id is None:
        return None
    try:
        responsible_agency(region, category_id=category_id, lat=lat, lon=lon, at=at)
    except NobodyResponsible:
        return "nobody_responsible"
    return None


def ladder(region: Region, agency_id: str, *, at: datetime) -> tuple[str, ...]:
    """The bodies above at `at`, next first: whoever took over stands in the place of a retired one. It ends above a body
    that the region file does not list. Raises ValueError for a loop.
    """
    above: list[str] = []
    body = region.agencies.get(agency_id)
    parent = None if body is None else in_office(region, body.parent, at=at)
    while parent is not None:
        if parent == agency_id or parent in above:
            raise ValueError(f"{region.id}: the ladder above {agency_id} returns to {parent}")
        above.append(parent)
        parent = in_office(region, region.agencies[parent].parent, at=at)
    return tuple(above)


def with_those_below(region: Region, agency_id: str, *, at: datetime) -> frozenset[str]:
    """The body, and every body whose ladder it stands in."""
    below = (each for each in region.agencies if agency_id in ladder(region, each, at=at))
    return frozenset((agency_id, *below))


def answering(region: Region, *, at: datetime) -> frozenset[str]:
    """The bodies that answer for something somewhere."""
    found = (in_office(region, each, at=at) for each in region.named_responsible)
    return frozenset(body for body in found if body is not None)


def beyond(rungs: Sequence[str], told: Collection[str]) -> tuple[str, ...]:
    """The rungs, lowest first, above the highest of those that were told: a ladder is not climbed again from below."""
    highest = max((place for place, rung in enumerate(rungs) if rung in told), default=-1)
    return tuple(rungs[highest + 1 :])


def next_above(region: Region, *, owner: str, beside: Sequence[str], at: datetime) -> str | None:
    """Who hears next when the body that has it is silent, of `beside` it those in charge too, in the order in which they
    were told.

    It is the next rung of the owner's own ladder above the highest that was told. Where that ladder has come to its
    end, the one that was climbed before goes on from where it stood: a complaint does not leave it by being passed
    to a body of another. None where every ladder has come to its end.
    """
    told = {owner, *beside}
    for agency_id in (owner, *reversed(beside)):
        if left := beyond(ladder(region, agency_id, at=at), told):
            return left[0]
    return None
