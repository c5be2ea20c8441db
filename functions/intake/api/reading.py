"""What a person may read: their list, what is near a place, a complaint with its history, an appeal's text."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Final

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Query

from functions.complaints.appeal import appeal
from functions.complaints.complaint import Actor, ActorKind, Complaint
from functions.complaints.faults import NotFound, invalid
from functions.complaints.moves.possible import possible
from functions.complaints.region import Region
from functions.complaints.texts import LANGUAGES
from functions.complaints.visibility import Viewer
from functions.edge.callers import Person
from functions.edge.complaint_id import ComplaintId
from functions.edge.fields import View, between, described
from functions.edge.language import Speech
from functions.edge.operations import SIGNED_IN, answering
from functions.edge.paging import PAGE_SIZE, TIMELINE_SIZE, Cursor, PageSize, TimelineCursor, TimelineSize
from functions.intake.api.views import (
    ComplaintDetail,
    JoinedLine,
    NearbyComplaint,
    OwnLine,
    detail,
    near,
    summary,
)
from functions.records import lists
from functions.records.store import ComplaintStore
from functions.records.suggestions import offered
from functions.records.timeline import timeline

NEARBY_MOST: Final = 20


class OwnComplaints(View):
    """A page of the person's list."""

    items: list[OwnLine | JoinedLine]
    cursor: Annotated[str | None, described("Continues the list; null at its end.")]


class NearbyComplaints(View):
    """Open complaints near a place."""

    items: list[NearbyComplaint]


class AppealTexts(View):
    """The same text in three languages."""

    kk: str
    ru: str
    en: str


class Appeal(View):
    """What the person may send to the body above."""

    texts: AppealTexts


def reading(*, store: ComplaintStore, region: Region, bucket: str, now: Callable[[], datetime]) -> Router:
    """The routes; a person sees what they filed or joined, and what is not theirs does not exist for them."""
    router = Router()
    read = partial(router.get, tags=["Complaints"], security=SIGNED_IN)

    @read(
        "/v1/complaints",
        operation_id="listComplaints",
        summary="One's own complaints and those one has joined, newest first",
        description="In short; each whole under its own address.",
    )
    def own(
        person: Person, speech: Speech, limit: PageSize = PAGE_SIZE, cursor: Cursor = None
    ) -> OwnComplaints:
        page = lists.own(person, limit=limit, cursor=cursor)
        joined = lists.categories_of_joined(page.items)
        return OwnComplaints(
            items=[
                summary(
                    item,
                    category=joined.get(item.id, item.category),
                    region=region,
                    language=speech.language,
                )
                for item in page.items
            ],
            cursor=page.cursor,
        )

    @read(
        "/v1/complaints/nearby",
        operation_id="findNearby",
        summary="Open complaints of a category near a place, nearest first",
        description="Ask before filing: who finds the same there can join it. The category gives the radius "
        "(`duplicate_radius_m`; 0: never the same). Places are rounded, and the distance is to the rounded one: what is "
        "within the radius is there, and some a little beyond it. Twenty at most.",
    )
    def nearby(
        category: Annotated[str, Query(description="Category's id.", json_schema_extra={"maxLength": 64})],
        lat: Annotated[float, _degrees(90), between(-90, 90)],
        lon: Annotated[float, _degrees(180), between(-180, 180)],
        person: Person,
        speech: Speech,
    ) -> NearbyComplaints:
        if category not in region.categories or category == region.canary:
            raise invalid("category", "unknown_category")
        found = lists.nearby(
            category,
            lat=lat,
            lon=lon,
            radius_m=region.categories[category].duplicate_radius_m,
            limit=NEARBY_MOST,
        )
        return NearbyComplaints(
            items=[
                near(each, category=category, person=person, region=region, language=speech.language)
                for each in found
            ]
        )

    @read(
        "/v1/complaints/<id>",
        operation_id="showComplaint",
        summary="A complaint with its history, deadline and photos",
        description="For the reporter and those who joined, who see what is public and what the bodies answered: no "
        "text, address, exact place or photo of the reporter's. The newest steps, in their order; `cursor` leads to "
        "those before.",
    )
    def show(
        id: ComplaintId,
        person: Person,
        speech: Speech,
        cursor: TimelineCursor = None,
        limit: TimelineSize = TIMELINE_SIZE,
    ) -> ComplaintDetail:
        seen = timeline(id, limit=limit, cursor=cursor, with_internal=False)
        viewer = _viewing(store, seen.complaint, person=person)
        mine = viewer == Viewer.REPORTER
        by = Actor(kind=ActorKind.CITIZEN, id=person)
        return detail(
            seen.complaint,
            seen.events,
            store.parts(seen.complaint),
            cursor=seen.cursor,
            viewer=viewer,
            possible=possible(seen.complaint, by=by, region=region, now=now()),
            suggestions=offered(seen.suggestions, seen.complaint, now=now()) if mine else (),
            region=region,
            language=speech.language,
            bucket=bucket,
        )

    @read(
        "/v1/complaints/<id>/appeal",
        operation_id="writeAppeal",
        summary="A ready text of an appeal, once a term has passed",
        description="Where no answer came in the term, against the silence, which counts as refusal; where one came and "
        "was disputed, against that answer (Administrative Procedural and Process-Related Code of Kazakhstan, arts. 91 and "
        "92). It is to the body above or, where every body was silent, to the court. Of somebody who joined, without what "
        "the reporter wrote. Before a term has passed: `409`, with the key `appeal_too_early` and until when the body has "
        "time in words, or `nothing_to_appeal` where no term runs.",
        openapi_extensions=answering("conflict"),
    )
    def write_appeal(id: ComplaintId, person: Person) -> Appeal:
        complaint, history, _ = store.with_history(id)
        viewer = _viewing(store, complaint, person=person)
        texts = {
            each: appeal(complaint, history, region=region, language=each, viewer=viewer, now=now())
            for each in LANGUAGES
        }
        return Appeal(texts=AppealTexts(**texts))

    return router


def _degrees(most: int) -> Any:
    return Query(description="WGS 84, in degrees.", json_schema_extra={"minimum": -most, "maximum": most})


def _viewing(store: ComplaintStore, complaint: Complaint, *, person: str) -> Viewer:
    """Raises NotFound for all but the reporter and those who joined."""
    if complaint.reporter == person:
        return Viewer.REPORTER
    if store.is_follower(complaint.parent_id or complaint.id, person):
        return Viewer.JOINER
    raise NotFound(complaint.id)
