"""Take a person, their words and the exact place out of complaints, which stay: the matter is the state's, and so is what
the bodies did with it; the person's part in it is theirs.

The history stays whole: its hashes hold seals of what is removed (`complaints.personal`). No event is written and no
version raised; that a change which is under way at that moment does not bring the person back, the store's condition sees
to. Those who follow what changes find it touched.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from functions.complaints.clock import utc_now
from functions.complaints.complaint import ENDED, Complaint
from functions.complaints.events import WRITTEN, written_in
from functions.complaints.faults import Stale
from functions.complaints.limits import PARTS_MOST
from functions.complaints.personal import (
    event_without_words,
    is_placed,
    without_person,
    without_words,
    words_erased,
)
from functions.records.codec import (
    complaint_item,
    complaint_of,
    complaint_pk,
    event_of,
    event_sk,
    seal_dict,
    supervisor_item,
)
from functions.records.collection import Collected, collected
from functions.records.conditional import collided, deleted, updated
from functions.records.tables import ComplaintItem, EventItem, FollowerItem, follower_sk
from functions.records.touched import touched

type ForgetCopies = Callable[[Complaint], None]
"""Deletes the public copies of a complaint's photos."""

TRIES: Final = 8
# 100 writes are the most that one transaction takes; two of them are the complaint itself and that it was touched, and it
# may have as many parts.
_AT_ONCE: Final = 98 - PARTS_MOST


@dataclass(kw_only=True)
class Erased:
    """How many complaints lost their person and how many of these a public name; how many texts of the person's and how
    many exact places are gone; from how many complaints the person withdrew as one who joined. `complete` False: time
    ran out, and the next call goes on from there. `last_change` is when any of them last changed while it was theirs.
    """

    complaints: int = 0
    public_names: int = 0
    texts: int = 0
    places: int = 0
    joined: int = 0
    complete: bool = True
    last_change: datetime | None = None

    def note(self, before: Complaint, *, texts: int, place: bool) -> None:
        """A complaint that is without its person or their words now, as it was before; a part is one with its whole."""
        if before.parent_id is None:
            self.complaints += 1
            self.public_names += before.public_name is not None
            self.texts += texts
            self.places += place
        self.last_change = max(self.last_change or before.changed_at, before.changed_at)


def nothing_kept(_: Complaint) -> None:
    """Where no photo has a copy: `ForgetCopies`."""


def erase_person(
    person: str,
    *,
    connection: Connection,
    going_on: Callable[[], bool],
    forget_copies: ForgetCopies = nothing_kept,
) -> Erased:
    """Remove the person from all complaints and their events, and what they wrote. Run again, it does what is left.

    The list is read again until it has nothing new: something may be filed or joined meanwhile. Raises Stale where a
    complaint changed TRIES times while it was worked on.
    """
    erased = Erased()
    done: set[tuple[str, str]] = set()
    while fresh := [each for each in _complaints_of(person) if each not in done]:
        for kind, complaint_id in fresh:
            if not going_on():
                erased.complete = False
                return erased
            if kind == FollowerItem.KIND:
                erased.texts += erase_said(complaint_id, person, connection=connection)
                erased.joined += forget_follower(complaint_id, person)
            else:
                _erase(
                    complaint_id,
                    person=person,
                    connection=connection,
                    erased=erased,
                    forget_copies=forget_copies,
                )
            done.add((kind, complaint_id))
    return erased


def erase_words(
    complaint_id: str, *, connection: Connection, forget_copies: ForgetCopies = nothing_kept
) -> Erased:
    """Remove what the person wrote and the exact place from a complaint that has ended; who they are stays.

    Raises Stale.
    """
    erased = Erased()
    _erase(complaint_id, person=None, connection=connection, erased=erased, forget_copies=forget_copies)
    return erased


def erase_left(complaint_id: str, *, seq: int, connection: Connection) -> None:
    """Its reporter left it to those who joined at event `seq`: what they wrote until then, and they in its parts.

    Run again, it does what is left. Raises Stale.
    """
    found = collected(complaint_id)
    if found.complaint is None:
        return
    keys = [(complaint_pk(child), ComplaintItem.SK) for child in found.complaint.children or ()]
    for part in ComplaintItem.batch_get(keys, consistent_read=True) if keys else ():
        if part.reporter is not None:
            _erase(
                part.id,
                person=part.reporter,
                connection=connection,
                erased=Erased(),
                # A part's photos are its whole's, which goes on.
                forget_copies=nothing_kept,
            )
    for suggestion in found.suggestions:
        suggestion.delete()
    # Whoever wrote later joined it, and their words are theirs.
    theirs = [item for item in found.events if int(item.seq) <= seq]
    _erase_events([(item, _actions(item, item.reporter)) for item in theirs], connection=connection)


def erase_said(complaint_id: str, person: str, *, connection: Connection) -> int:
    """What somebody who joined wrote in a complaint that was left to those who did; how many texts that was."""
    follower = next(
        iter(FollowerItem.query(complaint_pk(complaint_id), FollowerItem.sk == follower_sk(person))), None
    )
    said = () if follower is None else follower.said or ()
    keys = [(complaint_pk(complaint_id), event_sk(int(seq))) for seq in said]
    items = list(EventItem.batch_get(keys, consistent_read=True)) if keys else []
    updates = [(item, actions) for item in items if (actions := _actions(item, None))]
    _erase_events(updates, connection=connection)
    if said:
        # The complaint's item has its last event too.
        whole = ComplaintItem(complaint_pk(complaint_id), ComplaintItem.SK)
        updated(whole, [ComplaintItem.last_event.remove()], condition=ComplaintItem.version == max(said))
    return len(updates)


