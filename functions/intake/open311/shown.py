"""A public record as Open311 shows it: as a request, and as the steps that it has come through."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, Literal

from functions.complaints.complaint import Status
from functions.complaints.public_record import PublicRecord
from functions.complaints.region import Region
from functions.complaints.texts import datetime_text, in_language, text
from functions.intake.open311.answers import Extended, ServiceRequest, Update
from functions.intake.open311.published import Tombstone

_BARE: Final = str.maketrans("", "", "-:")

type State = Literal["open", "closed"]


def request(
    record: PublicRecord, *, region: Region, language: str, base: str, extended: bool
) -> ServiceRequest:
    """`base`: the address of this system, below which its photos are."""
    category = record.category or ""
    return ServiceRequest(
        service_request_id=record.number,
        status=state_of(record),
        status_notes=_notes(record, language=language),
        service_name=in_language(region.category(category).name, language),
        service_code=category,
        agency_responsible=_agency(record, region=region, language=language),
        service_notice=_promise(record, region=region, language=language),
        requested_datetime=w3c(record.submitted_at),
        updated_datetime=w3c(record.ended_at or record.updated_at),
        expected_datetime=_w3c(record.due_at),
        lat=record.lat,
        long=record.lon,
        media_url=None if record.photo is None else f"{base}/{record.photo.removeprefix('/')}",
        extended_attributes=_extended(record) if extended else None,
    )


def updates(record: PublicRecord, *, region: Region, language: str) -> Iterator[Update]:
    """What the record still knows of its steps, in their order. A step that another took back is no longer among them
    (an answer that was refuted): that it was is a change, of the time of the last one that the record has no name for.
    """
    steps = [
        (record.assigned_at, Status.ASSIGNED),
        (record.acknowledged_at, Status.ACKNOWLEDGED),
        (record.answered_at, Status.ANSWERED),
        (record.ended_at, Status(record.status)),
    ]
    known = [(at, step) for at, step in steps if at is not None]
    if record.is_open and record.updated_at > max((at for at, _ in known), default=record.submitted_at):
        known.append((record.updated_at, Status(record.status)))
    for at, step in known:
        said = [text(f"status.{step}", language)]
        if step in (Status.ASSIGNED, Status.ACKNOWLEDGED):
            promised = _promise(record, region=region, language=language)
            said += [promised] if promised and record.is_open else []
        elif record.outcome is not None:
            said = [_notes(record, language=language, status=step)]
        yield Update(
            update_id=_update_id(record.number, w3c(at), step),
            service_request_id=record.number,
            status="closed" if at == record.ended_at else "open",
            updated_datetime=w3c(at),
            description=". ".join(said),
        )


def hidden(stone: Tombstone, *, region: Region, language: str) -> Update:
    """The last that is told of one."""
    when = hidden_when(stone, region=region, language=language)
    return Update(
        update_id=_update_id(stone.number, stone.hidden_at, "hidden"),
        service_request_id=stone.number,
        status="closed",
        updated_datetime=stone.hidden_at,
        description=text("open311.hidden", language, when=when, reason=stone.reason),
    )


def hidden_when(stone: Tombstone, *, region: Region, language: str) -> str:
    return datetime_text(datetime.fromisoformat(stone.hidden_at), language, region.time_zone)


def state_of(record: PublicRecord) -> State:
    """An answer closes nothing: it stands once it is confirmed, or was not refuted in time."""
    return "open" if record.is_open else "closed"


def promise(agency: str | None, due_at: datetime | None, *, region: Region, language: str) -> str | None:
    """Who has it, and by when they answer."""
    if agency is None or due_at is None:
        return None
    name = in_language(region.agency(agency).name, language)
    return text("open311.filed", language, agency=name, due=datetime_text(due_at, language, region.time_zone))


def w3c(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%S}Z"


def _w3c(instant: datetime | None) -> str | None:
    return None if instant is None else w3c(instant)


def _notes(record: PublicRecord, *, language: str, status: str | None = None) -> str:
    state = text(f"status.{status or record.status}", language)
    return state if record.outcome is None else f"{state}: {text(f'choice.{record.outcome}', language)}"


def _agency(record: PublicRecord, *, region: Region, language: str) -> str | None:
    return None if record.agency is None else in_language(region.agency(record.agency).name, language)


def _promise(record: PublicRecord, *, region: Region, language: str) -> str | None:
    if not record.is_open or record.answered_at is not None:
        return None
    return promise(record.agency, record.due_at, region=region, language=language)


def _extended(record: PublicRecord) -> Extended:
    return Extended(
        detailed_status=record.status,
        district=record.district,
        place=record.place,
        escalation_level=record.level or 0,
        escalated_to=list(record.escalated_to),
        joined=record.joined or 0,
        assigned_datetime=_w3c(record.assigned_at),
        acknowledge_by_datetime=_w3c(record.acknowledge_by),
        acknowledged_datetime=_w3c(record.acknowledged_at),
        due_datetime=_w3c(record.due_at),
        answered_datetime=_w3c(record.answered_at),
        closed_datetime=_w3c(record.ended_at),
        outcome=record.outcome,
        overdue=record.overdue or False,
        missed_terms=record.missed_terms or 0,
        refuted=record.refuted or 0,
        extended=record.extended or 0,
        passed_on=record.passed_on or 0,
        part_of=record.part_of,
        parts=list(record.parts),
    )


def _update_id(number: str, at: str, step: str) -> str:
    return f"{number}.{at.translate(_BARE)}.{step}"
