"""The public record of a complaint: one row of what everybody may have, and the two forms it is published in.

A row of the CSV has the record's fields in their order, a feature of the GeoJSON (RFC 7946) the same but the place, which
is its geometry. What does not apply is an empty cell, and no member of a feature. Nothing of any person is in it: times,
places and steps are those that `visibility` shows to the public.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, datetime, timedelta
from types import NoneType, UnionType
from typing import Any, Final, get_args, get_origin
from zoneinfo import ZoneInfo

from functions.complaints.calendar import as_best_known
from functions.complaints.clock import parse_iso
from functions.complaints.complaint import WITH_AGENCY, ActorKind, Complaint, Hidden, Status
from functions.complaints.events import Event, EventType
from functions.complaints.history import hidden_reason
from functions.complaints.personal import exact_place
from functions.complaints.proof import Distance
from functions.complaints.publicity import ROUNDED, is_public, public_photos, public_place
from functions.complaints.region import Region
from functions.complaints.visibility import Shown, Viewer, shown

HIDDEN: Final = "hidden"
"""The status of one that was taken out of the public's sight."""
OPEN: Final = frozenset({Status.ASSIGNED, Status.ACKNOWLEDGED, Status.ANSWERED})
_PLACE_DIGITS: Final = 6
_HOURS_DIGITS: Final = 2
_HOUR: Final = timedelta(hours=1)
_NEAREST_FIRST: Final = (Distance.WITHIN_50, Distance.WITHIN_200, Distance.FAR, Distance.UNKNOWN)


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicRecord:
    """One complaint as everybody may have it; of a hidden one `number`, `status`, `submitted_at`, `updated_at` and
    `hidden_reason` alone. Times are UTC, in whole seconds.

    `due_at` is of the term that runs, or ran last. `answered_at` and `outcome` are of the answer that stands;
    `answered_in_time` holds it against the first promise, whatever was extended since. `overdue`: a term for an answer
    passed, and none stands. `missed_terms` counts the terms that passed, of acknowledgements too; `passed_on` how often it
    was transferred.

    `hours_to_acknowledge` are open hours, by the calendar of the body that has it, from `assigned_at`, when that body got
    it; `hours_to_answer` from when the first body got it to the answer that stands, by the calendar of who answered.

    `proof` is the nearest of the answer's photos, and `photo` the path of a photo that may be shown. `updated_at` is when
    the last step was that the public sees.

    `part_of` is the number of the whole that it is a part of, `parts` those of the parts that it was divided into, in their
    order; of each that is shown itself.
    """

    number: str
    status: str
    category: str | None = None
    district: str | None = None
    lat: float | None = None
    lon: float | None = None
    place: str | None = None
    agency: str | None = None
    escalated_to: tuple[str, ...] = ()
    level: int | None = None
    joined: int | None = None
    submitted_at: datetime
    assigned_at: datetime | None = None
    acknowledge_by: datetime | None = None
    acknowledged_at: datetime | None = None
    due_at: datetime | None = None
    answered_at: datetime | None = None
    outcome: str | None = None
    ended_at: datetime | None = None
    overdue: bool | None = None
    missed_terms: int | None = None
    answered_in_time: bool | None = None
    confirmed: bool | None = None
    refuted: int | None = None
    extended: int | None = None
    passed_on: int | None = None
    hours_to_acknowledge: float | None = None
    hours_to_answer: float | None = None
    proof: str | None = None
    proof_reused: bool | None = None
    photo: str | None = None
    updated_at: datetime
    hidden_reason: str | None = None
    # What came later stands last: whoever counts columns goes on to find the others.
    part_of: str | None = None
    parts: tuple[str, ...] = ()

    @property
    def is_hidden(self) -> bool:
        return self.status == HIDDEN

    @property
    def is_open(self) -> bool:
        return self.status in OPEN


COLUMNS: Final = tuple(each.name for each in fields(PublicRecord))


def _kind(hint: Any) -> type:
    (kind,) = {*(get_args(hint) if isinstance(hint, UnionType) else (hint,))} - {NoneType}
    found: type = get_origin(kind) or kind
    return found


KINDS: Final[Mapping[str, type]] = {each.name: _kind(each.type) for each in fields(PublicRecord)}
"""Of what type a field is where it applies: `str`, `int`, `float`, `bool`, `datetime`; `tuple` of `str`."""
ALWAYS: Final = frozenset(each.name for each in fields(PublicRecord) if each.default is MISSING)
"""The fields of every record, a hidden one's too."""


def month_of(submitted_at: datetime, *, zone: str) -> str:
    """`2026-03`: in whose file a complaint's row stands."""
    return f"{submitted_at.astimezone(ZoneInfo(zone)):%Y-%m}"


