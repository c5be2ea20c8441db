"""A body takes a complaint from the public, gives it back, and says what is hidden in the public copy of a photo."""

from functools import partial
from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import Field, ValidationInfo, field_validator

from functions.complaints.caps import ADDED_SAID
from functions.complaints.change import Change
from functions.complaints.complaint import Actor, Complaint
from functions.complaints.moves import publicity
from functions.complaints.redaction import BOXES_MOST, SLACK, Box
from functions.edge.callers import Mover
from functions.edge.complaint_id import ComplaintId
from functions.edge.fields import Body, fault
from functions.edge.idempotency import RequiredKey, TakenKey
from functions.edge.operations import moving, with_scope
from functions.edge.uploads import BoxView, NamedPhoto
from functions.route.api.desk import TAG, Desk
from functions.route.api.views import AgencyComplaint
from functions.route.api.wording import Reason

PublicReason = Annotated[Reason, Field(examples=["На фото видно, кто живёт в доме."])]


class Publicity(Body):
    """Why; everybody may read it."""

    reason: PublicReason


class GivenBox(Body, BoxView):
    """A box over what is to be hidden."""

    @field_validator("w", "h")
    @classmethod
    def _on_the_photo(cls, size: float, info: ValidationInfo) -> float:
        side = str(info.field_name)
        start = info.data.get("x" if side == "w" else "y")
        if start is not None and size > 1 - start + SLACK:
            raise fault("box_off_photo")
        return size


class Redacting(Body):
    """All that is to be hidden from now on."""

    boxes: Annotated[
        list[GivenBox],
        Field(
            max_length=BOXES_MOST,
            description="Each once, all of them: what is not among them is hidden no more. None: nothing has to be hidden.",
            examples=[[{"x": 0.25, "y": 0.5, "w": 0.125, "h": 0.25}]],
        ),
    ]


def publishing(desk: Desk) -> Router:
    """The routes."""
    router, now = Router(), desk.now
    offered = partial(router.post, tags=TAG, security=with_scope("write"), openapi_extensions=moving())

    def hide_decided(body: Publicity, complaint: Complaint, by: Actor) -> Change | None:
        return publicity.hide(complaint, by=by, reason=body.reason, now=now())

    def unhide_decided(body: Publicity, complaint: Complaint, by: Actor) -> Change | None:
        return publicity.unhide(complaint, by=by, reason=body.reason, now=now())

    @offered(
        "/v1/agency/complaints/<id>/hide",
        operation_id="hideWork",
        summary="Take it from the public, with a reason that is public",
        description="Everybody may still read its number, that it was hidden, when and why, and nothing else. It can be "
        "hidden after its end too. What a number of readers have flagged is hidden until a body has looked: hide it, or "
        f"show it again. Parts are hidden with their whole. {ADDED_SAID}",
    )
    def hide(id: ComplaintId, body: Publicity, key: RequiredKey, caller: Mover) -> AgencyComplaint:
        return desk.moved(
            id, partial(hide_decided, body), caller=caller, key=key, event=router.current_event.raw_event
        )

    @offered(
        "/v1/agency/complaints/<id>/unhide",
        operation_id="unhideWork",
        summary="Show it to the public again",
        description="What a body above has hidden, only that body shows again (`hidden_from_above`), and what whoever runs "
        "the region has hidden, no body (`hidden_by_operator`); a part that is hidden with its whole comes back with it "
        "alone (`hidden_with_whole`). Flags count no more from then on. Of one that is not hidden nothing changes.",
    )
    def unhide(id: ComplaintId, body: Publicity, key: RequiredKey, caller: Mover) -> AgencyComplaint:
        return desk.moved(
            id, partial(unhide_decided, body), caller=caller, key=key, event=router.current_event.raw_event
        )

    def redacted(photo_id: str, body: Redacting, complaint: Complaint, by: Actor) -> Change | None:
        boxes = [Box(x=each.x, y=each.y, w=each.w, h=each.h) for each in body.boxes]
        return publicity.redact(complaint, photo_id, boxes=boxes, by=by, now=now())

    @offered(
        "/v1/agency/complaints/<id>/photos/<photo_id>/redact",
        operation_id="redactPhoto",
        summary="Say what is hidden in the public copy of a photo",
        description="The copy is made anew with these boxes, which take the place of those that were there, whether a body "
        "gave them or they were found. The body in charge and those above go on to see the photo as it is. `409` where "
        f"the person lets nobody else see their photos (`photo_private`). {ADDED_SAID}",
    )
    def redact(
        id: ComplaintId, photo_id: NamedPhoto, body: Redacting, caller: Mover, key: TakenKey = None
    ) -> AgencyComplaint:
        return desk.moved(
            id,
            partial(redacted, photo_id, body),
            caller=caller,
            key=key,
            event=router.current_event.raw_event,
        )

    return router
