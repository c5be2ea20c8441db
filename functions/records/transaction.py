"""A change as one transaction: each of its writes, and what it means where one of them is refused.

What follows from a change at once is written with it: one new state, and an event of each.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from functions.complaints.change import Change
from functions.complaints.complaint import ENDED, Complaint, Status
from functions.complaints.faults import Stale
from functions.records.codec import complaint_item, complaint_pk, event_item, supervisor_item
from functions.records.conditional import reasons_of
from functions.records.dynamodb import connection, error_code
from functions.records.outbox import last_event
from functions.records.proofs import proof_item
from functions.records.requests import REQUEST_KEPT, Request, RequestItem, RequestSeen, seen_before
from functions.records.tables import (
    ComplaintItem,
    EventItem,
    FollowerItem,
    NumberItem,
    SupervisorItem,
    follower_sk,
)


class NumberTaken(Exception):
    """The short number belongs to another complaint already."""


class AlreadyJoined(Exception):
    """This person has joined this complaint before."""


class NotJoined(Exception):
    """This person has not joined this complaint, or has left it."""


def write(change: Change, *, request: Request | None, correlation_id: str | None) -> None:
    """Write the change whole or not at all.

    Raises Stale when the complaint is no longer at the version that the change started from, RequestSeen
    when the request's key was used before, NumberTaken, AlreadyJoined and NotJoined as they say.
    """
    steps = _steps(change, request=request, correlation_id=correlation_id)
    try:
        with TransactWrite(connection=connection()) as transaction:
            for step in steps:
                step.add(transaction)
    except TransactWriteError as error:
        refusal = _refusal(error, steps)
        if refusal is None:
            raise
        raise refusal from error


type _Kind = Literal["check", "delete", "save", "update"]


@dataclass(frozen=True, kw_only=True)
class _Step:
    """One write of the transaction, or what it hangs on, and the error that its failed condition means."""

    item: Any
    condition: Any = None
    actions: Sequence[Any] = ()
    refused: Callable[[Mapping[str, Any] | None], Exception] = lambda _: Stale()
    kind: _Kind = "save"

    def add(self, transaction: TransactWrite) -> None:
        if self.kind == "check":
            transaction.condition_check(type(self.item), self.item.pk, self.item.sk, self.condition)
        elif self.kind == "delete":
            transaction.delete(self.item, condition=self.condition)
        elif self.kind == "update":
            transaction.update(self.item, actions=list(self.actions), condition=self.condition)
        else:
            transaction.save(self.item, condition=self.condition, return_values="ALL_OLD")


def _steps(change: Change, *, request: Request | None, correlation_id: str | None) -> list[_Step]:
    """Checks, deletes, saves, updates: the order in which PynamoDB sends them and DynamoDB names the reasons."""
    first = change.first
    before, after = first.before, change.after
    events = [event_item(step, correlation_id=correlation_id) for step in change.steps]
    saves = [_complaint_step(change, events)]
    saves += [_Step(item=event, condition=EventItem.pk.does_not_exist()) for event in events]
    if before is None:
        saves.append(_number_step(after))
    if request is not None:
        saves.append(_request_step(request, first))
    if first.follower is not None:
        saves.append(_follower_step(first, first.follower))
    before_bodies = () if before is None else before.escalated_to
    after_bodies = () if after.status in ENDED else after.escalated_to
    deletes = [
        _Step(item=SupervisorItem(complaint_pk(after.id), f"supervisor#{body}"), kind="delete")
        for body in before_bodies
        if body not in after_bodies
    ]
    if first.leaver is not None:
        deletes.append(_leaver_step(first, first.leaver))
    saves += [
        _Step(item=supervisor_item(after, body))
        for body in after_bodies
        if body not in before_bodies or _entry_changed(before, after, body)
    ]
    saves += [_Step(item=item) for step in change.steps if (item := proof_item(step)) is not None]
    checks = [_parent_step(after)] if before is None and after.parent_id is not None else []
    if first.beside is not None:
        checks.append(_beside_step(first.beside))
    updates = [] if first.speaker is None else [_speaker_step(first, first.speaker)]
    return checks + deletes + saves + updates


def _entry_changed(before: Complaint | None, after: Complaint, body: str) -> bool:
    """Whether the complaint stands elsewhere in the list of a body above, or is asked for otherwise there."""
    return (
        before is None
        or supervisor_item(before, body).attribute_values != supervisor_item(after, body).attribute_values
    )


def _complaint_step(change: Change, events: Sequence[EventItem]) -> _Step:
    before = change.first.before
    if before is None:
        condition = ComplaintItem.pk.does_not_exist()
    else:
        condition = (ComplaintItem.version == before.version) & (ComplaintItem.status == before.status.value)
        if before.reporter is not None:
            # Erasing a person raises no version: a change that began before it must not bring the person back.
            condition &= (ComplaintItem.person == before.reporter) | (
                ComplaintItem.reporter == before.reporter
            )
    item = complaint_item(change.after)
    item.last_event = last_event(*[event.serialize() for event in events])
    return _Step(item=item, condition=condition)


def _parent_step(part: Complaint) -> _Step:
    """A part is made of a whole that stands, for the person who reported it: neither is to be gone meanwhile."""
    assert part.parent_id is not None
    whole = (
        ComplaintItem.person.does_not_exist()
        if part.reporter is None
        else ComplaintItem.person == part.reporter
    )
    return _Step(
        item=ComplaintItem(complaint_pk(part.parent_id), ComplaintItem.SK),
        condition=(ComplaintItem.status != Status.WITHDRAWN.value) & whole,
        kind="check",
    )


def _beside_step(other: Complaint) -> _Step:
    return _Step(
        item=ComplaintItem(complaint_pk(other.id), ComplaintItem.SK),
        condition=ComplaintItem.version == other.version,
        kind="check",
    )


def _number_step(after: Complaint) -> _Step:
    return _Step(
        item=NumberItem(f"number#{after.number}", complaint_id=after.id),
        condition=NumberItem.pk.does_not_exist(),
        refused=lambda raw: _number_taken(raw, after),
    )


def _number_taken(raw: Mapping[str, Any] | None, after: Complaint) -> Exception:
    """The very complaint that has the number is there already: it was written before, as a part of a division is
    whose event is handed out twice.
    """
    if raw and NumberItem.from_raw_data(dict(raw)).complaint_id == after.id:
        return Stale()
    return NumberTaken(after.number)


def _request_step(request: Request, change: Change) -> _Step:
    at: datetime = change.after.changed_at
    return _Step(
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
    return seen_before(RequestItem.from_raw_data(dict(raw)))


def _follower_step(change: Change, follower: str) -> _Step:
    after = change.after
    return _Step(
        item=FollowerItem(
            complaint_pk(after.id),
            follower_sk(follower),
            id=after.id,
            person=follower,
            number=after.number,
            joined_at=after.changed_at,
        ),
        condition=FollowerItem.pk.does_not_exist(),
        refused=lambda _: AlreadyJoined(),
    )


def _leaver_step(change: Change, leaver: str) -> _Step:
    return _Step(
        item=FollowerItem(complaint_pk(change.after.id), follower_sk(leaver)),
        condition=FollowerItem.pk.exists(),
        refused=lambda _: NotJoined(),
        kind="delete",
    )


def _speaker_step(change: Change, speaker: str) -> _Step:
    return _Step(
        item=FollowerItem(complaint_pk(change.after.id), follower_sk(speaker)),
        actions=[FollowerItem.said.add({change.event.seq})],
        condition=FollowerItem.pk.exists(),
        refused=lambda _: NotJoined(),
        kind="update",
    )


def _refusal(error: TransactWriteError, steps: Sequence[_Step]) -> Exception | None:
    """The domain's name for why the transaction was cancelled, if it has one.

    A seen request says more than the stale version that comes with it, so it is looked for first.
    """
    reasons = error.cancellation_reasons
    failed = [
        (step, reason)
        for step, reason in zip(steps, reasons, strict=False)
        if reason is not None and reason.code == "ConditionalCheckFailed"
    ]
    refusals = [step.refused(reason.raw_item) for step, reason in failed if reason is not None]
    for kind in (RequestSeen, AlreadyJoined, NotJoined, NumberTaken, Stale):
        for refusal in refusals:
            if isinstance(refusal, kind):
                return refusal
    busy = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
    if error_code(error) == "TransactionInProgressException" or reasons_of(error) & busy:
        return Stale()
    return None
