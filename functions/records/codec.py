"""Complaint and event to and from the attributes of their items."""

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from functions.complaints.clock import iso, iso_or_none, parse_iso, whole_second
from functions.complaints.complaint import (
    CITIZEN,
    ENDED,
    WITH_AGENCY,
    ActorKind,
    Answer,
    Complaint,
    Hidden,
    Photo,
    PhotoStatus,
    Status,
)
from functions.complaints.events import Event, EventType
from functions.complaints.excerpt import excerpt
from functions.complaints.lapse import DisputedAnswer, Lapse, Missed, PassedOn
from functions.complaints.personal import words_erased
from functions.complaints.places import cell, rounded
from functions.complaints.proof import Distance, Proof, Reused, Taken
from functions.complaints.redaction import Box, Redaction
from functions.complaints.seals import Seal
from functions.complaints.timers import next_timer
from functions.records.photo_keys import thumbnail_key
from functions.records.tables import ComplaintItem, EventItem, SupervisorItem, shard_of

if TYPE_CHECKING:
    # Who reads from the stream has no use for what makes changes.
    from functions.complaints.change import Change

_PLAIN = (
    "id number region category danger comment lat lon submitted_at changed_at version watch_round head "
    "address district language public_name written_at agency_id escalation_level overdue promise started_at "
    "photos_due_at acknowledge_by near_at due_at close_at assigned_at acknowledged_at answered_at ended_at "
    "open_question extensions refutations joined left_to_joiners again_of merged_into parent_id part reporter_kind "
    "photos_private flags"
).split()
_COUNTS = "version watch_round escalation_level extensions refutations joined flags".split()
_SELDOM = ("left_to_joiners", "photos_private", "flags")
_LISTS = ("escalated_to", "passed_by", "children", "absorbed")
# What a body has answered waits for the person, not for the body: it comes after everything else.
_NO_TERM = "9999"


def complaint_pk(complaint_id: str) -> str:
    return f"complaint#{complaint_id}"


def event_sk(seq: int) -> str:
    return f"event#{seq:06d}"


def complaint_item(complaint: Complaint) -> ComplaintItem:
    timer = next_timer(complaint)
    shard = shard_of(complaint.id)
    values: dict[str, Any] = {name: getattr(complaint, name) for name in _PLAIN}
    values |= {name: list(getattr(complaint, name)) or None for name in _LISTS}
    values |= {name: getattr(complaint, name) or None for name in _SELDOM}
    listed = complaint.agency_id is not None and complaint.status not in ENDED
    return ComplaintItem(
        pk=complaint_pk(complaint.id),
        status=complaint.status.value,
        photos=[_photo_dict(photo) for photo in complaint.photos] or None,
        photo_hashes=dict(complaint.photo_hashes) or None,
        answers=dict(complaint.answers) or None,
        additions=dict(complaint.additions) or None,
        officers=dict(complaint.officers) or None,
        had_since={name: iso(since) for name, since in complaint.had_since.items()} or None,
        disputed=[_instants_as_text(asdict(each)) for each in complaint.disputed] or None,
        passed_on=None if complaint.passed_on is None else _instants_as_text(asdict(complaint.passed_on)),
        lapse=None if complaint.lapse is None else _instants_as_text(asdict(complaint.lapse)),
        answer=None if complaint.answer is None else asdict(complaint.answer),
        hidden=None if complaint.hidden is None else _instants_as_text(asdict(complaint.hidden)),
        words_seal=seal_dict(complaint.words_seal),
        person_seal=seal_dict(complaint.person_seal),
        **_owner(complaint),
        excerpt=excerpt(complaint.comment) or None,
        thumbnail=_thumbnail(complaint),
        officer=complaint.officers.get(complaint.agency_id or ""),
        worklist=worklist_key(complaint.agency_id or "", shard) if listed else None,
        urgency=urgency(complaint) if listed else None,
        timer_shard=None if timer is None else str(shard),
        watch_at=None if timer is None else whole_second(timer.at),
        watch_kind=None if timer is None else timer.kind.value,
        ended_shard=None if not _has_words_of_ended(complaint) else ended_key(complaint.status, shard),
        place=_place(complaint),
        overdue_shard=str(shard) if _shown_overdue(complaint) else None,
        overdue_since=overdue_since(complaint) if _shown_overdue(complaint) else None,
        **values,
    )


