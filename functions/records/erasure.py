"""Take a person out of their complaints, which stay: the matter is the state's, the person's part in it is theirs.

What is removed is beside the history, never in it: events name nobody, so the chain of hashes stays whole. No event is
written and no version raised; that a change which is under way at that moment does not bring the person back, the
store's condition sees to.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from functions.complaints.faults import Stale
from functions.complaints.limits import PARTS_MOST
from functions.records.codec import complaint_pk
from functions.records.collection import collected
from functions.records.conditional import collided, deleted
from functions.records.tables import ComplaintItem, EventItem, FollowerItem

TRIES: Final = 8
# 100 writes are the most that one transaction takes; one of them is the complaint itself, and it may have as many parts.
_AT_ONCE: Final = 99 - PARTS_MOST
_OWN: Final = ("person", "reporter", "public_name", "last_event")


@dataclass(kw_only=True)
class Erased:
    """How many complaints lost their person and how many of these a public name; from how many the person withdrew as
    one who joined. `complete` False: time ran out, and the next call goes on from there. `last_change` is when any of
    them last changed while it was the person's.
    """

    complaints: int = 0
    public_names: int = 0
    joined: int = 0
    complete: bool = True
    last_change: datetime | None = None

    def note(self, complaint: ComplaintItem) -> None:
        """A complaint that is without its person now, as it was before; a part is one with its whole."""
        if not complaint.parent_id:
            self.complaints += 1
            self.public_names += complaint.public_name is not None
        changes = [each for each in (self.last_change, complaint.changed_at) if each is not None]
        self.last_change = max(changes, default=None)


def erase_person(person: str, *, connection: Connection, going_on: Callable[[], bool]) -> Erased:
    """Remove the person from all complaints and their events. Run again, it does what is left.

    Raises Stale where a complaint changed TRIES times while it was worked on.
    """
    erased = Erased()
    for kind, complaint_id in _complaints_of(person):
        if not going_on():
            erased.complete = False
            return erased
        if kind == FollowerItem.KIND:
            erased.joined += _leave(complaint_id, person)
        else:
            _erase(complaint_id, person, connection=connection, erased=erased)
    return erased


def _complaints_of(person: str) -> Iterator[tuple[str, str]]:
    # Read whole first: the index changes under the hands of whoever goes through it.
    yield from [(item.kind, item.id) for item in ComplaintItem.by_person.query(person)]


def _leave(complaint_id: str, person: str) -> int:
    item = FollowerItem(complaint_pk(complaint_id), f"follower#{person}")
    return int(deleted(item, condition=FollowerItem.pk.exists()))


def _erase(complaint_id: str, person: str, *, connection: Connection, erased: Erased) -> None:
    """The complaint is last: until then the next run finds it again. And a part of it that is not made yet must not be
    made in between, with the person.
    """
    for _ in range(TRIES):
        found = collected(complaint_id)
        complaint = found.complaint
        if complaint is None or person not in (complaint.person, complaint.reporter):
            return
        unmade = _erase_parts(complaint, person, connection=connection, erased=erased)
        mine = [event for event in found.events if event.reporter == person]
        first, last = mine[:-_AT_ONCE], mine[-_AT_ONCE:]
        try:
            # A photo found good later finds that nobody is left to be offered anything.
            for suggestion in found.suggestions:
                suggestion.delete()
            for start in range(0, len(first), _AT_ONCE):
                _remove(None, first[start : start + _AT_ONCE], connection=connection)
            _remove(complaint, last, unmade=unmade, connection=connection)
        except TransactWriteError as error:
            if not collided(error):
                raise
        else:
            erased.note(complaint)
            return
    raise Stale(complaint_id)


def _erase_parts(
    complaint: ComplaintItem, person: str, *, connection: Connection, erased: Erased
) -> Sequence[str]:
    """The ids of those that are not there yet."""
    keys = [(complaint_pk(child), ComplaintItem.SK) for child in complaint.children or ()]
    there = list(ComplaintItem.batch_get(keys, consistent_read=True)) if keys else []
    for part in there:
        if part.reporter == person:
            _erase(part.id, person, connection=connection, erased=erased)
    return [child for child in complaint.children or () if child not in {part.id for part in there}]


def _remove(
    complaint: ComplaintItem | None,
    events: Sequence[EventItem],
    *,
    unmade: Sequence[str] = (),
    connection: Connection,
) -> None:
    """At the version that was read there is no further event: none is overlooked."""
    with TransactWrite(connection=connection) as transaction:
        for part in unmade:
            transaction.condition_check(
                ComplaintItem, complaint_pk(part), ComplaintItem.SK, ComplaintItem.pk.does_not_exist()
            )
        for event in events:
            transaction.update(
                EventItem(event.pk, event.sk),
                actions=[EventItem.reporter.remove()],
                condition=EventItem.pk.exists(),
            )
        if complaint is not None:
            transaction.update(
                ComplaintItem(complaint.pk, complaint.sk),
                actions=[getattr(ComplaintItem, name).remove() for name in _OWN],
                condition=ComplaintItem.version == complaint.version,
            )
