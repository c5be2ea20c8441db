"""A person puts right what they reported, until a body has taken it up."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Body as FromBody
from pydantic import ValidationInfo, field_validator

from functions.complaints.caps import ADDED_SAID
from functions.complaints.change import Change
from functions.complaints.complaint import Actor, ActorKind, Complaint
from functions.complaints.faults import NotFound, invalid
from functions.complaints.limits import Limits
from functions.complaints.moves.assignment import with_assignment
from functions.complaints.moves.correcting import Place, correct
from functions.complaints.moves.possible import possible
from functions.complaints.transitions import Move
from functions.edge.authorized import claims_of
from functions.edge.callers import Person
from functions.edge.complaint_id import ComplaintId
from functions.edge.fields import Body, PhotoId, bound, described, fault, omitted, under, words
from functions.edge.idempotency import RequiredKey, request_of
from functions.edge.judging import judged
from functions.edge.language import Speech
from functions.edge.operations import SIGNED_IN, moving
from functions.edge.repeats import moved_once
from functions.edge.reported import CategoryId, GivenAnswers, Location, correction_of
from functions.intake.api.receipts import Receipts
from functions.intake.api.views import ComplaintReceipt
from functions.records.names import meant
from functions.records.store import ComplaintStore
from functions.records.suggestions import forget, place_of

_PHOTO = "/suggested_place"


class OwnCorrection(Body):
    """What is to be put right: at least one thing, and at least one that is otherwise."""

    category: CategoryId = omitted()
    location: Location = omitted()
    suggested_place: Annotated[
        PhotoId, described("Instead of a location: id of the photo whose suggested place is accepted.")
    ] = omitted()
    answers: GivenAnswers = omitted()
    reason: str = omitted()

    @field_validator("suggested_place")
    @classmethod
    def _one_place(cls, photo_id: str, info: ValidationInfo) -> str:
        if info.data.get("location") is not None:
            raise fault("place_twice")
        return photo_id


def correcting(*, store: ComplaintStore, receipts: Receipts, now: Callable[[], datetime]) -> Router:
    """The route, under one region's limits."""
    router, region = Router(), receipts.region
    why = Annotated[
        str, words(Limits.of(region.limits).comment_length, "Why, if the person wants to say it.")
    ]

    model = bound(OwnCorrection, reason=(why, omitted()))

    def decided(body: OwnCorrection, complaint: Complaint, person: str) -> Change:
        if complaint.reporter != person:
            raise NotFound(complaint.id)
        correction = correction_of(
            category=body.category,
            location=body.location,
            answers=body.answers,
            reason=body.reason,
            suggested=_suggested(complaint, body.suggested_place),
        )
        by, at = Actor(kind=ActorKind.CITIZEN, id=person), now()
        corrected = correct(complaint, correction, by=by, region=region, now=at)
        return with_assignment(corrected, region=region, now=at)

    def judge(event: Mapping[str, Any], names: Mapping[str, str], body: Any) -> None:
        decided(body, store.get(meant(names["id"])), str(claims_of(event).get("sub")))

    @router.post(
        "/v1/complaints/<id>/correct",
        operation_id="correctComplaint",
        tags=["Complaints"],
        security=SIGNED_IN,
        openapi_extensions=moving(),
        summary="Put right the category, the place or the answers",
        description="Until a body has taken it up; after that the body alone can. What is given takes the place of what "
        "was there, `answers` all of them at once; of another category's questions, those that were answered before stay "
        "answered. It goes to the body that answers for what it is now, and is answered no later than was promised: a "
        f"body that gets it by this has its least time. {ADDED_SAID}",
    )
    @judged(model, judge, needs=("category",))
    def correct_complaint(
        id: ComplaintId,
        body: Annotated[OwnCorrection, FromBody, under(model)],
        key: RequiredKey,
        person: Person,
        speech: Speech,
    ) -> ComplaintReceipt:
        by = Actor(kind=ActorKind.CITIZEN, id=person)

        def decide(complaint: Complaint) -> Change:
            return decided(body, complaint, person)

        def can(complaint: Complaint) -> tuple[Move, ...]:
            return possible(complaint, by=by, region=region, now=now())

        request = request_of(router.current_event.raw_event, caller=person, key=key)
        complaint, _ = moved_once(store, id, decide, request=request, possible=can)
        if body.suggested_place is not None:
            forget(id, body.suggested_place)
        return receipts.shown(complaint, speech=speech)

    def _suggested(complaint: Complaint, photo_id: str | None) -> Place | None:
        """Raises Invalid where the photo suggests no place, or no longer."""
        if photo_id is None:
            return None
        found = place_of(complaint, photo_id, now=now())
        if found is None:
            raise invalid(_PHOTO, "no_suggestion")
        lat, lon = found
        return Place(lat=lat, lon=lon, pointer=_PHOTO)

    return router
