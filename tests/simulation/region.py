"""The region of the simulation: three ladders, terms of every kind, a calendar with holidays, and what changes it."""

from collections.abc import Mapping
from copy import deepcopy
from random import Random
from typing import Any

from functions.complaints.region import Region, region_from_dict
from tests.region_fixture import RAW, agency, category

HOLIDAYS = {
    "2026-01-01": "New Year",
    "2026-01-02": "New Year",
    "2026-01-07": "Orthodox Christmas",
    "2026-03-09": "Women's Day, in its place",
    "2026-03-23": "Nauryz",
    "2026-03-24": "Nauryz",
    "2026-03-25": "Nauryz",
    "2026-05-01": "Unity Day",
    "2026-05-07": "Defender's Day",
    "2026-05-11": "Victory Day, in its place",
    "2026-05-27": "Kurban Ait",
}
# Weekdays that a government decision may free, and Saturdays that it may have worked instead.
FREED = ("2026-02-20", "2026-03-10", "2026-03-20", "2026-04-06", "2026-05-08", "2026-05-25")
WORKED = ("2026-02-14", "2026-03-14", "2026-03-28", "2026-04-11", "2026-05-16", "2026-05-30")

AGENCIES = (
    agency("housing", "akimat"),
    agency("roads", "transport"),
    agency("water", "akimat")
    | {"hours": {"opens": "08:00", "closes": "17:00", "breaks": [["12:00", "13:00"]]}},
    agency("transport", "akimat"),
    agency("akimat", "ministry"),
    agency("ministry", None),
    agency("prosecutor", None),
)
CATEGORIES = (
    category("rubbish", escalation_terms=["P5BD", "P3BD"], extension={"limit": "P2M", "times": 2}),
    category(
        "open_manhole",
        danger=True,
        answer_within="PT4H",
        acknowledge_within="PT1H",
        escalation_terms=["PT2H", "PT1H"],
        proof_photo_required=True,
        responsible={"default": "water", "districts": {"east": "roads"}},
    ),
    category(
        "noise",
        answer_within="PT8BH",
        acknowledge_within="P1BD",
        escalation_terms=["PT4BH"],
        responsible={"default": "prosecutor", "districts": {}},
    ),
    category(
        "pothole",
        acknowledge_within="P1BD",
        escalation_terms=[],
        answer_within="P5BD",
        responsible={"default": None, "districts": {"west": "roads", "east": "transport"}},
    ),
    category("other", acknowledge_within="PT8BH", responsible={"default": "akimat", "districts": {}}),
)


RETIREMENTS: tuple[tuple[str, str, str | None], ...] = (
    ("agencies", "roads", "transport"),
    ("agencies", "transport", None),
    ("agencies", "water", "housing"),
    ("agencies", "akimat", None),
    ("agencies", "prosecutor", "housing"),
    ("categories", "pothole", "rubbish"),
    ("categories", "open_manhole", "noise"),
    ("categories", "noise", None),
)
"""What may be retired, and for what: any of them together leave a body for everything, and ladders."""


def region(retired: Mapping[tuple[str, str], Any] | None = None, **calendar: Any) -> Region:
    """`retired` is by kind and id, as the region file says it."""
    raw = deepcopy(RAW)
    raw["agencies"] = {each["id"]: dict(each) for each in AGENCIES}
    raw["categories"] = {each["id"]: dict(each) for each in CATEGORIES}
    for (kind, name), said in (retired or {}).items():
        raw[kind][name]["retired"] = said
    raw["calendar"] |= {
        "holidays": {day: {"name": {"kk": name, "ru": name, "en": name}} for day, name in HOLIDAYS.items()},
        "years": list(range(2025, 2030)),
    } | calendar
    return region_from_dict(raw)


def moved_days(random: Random) -> dict[str, list[str]]:
    """Of the calendar, after a decision that moves some days."""
    return {
        "moved_off": sorted(random.sample(FREED, random.randint(1, 4))),
        "moved_working": sorted(random.sample(WORKED, random.randint(0, 4))),
    }
