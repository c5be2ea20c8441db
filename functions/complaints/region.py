"""The region as functions see it: the compiled region file that is packed beside the code."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal, Self
from zoneinfo import ZoneInfo

from functions.complaints.calendar import Calendar
from functions.complaints.duration import QUARTER, Duration, Lead

OTHER: Final = "other"
"""The category of whatever no other is for, and of what its reporter has not sorted: a body does it for them."""

Names = Mapping[str, str]
Polygons = tuple[tuple[tuple[tuple[float, float], ...], ...], ...]


# Where the region file no longer says: the law's. Code, art. 76.
_ANSWER_BY_LAW: Final = "P15BD"
_EXTENSION_BY_LAW: Final = "P2M"
_PHOTOS: Final = 5


@dataclass(frozen=True, kw_only=True)
class Retired:
    """From `since` on it is not used any more, and what is open becomes `moved_to`'s (see `retirement`)."""

    since: datetime
    moved_to: str | None


@dataclass(frozen=True, kw_only=True)
class _Retirable:
    """What may be retired and is named by complaints all the same."""

    retired: Retired | None = None

    def is_retired(self, at: datetime) -> bool:
        return self.retired is not None and self.retired.since <= at


@dataclass(frozen=True, kw_only=True)
class Agency(_Retirable):
    """A state body. `kind` is what sort of body it is, `parent` the next rung of the ladder, None at its top; `language` is
    what it is written to in.
    """

    id: str
    name: Names
    kind: str
    parent: str | None
    hours: Mapping[str, Any] | None = None
    contact_email: str | None = None
    language: str = "kk"


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
class CategoryGroup:
    """What stands above some of the categories; groups are shown by `order`."""

    id: str
    name: Names
    order: int


@dataclass(frozen=True, kw_only=True)
class Category(_Retirable):
    """A kind of violation with its terms; `escalation_terms[n]` is the term given at escalation level n + 1. `reminder` is
    how long before each deadline the body is reminded, None where it never is. No push names one that is `discreet`.
    It is shown in `group` by `order`, with the Material Symbol `icon`, to those kinds of reporters `for_whom` it is.
    `photos_wait` is how long its photos are waited for, None: as long as the region says. Danger waits for none.
    `public_place` is how everybody may see where it is, `exact` or `rounded`; None: nothing of it is public.
    """

    id: str
    name: Names
    group: str
    icon: str
    order: int
    for_whom: tuple[str, ...]
    hint: Names
    danger: bool
    discreet: bool
    acknowledge_within: Duration | None
    answer_within: Duration
    photos_wait: Duration | None = None
    escalation_terms: tuple[Duration, ...]
    reminder: Lead | None
    proof_photo_required: bool
    duplicate_radius_m: int
    max_photos: int
    questions: tuple[Question, ...]
    responsible: Responsible
    extension_limit: Duration
    extension_times: int
    public_place: Literal["exact", "rounded"] | None = None

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
class EmergencyNumber:
    """Whom to call when somebody is in danger now."""

    number: str
    name: Names


@dataclass(frozen=True, kw_only=True)
class BaseMap:
    """What maps are drawn on: a style for MapLibre or an archive of tiles (PMTiles), and its address."""

    kind: Literal["style", "pmtiles"]
    address: str

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Self:
        """From `{kind: address}`."""
        kind: Literal["style", "pmtiles"] = "style" if "style" in raw else "pmtiles"
        return cls(kind=kind, address=raw[kind])


