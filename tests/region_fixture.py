"""A small region for tests: one square town of two districts, a ladder of three bodies, terms of round numbers."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import date, time
from typing import Any

from functions.complaints.calendar import Calendar
from functions.complaints.region import Region, region_from_dict


def _names(text: str) -> dict[str, str]:
    return {"kk": f"{text} (kk)", "ru": f"{text} (ru)", "en": text}


def agency(agency_id: str, parent: str | None) -> dict[str, Any]:
    kind = "ministry" if parent is None else "department"
    return {"id": agency_id, "name": _names(agency_id.title()), "kind": kind, "parent": parent}


def category(category_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": category_id,
        "name": _names(category_id.replace("_", " ").title()),
        "group": "town",
        "icon": "delete",
        "order": 1,
        "for_whom": ["citizen", "entrepreneur"],
        "hint": {},
        "danger": False,
        "discreet": False,
        "acknowledge_within": None,
        "answer_within": "P15BD",
        "escalation_terms": ["P5BD", "P3BD"],
        "proof_photo_required": False,
        "duplicate_radius_m": 100,
        "max_photos": 5,
        "questions": [],
        "responsible": {"default": "housing", "districts": {}},
        "extension": {"limit": "P2M", "times": 1},
    } | changes


def _square(west: float, south: float, east: float, north: float) -> list[Any]:
    return [[[[west, south], [east, south], [east, north], [west, north], [west, south]]]]


CALENDAR = Calendar(
    time_zone="Asia/Almaty",
    opens=time(9),
    closes=time(18, 30),
    breaks=((time(13), time(14, 30)),),
    holidays={},
    years=frozenset(range(2024, 2036)),
)

RAW: dict[str, Any] = {
    "id": "testville",
    "name": _names("Testville"),
    "number_prefix": "TST",
    "stage": "local",
    "time_zone": "Asia/Almaty",
    "languages": ["kk", "ru", "en"],
    "calendar": CALENDAR.to_dict(),
    "boundary": _square(76.0, 52.0, 78.0, 53.0),
    "districts": [
        {"id": "west", "name": _names("West"), "polygons": _square(76.0, 52.0, 77.0, 53.0)},
        {"id": "east", "name": _names("East"), "polygons": _square(77.0, 52.0, 78.0, 53.0)},
    ],
    "agencies": {
        each["id"]: each
        for each in (
            agency("housing", "akimat"),
            agency("roads", "akimat"),
            agency("akimat", "ministry"),
            agency("ministry", None),
        )
    },
    "category_groups": [
        {"id": "town", "name": _names("Town")},
        {"id": "danger", "name": _names("Danger")},
    ],
    "categories": {
        each["id"]: each
        for each in (
            category("rubbish", public={"place": "rounded"}),
            category(
                "open_manhole",
                danger=True,
                answer_within="PT4H",
                acknowledge_within="PT1H",
                escalation_terms=["PT2H", "PT1H"],
                proof_photo_required=True,
                public={"place": "exact"},
                responsible={"default": "housing", "districts": {"east": "roads"}},
            ),
            category(
                "pothole",
                public={"place": "rounded"},
                responsible={"default": None, "districts": {"west": "roads", "east": "roads"}},
            ),
            category(
                "other",
                acknowledge_within="PT8BH",
                duplicate_radius_m=0,
                responsible={"default": "akimat", "districts": {}},
            ),
        )
    },
    "terms": {
        "photos_wait": "PT24H",
        "close_after_answer": "P10D",
        "least_after_transfer": "P1BD",
        "forward_within": "P3BD",
        "again_within": "P90D",
        "inbox": "P90D",
    },
    "retention": {
        "photos": "P1095D",
        "texts": "P1095D",
        "withdrawn": "P90D",
        "logs": "P90D",
        "audit": "P1825D",
    },
    "limits": {
        "complaints_per_person_per_day": 20,
        "comment_length": 2000,
        "photo_bytes": 15728640,
        "photos": 20,
    },
    "withdrawal": {"with_joiners": "goes_on"},
    "proof": {"strict": False},
    "open_data": {"licence": "https://creativecommons.org/licenses/by/4.0/"},
    "quiet_hours": None,
    "domain": None,
    "emergency_numbers": [{"number": "112", "name": _names("Rescue")}],
    "webhooks": {"allow_http": True, "allow_private": True},
    "identity": {"provider": "cognito"},
    "push": {},
}
WEST = (52.5, 76.5)
EAST = (52.5, 77.5)


def region(**changes: Any) -> Region:
    """The small region, with top-level parts of its compiled file replaced."""
    return region_from_dict(deepcopy(RAW) | changes)


def with_category(category_id: str, *, agencies: dict[str, Any] | None = None, **changes: Any) -> Region:
    raw = deepcopy(RAW)
    raw["categories"][category_id] |= changes
    raw["agencies"] = agencies or raw["agencies"]
    return region_from_dict(raw)


def retired(
    raw: Mapping[str, Any] = RAW,
    *,
    since: str,
    agencies: Mapping[str, str | None] | None = None,
    categories: Mapping[str, str | None] | None = None,
) -> dict[str, Any]:
    """The compiled file in which these are retired from that day on, each for the one named, if any."""
    changed = deepcopy(dict(raw))
    for kind, gone in (("agencies", agencies or {}), ("categories", categories or {})):
        for name, heir in gone.items():
            changed[kind][name]["retired"] = {"since": since, "moved_to": heir}
    return changed


HOLIDAY_FREE_MONDAY = date(2026, 6, 1)
