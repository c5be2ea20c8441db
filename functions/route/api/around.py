"""What is near a complaint, and what its place had before."""

from datetime import timedelta
from typing import Annotated, Final

from aws_lambda_powertools.event_handler.api_gateway import Router

from functions.complaints.clock import iso, iso_or_none
from functions.complaints.complaint import OUTCOMES, Complaint, Status
from functions.complaints.faults import NotFound
from functions.complaints.ids import first_id
from functions.complaints.places import distance_m, rounded
from functions.edge.callers import Reader
from functions.edge.complaint_fields import Number, Point
from functions.edge.complaint_id import ComplaintId
from functions.edge.fields import Count, Id, Instant, View, described, one_of
from functions.edge.operations import with_scope
from functions.records.lists import Near, before, nearby
from functions.route.api.desk import TAG, Desk

NEARBY_MOST: Final = 20
BEFORE_MOST: Final = 10
BEFORE_FOR: Final = timedelta(days=365)


class NearbyWork(View):
    """What everybody may know of a complaint, whichever body has it."""

    id: Id
    number: Number
    status: Status
    category: str
    agency: Annotated[str | None, described("Id of the body that has it.")]
    location: Annotated[Point, described("Rounded, as in `/v1/overdue`.")]
    distance_m: Annotated[Count, described("Between the two rounded places, in metres.")]
    joined: Count
    submitted_at: Instant
    due_at: Instant | None
    overdue: bool


class EarlierWork(View):
    """What the place had before: one that your body has answered and that is closed."""

    id: Id
    number: Number
    status: Status
    category: str
    distance_m: Annotated[Count, described("Between the two places, in metres.")]
    joined: Count
    submitted_at: Instant
    ended_at: Instant | None
    outcome: Annotated[Annotated[str, one_of(*OUTCOMES)] | None, described("How it was answered.")]
    text: Annotated[str | None, described("What was answered.")]


class Around(View):
    """What is near, the nearest first, and what was there before, the latest first."""

    nearby: list[NearbyWork]
    before: list[EarlierWork]


def around(desk: Desk) -> Router:
    """The route."""
    router = Router()

    @router.get(
        "/v1/agency/complaints/<id>/nearby",
        operation_id="nearbyWork",
        tags=TAG,
        security=with_scope("read"),
        summary="What is near it, and what its place had before",
        description="For the bodies in charge, of the same category and within its radius for duplicates. `nearby`: open "
        f"ones, {NEARBY_MOST} at the most, whichever body has them. `before`: closed ones of your body that were reported "
        f"within a year and whose words are still kept, {BEFORE_MOST} at the most.",
    )
    def show_around(id: ComplaintId, caller: Reader) -> Around:
        complaint = desk.store.get(id)
        if caller.agency_id not in complaint.in_charge:
            raise NotFound(id)
        radius = desk.region.category(complaint.category).duplicate_radius_m
        near = nearby(
            complaint.category,
            lat=rounded(complaint.lat),
            lon=rounded(complaint.lon),
            radius_m=radius,
            # It is near itself.
            limit=NEARBY_MOST + 1,
        )
        earlier = before(
            complaint,
            agency_id=caller.agency_id,
            radius_m=radius,
            after=first_id(desk.now() - BEFORE_FOR),
            limit=BEFORE_MOST,
        )
        others = [each for each in near if each.item.id != complaint.id][:NEARBY_MOST]
        return Around(
            nearby=[_near(each, category=complaint.category) for each in others],
            before=[_earlier(each, than=complaint) for each in earlier],
        )

    return router


def _near(near: Near, *, category: str) -> NearbyWork:
    item = near.item
    return NearbyWork(
        id=item.id,
        number=item.number,
        status=Status(item.status),
        category=category,
        agency=item.agency_id,
        location=Point(lat=rounded(item.lat), lon=rounded(item.lon)),
        distance_m=round(near.distance_m),
        joined=int(item.joined or 0),
        submitted_at=iso(item.submitted_at),
        due_at=iso_or_none(item.due_at),
        overdue=bool(item.overdue),
    )


def _earlier(complaint: Complaint, *, than: Complaint) -> EarlierWork:
    answer = complaint.answer
    return EarlierWork(
        id=complaint.id,
        number=complaint.number,
        status=complaint.status,
        category=complaint.category,
        distance_m=round(distance_m((than.lat, than.lon), (complaint.lat, complaint.lon))),
        joined=complaint.joined,
        submitted_at=iso(complaint.submitted_at),
        ended_at=iso_or_none(complaint.ended_at),
        outcome=None if answer is None else answer.outcome,
        text=None if answer is None else answer.text,
    )
