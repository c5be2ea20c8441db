"""`open/region.json`: what a reader of the public files needs of the region, so that no table or API is asked for it."""

import json
from collections.abc import Mapping
from typing import Any

from functions.complaints.region import Polygons, Region


def regional(region: Region, *, base_url: str) -> bytes:
    """`{id, name, languages, time_zone, api, base_map, boundary, districts, category_groups, categories, agencies}`; names
    by language, outlines as GeoJSON has them (RFC 7946), `base_map` null where the region has none. Of categories those
    alone of which something is public, and of bodies all.
    """
    told: Mapping[str, Any] = {
        "id": region.id,
        "name": dict(region.name),
        "number_prefix": region.number_prefix,
        "languages": list(region.languages),
        "time_zone": region.time_zone,
        "api": base_url,
        "base_map": None if region.base_map is None else {region.base_map.kind: region.base_map.address},
        "boundary": _multi_polygon(region.boundary),
        "districts": [
            {"id": each.id, "name": dict(each.name), "geometry": _multi_polygon(each.polygons)}
            for each in region.districts
        ],
        "category_groups": [
            {"id": each.id, "name": dict(each.name), "order": each.order}
            for each in region.category_groups.values()
        ],
        "categories": [
            {
                "id": each.id,
                "name": dict(each.name),
                "group": each.group,
                "icon": each.icon,
                "order": each.order,
                "place": each.public_place,
            }
            for each in region.categories.values()
            if each.public_place is not None
        ],
        "agencies": [
            {"id": each.id, "name": dict(each.name), "kind": each.kind, "parent": each.parent}
            for each in region.agencies.values()
        ],
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _multi_polygon(polygons: Polygons) -> Mapping[str, Any]:
    return {"type": "MultiPolygon", "coordinates": polygons}
