"""What follows from an event on the way to the right body: assignment, the parts, and the watch over the clock."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from functions.complaints.change import Change
from functions.complaints.complaint import Actor, ActorKind, Complaint, PhotoStatus, Status
from functions.complaints.events import CORRECTED, EventType
from functions.complaints.faults import Conflict, NotFound, Stale
from functions.complaints.moves import citizen
from functions.complaints.moves.assignment import assign
from functions.complaints.moves.correcting import follow_whole
from functions.complaints.moves.joiners import end_abandoned
from functions.complaints.moves.merging import absorb
from functions.complaints.moves.parts import end_part, part_of
from functions.complaints.moves.publicity import follow_hiding
from functions.complaints.region import Region
from functions.complaints.transitions import MoveRefused
from functions.edge.telemetry import logger
from functions.records.move import ATTEMPTS, move
from functions.records.outbox import Published
from functions.records.requests import Request, RequestSeen
from functions.records.store import Store
from functions.records.transaction import AlreadyJoined, NotJoined
from functions.route.assignment.metrics import report, report_assignment
from functions.route.watch import Watch

# A complaint that closes was answered before, or merged, and its watch ended then.
ENDING: Final = frozenset({EventType.ANSWERED, EventType.MERGED, EventType.WITHDRAWN})


def on_event(
    published: Published,
    *,
    store: Store,
    watch: Watch,
    erase_left: Callable[[str, int], None],
    copy_changed: Callable[[str, str], None],
    followers: Callable[[str], Iterable[str]],
    region: Region,
    now: Callable[[], datetime],
) -> None:
    """Carry on from one event. Every step may run twice: the second time finds it done.

    `followers` are who joined the complaint with an id. `erase_left` takes a reporter who left it to others at the event of
    a number out of the complaint's history and parts. `copy_changed` has the public copy of a complaint's photo made anew,
    or taken away.
    """
    event = published.event
    report(published, region=region)
    _keep_watch(published, watch=watch)
    for photo_id in _copies_changed(published, store=store):
        copy_changed(event.complaint_id, photo_id)
    for part_id in _parts_to_hide(published):
        _follow_hiding(part_id, published.followed, store=store, now=now)
    if event.type == EventType.SPLIT:
        _divide(published, store=store, region=region, now=now)
    elif event.type == EventType.WITHDRAWN:
        _end_parts(published, store=store, now=now)
    elif event.type in CORRECTED and event.data.get("parts"):
        _correct_parts(published, store=store, region=region, now=now)
    elif event.type == EventType.MERGED:
        _gather(published, followers, store=store, region=region, now=now)
    elif event.type == EventType.REFUTED and event.data.get("into"):
        _stop_following(published, store=store, now=now)
    elif event.type == EventType.LEFT_TO_JOINERS:
        erase_left(event.complaint_id, event.seq)
    elif event.type == EventType.LEFT and published.reporter is None and not published.joined:
        move(store, event.complaint_id, lambda complaint: end_abandoned(complaint, now=now()))
    elif published.carried_on:
        report_assignment(published, region=region, now=event.at)
    elif event.status == Status.SUBMITTED:
        _assign(published, store=store, region=region, now=now)


def _keep_watch(published: Published, *, watch: Watch) -> None:
    """Assigning must not wait for Step Functions: a watch that cannot be started is the sweep's to replace, and one
    that cannot be stopped finds nothing to do when it wakes.
    """
    started, sleeps_until = published.started_watch, published.watch_at
    if started is not None and sleeps_until is not None:
        _try(watch.start, published, watch_round=started, until=sleeps_until, failed="watch not started")
        if started > 1:
            _try(watch.stop, published, watch_round=started - 1, failed="watch not stopped")
    elif published.event.type in ENDING and published.watch_round:
        _try(watch.stop, published, watch_round=published.watch_round, failed="watch not stopped")


def _copies_changed(published: Published, *, store: Store) -> Iterator[str]:
    """The photos whose public copy is not what it is to be. What the detector says it makes a copy of by itself."""
    event = published.event
    if event.type == EventType.PHOTO_REDACTED and event.actor == ActorKind.AGENCY:
        yield event.data["photo"]
    elif event.type == EventType.WITHDRAWN:
        for photo in store.get(event.complaint_id).photos:
            if photo.status == PhotoStatus.READY and photo.kept_with is None:
                yield photo.id


def _try(step: Callable[..., None], published: Published, *, failed: str, **asked: Any) -> None:
    try:
        step(published.event.complaint_id, **asked)
    except Exception:
        logger.exception(failed, extra={"watch_round": asked["watch_round"]})


def _assign(published: Published, *, store: Store, region: Region, now: Callable[[], datetime]) -> None:
    """What the region file does not foresee is the operator's to mend and the sweep's to try again: it must not
    hold up the complaints behind it in the stream.
    """

    def decide(complaint: Complaint) -> Change | None:
        if complaint.status != Status.SUBMITTED:
            return None
        return assign(complaint, region=region, now=now())

    try:
        _, change = move(store, published.event.complaint_id, decide)
        if change is not None:
            report_assignment(published, region=region, now=now())
    except LookupError:
        logger.exception("complaint not assigned: the region file does not say to whom")


def _divide(published: Published, *, store: Store, region: Region, now: Callable[[], datetime]) -> None:
    """Make each part that is not there yet; ids and numbers are the event's, so that each is made once."""
    for part in published.event.data["parts"]:
        _make(part, published, store=store, region=region, now=now)


