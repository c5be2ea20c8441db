"""Anybody can say, without signing in, that a public complaint should not be public."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import Field

from functions.complaints.change import Change
from functions.complaints.complaint import Complaint
from functions.complaints.faults import NotFound
from functions.complaints.limits import Limits
from functions.complaints.moves.publicity import flag
from functions.complaints.publicity import FLAG_REASONS, FLAGS_HIDE, may_be_public
from functions.complaints.region import Region
from functions.edge.complaint_id import ComplaintId
from functions.edge.fields import Body, choice, described
from functions.edge.operations import answering
from functions.edge.resolver import no_content
from functions.edge.visitors import address_of
from functions.intake.api.directory import TAG
from functions.records.move import move
from functions.records.people.day_limits import count
from functions.records.people.visitors import visitor_of
from functions.records.requests import Request, RequestSeen
from functions.records.store import ComplaintStore


class Flag(Body):
    """Why it should not be public."""

    reason: Annotated[
        str,
        choice(*FLAG_REASONS),
        described(
            "`person`: a face or a number plate can be seen. `private`: it shows somebody's home or private life. "
            "`offensive`: it offends or shocks. `untrue`: there is no such thing, or it is not there."
        ),
        Field(examples=["person"]),
    ]


def flagging(*, store: ComplaintStore, region: Region, now: Callable[[], datetime]) -> Router:
    """The route."""
    router = Router()
    most = Limits.of(region.limits).flags_per_day

    @router.post(
        "/v1/public/<number>/flag",
        status_code=204,
        operation_id="flagPublic",
        tags=TAG,
        openapi_extensions=answering("daily-limit-reached"),
        summary="Say that a public complaint should not be public",
        description=f"For everybody. {FLAGS_HIDE} of them hide it until a body has looked; from then on none counts. Each "
        "counts once from one network address in a day, and of one address so many in a day. The address is not kept: a "
        "digest of it is, with a salt that is gone within three days.",
    )
    def flag_public(number: ComplaintId, body: Flag) -> Response[None]:
        complaint = store.get(number)
        if not may_be_public(complaint, region=region):
            raise NotFound(number)
        at = now()
        visitor = visitor_of(address_of(router.current_event.raw_event), now=at, zone=region.time_zone)
        count(visitor, "flags", key=complaint.id, limit=most, now=at, zone=region.time_zone)
        request = Request(
            caller=visitor, key=complaint.id, digest=hashlib.sha256(complaint.id.encode()).hexdigest()
        )

        def decide(complaint: Complaint) -> Change | None:
            return flag(complaint, reason=body.reason, now=at)

        # Who flagged it from this address before today is answered as then.
        with suppress(RequestSeen):
            move(store, complaint.id, decide, request=request)
        return no_content()

    return router
