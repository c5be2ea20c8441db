"""What a body may read: its worklist, and a complaint with its events."""

from functools import partial
from typing import Annotated, Final

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import PlainValidator, WithJsonSchema

from functions.complaints.complaint import Status
from functions.complaints.faults import NotFound
from functions.complaints.visibility import viewing
from functions.edge.callers import Reader, agency_of
from functions.edge.complaint_id import ComplaintId
from functions.edge.fields import View, described, fault
from functions.edge.language import Speech
from functions.edge.operations import with_scope
from functions.edge.paging import PAGE_SIZE, TIMELINE_SIZE, Cursor, PageSize, TimelineCursor, TimelineSize
from functions.records.timeline import timeline
from functions.records.worklist import Wanted, lines, worklist
from functions.route.api.desk import TAG, Desk
from functions.route.api.views import AgencyComplaintDetail, Work, detail, work

_STATES_MOST: Final = 200


class Worklist(View):
    """A page of the worklist."""

    items: list[Work]
    cursor: Annotated[str | None, described("Continues the list; null at its end.")]


def _states(given: str | list[str]) -> frozenset[Status]:
    """Of a list apart by commas; a parameter that is given again goes on with it."""
    names = given if isinstance(given, str) else ",".join(given)
    try:
        if len(names) > _STATES_MOST:
            raise ValueError
        return frozenset(Status(name) for name in names.split(","))
    except ValueError:
        raise fault("unknown_choice", choices=tuple(map(str, Status))) from None


States = Annotated[
    frozenset[Status] | None,
    Query(alias="status", description=f"Only these states, apart by commas: {', '.join(Status)}."),
    PlainValidator(_states),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^({'|'.join(Status)})(,({'|'.join(Status)}))*$",
            "maxLength": _STATES_MOST,
            "examples": ["assigned,acknowledged"],
        }
    ),
]


def reading(*, desk: Desk, bucket: str) -> Router:
    """The routes; what is not this agency's does not exist for it."""
    router, store = Router(), desk.store
    read = partial(router.get, tags=TAG, security=with_scope("read"))

    @read(
        "/v1/agency/complaints",
        operation_id="listWork",
        summary="The worklist, most urgent first",
        description="The agency's open complaints and those escalated to it, with what is needed to choose one: by due "
        "time, then danger first; on a page, of those that are equal so, what most people joined first. With `status`, a "
        "page may hold fewer than `limit`, even none, and still have a `cursor`: the list ends where that is null.",
    )
    def list_work(
        caller: Reader, status: States = None, cursor: Cursor = None, limit: PageSize = PAGE_SIZE
    ) -> Worklist:
        wanted = Wanted(statuses=status)
        page = worklist(caller.agency_id, limit=limit, cursor=cursor, wanted=wanted)
        return Worklist(items=[work(line, bucket=bucket) for line in lines(page.items)], cursor=page.cursor)

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
