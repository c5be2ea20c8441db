"""A body gives itself more time by a reasoned decision."""

from functools import partial
from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import Field, field_validator

from functions.complaints.change import Change
from functions.complaints.complaint import Actor, Complaint
from functions.complaints.duration import Duration
from functions.complaints.moves import agency
from functions.edge.callers import Mover
from functions.edge.complaint_id import ComplaintId
from functions.edge.fields import Body, fault
from functions.edge.idempotency import RequiredKey
from functions.edge.judging import judged
from functions.edge.operations import moving, with_scope
from functions.route.api.desk import TAG, Desk
from functions.route.api.views import AgencyComplaint
from functions.route.api.wording import Reason


class Extension(Body):
    """How much more time, and why."""

    by: Annotated[
        str,
        Field(
            max_length=20,
            description="How much more time, as a term: P10BD (working days), PT8BH (working hours), P1M, PT12H.",
            examples=["P10BD"],
        ),
    ]
    reason: Annotated[Reason, Field(examples=["Крышка заказана, поставка через неделю."])]

    @field_validator("by")
    @classmethod
    def _a_term(cls, text: str) -> str:
        try:
            Duration.parse(text)
        except ValueError:
            raise fault("not_a_duration") from None
        return text


def extending(desk: Desk) -> Router:
    """The route."""
    router, region, now = Router(), desk.region, desk.now

    def extend_decided(body: Extension, complaint: Complaint, by: Actor) -> Change:
        term = Duration.parse(body.by)
        return agency.extend_deadline(
            complaint, by=by, extension=term, reason=body.reason, region=region, now=now()
        )

    @router.post(
        "/v1/agency/complaints/<id>/extend",
        operation_id="extendWork",
        tags=TAG,
        security=with_scope("write"),
        openapi_extensions=moving(),
        summary="Extend the deadline by a reasoned decision",
    )
    @judged(Extension, desk.judge(extend_decided))
    def extend(id: ComplaintId, body: Extension, key: RequiredKey, caller: Mover) -> AgencyComplaint:
        return desk.moved(
            id, partial(extend_decided, body), caller=caller, key=key, event=router.current_event.raw_event
        )

    return router
