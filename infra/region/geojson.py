"""The GeoJSON beside a region file (RFC 7946): one feature of kind `boundary`, the others `district`."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from infra.region.finding import Finding
from infra.region.schema import ID_PATTERN, LANGUAGES

type Rings = list[list[tuple[float, float]]]

# Kazakhstan, generously: longitude, latitude.
_WEST, _EAST, _SOUTH, _NORTH = 46.0, 88.0, 40.0, 56.0
_KINDS: Final = ("boundary", "district")


@dataclass(frozen=True, kw_only=True)
class Feature:
    """An area; `polygons` are a MultiPolygon's coordinates, (lon, lat); `line` is where its id stands."""

    id: str
    kind: str
    name: Mapping[str, str]
    polygons: list[Rings]
    line: int


@dataclass(frozen=True, kw_only=True)
class Geography:
    """What could be read of the file, and what is wrong with how it is written."""

    file: Path
    boundary: Feature | None = None
    districts: tuple[Feature, ...] = ()
    findings: tuple[Finding, ...] = ()


def read_geography(file: Path) -> Geography:
    text = file.read_text(encoding="utf-8")
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as error:
        return _unread(file, error.lineno, f"This is not JSON: {error.msg}.", "Export the file again.")
    if not isinstance(raw, dict) or not isinstance(raw.get("features"), list):
        remedy = 'Write {"type": "FeatureCollection", "features": […]}.'
        return _unread(file, 1, "This is not a FeatureCollection.", remedy)
    reading = _Reading(file, text)
    features = [
        feature
        for number, entry in enumerate(raw["features"], 1)
        if (feature := reading.feature(number, entry))
    ]
    boundaries = [feature for feature in features if feature.kind == "boundary"]
    districts = [feature for feature in features if feature.kind == "district"]
    if len(boundaries) != 1:
        reading.fault(
            boundaries[1].line if boundaries else 1,
            "geojson",
            f"There are {len(boundaries)} features of kind boundary.",
            "Keep one feature with the property kind: boundary.",
        )
    if not districts:
        reading.fault(
            1, "geojson", "There is no district.", "Add a feature with the property kind: district."
        )
    seen: set[str] = set()
    for district in districts:
        if district.id in seen:
            reading.fault(
                district.line,
                "duplicate-id",
                f"The district {district.id!r} stands here twice.",
                "Join the parts in one MultiPolygon, or rename one.",
            )
        seen.add(district.id)
    return Geography(
        file=file,
        boundary=boundaries[0] if boundaries else None,
        districts=tuple(districts),
        findings=tuple(reading.findings),
    )


def _unread(file: Path, line: int, message: str, remedy: str) -> Geography:
    return Geography(file=file, findings=(Finding(file, line, "geojson", message, remedy),))