def record_of(
    complaint: Complaint,
    history: Sequence[Event],
    *,
    region: Region,
    whole: Complaint | None = None,
    parts: Sequence[Complaint] = (),
) -> PublicRecord:
    """What is public of a complaint of which something may be (`publicity.may_be_public`); `history` are all of its events,
    in order. `whole` is what it is a part of, and `parts` are its own, as far as they are made.
    """
    if complaint.hidden is not None:
        return _hidden(complaint, complaint.hidden, region=region)
    first = next((event for event in history if event.type == EventType.ASSIGNED), None)
    answer, closed = complaint.answer, _last(history, EventType.CLOSED)
    proofs = [
        photo.proof
        for photo in complaint.photos
        if answer is not None and photo.id in answer.photos and photo.proof is not None
    ]
    distances = {proof.distance for proof in proofs}
    lat, lon = public_place(complaint, region=region)
    asked = region.category(complaint.category).public_place
    return PublicRecord(
        number=complaint.number,
        status=complaint.status.value,
        category=complaint.category,
        district=complaint.district,
        lat=round(lat, _PLACE_DIGITS),
        lon=round(lon, _PLACE_DIGITS),
        place=ROUNDED if exact_place(complaint) is None else asked,
        agency=complaint.agency_id,
        escalated_to=complaint.escalated_to,
        level=complaint.escalation_level,
        joined=complaint.joined,
        submitted_at=_second(complaint.submitted_at),
        assigned_at=_second_or_none(complaint.assigned_at),
        acknowledge_by=_second_or_none(complaint.acknowledge_by),
        acknowledged_at=_second_or_none(complaint.acknowledged_at),
        due_at=_second_or_none(complaint.due_at),
        answered_at=_second_or_none(complaint.answered_at),
        outcome=None if answer is None else answer.outcome,
        ended_at=_second_or_none(complaint.ended_at),
        overdue=complaint.lapse is not None and complaint.status in WITH_AGENCY,
        missed_terms=_count(history, EventType.ESCALATED),
        answered_in_time=_answered_in_time(complaint, first),
        confirmed=None if closed is None else closed.data.get("confirmed") is True,
        refuted=complaint.refutations,
        extended=complaint.extensions,
        passed_on=_count(history, EventType.TRANSFERRED),
        hours_to_acknowledge=_open_hours(
            complaint.assigned_at, complaint.acknowledged_at, agency_id=complaint.agency_id, region=region
        ),
        hours_to_answer=None
        if first is None or answer is None
        else _open_hours(first.at, complaint.answered_at, agency_id=answer.agency_id, region=region),
        proof=next((each.value for each in _NEAREST_FIRST if each in distances), None),
        proof_reused=any(proof.reused is not None for proof in proofs) if proofs else None,
        photo=_photo(complaint),
        updated_at=_second(_last_public_step(complaint, history)),
        part_of=whole.number if whole is not None and is_public(whole, region=region) else None,
        parts=tuple(part.number for part in parts if is_public(part, region=region)),
    )


def _hidden(complaint: Complaint, hidden: Hidden, *, region: Region) -> PublicRecord:
    """In the region's first language; a body has written why in its own."""
    reason = hidden_reason(hidden, language=region.languages[0])
    return PublicRecord(
        number=complaint.number,
        status=HIDDEN,
        submitted_at=_second(complaint.submitted_at),
        updated_at=_second(hidden.at),
        # In one line, as a row is.
        hidden_reason=" ".join(reason.split()) or None,
    )


def _photo(complaint: Complaint) -> str | None:
    """The reporter's first: theirs alone, and none once what is theirs is erased."""
    if exact_place(complaint) is None:
        return None
    for photo in public_photos(complaint):
        if photo.by == ActorKind.CITIZEN and photo.redaction is not None:
            return f"public/{complaint.id}/{photo.id}.{photo.redaction.revision}.jpg"
    return None


def _last(history: Sequence[Event], kind: EventType) -> Event | None:
    return next((event for event in reversed(history) if event.type == kind), None)


def _count(history: Sequence[Event], kind: EventType) -> int:
    return sum(event.type == kind for event in history)


def _last_public_step(complaint: Complaint, history: Sequence[Event]) -> datetime:
    public = (event.at for event in reversed(history) if shown(event, Viewer.PUBLIC) != Shown.NOTHING)
    return next(public, complaint.submitted_at)


def _answered_in_time(complaint: Complaint, first: Event | None) -> bool | None:
    promised = None if first is None else first.data.get("due_at")
    if complaint.answered_at is None or promised is None:
        return None
    return complaint.answered_at <= parse_iso(promised)


def _open_hours(
    start: datetime | None, end: datetime | None, *, agency_id: str | None, region: Region
) -> float | None:
    if start is None or end is None or end < start:
        return None
    begin, until = start, end
    spent, _ = as_best_known(
        lambda calendar: calendar.open_between(begin, until), calendar=region.calendar_of(agency_id)
    )
    return round(spent / _HOUR, _HOURS_DIGITS)


def _second(instant: datetime) -> datetime:
    return instant.replace(microsecond=0)


def _second_or_none(instant: datetime | None) -> datetime | None:
    return None if instant is None else _second(instant)


