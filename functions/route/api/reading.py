"""What a body may read of a complaint: all of it, with its events."""

from functools import partial

from aws_lambda_powertools.event_handler.api_gateway import Router

from functions.complaints.faults import NotFound
from functions.complaints.visibility import viewing
from functions.edge.callers import Reader, agency_of
from functions.edge.complaint_id import ComplaintId
from functions.edge.language import Speech
from functions.edge.operations import with_scope
from functions.edge.paging import TIMELINE_SIZE, TimelineCursor, TimelineSize
from functions.records.timeline import timeline
from functions.route.api.desk import TAG, Desk
from functions.route.api.views import AgencyComplaintDetail, detail


def reading(*, desk: Desk, bucket: str) -> Router:
    """The routes; what is not this agency's does not exist for it."""
    router, store = Router(), desk.store
    read = partial(router.get, tags=TAG, security=with_scope("read"))

    @read(
        "/v1/agency/complaints/<id>",
        operation_id="showWork",
        summary="A complaint with its events and links to its photos",
        description="For the bodies in charge, and for one that passed it on, which sees the steps and what bodies "
        "decided: neither internal comments nor what is between the person and the bodies in charge, the exact place "
        "and the photos. The newest events, in their order; `cursor` leads to those before.",
    )
    def show(
        id: ComplaintId,
        caller: Reader,
        speech: Speech,
        cursor: TimelineCursor = None,
        limit: TimelineSize = TIMELINE_SIZE,
    ) -> AgencyComplaintDetail:
        by = agency_of(caller)
        read = timeline(id, limit=limit, cursor=cursor, with_internal=True)
        complaint = read.complaint
        viewer = viewing(complaint, caller.agency_id)
        if viewer is None:
            raise NotFound(id)
        return detail(
            complaint,
            read.events,
            store.parts(complaint),
            cursor=read.cursor,
            by=by,
            possible=desk.possible(by),
            region=desk.region,
            language=speech.language,
            bucket=bucket,
            viewer=viewer,
            now=desk.now(),
        )

    return router