class _Reading:
    def __init__(self, file: Path, text: str) -> None:
        self.file = file
        self.text = text
        self.findings: list[Finding] = []

    def fault(self, line: int, rule: str, message: str, remedy: str) -> None:
        self.findings.append(Finding(self.file, line, rule, message, remedy))

    def line_of(self, feature_id: Any) -> int:
        """Where the file writes this id; a parser of JSON does not say."""
        match = re.search(rf'"id"\s*:\s*{re.escape(json.dumps(feature_id, ensure_ascii=False))}', self.text)
        return 1 if match is None else self.text.count("\n", 0, match.start()) + 1

    def feature(self, number: int, raw: Any) -> Feature | None:
        properties = raw.get("properties") if isinstance(raw, dict) else None
        geometry = raw.get("geometry") if isinstance(raw, dict) else None
        if not isinstance(properties, dict) or not isinstance(geometry, dict):
            self.fault(1, "geojson", f"Feature {number} lacks properties or geometry.", "Add both.")
            return None
        feature_id = properties.get("id")
        line = self.line_of(feature_id)
        if not isinstance(feature_id, str) or re.search(ID_PATTERN, feature_id) is None:
            self.fault(
                line,
                "id",
                f"Feature {number} has the id {feature_id!r}.",
                "Write lower-case letters, digits, - and _, beginning with a letter.",
            )
            return None
        if properties.get("kind") not in _KINDS:
            self.fault(
                line,
                "geojson",
                f"{feature_id!r} has the kind {properties.get('kind')!r}.",
                f"Write one of {', '.join(_KINDS)}.",
            )
            return None
        name = properties.get("name")
        name = name if isinstance(name, dict) else {}
        for language in LANGUAGES:
            if not isinstance(name.get(language), str) or not name[language].strip():
                self.fault(
                    line,
                    "missing-language",
                    f"{feature_id!r} has no name in {language!r}.",
                    f"Add {language} to name.",
                )
        polygons = _polygons(geometry)
        if polygons is None:
            self.fault(
                line,
                "geojson",
                f"{feature_id!r} is not a Polygon or MultiPolygon of rings of [lon, lat].",
                "Export it as a Polygon or MultiPolygon.",
            )
            return None
        if not all(self.ring_fits(feature_id, line, ring) for polygon in polygons for ring in polygon):
            return None
        for polygon in polygons:
            self.check_turns(feature_id, line, polygon)
        return Feature(
            id=feature_id,
            kind=properties["kind"],
            name={language: str(name.get(language, "")) for language in LANGUAGES},
            polygons=polygons,
            line=line,
        )

    def ring_fits(self, feature_id: str, line: int, ring: list[tuple[float, float]]) -> bool:
        outside = [
            point for point in ring if not (_WEST <= point[0] <= _EAST and _SOUTH <= point[1] <= _NORTH)
        ]
        if outside:
            swapped = all(_WEST <= lat <= _EAST and _SOUTH <= lon <= _NORTH for lon, lat in outside)
            self.fault(
                line,
                "coordinates",
                f"{feature_id!r} has the point {list(outside[0])}, which is not in Kazakhstan.",
                "Write the longitude first: the two seem to be swapped." if swapped else "Correct the point.",
            )
            return False
        if len(ring) < 4 or ring[0] != ring[-1]:
            self.fault(
                line,
                "ring",
                f"A ring of {feature_id!r} is not closed or has fewer than four points.",
                "Repeat its first point at its end.",
            )
            return False
        return True

    def check_turns(self, feature_id: str, line: int, polygon: Rings) -> None:
        for number, ring in enumerate(polygon):
            anticlockwise = _signed_area(ring) > 0
            if anticlockwise != (number == 0):
                self.fault(
                    line,
                    "ring",
                    f"{'The outline' if number == 0 else 'A hole'} of {feature_id!r} turns "
                    f"{'clockwise' if number == 0 else 'anticlockwise'}.",
                    "Reverse the order of its points.",
                )


def _polygons(geometry: Mapping[str, Any]) -> list[Rings] | None:
    raw = geometry.get("coordinates")
    if geometry.get("type") == "Polygon":
        raw = [raw]
    elif geometry.get("type") != "MultiPolygon":
        return None
    try:
        polygons = [[[_point(point) for point in ring] for ring in polygon] for polygon in raw or ()]
    except (TypeError, ValueError):
        return None
    return polygons if polygons and all(polygons) else None


def _point(raw: Any) -> tuple[float, float]:
    if not isinstance(raw, list) or not all(isinstance(part, int | float) for part in raw):
        raise ValueError("not a position")
    lon, lat, *_ = raw
    return float(lon), float(lat)


def _signed_area(ring: list[tuple[float, float]]) -> float:
    """Twice the area, positive for anticlockwise; measured from the first point to keep digits."""
    lon0, lat0 = ring[0]
    return sum((x1 - lon0) * (y2 - lat0) - (x2 - lon0) * (y1 - lat0) for (x1, y1), (x2, y2) in pairwise(ring))
