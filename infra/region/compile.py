"""The compiled region: canonical JSON with all that functions need, packed beside them as `region.json`."""

import json
from pathlib import Path
from typing import Any

from infra.region.calendar_data import calendar_of
from infra.region.document import REGIONS, Document
from infra.region.geojson import Feature
from infra.region.lint import sound_document
from infra.region.schema import LANGUAGES, Agency, Category, Push

# What functions read as it stands in the file.
_KEPT = {
    *(
        "name",
        "number_prefix",
        "stage",
        "time_zone",
        "terms",
        "limits",
        "withdrawal",
        "retention",
        "proof",
        "open_data",
    ),
    *(
        "quiet_hours",
        "identity",
        "officers",
        "malware_scan",
        "category_groups",
        "emergency_numbers",
        "domain",
        "base_map",
    ),
}


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
    form = document.form
    geography = document.geography
    if geography is None or geography.boundary is None:
        raise ValueError(f"{document.file} has no boundary: it must be linted first")
    push = form.push or Push()
    return form.model_dump(by_alias=True, include=_KEPT) | {
        "id": form.region,
        "languages": list(LANGUAGES),
        "calendar": calendar_of(form.calendar, time_zone=form.time_zone).to_dict(),
        "boundary": geography.boundary.polygons,
        "districts": [_district(district) for district in geography.districts],
        "agencies": {agency.id: _agency(agency) for agency in form.agencies},
        "categories": {
            category.id: _category(category, order=order) for order, category in enumerate(form.categories, 1)
        },
        "webhooks": form.webhooks.model_dump(exclude={"fixed_addresses"}),
        "canary": form.canary.category if form.canary else None,
        "push": {"fcm": push.fcm is not None, "apns": push.apns is not None},
    }


def _district(district: Feature) -> dict[str, Any]:
    return {"id": district.id, "name": dict(district.name), "polygons": district.polygons}


def _agency(agency: Agency) -> dict[str, Any]:
    said = agency.model_dump()
    if agency.hours is not None:
        said["hours"]["breaks"] = [[pause.start, pause.end] for pause in agency.hours.breaks]
    return said


def _category(category: Category, *, order: int) -> dict[str, Any]:
    said = category.model_dump()
    return said | {"hint": said["hint"] or {}, "order": order}