def _make(
    part: Mapping[str, Any], split: Published, *, store: Store, region: Region, now: Callable[[], datetime]
) -> None:
    """Stale where the part is there, or where the whole is not as it was read: it may have been taken back meanwhile."""
    for _ in range(ATTEMPTS):
        parent = store.get(split.event.complaint_id)
        if parent.status == Status.WITHDRAWN:
            return
        try:
            store.write(part_of(parent, part, split=split.event, region=region, now=now()))
        except Stale:
            with suppress(NotFound):
                store.get(part["id"])
                return
        else:
            return
    raise Stale(part["id"])


def _correct_parts(
    published: Published, *, store: Store, region: Region, now: Callable[[], datetime]
) -> None:
    """To what the whole says now: one that is not there yet is made of it."""
    whole = store.get(published.event.complaint_id)
    for part_id in published.event.data["parts"]:
        with suppress(NotFound):
            move(store, part_id, lambda part: follow_whole(part, whole, region=region, now=now()))


def _parts_to_hide(published: Published) -> Sequence[str]:
    """Parts that are to be hidden, or public, as the whole is: of it what becomes of the whole, and the part itself once a
    body has it, or has given it back to the public.
    """
    event = published.event
    if event.type in (EventType.HIDDEN, EventType.UNHIDDEN) and event.data.get("parts"):
        parts: Sequence[str] = event.data["parts"]
        return parts
    if event.type in (EventType.ASSIGNED, EventType.UNHIDDEN) and published.parent_id is not None:
        return [event.complaint_id]
    return []


def _follow_hiding(part_id: str, whole_id: str, *, store: Store, now: Callable[[], datetime]) -> None:
    """One that is not there yet is made as the whole is."""
    with suppress(NotFound):
        move(store, part_id, lambda part: follow_hiding(part, store.get(whole_id), now=now()))


def _end_parts(published: Published, *, store: Store, now: Callable[[], datetime]) -> None:
    """One that is not there is not made any more: `_make`."""
    for part_id in published.event.data.get("parts", ()):
        with suppress(NotFound):
            move(store, part_id, lambda part: end_part(part, now=now()))


def _gather(
    published: Published,
    followers: Callable[[str], Iterable[str]],
    *,
    store: Store,
    region: Region,
    now: Callable[[], datetime],
) -> None:
    """The other has it in it, and who reported it or joined it joins the other: each once, whether they stay or leave.

    Nothing where it was disputed or taken back meanwhile; who has agreed to it already follows the other too.
    """
    merged = store.get(published.event.complaint_id)
    if merged.merged_into is None or merged.status == Status.WITHDRAWN:
        return
    into = _end_of_chain(merged, store=store)
    move(store, into, lambda each: absorb(each, merged, region=region, now=now()))
    people = _people(merged, followers)
    for person in sorted(people):
        _once(published, into, person, citizen.join, store=store, now=now)
    # Whoever was erased meanwhile is not to be brought in by this.
    for person in sorted(people - _people(store.get(merged.id), followers)):
        _once(published, into, person, citizen.leave, store=store, now=now)


def _people(complaint: Complaint, followers: Callable[[str], Iterable[str]]) -> set[str]:
    """Who reported it and who joined it."""
    return {person for person in (complaint.reporter, *followers(complaint.id)) if person is not None}


def _end_of_chain(merged: Complaint, *, store: Store) -> str:
    """What it was joined with may have been joined with another before it was known to have this one in it."""
    seen, into = {merged.id}, str(merged.merged_into)
    while into not in seen and (further := store.get(into).merged_into) is not None:
        seen.add(into)
        into = further
    return into


def _stop_following(published: Published, *, store: Store, now: Callable[[], datetime]) -> None:
    if published.reporter is not None:
        into = published.event.data["into"]
        _once(published, into, published.reporter, citizen.leave, store=store, now=now)


def _once(
    published: Published,
    into: str,
    person: str,
    decide: Callable[..., Change | None],
    *,
    store: Store,
    now: Callable[[], datetime],
) -> None:
    """Under a key of the event's and the person's own: who leaves is not brought back by an event that comes again."""
    by = Actor(kind=ActorKind.CITIZEN, id=person)
    request = Request(
        caller=person, key=f"{published.event.id} {decide.__name__} {into}", digest=published.event.id
    )
    with suppress(RequestSeen, AlreadyJoined, NotJoined, Conflict, MoveRefused, NotFound):
        move(store, into, lambda each: decide(each, by=by, now=now()), request=request)