# The two forms. A type of field is written, and read, in one way.


def instant_text(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"


def _truth(text: str) -> bool:
    return {"true": True, "false": False}[text]


_GUARDED: Final = ("=", "+", "-", "@", "'", "\t", "\r")
"""What a table of calculation would take for the beginning of a formula: a quotation mark is put before it."""


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(_GUARDED) else text


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") else text


@dataclass(frozen=True, kw_only=True, slots=True)
class _Form:
    """How a field stands in a cell, and in a feature (`said`, and as it is read from it)."""

    cell: Callable[[Any], str]
    of_cell: Callable[[str], Any]
    said: Callable[[Any], Any] = lambda value: value
    of_said: Callable[[Any], Any] = lambda value: value


_WORD: Final = _Form(cell=str, of_cell=str)
_FREE: Final = _Form(cell=_guarded, of_cell=_unguarded)
_COUNT: Final = _Form(cell=str, of_cell=int)
_DEGREES: Final = _Form(
    cell=lambda value: f"{value:.{_PLACE_DIGITS}f}".rstrip("0").rstrip("."), of_cell=float
)
_HOURS: Final = _Form(cell=lambda value: f"{value:.{_HOURS_DIGITS}f}", of_cell=float, of_said=float)
_TRUTH: Final = _Form(cell=lambda value: str(value).lower(), of_cell=_truth)
_INSTANT: Final = _Form(cell=instant_text, of_cell=parse_iso, said=instant_text, of_said=parse_iso)
_WORDS: Final = _Form(
    cell=" ".join, of_cell=lambda text: tuple(text.split(" ")), said=list, of_said=lambda value: tuple(value)
)
_OF_KIND: Final[Mapping[type, _Form]] = {
    str: _WORD,
    int: _COUNT,
    float: _HOURS,
    bool: _TRUTH,
    datetime: _INSTANT,
    tuple: _WORDS,
}
_FORMS: Final[Mapping[str, _Form]] = {name: _OF_KIND[kind] for name, kind in KINDS.items()} | {
    "lat": _DEGREES,
    "lon": _DEGREES,
    "hidden_reason": _FREE,
}
GUARDED: Final = frozenset(name for name, form in _FORMS.items() if form is _FREE)
"""Columns in which a cell may have a quotation mark before what it says."""
_PLACED: Final = ("lat", "lon")


def cells_of(record: PublicRecord) -> list[str]:
    """A row of the CSV, under COLUMNS."""
    return ["" if _is_none(value) else _FORMS[name].cell(value) for name, value in _values(record)]


def under_columns(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[Sequence[str]]:
    """Rows of a file as they stand under COLUMNS: one of another form has what both know, and the rest is empty."""
    if tuple(head) == COLUMNS:
        yield from rows
        return
    places = [head.index(name) if name in head else None for name in COLUMNS]
    for row in rows:
        yield ["" if place is None else row[place] for place in places]


def record_in_cells(cells: Sequence[str]) -> PublicRecord:
    """The record that `cells_of` made the row of. Raises ValueError, KeyError or TypeError for another row."""
    told = zip(COLUMNS, cells, strict=True)
    return PublicRecord(**{name: _FORMS[name].of_cell(cell) for name, cell in told if cell != ""})


def value_in_cell(name: str, cell: str) -> Any:
    """What a cell of the column says, of the column's kind; None where it is empty. Raises ValueError or KeyError."""
    return None if cell == "" else _FORMS[name].of_cell(cell)


def feature_of(record: PublicRecord) -> dict[str, Any]:
    """A GeoJSON feature: `{type, id, geometry, properties}`."""
    properties = {
        name: _FORMS[name].said(value)
        for name, value in _values(record)
        if name not in _PLACED and not _is_none(value)
    }
    placed = record.lat is not None and record.lon is not None
    geometry = {"type": "Point", "coordinates": [record.lon, record.lat]} if placed else None
    return {"type": "Feature", "id": record.number, "geometry": geometry, "properties": properties}


def record_in_feature(feature: Mapping[str, Any]) -> PublicRecord:
    """The record that `feature_of` made the feature of. Raises KeyError, TypeError or ValueError for another."""
    told = {name: _FORMS[name].of_said(value) for name, value in feature["properties"].items()}
    if feature["geometry"] is not None:
        lon, lat = feature["geometry"]["coordinates"]
        told |= {"lat": float(lat), "lon": float(lon)}
    return PublicRecord(**told)


def tombstone_of(record: PublicRecord) -> dict[str, Any]:
    """What the GeoJSON and the feeds keep of a hidden one: `{number, hidden_at, reason}`."""
    return {
        "number": record.number,
        "hidden_at": instant_text(record.updated_at),
        "reason": record.hidden_reason or "",
    }


def _values(record: PublicRecord) -> list[tuple[str, Any]]:
    return [(name, getattr(record, name)) for name in COLUMNS]


def _is_none(value: Any) -> bool:
    return value is None or value == ()
