"""The compiled region: canonical JSON with all that functions need, packed beside them as `region.json`."""

import json
from pathlib import Path
from typing import Any

from infra.region import defaults
from infra.region.document import REGIONS, Document
from infra.region.geojson import Feature
from infra.region.lint import sound_document
from infra.region.schema import LANGUAGES
from infra.region.working_calendar import calendar_of, hours_of


def compile_region(region_id: str, *, folder: Path = REGIONS) -> bytes:
    """Canonical JSON in UTF-8: the same file and the same holidays give the same bytes.

    Raises RegionFault with every finding of the linter.
    """
    document = sound_document(region_id, folder)
    return to_json(compiled(document))


def to_json(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def compiled(document: Document) -> dict[str, Any]:
    """The shape that `functions.complaints.region` reads; of a document without findings."""
    raw = document.region.plain()
    geography = document.geography
    if geography is None or geography.boundary is None:
        raise ValueError(f"{document.file} has no boundary: it must be linted first")
    webhooks = defaults.WEBHOOKS | raw.get("webhooks", {})
    return {
        "id": raw["region"],
        "name": raw["name"],
        "number_prefix": raw["number_prefix"],
        "stage": raw.get("stage", "cloud"),
        "time_zone": raw["time_zone"],
        "languages": list(LANGUAGES),
        "calendar": calendar_of(raw).to_dict(),
        "boundary": geography.boundary.polygons,
        "districts": [_district(district) for district in geography.districts],
        "agencies": {agency["id"]: _agency(agency) for agency in raw["agencies"]},
        "categories": {category["id"]: _category(category) for category in raw["categories"]},
        "terms": defaults.TERMS | raw.get("terms", {}),
        "limits": defaults.LIMITS | raw.get("limits", {}),
        "quiet_hours": raw.get("quiet_hours"),
        "webhooks": {key: webhooks[key] for key in ("allow_http", "allow_private")},
        "identity": raw["identity"],
        "push": {"fcm": "fcm" in (raw.get("push") or {}), "apns": "apns" in (raw.get("push") or {})},
        "malware_scan": raw.get("malware_scan", False),
    }


def _district(district: Feature) -> dict[str, Any]:
    return {"id": district.id, "name": dict(district.name), "polygons": district.polygons}


def _agency(raw: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": raw["id"],
        "name": raw["name"],
        "kind": raw["kind"],
        "parent": raw["parent"],
        "hours": hours_of(raw["hours"]) if "hours" in raw else None,
        "contact_email": raw.get("contact_email"),
    }


def _category(raw: dict[str, Any]) -> dict[str, Any]:
    responsible = raw["responsible"]
    return (
        defaults.CATEGORY
        | raw
        | {
            "questions": [
                {"required": False, "choices": []} | question for question in raw.get("questions", ())
            ],
            "responsible": {
                "default": responsible.get("default"),
                "districts": responsible.get("districts", {}),
            },
            "extension": raw.get("extension", defaults.EXTENSION),
        }
    )
