"""`POST /v1/complaints`: a complaint is filed, once for its Idempotency-Key."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.event_handler.openapi.params import Body as FromBody

from functions.complaints.change import Change
from functions.complaints.faults import Invalid, LimitReached, NotFound, invalid
from functions.complaints.limits import Limits
from functions.complaints.moves.again import again_refusal
from functions.complaints.moves.assignment import with_assignment
from functions.complaints.moves.filing import Draft, file
from functions.edge.authorized import claims_of
from functions.edge.callers import Person
from functions.edge.fields import under
from functions.edge.idempotency import RequiredKey, request_of
from functions.edge.judging import judged
from functions.edge.language import Speech
from functions.edge.operations import LOCATION, SIGNED_IN, answering
from functions.edge.repeats import of_same
from functions.edge.validation import IDEMPOTENCY_KEY
from functions.intake.api.receipts import Receipts
from functions.intake.api.views import ComplaintReceipt
from functions.intake.filed import filed
from functions.intake.submission import Submission, submission
from functions.records.names import meant
from functions.records.people.day_limits import count
from functions.records.people.profiles import profile_of
from functions.records.store import ComplaintStore

ADDRESS: Final = "/v1/complaints"
CANARY_A_DAY: Final = 200
"""One a quarter of an hour, and as many again that an operator asks for."""


def filing(
    *,
    store: ComplaintStore,
    receipts: Receipts,
    refused: Callable[[Exception], Response[Any]],
    canary: str | None,
    now: Callable[[], datetime],
) -> Router:
    """The route, under one region's limits; `refused` is the answer to a request that is not right, and `canary` the client
    that the canary signs in by.
    """
    router, region = Router(), receipts.region
    wanted = submission(region, now=now)

    def most_of(draft: Draft, event: Mapping[str, Any]) -> int:
        """How many such complaints the caller may file in a day. To all but the canary its category is not there: raises
        Invalid.
        """
        if draft.category != region.canary:
            return Limits.of(region.limits).complaints_per_day
        if canary is None or claims_of(event).get("client_id") != canary:
            raise invalid("/category", "unknown_category")
        return CANARY_A_DAY

    def again_judged(event: Mapping[str, Any], names: Mapping[str, str], body: Submission) -> None:
        draft = body.draft(language=region.languages[0])
        again_of(body.again_of, draft, person=str(claims_of(event).get("sub")))

    def again_of(name: str | None, draft: Draft, *, person: str) -> str | None:
        """The id of the complaint with this name, that the draft is of again. Raises Invalid."""
        if not name:
            return None
        try:
            earlier = store.get(meant(name))
        except NotFound:
            earlier = None
        refusal = again_refusal(earlier, draft, person=person, region=region, now=now())
        if refusal is not None or earlier is None:
            raise refusal or NotFound(name)
        return earlier.id

    @router.post(
        ADDRESS,
        status_code=201,
        operation_id="fileComplaint",
        tags=["Complaints"],
        security=SIGNED_IN,
        openapi_extensions=answering("daily-limit-reached", headers=LOCATION),
        summary="File a complaint",
        description="Files it at once, and says which body has it and until when it must answer. Where photos are declared "
        "it waits for them (`awaiting_photos`, and `waits_for` says until when and whose it will be): send each with the "
        "request under `uploads`, then it goes on by itself. A category of danger waits for nothing: its photos follow. "
        "Nothing is saved unless everything is right: all faults are named together.",
    )
    @judged(wanted, again_judged, needs=("category", "location"))
    def create(
        body: Annotated[Submission, FromBody, under(wanted)],
        key: RequiredKey,
        person: Person,
        speech: Speech,
    ) -> Response[ComplaintReceipt]:
        request = request_of(router.current_event.raw_event, caller=person, key=key)
        profile = profile_of(person)
        speech.chose(None if profile is None else profile.language)
        draft = body.draft(language=speech.language)
        most = most_of(draft, router.current_event.raw_event)
        try:
            count(person, "complaints", key=key, limit=most, now=now(), zone=region.time_zone)
        except LimitReached:
            # What was filed under this key when the day was not full is answered as it was then.
            if (seen := store.seen(request)) is None:
                raise
            return receipts.created(*of_same(seen, request, store=store), speech=speech)
        if profile is not None and profile.kind is not None:
            draft = replace(draft, reporter_kind=profile.kind)
        try:
            draft = replace(draft, again_of=again_of(body.again_of, draft, person=person))
        except Invalid:
            # It was still in time when it was sent before.
            if (seen := store.seen(request)) is None:
                raise
            return receipts.created(*of_same(seen, request, store=store), speech=speech)

        def decide() -> Change:
            filed_at = now()
            opened = file(draft, region=region, reporter=person, now=filed_at)
            return with_assignment(opened, region=region, now=filed_at)

        complaint, photo_ids = filed(decide, store=store, request=request)
        return receipts.created(complaint, photo_ids, speech=speech)

    def sent_again(error: RequestValidationError) -> Response[Any]:
        """What was filed under its key when it was right is answered as it was then, on whatever day it is sent again."""
        event = router.current_event
        key, person = event.headers.get(IDEMPOTENCY_KEY), claims_of(event.raw_event).get("sub")
        if (event.http_method, event.path, bool(key and person)) != ("POST", ADDRESS, True):
            return refused(error)
        try:
            request = request_of(event.raw_event, caller=str(person), key=str(key))
            if (seen := store.seen(request)) is None:
                return refused(error)
            return receipts.created(*of_same(seen, request, store=store), speech=router.context["spoken"])
        except Exception as failure:
            return refused(failure)

    router.exception_handler(RequestValidationError)(sent_again)
    return router