@dataclass(frozen=True, kw_only=True)
class Region:
    """One region file, compiled. `licence` is that of the open data, by its address; `limits` and `webhooks` are as it has
    them, and `raw` is the whole of it. `canary` is the category of complaints that try the service itself.
    """

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
    category_groups: Mapping[str, CategoryGroup]
    categories: Mapping[str, Category]
    emergency_numbers: tuple[EmergencyNumber, ...]
    domain: str | None
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
    strict_proof: bool
    licence: str
    base_map: BaseMap | None
    raw: Mapping[str, Any]
    canary: str | None = None

    def offered(self, *, at: datetime) -> tuple[Category, ...]:
        """What people may choose from: without what is retired, and without what the canary files."""
        return tuple(
            each for each in self.categories.values() if each.id != self.canary and not each.is_retired(at)
        )

    @cached_property
    def named_responsible(self) -> frozenset[str]:
        """The bodies that the file names as answering for something somewhere, retired ones too."""
        named = (each.responsible for each in self.categories.values())
        bodies = {body for each in named for body in (each.default, *each.districts.values())}
        return frozenset(body for body in bodies if body is not None)

    @cached_property
    def _calendars(self) -> dict[str, Calendar]:
        return {}

    def agency(self, agency_id: str) -> Agency:
        """Of one that the region file no longer lists, what can still be said: its id, in place of its name."""
        return self.agencies.get(agency_id) or Agency(
            id=agency_id, name=self._nameless(agency_id), kind="", parent=None
        )

    def category(self, category_id: str) -> Category:
        """Of one that the region file no longer lists, its id in place of its name, the terms of the law, and nobody who
        answers for it: what was filed goes on with whoever has it.
        """
        return self.categories.get(category_id) or Category(
            id=category_id,
            name=self._nameless(category_id),
            group="",
            icon="",
            order=0,
            for_whom=(),
            hint={},
            danger=False,
            acknowledge_within=None,
            answer_within=Duration.parse(_ANSWER_BY_LAW),
            escalation_terms=(),
            reminder=QUARTER,
            discreet=True,
            proof_photo_required=False,
            duplicate_radius_m=0,
            max_photos=_PHOTOS,
            questions=(),
            responsible=Responsible(default=None, districts={}),
            extension_limit=Duration.parse(_EXTENSION_BY_LAW),
            extension_times=1,
        )

    def _nameless(self, name: str) -> Names:
        return dict.fromkeys(self.languages, name)

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
    terms, kept, zone = raw["terms"], raw["retention"], ZoneInfo(raw["time_zone"])
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
        agencies={key: _agency(value, zone=zone) for key, value in raw["agencies"].items()},
        category_groups={
            each["id"]: CategoryGroup(id=each["id"], name=each["name"], order=order)
            for order, each in enumerate(raw["category_groups"], 1)
        },
        emergency_numbers=tuple(EmergencyNumber(**each) for each in raw["emergency_numbers"]),
        domain=raw["domain"],
        categories={
            key: _category(value, zone=zone, photos_most=raw["limits"].get("photos"))
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
        strict_proof=raw["proof"]["strict"],
        licence=raw["open_data"]["licence"],
        base_map=BaseMap.from_dict(raw["base_map"]) if raw.get("base_map") else None,
        raw=raw,
        canary=raw.get("canary"),
    )


def _polygons(raw: Any) -> Polygons:
    return tuple(tuple(tuple((point[0], point[1]) for point in ring) for ring in polygon) for polygon in raw)


def _retired(raw: Mapping[str, Any], *, zone: ZoneInfo) -> Retired | None:
    """From the beginning of the day, in the region's zone."""
    said = raw.get("retired")
    if said is None:
        return None
    begins = datetime.combine(date.fromisoformat(said["since"]), time(), tzinfo=zone)
    return Retired(since=begins.astimezone(UTC), moved_to=said.get("moved_to"))


def _agency(raw: Mapping[str, Any], *, zone: ZoneInfo) -> Agency:
    return Agency(
        retired=_retired(raw, zone=zone),
        id=raw["id"],
        name=raw["name"],
        kind=raw["kind"],
        parent=raw["parent"],
        hours=raw.get("hours"),
        contact_email=raw.get("contact_email"),
        language=raw.get("language") or "kk",
    )


def _category(raw: Mapping[str, Any], *, zone: ZoneInfo, photos_most: int | None) -> Category:
    acknowledge, photos_wait = raw.get("acknowledge_within"), raw.get("photos_wait")
    return Category(
        retired=_retired(raw, zone=zone),
        id=raw["id"],
        name=raw["name"],
        group=raw["group"],
        icon=raw["icon"],
        order=raw["order"],
        for_whom=tuple(raw["for_whom"]),
        hint=raw.get("hint") or {},
        danger=raw["danger"],
        discreet=raw["discreet"],
        acknowledge_within=Duration.parse(acknowledge) if acknowledge else None,
        answer_within=Duration.parse(raw["answer_within"]),
        photos_wait=Duration.parse(photos_wait) if photos_wait else None,
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
        public_place=(raw.get("public") or {}).get("place"),
    )


def _lead(text: str | None) -> Lead | None:
    if text is None:
        return None
    return QUARTER if text == QUARTER else Duration.parse(text)
