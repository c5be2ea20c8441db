"""A body gives a complaint to one of its own officers."""

from functools import partial
from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import Field

from functions.complaints.caps import ADDED_SAID
from functions.complaints.change import Change
from functions.complaints.complaint import Actor, Complaint
from functions.complaints.faults import invalid
from functions.complaints.moves.officers import OFFICER_ID_MOST, assign_officer
from functions.edge.callers import Mover
from functions.edge.complaint_id import ComplaintId
from functions.edge.fields import Body, words
from functions.edge.idempotency import TakenKey
from functions.edge.judging import judged
from functions.edge.operations import moving, with_scope
from functions.route.api.desk import TAG, Desk
from functions.route.api.views import AgencyComplaint

OfficerId = Annotated[str, words(OFFICER_ID_MOST, "Id of one of your officers.", lines=False)]


class Assignment(Body):
    """Who is to see to it; null takes it back."""

    to: Annotated[OfficerId | None, Field(examples=["01KJR9YAXN5V7C2M4T8W6QZ3HD"])]


def assigned_to(to: str | None, complaint: Complaint, by: Actor, *, desk: Desk) -> Change | None:
    """Raises what `assign_officer` does, and Invalid where the body has no such officer."""
    change = assign_officer(complaint, by=by, to=to, now=desk.now())
    if change is not None and to is not None and not desk.may_have(by, to):
        raise invalid("/to", "unknown_officer")
    return change


def assigning(desk: Desk) -> Router:
    """The route."""
    router = Router()

    def assign_decided(body: Assignment, complaint: Complaint, by: Actor) -> Change | None:
        return assigned_to(body.to, complaint, by, desk=desk)

    @router.post(
        "/v1/agency/complaints/<id>/assign",
        operation_id="assignWork",
        tags=TAG,
        security=with_scope("write"),
        openapi_extensions=moving(),
        summary="Give it to one of your officers",
        description="Each body in charge has its own, and it ends when the complaint goes to another body. Your body and "
        "those above it see it in the history; nobody is told of it. To give it to whoever has it already does nothing. "
        f"{ADDED_SAID}",
    )
    @judged(Assignment, desk.judge(assign_decided), needs=("to",))
    def assign(id: ComplaintId, body: Assignment, caller: Mover, key: TakenKey = None) -> AgencyComplaint:
        return desk.moved(
            id, partial(assign_decided, body), caller=caller, key=key, event=router.current_event.raw_event
        )

    return router