def complaint_of(item: ComplaintItem) -> Complaint:
    values: dict[str, Any] = {name: getattr(item, name) for name in _PLAIN}
    values |= {name: tuple(getattr(item, name) or ()) for name in _LISTS}
    for name in _COUNTS:
        values[name] = int(values[name] or 0)
    for name in ("overdue", "danger", "left_to_joiners", "photos_private"):
        values[name] = bool(values[name])
    values["reporter_kind"] = values["reporter_kind"] or CITIZEN
    return Complaint(
        status=Status(item.status),
        reporter=item.person or item.reporter,
        photos=tuple(_photo(raw) for raw in item.photos or ()),
        photo_hashes=item.photo_hashes or {},
        answers=item.answers or {},
        additions=item.additions or {},
        officers=item.officers or {},
        had_since={name: parse_iso(since) for name, since in (item.had_since or {}).items()},
        disputed=tuple(DisputedAnswer(**_instants(raw)) for raw in item.disputed or ()),
        passed_on=None if item.passed_on is None else PassedOn(**_instants(item.passed_on)),
        lapse=None if item.lapse is None else lapse_of(item.lapse),
        answer=None if item.answer is None else _answer(item.answer),
        hidden=None if item.hidden is None else _hidden(item.hidden),
        words_seal=_seal(item.words_seal),
        person_seal=_seal(item.person_seal),
        **values,
    )


def event_item(change: "Change", *, correlation_id: str | None) -> EventItem:
    event, after = change.event, change.after
    timer = next_timer(after)
    return EventItem(
        pk=complaint_pk(event.complaint_id),
        sk=event_sk(event.seq),
        complaint_id=event.complaint_id,
        seq=event.seq,
        type=event.type.value,
        at=event.at,
        actor=event.actor.value,
        actor_agency=event.actor_agency,
        actor_officer=event.actor_officer,
        status=event.status.value,
        data=dict(event.data),
        words_seal=seal_dict(event.words_seal),
        state=event.state,
        previous=event.previous,
        hash=event.hash,
        visible=change.visible,
        number=after.number,
        region=after.region,
        category=after.category,
        agency_id=after.agency_id,
        escalated_to=list(after.escalated_to) or None,
        escalation_level=after.escalation_level,
        due_at=after.due_at,
        reporter=after.reporter,
        language=after.language,
        joined=after.joined,
        watch_round=after.watch_round,
        started_watch=change.watch_round,
        watch_at=None if timer is None else whole_second(timer.at),
        parent_id=after.parent_id,
        correlation_id=correlation_id,
        day_shard=day_shard(event.at, shard_of(event.complaint_id)),
        moment=moment(event),
    )


def event_of(item: EventItem) -> Event:
    return Event(
        complaint_id=item.complaint_id,
        seq=int(item.seq),
        type=EventType(item.type),
        at=item.at,
        actor=ActorKind(item.actor),
        actor_agency=item.actor_agency,
        actor_officer=item.actor_officer,
        status=Status(item.status),
        data=item.data or {},
        words_seal=_seal(item.words_seal),
        standing=_standing(item),
        state=item.state or "",
        previous=item.previous or "",
        hash=item.hash,
    )


def supervisor_item(complaint: Complaint, agency_id: str) -> SupervisorItem:
    return SupervisorItem(
        pk=complaint_pk(complaint.id),
        sk=f"supervisor#{agency_id}",
        id=complaint.id,
        agency_id=agency_id,
        number=complaint.number,
        status=complaint.status.value,
        category=complaint.category,
        district=complaint.district,
        overdue=complaint.overdue,
        excerpt=excerpt(complaint.comment) or None,
        address=complaint.address,
        officer=complaint.officers.get(agency_id),
        worklist=worklist_key(agency_id, shard_of(complaint.id)),
        urgency=urgency(complaint),
    )


def worklist_key(agency_id: str, shard: int) -> str:
    return f"{agency_id}#{shard}"


def urgency(complaint: Complaint) -> str:
    """The sort key of a worklist: by due time, then danger first, then by age.

    Terms in working days end together when the day closes, so ties are the rule. How many people joined is not in it:
    who joins while the list is read would move an entry to before the page that was to show it.
    """
    timed = complaint.due_at is not None and complaint.status != Status.ANSWERED
    due = iso(complaint.due_at) if timed and complaint.due_at is not None else _NO_TERM
    return f"{due}#{0 if complaint.danger else 1}#{complaint.id}"


def _owner(complaint: Complaint) -> dict[str, Any]:
    """Under `person` stands what is in the reporter's list; a part is found by its parent there."""
    name = "person" if complaint.parent_id is None else "reporter"
    return {name: complaint.reporter}


def _thumbnail(complaint: Complaint) -> str | None:
    """Whose file shows the matter: the first photo of whoever reported it that was found good."""
    good = (
        photo
        for photo in complaint.photos
        if photo.by == ActorKind.CITIZEN and photo.status == PhotoStatus.READY
    )
    photo = next(good, None)
    return None if photo is None else thumbnail_key(photo.kept_with or complaint.id, photo.id)


def ended_key(status: Status, shard: int) -> str:
    return f"{status.value}#{shard}"


def _has_words_of_ended(complaint: Complaint) -> bool:
    """Whether there will be something to erase when its time is over."""
    return complaint.status in ENDED and not words_erased(complaint)


