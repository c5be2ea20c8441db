"""What a person can do with a complaint after it was filed; what each move may do is the core's to say."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Body as FromBody
from pydantic import Field

from functions.complaints.caps import ADDED_SAID, PHOTOS_LOST_MOST, REFUTATIONS_MOST
from functions.complaints.change import Change
from functions.complaints.complaint import ENDED, Actor, ActorKind, Complaint
from functions.complaints.faults import Conflict, LimitReached, NotFound
from functions.complaints.limits import PHOTOS_MOST, Limits
from functions.complaints.moves import citizen
from functions.complaints.moves.assignment import with_assignment
from functions.complaints.moves.declaration import expect_photos
from functions.complaints.moves.merging import put_apart
from functions.complaints.moves.photos import skip_photos, still_to_come
from functions.complaints.moves.possible import possible
from functions.complaints.transitions import Move
from functions.edge.authorized import claims_of
from functions.edge.callers import Person
from functions.edge.complaint_id import ComplaintId
from functions.edge.declared_photos import MorePhotos, as_declared, more_photos
from functions.edge.fields import NOTHING, Body, Nothing, PhotoId, bound, omitted, under, words
from functions.edge.idempotency import RequiredKey, TakenKey, request_of
from functions.edge.judging import Judge, judged
from functions.edge.language import Speech
from functions.edge.operations import LOCATION, SIGNED_IN, answering, moving
from functions.edge.repeats import moved_once, of_same
from functions.edge.resolver import no_content
from functions.edge.uploads import NamedPhoto, Upload, upload_of
from functions.intake.api.receipts import Receipts
from functions.intake.api.views import ComplaintReceipt
from functions.records.dynamodb import connection
from functions.records.erasure import erase_said, forget_follower
from functions.records.names import meant
from functions.records.people.day_limits import Counted, count
from functions.records.requests import Request, RequestSeen
from functions.records.store import ComplaintStore
from functions.records.transaction import AlreadyJoined, NotJoined

type Decide = Callable[[Complaint], Change | None]


class Comment(Body):
    """A comment, or the answer to the body's question."""

    text: str


class Refutation(Body):
    """Why the answer is not true."""

    reason: str
    photos: Annotated[
        list[PhotoId],
        Field(
            max_length=PHOTOS_MOST,
            description="Ids of the person's own photos that show it, declared under /photos before.",
        ),
    ] = Field(default=[])


class Withdrawal(Body):
    """Why the complaint is taken back, if the person wants to say it."""

    reason: str = omitted()


NO_REASON: Final = Withdrawal()


