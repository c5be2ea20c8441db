"""A region's districts as a small drawing, with a dot: nothing is asked of anybody else's server. Pure."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from functions.complaints.region import Region

WIDTH: Final = 320
MARGIN: Final = 6
_FINEST: Final = 0.7
"""Two corners that are nearer than this are one: a border has thousands, and a page is to be small."""

type _Point = tuple[float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """A district, or what lies around all of them: the data of an SVG path."""

    district: str | None
    path: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Outline:
    """In units of the drawing, which is WIDTH wide and `height` high, with MARGIN around it."""

    shapes: tuple[Shape, ...]
    height: float
    x: float
    y: float


def outline_of(region: Region, *, lat: float, lon: float) -> Outline:
    """The region's border and districts, and where the place is among them."""
    corners = [point for polygon in region.boundary for ring in polygon for point in ring]
    west, east = min(x for x, _ in corners), max(x for x, _ in corners)
    south, north = min(y for _, y in corners), max(y for _, y in corners)
    # Degrees of longitude are shorter, the further north.
    narrow = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / ((east - west) * narrow)

    def drawn(point: _Point) -> _Point:
        return (point[0] - west) * narrow * scale, (north - point[1]) * scale

    x, y = drawn((lon, lat))
    return Outline(
        shapes=tuple(
            Shape(district=district, path="".join(_path([drawn(each) for each in ring]) for ring in rings))
            for district, rings in _rings(region)
        ),
        height=round((north - south) * scale, 1),
        x=round(x, 1),
        y=round(y, 1),
    )


def _rings(region: Region) -> Iterator[tuple[str | None, list[Sequence[_Point]]]]:
    for each in region.districts:
        yield each.id, [ring for polygon in each.polygons for ring in polygon]
    yield None, [ring for polygon in region.boundary for ring in polygon]


def _path(points: Sequence[_Point]) -> str:
    kept = [points[0]]
    for each in points[1:]:
        if math.dist(each, kept[-1]) >= _FINEST:
            kept.append(each)
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in kept) + "Z"
