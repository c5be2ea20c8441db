"""`/v1/agency/complaints`: a body's worklist, and what it does with each complaint."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final

from functions.complaints.calendar import CalendarYearMissing
from functions.complaints.change import Change
from functions.complaints.complaint import Actor, ActorKind, Complaint, Status
from functions.complaints.duration import Duration
from functions.complaints.events import Event
from functions.complaints.faults import NotFound, invalid
from functions.complaints.ids import is_id, read_number
from functions.complaints.limits import Limits
from functions.complaints.moves import agency
from functions.complaints.moves.declaration import expect_photos
from functions.complaints.moves.possible import possible as possible_moves
from functions.complaints.region import Region
from functions.complaints.transitions import Move
from functions.edge.bodies import declared_photos
from functions.edge.http import Api, answer, existing_id
from functions.edge.repeats import first_of, photos_declared, signing_time
from functions.edge.router import Response
from functions.edge.uploads import uploads_of
from functions.records import lists
from functions.records.store import ComplaintStore, RequestSeen, move
from functions.route.api import schemas
from functions.route.api.views import detail, receipt, worklist_entry

NUMBER_MAX: Final = 40
type Decide = Callable[[Complaint, Actor], Change | None]


def mount(
    api: Api, *, store: ComplaintStore, region: Region, bucket: str, now: Callable[[], datetime]
) -> None:
    """Add the routes; each is a few lines, and what it may do is the core's to say."""
    bodies = schemas.bodies(Limits.of(region.limits))

    @api.get("/v1/agency/complaints")
    def worklist() -> Response[str]:
        by = api.agency(scope="read")
        page = lists.worklist(
            str(by.id), limit=api.page_size(), cursor=api.cursor("urgency"), statuses=_statuses(api)
        )
        items = lists.with_complaints(page.items)
        return answer(
            {
                "items": [worklist_entry(item, for_agency=str(by.id)) for item in items],
                "cursor": page.cursor,
            }
        )

    @api.get("/v1/agency/complaints/<complaint_id>")
    def show(complaint_id: str) -> Response[str]:
        by = api.agency(scope="read")
        complaint, history, internal = store.with_history(_meant(complaint_id, store))
        if not _may_read(complaint, by):
            raise NotFound(complaint_id)
        if by.id not in complaint.in_charge:
            history = tuple(event for event in history if event.seq not in internal)
        parts = store.parts(complaint)
        return answer(
            detail(
                complaint,
                history,
                parts,
                possible=partial(possible, by=by),
                region=region,
                language=api.language,
                bucket=bucket,
                now=now(),
            )
        )

    @api.post("/v1/agency/complaints/<complaint_id>/photos")
    def photos(complaint_id: str) -> Response[str]:
        declared = declared_photos(api.body(bodies.photos))

        def decide(complaint: Complaint, by: Actor) -> Change:
            if by.id not in complaint.in_charge:
                raise NotFound(complaint.id)
            return expect_photos(complaint, declared, by=by, region=region, now=now())

        complaint, event = moved(complaint_id, decide, key_required=True)
        expected = photos_declared(event)
        uploads = uploads_of(
            complaint, by=ActorKind.AGENCY, bucket=bucket, now=signing_time(complaint, now=now())
        )
        return answer(
            receipt(
                complaint,
                uploads=[each for each in uploads if each.photo_id in expected],
                possible=partial(possible, by=api.agency(scope="write")),
            ),
            status=201,
        )

    @api.post("/v1/agency/complaints/<complaint_id>/acknowledge")
    def acknowledge(complaint_id: str) -> Response[str]:
        api.body(bodies.nothing)
        return shown(moved(complaint_id, lambda each, by: agency.acknowledge(each, by=by, now=now())))

    @api.post("/v1/agency/complaints/<complaint_id>/answer")
    def give_answer(complaint_id: str) -> Response[str]:
        body = api.body(bodies.answer)
        return shown(
            moved(
                complaint_id,
                lambda each, by: agency.answer(
                    each,
                    by=by,
                    outcome=body["outcome"],
                    text=body["text"],
                    photos=tuple(body.get("photos", ())),
                    parts=store.parts(each),
                    region=region,
                    now=now(),
                ),
                key_required=True,
            )
        )

    @api.post("/v1/agency/complaints/<complaint_id>/transfer")
    def transfer(complaint_id: str) -> Response[str]:
        body = api.body(bodies.transfer)
        return shown(
            moved(
                complaint_id,
                lambda each, by: agency.transfer(
                    each, by=by, to=body["to"], reason=body["reason"], region=region, now=now()
                ),
                key_required=True,
            )
        )

    @api.post("/v1/agency/complaints/<complaint_id>/split")
    def split(complaint_id: str) -> Response[str]:
        parts = [
            agency.Part(agency_id=part["to"], text=part["text"]) for part in api.body(bodies.split)["parts"]
        ]
        return shown(
            moved(
                complaint_id,
                lambda each, by: agency.split(each, by=by, parts=parts, region=region, now=now()),
                key_required=True,
            )
        )

    @api.post("/v1/agency/complaints/<complaint_id>/extend")
    def extend(complaint_id: str) -> Response[str]:
        body = api.body(bodies.extension)
        extension = _duration(body["by"])

        def decide(complaint: Complaint, by: Actor) -> Change:
            try:
                return agency.extend_deadline(
                    complaint, by=by, extension=extension, reason=body["reason"], region=region, now=now()
                )
            except CalendarYearMissing as error:
                # Further than the calendar is known is further than any category allows.
                limit = region.categories[complaint.category].extension_limit
                raise invalid("/by", "extension_too_long", limit=str(limit)) from error

        return shown(moved(complaint_id, decide, key_required=True))

    @api.post("/v1/agency/complaints/<complaint_id>/ask")
    def ask(complaint_id: str) -> Response[str]:
        text = api.body(bodies.question)["text"]
        return shown(
            moved(
                complaint_id,
                lambda each, by: agency.ask(each, by=by, text=text, now=now()),
                key_required=True,
            )
        )

    @api.post("/v1/agency/complaints/<complaint_id>/comment")
    def comment(complaint_id: str) -> Response[str]:
        body = api.body(bodies.comment)
        return shown(
            moved(
                complaint_id,
                lambda each, by: agency.comment(
                    each, by=by, text=body["text"], internal=body.get("internal", False), now=now()
                ),
                key_required=True,
            )
        )

    def moved(
        complaint_id: str, decide: Decide, *, key_required: bool = False
    ) -> tuple[Complaint, Event | None]:
        by = api.agency(scope="write")
        request = api.idempotency(caller=f"agency#{by.id}", required=key_required)
        try:
            complaint, change = move(
                store,
                existing_id(complaint_id),
                lambda each: decide(each, by),
                request=request,
                possible=partial(possible, by=by),
            )
        except RequestSeen as seen:
            assert request is not None
            return first_of(seen, request, store=store)
        return complaint, None if change is None else change.event

    def shown(moved: tuple[Complaint, Event | None]) -> Response[str]:
        by = api.agency(scope="write")
        return answer(receipt(moved[0], uploads=(), possible=partial(possible, by=by)))

    def possible(complaint: Complaint, *, by: Actor) -> tuple[Move, ...]:
        return possible_moves(complaint, by=by, region=region, now=now())


def _meant(text: str, store: ComplaintStore) -> str:
    """The id of the complaint with this id or number; raises NotFound."""
    if is_id(text):
        return text
    number = read_number(text)
    if len(number) > NUMBER_MAX:
        raise NotFound(text)
    return store.by_number(number)


def _may_read(complaint: Complaint, by: Actor) -> bool:
    """Those in charge, and those who passed it on and may be asked about it."""
    return by.id in complaint.in_charge or by.id in complaint.passed_by


def _statuses(api: Api) -> frozenset[str] | None:
    text = api.parameter("status")
    if text is None:
        return None
    statuses = frozenset(text.split(","))
    if not statuses <= {status.value for status in Status}:
        raise invalid("status", "unknown_choice", choices=", ".join(Status))
    return statuses


def _duration(text: str) -> Duration:
    try:
        return Duration.parse(text)
    except ValueError as error:
        raise invalid("/by", "not_a_duration") from error