def following(*, store: ComplaintStore, receipts: Receipts, now: Callable[[], datetime]) -> Router:
    """The routes, under one region's limits."""
    router, region = Router(), receipts.region
    move = partial(router.post, tags=["Complaints"], security=SIGNED_IN, openapi_extensions=moving())
    limited_move = partial(move, openapi_extensions=moving("daily-limit-reached"))
    limits = Limits.of(region.limits)
    said = limits.comment_length
    text = Annotated[str, words(said, "In the person's own words.")]
    why = Annotated[str, words(said, "Why the answer is not true.")]
    back = Annotated[str, words(said, "Why it is taken back.")]

    def judge(decide: Callable[[Any, Complaint, str], object]) -> Judge:
        """Of a body of the request, what the move would say of it."""

        def judge(event: Mapping[str, Any], names: Mapping[str, str], body: Any) -> None:
            decide(body, store.get(meant(names["id"])), str(claims_of(event).get("sub")))

        return judge

    declaring = more_photos(limits)

    def photos_decided(body: MorePhotos, complaint: Complaint, person: str) -> Change:
        if complaint.reporter != person:
            raise NotFound(complaint.id)
        return expect_photos(
            complaint, as_declared(body.photos), by=_citizen(person), region=region, now=now()
        )

    @router.post(
        "/v1/complaints/<id>/photos",
        status_code=201,
        operation_id="addPhotos",
        tags=["Complaints"],
        security=SIGNED_IN,
        openapi_extensions=moving("daily-limit-reached", headers=LOCATION),
        summary="Declare further photos",
        description="Each is then uploaded as the answer says, and seen by nobody before it was checked. "
        f"Those that are refused or never come count, {PHOTOS_LOST_MOST} in one complaint at most. {ADDED_SAID}",
    )
    @judged(declaring, judge(photos_decided))
    def photos(
        id: ComplaintId,
        body: Annotated[MorePhotos, FromBody, under(declaring)],
        key: RequiredKey,
        person: Person,
        speech: Speech,
    ) -> Response[ComplaintReceipt]:
        def decide(complaint: Complaint) -> Change:
            return photos_decided(body, complaint, person)

        request = named(key, person)
        if (seen := within("declarations", request, person, limit=limits.declarations_per_day)) is not None:
            return receipts.created(*of_same(seen, request, store=store), speech=speech)
        return receipts.created(*moved(id, person, decide, request), speech=speech)

    @move(
        "/v1/complaints/<id>/photos/skip",
        operation_id="skipPhotos",
        summary="Go on without waiting for photos",
        description="The body has it at once, with the photos that have come. One that comes later is added all the same. "
        "Where nothing waits for photos nothing changes.",
    )
    def skip(
        id: ComplaintId,
        person: Person,
        speech: Speech,
        body: Nothing = NOTHING,
        key: TakenKey = None,
    ) -> ComplaintReceipt:
        def decide(complaint: Complaint) -> Change | None:
            at = now()
            skipped = skip_photos(complaint, by=_citizen(person), now=at)
            return None if skipped is None else with_assignment(skipped, region=region, now=at)

        return receipts.shown(moved(id, person, decide, taken(key, person))[0], speech=speech)

    @router.post(
        "/v1/complaints/<id>/photos/<photo_id>/upload",
        operation_id="renewUpload",
        tags=["Complaints"],
        security=SIGNED_IN,
        openapi_extensions=answering("conflict", "daily-limit-reached"),
        summary="A new request to send a declared photo with",
        description="For a photo that has not come, where the request to send it with has expired or was lost. It may also "
        "come after the wait for it is over. `409` where it has come (`photo_there`), was refused (`photo_refused`: "
        "declare another), or the complaint has ended (`photo_too_late`).",
    )
    def renew(id: ComplaintId, photo_id: NamedPhoto, person: Person) -> Upload:
        complaint, by = store.get(id), _citizen(person)
        try:
            photo = still_to_come(complaint, photo_id, by=by)
        except Conflict as refused:
            refused.status = complaint.status
            refused.possible = possible(complaint, by=by, region=region, now=now())
            raise
        # Once a minute for each: the same request is asked for again by an app that lost the answer.
        counted(
            "declarations", person, key=f"{photo.id}#{now():%Y%m%dT%H%M}", limit=limits.declarations_per_day
        )
        return upload_of(complaint.id, photo, bucket=receipts.bucket)

    @limited_move(
        "/v1/complaints/<id>/comments",
        operation_id="comment",
        summary="Add a comment, or answer the body's question",
        description="The body in charge reads it. While a question stands, it is the answer to it. "
        f"{ADDED_SAID}",
    )
    def comment(
        id: ComplaintId,
        body: Annotated[Comment, FromBody, under(bound(Comment, text=(text, ...)))],
        key: RequiredKey,
        person: Person,
        speech: Speech,
    ) -> ComplaintReceipt:
        request, text = named(key, person), body.text
        if (seen := within("comments", request, person, limit=limits.comments_per_day)) is not None:
            return receipts.shown(of_same(seen, request, store=store)[0], speech=speech)

        def decide(complaint: Complaint) -> Change | None:
            return citizen.comment(complaint, by=_citizen(person), text=text, now=now())

        return receipts.shown(moved(id, person, decide, request)[0], speech=speech)

    @move(
        "/v1/complaints/<id>/confirm",
        operation_id="confirmAnswer",
        summary="Accept the answer and close the complaint",
        description="Without it an answer that nobody refutes closes by itself, after the region's term.",
    )
    def confirm(
        id: ComplaintId,
        person: Person,
        speech: Speech,
        body: Nothing = NOTHING,
        key: TakenKey = None,
    ) -> ComplaintReceipt:
        def decide(complaint: Complaint) -> Change | None:
            return citizen.confirm(complaint, by=_citizen(person), now=now())

        return receipts.shown(moved(id, person, decide, taken(key, person))[0], speech=speech)

    refuting = bound(Refutation, reason=(why, ...))

    def refute_decided(body: Refutation, complaint: Complaint, person: str) -> Change | None:
        reason, shown, by = body.reason, tuple(body.photos), _citizen(person)
        if complaint.left_to_joiners and not store.is_follower(complaint.id, person):
            raise NotFound(complaint.id)
        if complaint.merged_into is not None:
            return put_apart(complaint, by=by, reason=reason, photos=shown, region=region, now=now())
        return citizen.refute(complaint, by=by, reason=reason, photos=shown, now=now())

    @move(
        "/v1/complaints/<id>/refute",
        operation_id="refuteAnswer",
        summary="Say that the answer is not true, or that it is not the same as what it was merged into",
        description="The complaint goes back to the body, on the old clock. Where the reporter left it to those who "
        "joined, any of them can say so, without photos: "
        f"at most {REFUTATIONS_MOST} times; the last answer can be appealed against.",
    )
    @judged(refuting, judge(refute_decided))
    def refute(
        id: ComplaintId,
        body: Annotated[Refutation, FromBody, under(refuting)],
        key: RequiredKey,
        person: Person,
        speech: Speech,
    ) -> ComplaintReceipt:
        def decide(complaint: Complaint) -> Change | None:
            return refute_decided(body, complaint, person)

        try:
            return receipts.shown(moved(id, person, decide, named(key, person))[0], speech=speech)
        except NotJoined:
            # Left meanwhile.
            raise NotFound(id) from None

    @move(
        "/v1/complaints/<id>/withdraw",
        operation_id="withdraw",
        summary="Take the complaint back",
        description="Nobody works on it any more; what was said stays in its history. Where others have joined and a body "
        "has it, it goes on as theirs, unless the region says otherwise: then it is the caller's no longer, and what they "
        "wrote, the reason too, their name and the exact place are removed.",
    )
    def withdraw(
        id: ComplaintId,
        person: Person,
        speech: Speech,
        body: Annotated[Withdrawal, FromBody, under(bound(Withdrawal, reason=(back, omitted())))] = NO_REASON,
        key: TakenKey = None,
    ) -> ComplaintReceipt:
        reason = body.reason

        def decide(complaint: Complaint) -> Change | None:
            return citizen.withdraw(complaint, by=_citizen(person), reason=reason, region=region, now=now())

        return receipts.shown(moved(id, person, decide, taken(key, person))[0], speech=speech)

    @limited_move(
        "/v1/complaints/<id>/join",
        operation_id="join",
        summary="Join another person's complaint",
        description="Whoever joined sees what is public of it and what the bodies answer, and is told of each such step. "
        "Joining twice is joining once.",
    )
    def join(
        id: ComplaintId,
        person: Person,
        speech: Speech,
        body: Nothing = NOTHING,
        key: TakenKey = None,
    ) -> ComplaintReceipt:
        before = store.get(id)
        if store.is_follower(id, person):
            return receipts.shown(before, speech=speech)
        # Whoever leaves and joins again does something new: the same complaint counts again, at a later version.
        counted("joins", person, key=f"{id}#{before.version}", limit=limits.joins_per_day)

        def decide(complaint: Complaint) -> Change | None:
            return citizen.join(complaint, by=_citizen(person), now=now())

        try:
            return receipts.shown(moved(id, person, decide, taken(key, person))[0], speech=speech)
        except AlreadyJoined:
            return receipts.shown(store.get(id), speech=speech)

    @router.delete(
        "/v1/complaints/<id>/join",
        status_code=204,
        operation_id="leaveComplaint",
        tags=["Complaints"],
        security=SIGNED_IN,
        summary="Follow another person's complaint no longer",
        description="The person is told nothing more of it, and it is no longer in their list; what they were told stays "
        "in their inbox. What they wrote in one that was left to those who joined is erased, and it ends when the last of "
        "them leaves. To leave a part is to leave the whole. Whoever had not joined has left already: 204 as well.",
    )
    def leave(id: ComplaintId, person: Person) -> Response[None]:
        complaint = store.get(id)
        followed = complaint.parent_id or complaint.id
        if complaint.reporter != person and store.is_follower(followed, person):
            erase_said(followed, person, connection=connection())
            _leave(followed, person)
        return no_content()

    def _leave(followed: str, person: str) -> None:
        def decide(complaint: Complaint) -> Change | None:
            return citizen.leave(complaint, by=_citizen(person), now=now())

        try:
            complaint, _ = moved(followed, person, decide, None)
        except NotJoined:
            return
        if complaint.status in ENDED:
            forget_follower(followed, person)

    def named(key: str, person: str) -> Request:
        return request_of(router.current_event.raw_event, caller=person, key=key)

    def taken(key: str | None, person: str) -> Request | None:
        return None if key is None else named(key, person)

    def counted(what: Counted, person: str, *, key: str, limit: int) -> None:
        count(person, what, key=key, limit=limit, now=now(), zone=region.time_zone)

    def within(what: Counted, request: Request, person: str, *, limit: int) -> RequestSeen | None:
        """Count the request; on a day that is full, what it did when it was sent before. Raises LimitReached."""
        try:
            counted(what, person, key=request.key, limit=limit)
        except LimitReached:
            if (seen := store.seen(request)) is None:
                raise
            return seen
        return None

    def moved(
        complaint_id: str, person: str, decide: Decide, request: Request | None
    ) -> tuple[Complaint, Sequence[str]]:
        """The complaint after the move, and the ids of the photos that the move declared."""

        def can(complaint: Complaint) -> tuple[Move, ...]:
            return possible(complaint, by=_citizen(person), region=region, now=now())

        return moved_once(store, complaint_id, decide, request=request, possible=can)

    return router


def _citizen(person: str) -> Actor:
    return Actor(kind=ActorKind.CITIZEN, id=person)
