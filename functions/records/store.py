"""Complaints kept in DynamoDB. One way to change one: a single transaction of its new state, conditioned on the
state and version it left, and one event."""

from collections.abc import Callable, Iterator
from typing import Protocol

from functions.complaints.change import Change
from functions.complaints.complaint import Complaint
from functions.complaints.events import Event
from functions.complaints.faults import NotFound
from functions.records import transaction
from functions.records.codec import complaint_of, complaint_pk, event_of, event_sk
from functions.records.collection import collected
from functions.records.requests import Request, RequestItem, RequestSeen, seen_before
from functions.records.tables import ComplaintItem, EventItem, FollowerItem, follower_sk


class Store(Protocol):
    """What moves need of a store; the DynamoDB one below, and one in memory for simulations."""

    def get(self, complaint_id: str) -> Complaint: ...

    def parts(self, complaint: Complaint) -> tuple[Complaint, ...]: ...

    def seen(self, request: Request) -> RequestSeen | None: ...

    def write(self, change: Change, *, request: Request | None = None) -> None: ...


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

    def event(self, complaint_id: str, seq: int) -> Event:
        """One event of the complaint, read consistently; raises NotFound."""
        try:
            item = EventItem.get(complaint_pk(complaint_id), event_sk(seq), consistent_read=True)
        except EventItem.DoesNotExist as error:
            raise NotFound(complaint_id) from error
        return event_of(item)

    def with_history(self, complaint_id: str) -> tuple[Complaint, tuple[Event, ...], frozenset[int]]:
        """The complaint, all of its events in order, and the numbers of those that only agencies may read; one query.

        Who shows a page of it reads `timeline`. Raises NotFound.
        """
        found = collected(complaint_id)
        if found.complaint is None:
            raise NotFound(complaint_id)
        internal = frozenset(int(event.seq) for event in found.events if event.visible is False)
        return complaint_of(found.complaint), tuple(map(event_of, found.events)), internal

    def followers(self, complaint_id: str) -> Iterator[str]:
        """The subjects of those who joined, read page by page."""
        for item in FollowerItem.query(
            complaint_pk(complaint_id), FollowerItem.sk.startswith("follower#"), consistent_read=True
        ):
            yield item.person

    def is_follower(self, complaint_id: str, person: str) -> bool:
        try:
            FollowerItem.get(complaint_pk(complaint_id), follower_sk(person), consistent_read=True)
        except FollowerItem.DoesNotExist:
            return False
        return True

    def seen(self, request: Request) -> RequestSeen | None:
        """What was done under the request's key before, if anything."""
        try:
            item = RequestItem.get(request.pk, RequestItem.SK, consistent_read=True)
        except RequestItem.DoesNotExist:
            return None
        return seen_before(item)

    def write(self, change: Change, *, request: Request | None = None) -> None:
        """Write the change whole or not at all.

        Raises Stale, RequestSeen, NumberTaken, AlreadyJoined and NotJoined, as `transaction.write` says.
        """
        transaction.write(change, request=request, correlation_id=self._correlation_id())
