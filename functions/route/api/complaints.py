"""`/v1/agency/complaints`: a body's worklist, and what it does with each complaint."""

from collections.abc import Callable
from datetime import datetime

from aws_lambda_powertools.event_handler import Response

from functions.complaints import lists
from functions.complaints.change import Change
from functions.complaints.complaint import Actor, ActorKind, Complaint, Status
from functions.complaints.duration import Duration
from functions.complaints.faults import NotFound, invalid
from functions.complaints.http import Api, answer
from functions.complaints.ids import is_id, read_number
from functions.complaints.moves import agency
from functions.complaints.moves.filing import DeclaredPhoto
from functions.complaints.moves.photos import expect_photos
from functions.complaints.problems import Problem
from functions.complaints.region import Region
from functions.complaints.store import ComplaintStore, RequestSeen, move
from functions.complaints.uploads import uploads_of
from functions.route.api import schemas
from functions.route.api.views import detail, receipt, worklist_entry

type Decide = Callable[[Complaint, Actor], Change | None]


def mount(
    api: Api, *, store: ComplaintStore, region: Region, bucket: str, now: Callable[[], datetime]
) -> None:
    """Add the routes; each is a few lines, and what it may do is the core's to say."""

    @api.get("/v1/agency/complaints")
    def worklist() -> Response[str]:
        by = api.agency(scope="read")
        page = lists.worklist(
            str(by.id), limit=api.page_size(), cursor=api.parameter("cursor"), statuses=_statuses(api)
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
        found = complaint_id if is_id(complaint_id) else store.by_number(read_number(complaint_id))
        complaint, history, _ = store.with_history(found)
        if not _may_read(complaint, by):
            raise NotFound(complaint_id)
        parts = store.parts(complaint)
        return answer(
            detail(complaint, history, parts, region=region, language=api.language, bucket=bucket, now=now())
        )

    @api.post("/v1/agency/complaints/<complaint_id>/photos")
    def photos(complaint_id: str) -> Response[str]:
        declared = [
            DeclaredPhoto(content_type=photo["content_type"], size=int(photo["size"]), sha256=photo["sha256"])
            for photo in api.body(schemas.PHOTOS)["photos"]
        ]

        def decide(complaint: Complaint, by: Actor) -> Change:
            if by.id not in complaint.in_charge:
                raise NotFound(complaint.id)
            return expect_photos(complaint, declared, by=by, region=region, now=now())

        complaint = moved(complaint_id, decide, key_required=True)
        uploads = uploads_of(complaint, by=ActorKind.AGENCY, bucket=bucket, now=now())
        return answer(receipt(complaint, uploads=uploads), status=201)

    @api.post("/v1/agency/complaints/<complaint_id>/acknowledge")
    def acknowledge(complaint_id: str) -> Response[str]:
        api.body(schemas.NOTHING)
        return shown(moved(complaint_id, lambda each, by: agency.acknowledge(each, by=by, now=now())))

    @api.post("/v1/agency/complaints/<complaint_id>/answer")
    def give_answer(complaint_id: str) -> Response[str]:
        body = api.body(schemas.ANSWER)
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
            )
        )

    @api.post("/v1/agency/complaints/<complaint_id>/transfer")
    def transfer(complaint_id: str) -> Response[str]:
        body = api.body(schemas.TRANSFER)
        return shown(
            moved(
                complaint_id,
                lambda each, by: agency.transfer(
                    each, by=by, to=body["to"], reason=body["reason"], region=region, now=now()
                ),
            )
        )

    @api.post("/v1/agency/complaints/<complaint_id>/split")
    def split(complaint_id: str) -> Response[str]:
        parts = [
            agency.Part(agency_id=part["to"], text=part["text"]) for part in api.body(schemas.SPLIT)["parts"]
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
        body = api.body(schemas.EXTENSION)
        extension = _duration(body["by"])
        return shown(
            moved(
                complaint_id,
                lambda each, by: agency.extend_deadline(
                    each,
                    by=by,
                    extension=extension,
                    reason=body["reason"],
                    region=region,
                    now=now(),
                ),
                key_required=True,
            )
        )

    @api.post("/v1/agency/complaints/<complaint_id>/ask")
    def ask(complaint_id: str) -> Response[str]:
        text = api.body(schemas.QUESTION)["text"]
        return shown(
            moved(
                complaint_id,
                lambda each, by: agency.ask(each, by=by, text=text, now=now()),
                key_required=True,
            )
        )

    @api.post("/v1/agency/complaints/<complaint_id>/comment")
    def comment(complaint_id: str) -> Response[str]:
        body = api.body(schemas.COMMENT)
        return shown(
            moved(
                complaint_id,
                lambda each, by: agency.comment(
                    each, by=by, text=body["text"], internal=body.get("internal", False), now=now()
                ),
                key_required=True,
            )
        )

    def moved(complaint_id: str, decide: Decide, *, key_required: bool = False) -> Complaint:
        by = api.agency(scope="write")
        request = api.idempotency(caller=f"agency#{by.id}", required=key_required)
        try:
            complaint, _ = move(store, complaint_id, lambda each: decide(each, by), request=request)
        except RequestSeen as seen:
            assert request is not None
            if seen.digest != request.digest:
                raise Problem("idempotency-key-reused") from None
            return store.get(seen.complaint_id)
        return complaint

    def shown(complaint: Complaint) -> Response[str]:
        return answer(receipt(complaint, uploads=()))


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
