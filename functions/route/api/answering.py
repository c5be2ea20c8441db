"""A body says that it has seen a complaint, declares proof photos, and answers it."""

from functools import partial
from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Body as FromBody
from pydantic import Field

from functions.complaints.caps import ADDED_SAID, PHOTOS_LOST_MOST
from functions.complaints.change import Change
from functions.complaints.complaint import OUTCOMES, Actor, ActorKind, Complaint
from functions.complaints.faults import NotFound
from functions.complaints.limits import PHOTOS_MOST, Limits
from functions.complaints.moves import agency
from functions.complaints.moves.declaration import expect_photos
from functions.edge.callers import Mover, agency_of
from functions.edge.complaint_id import ComplaintId
from functions.edge.declared_photos import MorePhotos, as_declared, more_photos
from functions.edge.fields import NOTHING, Body, Nothing, PhotoId, described, under, words
from functions.edge.idempotency import RequiredKey, TakenKey
from functions.edge.judging import judged
from functions.edge.operations import moving, with_scope
from functions.edge.uploads import uploads_of
from functions.route.api.desk import TAG, Desk
from functions.route.api.views import AgencyComplaint, receipt
from functions.route.api.wording import TEXT_MOST


class Answer(Body):
    """What the body has done, or why it will not."""

    outcome: Annotated[
        str,
        described(
            "`resolved`, or `declined` with the reasons. What is not yours is not an answer: transfer it.",
            enum=list(OUTCOMES),
            examples=["resolved"],
        ),
    ]
    text: Annotated[
        str,
        words(TEXT_MOST, "What was done, or the reasons."),
        Field(examples=["Люк закрыт новой крышкой."]),
    ]
    photos: Annotated[
        list[PhotoId],
        Field(
            max_length=PHOTOS_MOST,
            description="Ids of proof photos that were declared under /photos, uploaded and found good.",
            examples=[["01JNZ5V2B8Q4M7T9XWYC3D6FGH"]],
        ),
    ] = Field(default=[])


def answering(*, desk: Desk, bucket: str) -> Router:
    """The routes, under one region's limits."""
    router, region, now = Router(), desk.region, desk.now
    move = partial(router.post, tags=TAG, security=with_scope("write"), openapi_extensions=moving())

    @move(
        "/v1/agency/complaints/<id>/acknowledge",
        operation_id="acknowledgeWork",
        summary="Say that it was seen",
    )
    def acknowledge(
        id: ComplaintId, caller: Mover, body: Nothing = NOTHING, key: TakenKey = None
    ) -> AgencyComplaint:
        def decide(complaint: Complaint, by: Actor) -> Change | None:
            return agency.acknowledge(complaint, by=by, now=now())

        return desk.moved(id, decide, caller=caller, key=key, event=router.current_event.raw_event)

    declaring = more_photos(Limits.of(region.limits))

    def photos_decided(body: MorePhotos, complaint: Complaint, by: Actor) -> Change:
        if by.id not in complaint.in_charge:
            raise NotFound(complaint.id)
        return expect_photos(complaint, as_declared(body.photos), by=by, region=region, now=now())

    @move(
        "/v1/agency/complaints/<id>/photos",
        status_code=201,
        operation_id="photosWork",
        summary="Declare proof photos",
        description="Send each with the request under `uploads`; name it in the answer once it is `ready`. "
        f"Those that are refused or never come count, {PHOTOS_LOST_MOST} in one complaint at most. {ADDED_SAID}",
    )
    @judged(declaring, desk.judge(photos_decided))
    def photos(
        id: ComplaintId,
        body: Annotated[MorePhotos, FromBody, under(declaring)],
        key: RequiredKey,
        caller: Mover,
    ) -> AgencyComplaint:
        complaint, photo_ids = desk.made(
            id, partial(photos_decided, body), caller=caller, key=key, event=router.current_event.raw_event
        )
        uploads = uploads_of(complaint, by=ActorKind.AGENCY, among=photo_ids, bucket=bucket)
        return receipt(complaint, uploads=uploads, possible=desk.possible(agency_of(caller)))

    def answer_decided(body: Answer, complaint: Complaint, by: Actor) -> Change | None:
        return agency.answer(
            complaint,
            by=by,
            outcome=body.outcome,
            text=body.text,
            photos=tuple(body.photos),
            parts=desk.store.parts(complaint),
            region=region,
            now=now(),
        )

    @move(
        "/v1/agency/complaints/<id>/answer",
        operation_id="answerWork",
        summary="Answer it",
        description="`resolved` needs a proof photo where the category asks for one. Whoever divided a complaint can "
        "call it resolved once every part has been answered.",
    )
    @judged(Answer, desk.judge(answer_decided), needs=("outcome",))
    def answer(id: ComplaintId, body: Answer, key: RequiredKey, caller: Mover) -> AgencyComplaint:
        return desk.moved(
            id, partial(answer_decided, body), caller=caller, key=key, event=router.current_event.raw_event
        )

    return router
