"""A body passes a complaint on to the right one, or divides it among several."""

from functools import partial
from typing import Annotated, Final

from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import Field

from functions.complaints.caps import ADDED_SAID
from functions.complaints.change import Change
from functions.complaints.complaint import Actor, Complaint
from functions.complaints.ids import NUMBER_MOST
from functions.complaints.moves import agency, merging
from functions.edge.callers import Mover
from functions.edge.complaint_id import ComplaintId
from functions.edge.fields import Body, omitted, words
from functions.edge.idempotency import RequiredKey
from functions.edge.judging import judged
from functions.edge.operations import moving, with_scope
from functions.route.api.desk import TAG, Desk
from functions.route.api.views import AgencyComplaint
from functions.route.api.wording import REASON_LEAST, TEXT_MOST, AgencyId, Reason

PARTS_MOST: Final = 5


class Transfer(Body):
    """To whom, and why."""

    to: AgencyId
    reason: Annotated[Reason, Field(examples=["Люк на проезжей части, её содержит отдел дорог."])]


class Instruction(Body):
    """To whom, and why."""

    to: AgencyId
    reason: Annotated[Reason, Field(examples=["Это ваша территория: устраните и ответьте заявителю."])]


class PartOf(Body):
    """What is asked of one body."""

    to: AgencyId
    text: Annotated[
        str,
        words(TEXT_MOST, "What this body is to do.", least=REASON_LEAST, letters=True),
        Field(examples=["Восстановить покрытие вокруг люка."]),
    ]


class Division(Body):
    """Who is asked to do what."""

    parts: Annotated[list[PartOf], Field(min_length=1, max_length=PARTS_MOST)]


class Merging(Body):
    """With which one, and why."""

    into: Annotated[
        str,
        Field(
            max_length=NUMBER_MOST,
            description="Id or short number of an open complaint of the same category nearby that the body has too.",
        ),
    ]
    reason: Reason = omitted()


def passing_on(desk: Desk) -> Router:
    """The routes."""
    router, region, now = Router(), desk.region, desk.now
    move = partial(router.post, tags=TAG, security=with_scope("write"), openapi_extensions=moving())

    def transfer_decided(body: Transfer, complaint: Complaint, by: Actor) -> Change | None:
        return agency.transfer(complaint, by=by, to=body.to, reason=body.reason, region=region, now=now())

    @move(
        "/v1/agency/complaints/<id>/transfer",
        operation_id="transferWork",
        summary="Pass it on to the right body",
        description="To a body that answers for something, or to the next one of your own ladder; `transfer_to` of the "
        "complaint lists them. The clock that the person was promised goes on; where every term had passed, a body of "
        "another ladder gets a term of its own. A body that passed it on does not get it back, except from a supervising "
        "one. "
        f"{ADDED_SAID}",
    )
    @judged(Transfer, desk.judge(transfer_decided))
    def transfer(id: ComplaintId, body: Transfer, key: RequiredKey, caller: Mover) -> AgencyComplaint:
        return desk.moved(
            id, partial(transfer_decided, body), caller=caller, key=key, event=router.current_event.raw_event
        )

    def instruct_decided(body: Instruction, complaint: Complaint, by: Actor) -> Change:
        return agency.instruct(complaint, by=by, to=body.to, reason=body.reason, region=region, now=now())

    @move(
        "/v1/agency/complaints/<id>/instruct",
        operation_id="instructWork",
        summary="Give it down, or back, to a body below",
        description="For a body above the one that is to do it, whether it has it itself or is in charge beside. "
        "The clock goes on, and whoever instructs stays in charge beside. `instruct_to` of the complaint lists the bodies. "
        f"{ADDED_SAID}",
    )
    @judged(Instruction, desk.judge(instruct_decided))
    def instruct(id: ComplaintId, body: Instruction, key: RequiredKey, caller: Mover) -> AgencyComplaint:
        return desk.moved(
            id, partial(instruct_decided, body), caller=caller, key=key, event=router.current_event.raw_event
        )

    def split_decided(body: Division, complaint: Complaint, by: Actor) -> Change:
        parts = [agency.Part(agency_id=part.to, text=part.text) for part in body.parts]
        return agency.split(complaint, by=by, parts=parts, region=region, now=now())

    @move(
        "/v1/agency/complaints/<id>/split",
        operation_id="splitWork",
        summary="Divide it among bodies",
        description="Each part becomes a complaint of its own; the lead answers for the whole.",
    )
    @judged(Division, desk.judge(split_decided))
    def split(id: ComplaintId, body: Division, key: RequiredKey, caller: Mover) -> AgencyComplaint:
        return desk.moved(
            id, partial(split_decided, body), caller=caller, key=key, event=router.current_event.raw_event
        )

    def merge_decided(body: Merging, complaint: Complaint, by: Actor) -> Change:
        return merging.merge(
            complaint, desk.named(body.into), by=by, reason=body.reason, region=region, now=now()
        )

    @move(
        "/v1/agency/complaints/<id>/merge",
        operation_id="mergeWork",
        summary="Deal with it as with another one nearby",
        description="Who reported it and who joined it join the other, where the earlier of both deadlines counts. Whoever "
        "reported it can dispute that until it closes, as an answer: then it goes on by itself, on its old clock.",
    )
    @judged(Merging, desk.judge(merge_decided))
    def merge(id: ComplaintId, body: Merging, key: RequiredKey, caller: Mover) -> AgencyComplaint:
        return desk.moved(
            id, partial(merge_decided, body), caller=caller, key=key, event=router.current_event.raw_event
        )

    return router
