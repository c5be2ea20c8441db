"""Complaints kept in DynamoDB. One way to change one: a single transaction of its new state, conditioned on the
state and version it left, and one event."""

import hashlib
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from functions.complaints.change import Change
from functions.complaints.complaint import ENDED, Complaint
from functions.complaints.events import Event
from functions.complaints.faults import Conflict, NotFound, Stale
from functions.complaints.transitions import Move, MoveRefused
from functions.records.codec import (
    complaint_item,
    complaint_of,
    complaint_pk,
    event_item,
    event_of,
    supervisor_item,
    urgency,
)
from functions.records.dynamodb import connection
from functions.records.tables import (
    ComplaintItem,
    EventItem,
    FollowerItem,
    NumberItem,
    RequestItem,
    SuggestionItem,
    SupervisorItem,
)

REQUEST_KEPT: Final = timedelta(days=31)
"""Longer than a draft may be old: however late it is sent again, it is the same complaint."""
ATTEMPTS: Final = 8


class NumberTaken(Exception):
    """The short number belongs to another complaint already."""


class AlreadyJoined(Exception):
    """This person has joined this complaint before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A request under an Idempotency-Key: `caller` and `key` name it, `digest` is SHA-256 of its body in hex."""

    caller: str
    key: str
    digest: str

    @property
    def pk(self) -> str:
        name = hashlib.sha256(f"{self.caller}\n{self.key}".encode()).hexdigest()
        return f"request#{name}"


class RequestSeen(Exception):
    """The key was used before; `digest` tells whether it was with the same body."""

    def __init__(self, *, complaint_id: str, digest: str, seq: int) -> None:
        super().__init__(complaint_id)
        self.complaint_id, self.digest, self.seq = complaint_id, digest, seq


class Store(Protocol):
    """What moves need of a store; the DynamoDB one below, and one in memory for simulations."""

    def get(self, complaint_id: str) -> Complaint: ...

    def parts(self, complaint: Complaint) -> tuple[Complaint, ...]: ...

    def seen(self, request: Request) -> RequestSeen | None: ...

    def write(self, change: Change, *, request: Request | None = None) -> None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Collection:
    """A complaint with its events in order; `internal` are the numbers of those that only agencies may read, and
    `suggestions` are the reporter's alone."""

    complaint: Complaint
    events: tuple[Event, ...]
    internal: frozenset[int]
    suggestions: tuple[SuggestionItem, ...]


