"""Places on the map: cells that an index can be read by, and distances."""

import math
from typing import Final

_ROWS_PER_DEGREE: Final = 200
_COLUMNS_PER_DEGREE: Final = 100
EARTH_RADIUS_M: Final = 6_371_008.8
_METRES_PER_DEGREE: Final = math.pi * EARTH_RADIUS_M / 180

_COARSE_DIGITS: Final = 2
ROUNDED_DIGITS: Final = 3
ROUNDED_BY_M: Final = 79
"""A rounded place is nowhere farther from the exact one, in metres."""


def coarse(degrees: float) -> float:
    """About where it is, to a kilometre."""
    return round(float(degrees), _COARSE_DIGITS)


def rounded(degrees: float) -> float:
    """As everybody may see it: some 110 m from north to south, 70 m from west to east in Kazakhstan."""
    return round(float(degrees), ROUNDED_DIGITS)


def cell(lat: float, lon: float) -> str:
    """The cell of a fixed grid, 1/200 by 1/100 of a degree: some 560 by 700 m in Kazakhstan."""
    return f"{math.floor(lat * _ROWS_PER_DEGREE)}:{math.floor(lon * _COLUMNS_PER_DEGREE)}"


def cells_within(lat: float, lon: float, *, radius_m: float) -> tuple[str, ...]:
    """Every cell that the circle may touch; four at the most for a radius below 250 m."""
    d_lat = radius_m / _METRES_PER_DEGREE
    d_lon = radius_m / (_METRES_PER_DEGREE * max(math.cos(math.radians(abs(lat) + d_lat)), 0.01))
    rows = range(
        math.floor((lat - d_lat) * _ROWS_PER_DEGREE), math.floor((lat + d_lat) * _ROWS_PER_DEGREE) + 1
    )
    columns = range(
        math.floor((lon - d_lon) * _COLUMNS_PER_DEGREE),
        math.floor((lon + d_lon) * _COLUMNS_PER_DEGREE) + 1,
    )
    return tuple(f"{row}:{column}" for row in rows for column in columns)


def distance_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance in metres of two (lat, lon) points, by the haversine formula."""
    lat_a, lon_a, lat_b, lon_b = map(math.radians, (*a, *b))
    chord = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, chord)))
