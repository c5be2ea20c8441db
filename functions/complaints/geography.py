"""Points and districts, exactly: a place belongs to one district, on a border too.

Polygons are GeoJSON MultiPolygon coordinates (RFC 7946): polygons of rings of `(lon, lat)` in degrees, each
ring closed, the first ring the outline and the others holes. At a city's scale degrees serve as a plane.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, Protocol

Point = tuple[float, float]
Ring = Sequence[Point]
Polygon = Sequence[Ring]
MultiPolygon = Sequence[Polygon]

# What rounding can add to the cross product below, in units of its two terms.
# Source: J. R. Shewchuk, Adaptive Precision Floating-Point Arithmetic (1997), the bound of orient2d.
_EPSILON: Final = 2.0**-53
_ERROR_BOUND: Final = (3.0 + 16.0 * _EPSILON) * _EPSILON


class Area(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def polygons(self) -> MultiPolygon: ...


def contains(polygons: MultiPolygon, *, lat: float, lon: float) -> bool:
    """Whether the place is inside, each border counted to one side only.

    Areas that share a border, point for point, therefore never both hold a place on it, nor both miss it.
    """
    return any(_inside(polygon, lon, lat) for polygon in polygons)


def covers(polygons: MultiPolygon, *, lat: float, lon: float) -> bool:
    """Whether the place is inside or anywhere on the border."""
    return contains(polygons, lat=lat, lon=lon) or any(
        _on_segment(start, end, lon, lat)
        for polygon in polygons
        for ring in polygon
        for start, end in pairwise(ring)
    )


def area_at[A: Area](areas: Sequence[A], *, lat: float, lon: float) -> A | None:
    """The one area that holds the place; the first, should the file let two overlap by a hair."""
    return next((area for area in areas if contains(area.polygons, lat=lat, lon=lon)), None)


def nearest_area[A: Area](areas: Sequence[A], *, lat: float, lon: float) -> A | None:
    """The area whose border is nearest; of several equally near, the first. None without areas."""
    return min(areas, key=lambda area: _distance_squared(area.polygons, lat=lat, lon=lon), default=None)


def _inside(polygon: Polygon, lon: float, lat: float) -> bool:
    """Even-odd rule with a ray to the east; an edge holds its southern end and not its northern one."""
    inside = False
    for ring in polygon:
        x1, y1 = ring[0]
        for x2, y2 in ring[1:]:
            if (y1 > lat) != (y2 > lat):
                # From south to north, so that both areas beside this edge compute the very same number.
                upward = (x1, y1, x2, y2) if y1 < y2 else (x2, y2, x1, y1)
                if _side(*upward, lon, lat) > 0:
                    inside = not inside
            x1, y1 = x2, y2
    return inside


def _side(x1: float, y1: float, x2: float, y2: float, x: float, y: float) -> int:
    """1 where the point is left of the line from 1 to 2, -1 right of it, 0 on it: the exact sign."""
    left = (x2 - x1) * (y - y1)
    right = (y2 - y1) * (x - x1)
    cross = left - right
    if abs(cross) > _ERROR_BOUND * (abs(left) + abs(right)):
        return 1 if cross > 0 else -1
    # As good as on the line, which hardly ever happens: not for a cold start.
    from fractions import Fraction  # noqa: PLC0415

    exact = (Fraction(x2) - Fraction(x1)) * (Fraction(y) - Fraction(y1)) - (Fraction(y2) - Fraction(y1)) * (
        Fraction(x) - Fraction(x1)
    )
    return (exact > 0) - (exact < 0)


def _on_segment(start: Point, end: Point, lon: float, lat: float) -> bool:
    return (
        min(start[0], end[0]) <= lon <= max(start[0], end[0])
        and min(start[1], end[1]) <= lat <= max(start[1], end[1])
        and _side(*start, *end, lon, lat) == 0
    )


def _distance_squared(polygons: MultiPolygon, *, lat: float, lon: float) -> float:
    """To the nearest border, in degrees of latitude; longitude is shrunk as it is at that latitude."""
    shrink = math.cos(math.radians(lat))
    return min(
        _to_segment((start[0] - lon) * shrink, start[1] - lat, (end[0] - lon) * shrink, end[1] - lat)
        for polygon in polygons
        for ring in polygon
        for start, end in pairwise(ring)
    )


def _to_segment(x1: float, y1: float, x2: float, y2: float) -> float:
    """The squared distance from the origin to a segment."""
    dx, dy = x2 - x1, y2 - y1
    length = dx * dx + dy * dy
    along = 0.0 if length == 0.0 else max(0.0, min(1.0, -(x1 * dx + y1 * dy) / length))
    x, y = x1 + along * dx, y1 + along * dy
    return x * x + y * y
