"""`/v1/complaints`: file one, see one's own, and what a person can do with one afterwards."""

from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from functions.complaints.appeal import appeal
from functions.complaints.change import Change
from functions.complaints.complaint import Actor, ActorKind, Complaint
from functions.complaints.faults import Invalid, LimitReached, NotFound, invalid
from functions.complaints.limits import Limits
from functions.complaints.moves import citizen
from functions.complaints.moves.declaration import expect_photos
from functions.complaints.moves.filing import file
from functions.complaints.moves.possible import possible as possible_moves
from functions.complaints.region import Region
from functions.complaints.transitions import Move
from functions.edge.bodies import declared_photos
from functions.edge.http import Api, answer, existing_id
from functions.edge.problems import Problem
from functions.edge.repeats import first_of, photos_declared, signing_time
from functions.edge.router import Response
from functions.edge.telemetry import correlation_id, follow, logger
from functions.edge.uploads import uploads_of
from functions.intake.api import schemas
from functions.intake.api.submission import draft_of
from functions.intake.api.views import detail, near, receipt, summary
from functions.records import lists
from functions.records.people import Counted, count, profile_of
from functions.records.store import (
    AlreadyJoined,
    Collection,
    ComplaintStore,
    NumberTaken,
    Request,
    RequestSeen,
    move,
)
from functions.records.suggestions import take

NEARBY_MOST: Final = 20
NUMBER_TRIES: Final = 5
type Decide = Callable[[Complaint], Change | None]


def mount(
    api: Api, *, store: ComplaintStore, region: Region, bucket: str, now: Callable[[], datetime]
) -> None:
    """Add the routes; each is a few lines, and what it may do is the core's to say."""
    limits = Limits.of(region.limits)
    bodies = schemas.bodies(limits)

    @api.post("/v1/complaints")
    def create() -> Response[str]:
        request = api.idempotency(caller=api.person, required=True)
        assert request is not None
        body = api.json_body()
        profile = profile_of(api.person)
        api.chose(None if profile is None else profile.language)
        try:
            draft = draft_of(body, schema=bodies.submission, region=region, language=api.language, now=now())
            counted("complaints", key=request.key, limit=limits.complaints_per_day)
        except (Invalid, LimitReached):
            # What was filed under this key when it was right, and the day not full, is answered as it was then.
            if (seen := store.seen(request)) is None:
                raise
            return expecting(*_of_same(seen, request, store))
        if profile is not None and profile.kind is not None:
            draft = replace(draft, reporter_kind=profile.kind)
        filed = _filed(
            lambda: file(draft, region=region, reporter=api.person, now=now()), store=store, request=request
        )
        return expecting(*filed)

    @api.get("/v1/complaints")
    def own() -> Response[str]:
        page = lists.own(
            api.person, limit=api.page_size(), cursor=api.cursor("pk", "sk", "id", person=api.person)
        )
        return answer(
            {
                "items": [summary(item, region=region, language=api.language) for item in page.items],
                "cursor": page.cursor,
            }
        )

    @api.get("/v1/complaints/nearby")
    def nearby() -> Response[str]:
        category = region.categories.get(api.parameter("category") or "")
        if category is None:
            raise invalid("category", "unknown_category")
        found = lists.nearby(
            category.id,
            lat=api.number("lat", least=-90, most=90),
            lon=api.number("lon", least=-180, most=180),
            radius_m=category.duplicate_radius_m,
            limit=NEARBY_MOST,
        )
        return answer(
            {"items": [near(each, person=api.person, region=region, language=api.language) for each in found]}
        )

    @api.get("/v1/complaints/<complaint_id>")
    def show(complaint_id: str) -> Response[str]:
        seen = _visible(store, complaint_id, person=api.person)
        mine = seen.complaint.reporter == api.person
        return answer(
            detail(
                seen.complaint,
                seen.events,
                store.parts(seen.complaint),
                mine=mine,
                possible=possible(seen.complaint),
                suggestions=take(seen.suggestions, seen.complaint, now=now()) if mine else (),
                region=region,
                language=api.language,
                bucket=bucket,
                now=now(),
            )
        )

    @api.get("/v1/complaints/<complaint_id>/appeal")
    def appeal_text(complaint_id: str) -> Response[str]:
        seen = _visible(store, complaint_id, person=api.person)
        if seen.complaint.escalation_level == 0:
            raise NotFound(complaint_id)
        languages = ("kk", "ru", "en")
        texts = {
            each: appeal(seen.complaint, seen.events, region=region, language=each) for each in languages
        }
        return answer({"texts": texts})

    @api.post("/v1/complaints/<complaint_id>/photos")
    def photos(complaint_id: str) -> Response[str]:
        declared = declared_photos(api.body(bodies.more_photos))
        by = _citizen(api)

        def decide(complaint: Complaint) -> Change:
            _require_reporter(complaint, by)
            return expect_photos(complaint, declared, by=by, region=region, now=now())

        request = api.idempotency(caller=api.person, required=True)
        if (seen := within("declarations", request, limit=limits.declarations_per_day)) is not None:
            return expecting(*_of_same(seen, request, store))
        return expecting(*_moved(store, complaint_id, decide, request, possible=possible))

    @api.post("/v1/complaints/<complaint_id>/comments")
    def comment(complaint_id: str) -> Response[str]:
        text = api.body(bodies.comment)["text"]
        request = api.idempotency(caller=api.person, required=True)
        if (seen := within("comments", request, limit=limits.comments_per_day)) is not None:
            return shown(_of_same(seen, request, store)[0])
        return moved(complaint_id, lambda each: citizen.comment(each, by=_citizen(api), text=text, now=now()))

    @api.post("/v1/complaints/<complaint_id>/confirm")
    def confirm(complaint_id: str) -> Response[str]:
        api.body(bodies.nothing)
        return moved(complaint_id, lambda each: citizen.confirm(each, by=_citizen(api), now=now()))

    @api.post("/v1/complaints/<complaint_id>/refute")
    def refute(complaint_id: str) -> Response[str]:
        body = api.body(bodies.refutation)
        return moved(
            complaint_id,
            lambda each: citizen.refute(
                each,
                by=_citizen(api),
                reason=body["reason"],
                photos=tuple(body.get("photos", ())),
                now=now(),
            ),
            key_required=True,
        )

    @api.post("/v1/complaints/<complaint_id>/withdraw")
    def withdraw(complaint_id: str) -> Response[str]:
        reason = api.body(bodies.withdrawal).get("reason")
        return moved(
            complaint_id,
            lambda each: citizen.withdraw(each, by=_citizen(api), reason=reason, now=now()),
        )

    @api.post("/v1/complaints/<complaint_id>/join")
    def join(complaint_id: str) -> Response[str]:
        api.body(bodies.nothing)
        try:
            counted("joins", key=existing_id(complaint_id), limit=limits.joins_per_day)
        except LimitReached:
            # Whoever joined it on another day has nothing more to do, whatever today's count is.
            if not store.is_follower(complaint_id, api.person):
                raise
        try:
            return moved(complaint_id, lambda each: citizen.join(each, by=_citizen(api), now=now()))
        except AlreadyJoined:
            return shown(store.get(complaint_id))

    def counted(what: Counted, *, key: str, limit: int) -> None:
        count(api.person, what, key=key, limit=limit, now=now(), zone=region.time_zone)

    def within(what: Counted, request: Request | None, *, limit: int) -> RequestSeen | None:
        """Count the request; on a day that is full, what it did when it was sent before. Raises LimitReached."""
        assert request is not None
        try:
            counted(what, key=request.key, limit=limit)
        except LimitReached:
            if (seen := store.seen(request)) is None:
                raise
            return seen
        return None

    def moved(complaint_id: str, decide: Decide, *, key_required: bool = False) -> Response[str]:
        request = api.idempotency(caller=api.person, required=key_required)
        return shown(_moved(store, complaint_id, decide, request, possible=possible)[0])

    def possible(complaint: Complaint) -> tuple[Move, ...]:
        return possible_moves(complaint, by=_citizen(api), region=region, now=now())

    def expecting(complaint: Complaint, photo_ids: Container[str]) -> Response[str]:
        """The answer to what declared photos: how to send those of them that have not come yet."""
        follow(complaint_id=complaint.id, correlation_id=correlation_id())
        uploads = uploads_of(
            complaint, by=ActorKind.CITIZEN, bucket=bucket, now=signing_time(complaint, now=now())
        )
        return answer(
            receipt(
                complaint,
                uploads=[upload for upload in uploads if upload.photo_id in photo_ids],
                region=region,
                language=api.language,
            ),
            status=201,
            headers={"location": f"/v1/complaints/{complaint.id}"},
        )

    def shown(complaint: Complaint) -> Response[str]:
        return answer(receipt(complaint, uploads=(), region=region, language=api.language))