def forget_follower(complaint_id: str, person: str) -> bool:
    """Of a complaint that has ended, or for a person who is erased: who joined goes, and nothing else changes.

    Whether they had joined.
    """
    item = FollowerItem(complaint_pk(complaint_id), follower_sk(person))
    return deleted(item, condition=FollowerItem.pk.exists())


def _complaints_of(person: str) -> Iterator[tuple[str, str]]:
    # Read whole first: the index changes under the hands of whoever goes through it.
    yield from [(item.kind, item.id) for item in ComplaintItem.by_person.query(person)]


def _erase(
    complaint_id: str,
    *,
    person: str | None,
    connection: Connection,
    erased: Erased,
    forget_copies: ForgetCopies,
) -> None:
    """The complaint is last: until then the next run finds it again. And a part of it that is not made yet must not be
    made in between, with the person.

    Copies of its photos go before, or what is left of them would not be found again, and once more after: until then one
    may have been made.
    """
    for _ in range(TRIES):
        found = collected(complaint_id)
        if found.complaint is None or not _concerned(found, person):
            return
        unmade = () if person is None else _erase_parts(found, person, connection=connection, erased=erased)
        try:
            # A photo found good later finds that nobody is left to be offered anything.
            for suggestion in found.suggestions:
                suggestion.delete()
            forget_copies(complaint_of(found.complaint))
            _write(found, person=person, unmade=unmade, connection=connection, erased=erased)
        except TransactWriteError as error:
            if not collided(error):
                raise
        else:
            forget_copies(complaint_of(found.complaint))
            return
    raise Stale(complaint_id)


def _concerned(found: Collected, person: str | None) -> bool:
    if found.complaint is None:
        return False
    if person is None:
        return not words_erased(complaint_of(found.complaint))
    return person in (found.complaint.person, found.complaint.reporter)


def _erase_parts(found: Collected, person: str, *, connection: Connection, erased: Erased) -> Sequence[str]:
    """The ids of those that are not there yet."""
    children = () if found.complaint is None else found.complaint.children or ()
    keys = [(complaint_pk(child), ComplaintItem.SK) for child in children]
    there = list(ComplaintItem.batch_get(keys, consistent_read=True)) if keys else []
    for part in there:
        _erase(part.id, person=person, connection=connection, erased=erased, forget_copies=nothing_kept)
    return [child for child in children if child not in {part.id for part in there}]


def _write(
    found: Collected, *, person: str | None, unmade: Sequence[str], connection: Connection, erased: Erased
) -> None:
    assert found.complaint is not None
    before = complaint_of(found.complaint)
    after = without_words(before) if person is None else without_person(without_words(before))
    # What the lists of the bodies above have of it says the same as the complaint.
    entries = [] if after.status in ENDED else [supervisor_item(after, body) for body in after.escalated_to]
    updates = [(item, actions) for item in found.events if (actions := _actions(item, person))]
    room = _AT_ONCE - len(entries)
    first, last = updates[:-room], updates[-room:]
    _erase_events(first, connection=connection)
    with TransactWrite(connection=connection) as transaction:
        for part in unmade:
            transaction.condition_check(
                ComplaintItem, complaint_pk(part), ComplaintItem.SK, ComplaintItem.pk.does_not_exist()
            )
        # At the version that was read there is no further event: none is overlooked.
        transaction.save(
            complaint_item(after),
            condition=(ComplaintItem.version == before.version) & _as_read(found.complaint),
        )
        for entry in entries:
            transaction.save(entry)
        transaction.save(touched(after.id, now=utc_now()))
        _update(transaction, last)
    said = sum(not WRITTEN.isdisjoint(written_in(event_of(item))) for item in found.events)
    own = bool(before.comment) + len(before.answers)
    erased.note(before, texts=own + said, place=is_placed(before))


def _as_read(item: ComplaintItem) -> Any:
    """Nor has anybody else erased the person since."""
    if item.person:
        return ComplaintItem.person == item.person
    if item.reporter:
        return ComplaintItem.reporter == item.reporter
    return ComplaintItem.person.does_not_exist() & ComplaintItem.reporter.does_not_exist()


def erase_event(item: EventItem) -> EventItem:
    """The event's item, without person and words."""
    blank = event_without_words(event_of(item))
    item.data, item.words_seal, item.reporter = dict(blank.data), seal_dict(blank.words_seal), None
    return item


def _actions(item: EventItem, person: str | None) -> list[Any]:
    """What takes person and words off an event; none where it has neither."""
    event = event_of(item)
    blank = event_without_words(event)
    actions: list[Any] = []
    if blank != event:
        actions += [
            EventItem.data.set(dict(blank.data)),
            EventItem.words_seal.set(seal_dict(blank.words_seal)),
        ]
    if person is not None and item.reporter == person:
        actions.append(EventItem.reporter.remove())
    return actions


def _erase_events(updates: Sequence[tuple[EventItem, list[Any]]], *, connection: Connection) -> None:
    changing = [(item, actions) for item, actions in updates if actions]
    for start in range(0, len(changing), _AT_ONCE):
        with TransactWrite(connection=connection) as transaction:
            _update(transaction, changing[start : start + _AT_ONCE])


def _update(transaction: TransactWrite, updates: Sequence[tuple[EventItem, list[Any]]]) -> None:
    for item, actions in updates:
        transaction.update(EventItem(item.pk, item.sk), actions=actions, condition=EventItem.pk.exists())
