"""The region of the simulation: three ladders, terms of every kind, a calendar with holidays, and what changes it."""

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


def region(**calendar: Any) -> Region:
    raw = deepcopy(RAW)
    raw["agencies"] = {each["id"]: each for each in AGENCIES}
    raw["categories"] = {each["id"]: each for each in CATEGORIES}
    raw["calendar"] |= {
        "holidays": {day: {"name": {"kk": name, "ru": name, "en": name}} for day, name in HOLIDAYS.items()},
        "years": list(range(2025, 2030)),
    } | calendar
    return region_from_dict(raw)


def changed(random: Random) -> Region:
    """The same region after a decision that moves some days."""
    return region(
        moved_off=sorted(random.sample(FREED, random.randint(1, 4))),
        moved_working=sorted(random.sample(WORKED, random.randint(0, 4))),
    )