def _citizen(api: Api) -> Actor:
    return Actor(kind=ActorKind.CITIZEN, id=api.person)


def _filed(
    decide: Callable[[], Change], *, store: ComplaintStore, request: Request
) -> tuple[Complaint, Sequence[str]]:
    """File it once for its key: a repeated request finds the complaint that the first one made.

    Returns it with the ids of the photos that were declared with it. A short number that is taken is drawn again.
    """
    for _ in range(NUMBER_TRIES):
        change = decide()
        try:
            store.write(change, request=request)
        except RequestSeen as seen:
            return _of_same(seen, request, store)
        except NumberTaken:
            logger.info("short number taken, drawing another")
        else:
            return change.after, photos_declared(change.event)
    raise Problem("unavailable", retry_after=1)


def _moved(
    store: ComplaintStore,
    complaint_id: str,
    decide: Decide,
    request: Request | None,
    *,
    possible: Callable[[Complaint], tuple[Move, ...]],
) -> tuple[Complaint, Sequence[str]]:
    """The complaint after the move, and the ids of the photos that the move declared."""
    try:
        complaint, change = move(store, existing_id(complaint_id), decide, request=request, possible=possible)
    except RequestSeen as seen:
        return _of_same(seen, request, store)
    return complaint, photos_declared(None if change is None else change.event)


def _of_same(
    seen: RequestSeen, request: Request | None, store: ComplaintStore
) -> tuple[Complaint, Sequence[str]]:
    assert request is not None
    complaint, event = first_of(seen, request, store=store)
    return complaint, photos_declared(event)


def _visible(store: ComplaintStore, complaint_id: str, *, person: str) -> Collection:
    """What the reporter and those who joined may see: everything but the agencies' own comments."""
    read = store.collection(existing_id(complaint_id))
    followed = read.complaint.parent_id or complaint_id
    if read.complaint.reporter != person and not store.is_follower(followed, person):
        raise NotFound(complaint_id)
    return replace(read, events=tuple(event for event in read.events if event.seq not in read.internal))


def _require_reporter(complaint: Complaint, by: Actor) -> None:
    if complaint.reporter != by.id:
        raise NotFound(complaint.id)