def _offered(complaint: Complaint) -> bool:
    """Whether somebody who reports the same nearby is offered to join it: once, by its parent."""
    return (
        complaint.status not in ENDED
        and complaint.status != Status.AWAITING_PHOTOS
        and complaint.parent_id is None
        and complaint.merged_into is None
    )


def _place(complaint: Complaint) -> str | None:
    """Where who looks for what is near finds it; what is closed, by the body that had it, as long as its place is known."""
    if _offered(complaint):
        return place_key(complaint)
    closed = complaint.status == Status.CLOSED and complaint.merged_into is None
    if not closed or complaint.agency_id is None or words_erased(complaint):
        return None
    return closed_place_key(complaint.agency_id, place_key(complaint))


def _shown_overdue(complaint: Complaint) -> bool:
    """Until the body answers, for everybody to see."""
    return complaint.overdue and complaint.status in WITH_AGENCY


def overdue_since(complaint: Complaint) -> str:
    """Since when, and the id so that no two are the same."""
    assert complaint.overdue_since is not None
    return f"{iso(complaint.overdue_since)}#{complaint.id}"


def lapse_of(raw: dict[str, Any]) -> Lapse:
    return Lapse(**_instants(raw) | {"missed": Missed(raw["missed"])})


def _instants_as_text(values: dict[str, Any]) -> dict[str, Any]:
    """What JSON can have of them; None is left out."""
    return {
        name: iso(value) if isinstance(value, datetime) else value
        for name, value in values.items()
        if value is not None
    }


def _instants(raw: dict[str, Any]) -> dict[str, Any]:
    """As they were, told by how the names of instants end."""
    return {
        name: parse_iso(value) if name == "at" or name.endswith(("_at", "_since", "_by")) else value
        for name, value in raw.items()
    }


def day_shard(at: datetime, shard: int) -> str:
    return f"{at:%Y-%m-%d}#{shard}"


def moment(event: Event) -> str:
    return f"{iso(event.at)}#{event.complaint_id}#{event.seq:06d}"


def place_key(complaint: Complaint) -> str:
    """By the place that everybody may see: whoever looks for what is nearby learns no more of where it is."""
    return f"{complaint.category}#{cell(rounded(complaint.lat), rounded(complaint.lon))}"


def closed_place_key(agency_id: str, place: str) -> str:
    return f"closed#{agency_id}#{place}"


def _standing(item: EventItem) -> dict[str, Any]:
    """As `standing.standing_of` makes it."""
    texts = ("number", "region", "category", "agency_id", "escalated_to", "language", "parent_id", "visible")
    counts = ("escalation_level", "joined", "watch_round", "started_watch")
    told = {name: getattr(item, name) for name in (*texts, *counts)}
    told |= {name: int(told[name]) for name in counts if told[name] is not None}
    told |= {name: iso_or_none(getattr(item, name)) for name in ("due_at", "watch_at")}
    return {name: value for name, value in told.items() if value is not None}


def seal_dict(seal: Seal | None) -> dict[str, str] | None:
    """As it is stored: without a salt where there is none any more."""
    if seal is None:
        return None
    return {"digest": seal.digest} if seal.salt is None else {"digest": seal.digest, "salt": seal.salt}


def _seal(raw: dict[str, str] | None) -> Seal | None:
    return None if raw is None else Seal(**raw)


def _photo_dict(photo: Photo) -> dict[str, Any]:
    kept = {name: value for name, value in asdict(photo).items() if value is not None}
    redaction = photo.redaction
    if redaction is not None:
        boxes = [[box.x, box.y, box.w, box.h] for box in redaction.boxes]
        kept["redaction"] = {"boxes": boxes, "revision": redaction.revision, "by": redaction.by}
    return kept


def _photo(raw: dict[str, Any]) -> Photo:
    proof = None if raw.get("proof") is None else _proof(raw["proof"])
    redaction = None if raw.get("redaction") is None else _redaction(raw["redaction"])
    return Photo(
        **raw
        | {
            "by": ActorKind(raw["by"]),
            "status": PhotoStatus(raw["status"]),
            "proof": proof,
            "redaction": redaction,
        }
    )


def _redaction(raw: dict[str, Any]) -> Redaction:
    boxes = (map(float, sides) for sides in raw["boxes"])
    return Redaction(
        boxes=tuple(Box(x=x, y=y, w=w, h=h) for x, y, w, h in boxes),
        revision=int(raw["revision"]),
        by=ActorKind(raw["by"]),
    )


def _hidden(raw: dict[str, Any]) -> Hidden:
    kept = _instants(raw)
    return Hidden(**kept | {"by": ActorKind(kept["by"]), "agency_id": kept.get("agency_id")})


def _proof(raw: dict[str, Any]) -> Proof:
    return Proof(
        distance=Distance(raw["distance"]),
        taken=Taken(raw["taken"]),
        reused=None if raw["reused"] is None else Reused(raw["reused"]),
    )


def _answer(raw: dict[str, Any]) -> Answer:
    return Answer(**raw | {"photos": tuple(raw["photos"])})
