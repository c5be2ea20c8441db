"""The region as functions see it: the compiled region file that is packed beside the code."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from functions.complaints.calendar import Calendar
from functions.complaints.duration import QUARTER, Duration, Lead

OTHER: Final = "other"
"""The category of whatever no other is for, and of what its reporter has not sorted: a body does it for them."""

Names = Mapping[str, str]
Polygons = tuple[tuple[tuple[tuple[float, float], ...], ...], ...]


@dataclass(frozen=True, kw_only=True)
class Agency:
    """A state body. `parent` is the next rung of the ladder, None at its top."""

    id: str
    name: Names
    parent: str | None
    hours: Mapping[str, Any] | None = None
    contact_email: str | None = None


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked beside the comment; `choices` are given where `kind` is a choice."""

    id: str
    text: Names
    kind: str
    required: bool = False
    choices: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Responsible:
    """The body in charge by the district's id, and the one for every other place, if any."""

    default: str | None
    districts: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Category:
    """A kind of violation with its terms; `escalation_terms[n]` is the term given at escalation level n + 1. `reminder` is
    how long before each deadline the body is reminded, None where it never is.
    """

    id: str
    name: Names
    hint: Names
    danger: bool
    acknowledge_within: Duration | None
    answer_within: Duration
    escalation_terms: tuple[Duration, ...]
    reminder: Lead | None
    proof_photo_required: bool
    duplicate_radius_m: int
    max_photos: int
    questions: tuple[Question, ...]
    responsible: Responsible
    extension_limit: Duration
    extension_times: int

    def escalation_term(self, level: int) -> Duration:
        """The term at `level` (1, 2 …); a ladder longer than the list keeps its last, shortest term."""
        if not self.escalation_terms:
            return self.answer_within
        return self.escalation_terms[min(level, len(self.escalation_terms)) - 1]


@dataclass(frozen=True, kw_only=True)
class District:
    """A part of the region, with its outline."""

    id: str
    name: Names
    polygons: Polygons


@dataclass(frozen=True, kw_only=True)
class Region:
    """One region file, compiled. `limits` and `webhooks` are as it has them, and `raw` is the whole of it."""

    id: str
    name: Names
    number_prefix: str
    stage: str
    time_zone: str
    languages: tuple[str, ...]
    calendar: Calendar
    boundary: Polygons
    districts: tuple[District, ...]
    agencies: Mapping[str, Agency]
    categories: Mapping[str, Category]
    photos_wait: Duration
    close_after_answer: Duration
    least_after_transfer: Duration
    forward_within: Duration
    again_within: Duration
    inbox_kept: Duration
    photos_kept: Duration
    texts_kept: Duration
    withdrawn_kept: Duration
    limits: Mapping[str, Any]
    quiet_hours: Mapping[str, str] | None
    webhooks: Mapping[str, Any]
    goes_on_with_joiners: bool
    raw: Mapping[str, Any]

    @cached_property
    def answering(self) -> frozenset[str]:
        """The bodies that answer for something somewhere."""
        named = (each.responsible for each in self.categories.values())
        bodies = {body for each in named for body in (each.default, *each.districts.values())}
        return frozenset(body for body in bodies if body is not None)

    @cached_property
    def _calendars(self) -> dict[str, Calendar]:
        return {}

    def calendar_of(self, agency_id: str | None) -> Calendar:
        """The region's calendar with the agency's own hours, where it has any."""
        agency = self.agencies.get(agency_id) if agency_id else None
        if agency is None or agency.hours is None:
            return self.calendar
        if agency.id not in self._calendars:
            self._calendars[agency.id] = self.calendar.with_hours_from(agency.hours)
        return self._calendars[agency.id]


def load_region(path: Path) -> Region:
    return region_from_dict(json.loads(path.read_bytes()))


def region_from_dict(raw: Mapping[str, Any]) -> Region:
    """A Region from the compiled JSON (the shape is written by `infra.region`)."""
    terms, kept = raw["terms"], raw["retention"]
    return Region(
        id=raw["id"],
        name=raw["name"],
        number_prefix=raw["number_prefix"],
        stage=raw["stage"],
        time_zone=raw["time_zone"],
        languages=tuple(raw["languages"]),
        calendar=Calendar.from_dict(raw["calendar"]),
        boundary=_polygons(raw["boundary"]),
        districts=tuple(
            District(id=district["id"], name=district["name"], polygons=_polygons(district["polygons"]))
            for district in raw["districts"]
        ),
        agencies={key: _agency(value) for key, value in raw["agencies"].items()},
        categories={
            key: _category(value, photos_most=raw["limits"].get("photos"))
            for key, value in raw["categories"].items()
        },
        photos_wait=Duration.parse(terms["photos_wait"]),
        close_after_answer=Duration.parse(terms["close_after_answer"]),
        least_after_transfer=Duration.parse(terms["least_after_transfer"]),
        forward_within=Duration.parse(terms["forward_within"]),
        again_within=Duration.parse(terms["again_within"]),
        inbox_kept=Duration.parse(terms["inbox"]),
        photos_kept=Duration.parse(kept["photos"]),
        texts_kept=Duration.parse(kept["texts"]),
        withdrawn_kept=Duration.parse(kept["withdrawn"]),
        limits=raw["limits"],
        quiet_hours=raw.get("quiet_hours"),
        webhooks=raw["webhooks"],
        goes_on_with_joiners=raw["withdrawal"]["with_joiners"] == "goes_on",
        raw=raw,
    )


def _polygons(raw: Any) -> Polygons:
    return tuple(tuple(tuple((point[0], point[1]) for point in ring) for ring in polygon) for polygon in raw)


def _agency(raw: Mapping[str, Any]) -> Agency:
    return Agency(
        id=raw["id"],
        name=raw["name"],
        parent=raw["parent"],
        hours=raw.get("hours"),
        contact_email=raw.get("contact_email"),
    )


def _category(raw: Mapping[str, Any], *, photos_most: int | None) -> Category:
    acknowledge = raw.get("acknowledge_within")
    return Category(
        id=raw["id"],
        name=raw["name"],
        hint=raw.get("hint") or {},
        danger=raw["danger"],
        acknowledge_within=Duration.parse(acknowledge) if acknowledge else None,
        answer_within=Duration.parse(raw["answer_within"]),
        escalation_terms=tuple(Duration.parse(term) for term in raw["escalation_terms"]),
        reminder=_lead(raw.get("reminder", QUARTER)),
        proof_photo_required=raw["proof_photo_required"],
        duplicate_radius_m=raw["duplicate_radius_m"],
        max_photos=raw["max_photos"] if photos_most is None else min(raw["max_photos"], photos_most),
        questions=tuple(
            Question(
                id=question["id"],
                text=question["text"],
                kind=question["kind"],
                required=question.get("required", False),
                choices=tuple(question.get("choices") or ()),
            )
            for question in raw["questions"]
        ),
        responsible=Responsible(
            default=raw["responsible"].get("default"), districts=raw["responsible"].get("districts") or {}
        ),
        extension_limit=Duration.parse(raw["extension"]["limit"]),
        extension_times=raw["extension"]["times"],
    )


def _lead(text: str | None) -> Lead | None:
    if text is None:
        return None
    return QUARTER if text == QUARTER else Duration.parse(text)