class ComplaintStore:
    """The complaints table."""

    def __init__(
        self,
        *,
        correlation_id: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._correlation_id = correlation_id

    def get(self, complaint_id: str) -> Complaint:
        """The complaint, read consistently; raises NotFound."""
        try:
            item = ComplaintItem.get(complaint_pk(complaint_id), ComplaintItem.SK, consistent_read=True)
        except ComplaintItem.DoesNotExist as error:
            raise NotFound(complaint_id) from error
        return complaint_of(item)

    def parts(self, complaint: Complaint) -> tuple[Complaint, ...]:
        """The parts that it was divided into, as far as they are made yet; one request, none where it was not."""
        if not complaint.children:
            return ()
        keys = [(complaint_pk(child), ComplaintItem.SK) for child in complaint.children]
        found = {item.id: complaint_of(item) for item in ComplaintItem.batch_get(keys, consistent_read=True)}
        return tuple(found[child] for child in complaint.children if child in found)

    def with_history(self, complaint_id: str) -> tuple[Complaint, tuple[Event, ...], frozenset[int]]:
        """The complaint, its events in order, and the numbers of those that only agencies may read; one query.

        Raises NotFound.
        """
        read = self.collection(complaint_id)
        return read.complaint, read.events, read.internal

    def collection(self, complaint_id: str) -> "Collection":
        """The complaint with its history, and what its photos suggest to its reporter; one query. Raises NotFound."""
        complaint: Complaint | None = None
        events: list[Event] = []
        internal: set[int] = set()
        suggestions: list[SuggestionItem] = []
        condition = ComplaintItem.sk < "follower#"
        for raw in _raw_query(complaint_pk(complaint_id), condition):
            if raw["kind"]["S"] == ComplaintItem.KIND:
                complaint = complaint_of(_from_raw(ComplaintItem, raw))
            elif raw["kind"]["S"] == SuggestionItem.KIND:
                suggestions.append(_from_raw(SuggestionItem, raw))
            else:
                item = _from_raw(EventItem, raw)
                events.append(event_of(item))
                if item.visible is False:
                    internal.add(int(item.seq))
        if complaint is None:
            raise NotFound(complaint_id)
        return Collection(
            complaint=complaint,
            events=tuple(events),
            internal=frozenset(internal),
            suggestions=tuple(suggestions),
        )

    def by_number(self, number: str) -> str:
        """The id of the complaint with this short number; raises NotFound."""
        try:
            return NumberItem.get(f"number#{number}", NumberItem.SK).complaint_id
        except NumberItem.DoesNotExist as error:
            raise NotFound(number) from error

    def followers(self, complaint_id: str) -> Iterator[str]:
        """The subjects of those who joined, read page by page."""
        for item in FollowerItem.query(
            complaint_pk(complaint_id), FollowerItem.sk.startswith("follower#"), consistent_read=True
        ):
            yield item.person

    def is_follower(self, complaint_id: str, person: str) -> bool:
        try:
            FollowerItem.get(complaint_pk(complaint_id), f"follower#{person}", consistent_read=True)
        except FollowerItem.DoesNotExist:
            return False
        return True

    def seen(self, request: Request) -> RequestSeen | None:
        """What was done under the request's key before, if anything."""
        try:
            item = RequestItem.get(request.pk, RequestItem.SK, consistent_read=True)
        except RequestItem.DoesNotExist:
            return None
        return _seen(item)

    def write(self, change: Change, *, request: Request | None = None) -> None:
        """Write the change whole or not at all.

        Raises Stale when the complaint is no longer at the version that the change started from, RequestSeen
        when the request's key was used before, NumberTaken and AlreadyJoined as they say.
        """
        steps = _steps(change, request=request, correlation_id=self._correlation_id())
        try:
            with TransactWrite(connection=connection()) as transaction:
                for step in steps:
                    step.add(transaction)
        except TransactWriteError as error:
            raise _refusal(error, steps) from error


def move(
    store: Store,
    complaint_id: str,
    decide: Callable[[Complaint], Change | None],
    *,
    request: Request | None = None,
    possible: Callable[[Complaint], tuple[Move, ...]] | None = None,
) -> tuple[Complaint, Change | None]:
    """Read, decide, write; again from the start when another change came first, so that none is lost.

    Returns the complaint as it stands then, and the change made (None: `decide` found nothing to do). Raises
    what `decide` raises, Stale after ATTEMPTS collisions, NotFound, RequestSeen, AlreadyJoined. A request that is
    sent again raises RequestSeen even where the complaint, which it moved before, would now refuse it. `possible` says
    what the actor can do instead: a refusal by the complaint's state carries it.
    """
    for attempt in range(ATTEMPTS):
        complaint = store.get(complaint_id)
        try:
            change = decide(complaint)
        except Exception as error:
            if request is not None and (seen := store.seen(request)) is not None:
                raise seen from None
            if possible is not None and isinstance(error, (Conflict, MoveRefused)):
                error.status, error.possible = complaint.status, possible(complaint)
            raise
        if change is None:
            return complaint, None
        try:
            store.write(change, request=request)
        except Stale:
            if attempt + 1 == ATTEMPTS:
                raise
            # Jitter: two officers who collided once must not collide in step for ever.
            time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311
        else:
            return change.after, change
    raise AssertionError("unreachable")


@dataclass(frozen=True, kw_only=True)
class _Step:
    """One write of the transaction and the error that its failed condition means."""

    table_action: str
    item: Any
    condition: Any
    refused: Callable[[Mapping[str, Any] | None], Exception]

    def add(self, transaction: TransactWrite) -> None:
        if self.table_action == "delete":
            transaction.delete(self.item, condition=self.condition)
        else:
            transaction.save(self.item, condition=self.condition, return_values="ALL_OLD")


def _steps(change: Change, *, request: Request | None, correlation_id: str | None) -> list[_Step]:
    """Deletes first: that is the order in which PynamoDB sends them and DynamoDB names the reasons."""
    before, after = change.before, change.after
    saves = [_complaint_step(change), _event_step(change, correlation_id=correlation_id)]
    if before is None:
        saves.append(_number_step(after))
    if request is not None:
        saves.append(_request_step(request, change))
    if change.follower is not None:
        saves.append(_follower_step(change, change.follower))
    before_bodies = () if before is None else before.escalated_to
    after_bodies = () if after.status in ENDED else after.escalated_to
    moved = before is not None and (urgency(before), before.status) != (urgency(after), after.status)
    deletes = [
        _Step(
            table_action="delete",
            item=SupervisorItem(complaint_pk(after.id), f"supervisor#{body}"),
            condition=None,
            refused=lambda _: Stale(),
        )
        for body in before_bodies
        if body not in after_bodies
    ]
    saves += [
        _Step(
            table_action="save",
            item=supervisor_item(after, body),
            condition=None,
            refused=lambda _: Stale(),
        )
        for body in after_bodies
        if body not in before_bodies or moved
    ]
    return deletes + saves


def _complaint_step(change: Change) -> _Step:
    if change.before is None:
        condition = ComplaintItem.pk.does_not_exist()
    else:
        condition = (ComplaintItem.version == change.before.version) & (
            ComplaintItem.status == change.before.status.value
        )
        if change.before.reporter is not None:
            # Erasing a person raises no version: a change that began before it must not bring the person back.
            condition &= (ComplaintItem.person == change.before.reporter) | (
                ComplaintItem.reporter == change.before.reporter
            )
    return _Step(
        table_action="save",
        item=complaint_item(change.after),
        condition=condition,
        refused=lambda _: Stale(),
    )


def _event_step(change: Change, *, correlation_id: str | None) -> _Step:
    return _Step(
        table_action="save",
        item=event_item(change, correlation_id=correlation_id),
        condition=EventItem.pk.does_not_exist(),
        refused=lambda _: Stale(),
    )


def _number_step(after: Complaint) -> _Step:
    return _Step(
        table_action="save",
        item=NumberItem(f"number#{after.number}", complaint_id=after.id),
        condition=NumberItem.pk.does_not_exist(),
        refused=lambda raw: _number_taken(raw, after),
    )


def _number_taken(raw: Mapping[str, Any] | None, after: Complaint) -> Exception:
    """The very complaint that has the number is there already: it was written before, as a part of a division is
    whose event is handed out twice.
    """
    if raw and _from_raw(NumberItem, raw).complaint_id == after.id:
        return Stale()
    return NumberTaken(after.number)


def _request_step(request: Request, change: Change) -> _Step:
    at: datetime = change.after.changed_at
    return _Step(
        table_action="save",
        item=RequestItem(
            request.pk,
            complaint_id=change.after.id,
            digest=request.digest,
            seq=change.event.seq,
            expires=at + REQUEST_KEPT,
        ),
        condition=RequestItem.pk.does_not_exist(),
        refused=_request_seen,
    )


def _request_seen(raw: Mapping[str, Any] | None) -> Exception:
    if not raw:
        return Stale()
    return _seen(_from_raw(RequestItem, raw))


def _seen(item: RequestItem) -> RequestSeen:
    return RequestSeen(complaint_id=item.complaint_id, digest=item.digest, seq=int(item.seq))


def _follower_step(change: Change, follower: str) -> _Step:
    after = change.after
    return _Step(
        table_action="save",
        item=FollowerItem(
            complaint_pk(after.id),
            f"follower#{follower}",
            id=after.id,
            person=follower,
            number=after.number,
            category=after.category,
            joined_at=after.changed_at,
        ),
        condition=FollowerItem.pk.does_not_exist(),
        refused=lambda _: AlreadyJoined(),
    )


def _refusal(error: TransactWriteError, steps: Sequence[_Step]) -> Exception:
    """The domain's name for why the transaction was cancelled.

    A seen request says more than the stale version that comes with it, so it is looked for first.
    """
    reasons = error.cancellation_reasons
    failed = [
        (step, reason)
        for step, reason in zip(steps, reasons, strict=False)
        if reason is not None and reason.code == "ConditionalCheckFailed"
    ]
    refusals = [step.refused(reason.raw_item) for step, reason in failed if reason is not None]
    for kind in (RequestSeen, AlreadyJoined, NumberTaken, Stale):
        for refusal in refusals:
            if isinstance(refusal, kind):
                return refusal
    busy = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
    if error.cause_response_code == "TransactionInProgressException" or any(
        reason is not None and reason.code in busy for reason in reasons
    ):
        return Stale()
    return error


def _raw_query(pk: str, condition: Any) -> Iterator[Mapping[str, Any]]:
    """Every raw item of one partition, page by page: a collection of several kinds is one query."""
    connection = ComplaintItem._get_connection()
    start: Mapping[str, Any] | None = None
    while True:
        page = connection.query(
            pk,
            range_key_condition=condition,
            consistent_read=True,
            exclusive_start_key=start,
        )
        yield from page["Items"]
        start = page.get("LastEvaluatedKey")
        if not start:
            return


def _from_raw(model: Any, raw: Mapping[str, Any]) -> Any:
    return model.from_raw_data(dict(raw))
