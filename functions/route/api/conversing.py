"""A body asks the person something, or says something to them or among bodies."""

from functools import partial
from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import Field

from functions.complaints.caps import ADDED_SAID
from functions.complaints.change import Change
from functions.complaints.complaint import Actor, Complaint
from functions.complaints.moves import agency
from functions.edge.callers import Mover
from functions.edge.complaint_id import ComplaintId
from functions.edge.fields import Body, described, words
from functions.edge.idempotency import RequiredKey
from functions.edge.operations import moving, with_scope
from functions.route.api.desk import TAG, Desk
from functions.route.api.views import AgencyComplaint
from functions.route.api.wording import TEXT_MOST


class Question(Body):
    """What the body must know."""

    text: Annotated[
        str, words(TEXT_MOST, "What the person is asked."), Field(examples=["Какой это подъезд?"])
    ]


class Remark(Body):
    """What the body has to say."""

    text: Annotated[str, words(TEXT_MOST, "What it has to say."), Field(examples=["Бригада выехала."])]
    internal: Annotated[bool, described("For the bodies in charge alone.")] = False


def conversing(desk: Desk) -> Router:
    """The routes."""
    router, now = Router(), desk.now
    move = partial(router.post, tags=TAG, security=with_scope("write"), openapi_extensions=moving())

    @move(
        "/v1/agency/complaints/<id>/ask",
        operation_id="askWork",
        summary="Ask the person a question",
        description=f"The clock goes on. {ADDED_SAID}",
    )
    def ask(id: ComplaintId, body: Question, key: RequiredKey, caller: Mover) -> AgencyComplaint:
        def decide(complaint: Complaint, by: Actor) -> Change:
            return agency.ask(complaint, by=by, text=body.text, now=now())

        return desk.moved(id, decide, caller=caller, key=key, event=router.current_event.raw_event)

    @move(
        "/v1/agency/complaints/<id>/comment",
        operation_id="commentWork",
        summary="Say something to the person, or to the bodies in charge alone",
        description=ADDED_SAID,
    )
    def comment(id: ComplaintId, body: Remark, key: RequiredKey, caller: Mover) -> AgencyComplaint:
        def decide(complaint: Complaint, by: Actor) -> Change:
            return agency.comment(complaint, by=by, text=body.text, internal=body.internal, now=now())

        return desk.moved(id, decide, caller=caller, key=key, event=router.current_event.raw_event)

    return router
