"""A body puts right what was reported."""

from functools import partial
from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import Field

from functions.complaints.caps import ADDED_SAID
from functions.complaints.change import Change
from functions.complaints.complaint import Actor, Complaint
from functions.complaints.moves.correcting import correct
from functions.edge.callers import Mover
from functions.edge.complaint_id import ComplaintId
from functions.edge.fields import Body, omitted
from functions.edge.idempotency import RequiredKey
from functions.edge.judging import judged
from functions.edge.operations import moving, with_scope
from functions.edge.reported import CategoryId, GivenAnswers, Location, correction_of
from functions.route.api.desk import TAG, Desk
from functions.route.api.views import AgencyComplaint
from functions.route.api.wording import Reason


class WorkCorrection(Body):
    """What is to be put right, at least one thing and at least one that is otherwise, and why."""

    category: CategoryId = omitted()
    location: Location = omitted()
    answers: GivenAnswers = omitted()
    reason: Annotated[Reason, Field(examples=["На фото не мусор, а открытый люк."])]


def correcting(desk: Desk) -> Router:
    """The route."""
    router, region, now = Router(), desk.region, desk.now

    def correct_work_decided(body: WorkCorrection, complaint: Complaint, by: Actor) -> Change:
        correction = correction_of(
            category=body.category, location=body.location, answers=body.answers, reason=body.reason
        )
        return correct(complaint, correction, by=by, region=region, now=now())

    @router.post(
        "/v1/agency/complaints/<id>/correct",
        operation_id="correctWork",
        tags=TAG,
        security=with_scope("write"),
        openapi_extensions=moving(),
        summary="Put right the category, the place or the answers",
        description="For the bodies in charge. It goes to the body that answers for what it is now, as if passed on "
        "there: one that had it before does not get it back, except from a supervising one. The new category's term is "
        "counted from the first registration; it is never later than what the person was promised, and leaves a body its "
        f"least time. Required answers that the person has not given may be left out: ask for them. {ADDED_SAID}",
    )
    @judged(WorkCorrection, desk.judge(correct_work_decided), needs=("category",))
    def correct_work(
        id: ComplaintId, body: WorkCorrection, key: RequiredKey, caller: Mover
    ) -> AgencyComplaint:
        return desk.moved(
            id,
            partial(correct_work_decided, body),
            caller=caller,
            key=key,
            event=router.current_event.raw_event,
        )

    return router
