"""Districts against the boundary: no hole, no overlap, nothing outside, no crossing lines; and how much it is in all.

A gap or an overlap counts where it is wider than TOLERANCE_M: what is thinner is rounding, and routing then
takes the nearest district.
"""

import json
import math
from collections.abc import Iterator
from itertools import combinations
from typing import Final

from shapely import MultiPolygon, Polygon, affinity, make_valid, union_all
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from infra.region.document import Document
from infra.region.finding import Finding
from infra.region.geojson import Feature

TOLERANCE_M: Final = 1.0
# Of the outlines as `GET /v1/region` holds them, whole: some 90,000 points, 300 KB over the wire and a quarter of a
# second of a core for each app that asks. Lambda itself hands out 6 MB.
BYTES_MOST: Final = 2_000_000
_METRES_PER_DEGREE: Final = 111_320.0


def districts_fill_the_boundary(document: Document) -> Iterator[Finding]:
    geography = document.geography
    if geography is None or geography.boundary is None or not geography.districts:
        return
    boundary, districts = geography.boundary, geography.districts
    plane = _Plane(boundary)
    whole = plane.shape(boundary)
    shapes = [plane.shape(district) for district in districts]
    crossing = [
        feature
        for feature, shape in zip((boundary, *districts), (whole, *shapes), strict=True)
        if not shape.is_valid
    ]
    for feature in crossing:
        yield Finding(
            geography.file,
            feature.line,
            "polygon",
            f"The outline of {feature.id!r} is not simple: {explain_validity(_degrees(feature))}.",
            "Move the points so that no line crosses or retraces another.",
        )
    if crossing:
        return
    for place in plane.wide_parts(whole.difference(union_all(shapes))):
        yield Finding(
            geography.file,
            boundary.line,
            "district-gap",
            f"No district holds the place {place}.",
            "Extend a district there, or add one.",
        )
    for district, shape in zip(districts, shapes, strict=True):
        for place in plane.wide_parts(shape.difference(whole)):
            yield Finding(
                geography.file,
                district.line,
                "district-outside",
                f"The district {district.id!r} leaves the boundary at {place}.",
                "Cut the district off at the boundary, or widen the boundary.",
            )
    for (one, shape), (other, other_shape) in combinations(zip(districts, shapes, strict=True), 2):
        for place in plane.wide_parts(shape.intersection(other_shape)):
            yield Finding(
                geography.file,
                other.line,
                "district-overlap",
                f"The districts {one.id!r} and {other.id!r} overlap at {place}.",
                "Give their common border the same points in both.",
            )


class _Plane:
    """Metres east and north, true at the boundary's middle and near enough over a region."""

    def __init__(self, boundary: Feature) -> None:
        self.shrink = math.cos(math.radians(_degrees(boundary).centroid.y))

    def shape(self, feature: Feature) -> BaseGeometry:
        return affinity.scale(
            _degrees(feature), xfact=_METRES_PER_DEGREE * self.shrink, yfact=_METRES_PER_DEGREE, origin=(0, 0)
        )

    def wide_parts(self, shape: BaseGeometry) -> Iterator[str]:
        """A place "lat, lon" in each part that is wider than the tolerance."""
        core = make_valid(shape).buffer(-TOLERANCE_M / 2)
        for part in getattr(core, "geoms", [core]):
            if not part.is_empty:
                point = part.representative_point()
                lon, lat = point.x / _METRES_PER_DEGREE / self.shrink, point.y / _METRES_PER_DEGREE
                yield f"{lat:.5f}, {lon:.5f}"


def _degrees(feature: Feature) -> BaseGeometry:
    return MultiPolygon([Polygon(rings[0], rings[1:]) for rings in feature.polygons])


def outlines_fit_an_answer(document: Document) -> Iterator[Finding]:
    geography = document.geography
    if geography is None or geography.boundary is None:
        return
    outlines = [area.polygons for area in (geography.boundary, *geography.districts)]
    size = len(json.dumps(outlines, separators=(",", ":")))
    if size > BYTES_MOST:
        yield Finding(
            geography.file,
            1,
            "geojson-size",
            f"The outlines have {size:,} bytes, more than the {BYTES_MOST:,} that each app is sent at most.",
            "Leave out digits beyond the sixth, then points: neighbours must keep the same ones (mapshaper does both).",
        )


RULES = (districts_fill_the_boundary, outlines_fit_an_answer)
