"""The compiled region: canonical JSON that holds all that functions need, packed beside their code as `region.json`."""

import json
from collections.abc import Iterable
from datetime import date, time
from pathlib import Path
from typing import Any

from functions.complaints.calendar import Calendar
from infra.calendar_data import kazakhstan_calendar
from infra.region import defaults
from infra.region.document import REGIONS, Document, document_of
from infra.region.finding import RegionFault
from infra.region.geojson import Feature
from infra.region.lint import lint_document
from infra.region.schema import LANGUAGES, WEEKDAYS


def compile_region(region_id: str, *, folder: Path = REGIONS) -> bytes:
    """Canonical JSON in UTF-8: the same file and the same holidays give the same bytes.

    Raises RegionFault with every finding of the linter.
    """
    document = document_of(region_id, folder)
    if findings := lint_document(document):
        raise RegionFault(tuple(findings))
    return to_json(compiled(document))


def to_json(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def compiled(document: Document) -> dict[str, Any]:
    """The shape that `functions.complaints.region` reads; of a document without findings."""
    raw = document.region.plain()
    geography = document.geography
    assert geography is not None and geography.boundary is not None
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


def calendar_of(raw: dict[str, Any]) -> Calendar:
    """The calendar of an authored file; raises ValueError where its parts contradict one another."""
    calendar = raw["calendar"]
    hours = _hours(calendar["hours"])
    return kazakhstan_calendar(
        years=calendar["years"],
        time_zone=raw["time_zone"],
        weekend=tuple(sorted(WEEKDAYS.index(day) for day in calendar["weekend"])),
        opens=time.fromisoformat(hours["opens"]),
        closes=time.fromisoformat(hours["closes"]),
        breaks=tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in hours["breaks"]),
        moved_working=_days(calendar.get("moved_working", ())),
        moved_off=_days(calendar.get("moved_off", ())),
        short_days={
            date.fromisoformat(day): time.fromisoformat(closes)
            for day, closes in calendar.get("short_days", {}).items()
        },
        kurban_ait={day.year: day for day in _days(calendar.get("kurban_ait", ()))},
        count_from=calendar["count_from"],
    )


def _days(texts: Iterable[str]) -> list[date]:
    return [date.fromisoformat(text) for text in texts]


def _hours(raw: dict[str, Any]) -> dict[str, Any]:
    return {
        "opens": raw["opens"],
        "closes": raw["closes"],
        "breaks": [[pause["from"], pause["to"]] for pause in raw.get("breaks", ())],
    }


def _district(district: Feature) -> dict[str, Any]:
    return {"id": district.id, "name": dict(district.name), "polygons": district.polygons}


def _agency(raw: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": raw["id"],
        "name": raw["name"],
        "kind": raw["kind"],
        "parent": raw["parent"],
        "hours": _hours(raw["hours"]) if "hours" in raw else None,
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
