"""The store that simulations use does with every change what the table does: it is written, or refused, alike."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from functions.complaints.change import Change
from functions.complaints.complaint import ENDED, Actor, ActorKind, Complaint
from functions.complaints.faults import Conflict, NotFound, Stale
from functions.complaints.moves import agency, citizen
from functions.complaints.moves.assignment import assign
from functions.complaints.moves.escalation import tick
from functions.complaints.moves.filing import Draft, file
from functions.complaints.moves.parts import part_of
from functions.complaints.transitions import MoveRefused
from functions.records.codec import complaint_pk, event_sk
from functions.records.dynamodb import connection
from functions.records.erasure import erase_person
from functions.records.outbox import image_of, published_by
from functions.records.requests import Request, RequestSeen
from functions.records.store import ComplaintStore
from functions.records.tables import ComplaintItem, EventItem
from functions.records.transaction import AlreadyJoined, NotJoined, NumberTaken
from tests.core.story import HOUSING, START
from tests.dynamodb import tables
from tests.region_fixture import WEST, region
from tests.simulation.store import MemoryStore, published

REGION = region()
PEOPLE = ("aigerim", "bolat")
NEIGHBOURS = ("dana", "erlan")
REFUSED = (Stale, RequestSeen, NumberTaken, AlreadyJoined, NotJoined, NotFound)
WHY = "The matter is another body's."


class Twins:
    """Both stores, given the same."""

    def __init__(self) -> None:
        self.now = START
        self.table = ComplaintStore()
        self.memory = MemoryStore(published=lambda _: None, now=lambda: self.now, planted=frozenset())
        self.seen: list[Complaint] = []
        self.made: list[Change] = []
        self.outcomes: Counter[str] = Counter()

    def write(self, change: Change, request: Request | None) -> None:
        of_table, of_memory = (outcome(each, change, request) for each in (self.table, self.memory))
        assert of_table == of_memory, (change.event.type, request)
        self.outcomes[of_table[0]] += 1
        self.made.append(change)
        if of_table == ("written",):
            self.seen.append(change.after)
            self.streamed(change)
        if change.after.id in self.memory:
            self.agree(change.after.id)
        else:
            with pytest.raises(NotFound):
                self.table.get(change.after.id)

    def agree(self, complaint_id: str) -> None:
        kept = self.table.get(complaint_id)
        assert kept == self.memory.get(complaint_id)
        assert set(self.table.followers(complaint_id)) == self.memory.followers[complaint_id]
        assert self.table.parts(kept) == self.memory.parts(kept)

    def streamed(self, change: Change) -> None:
        """What the table's stream shows of the change is what simulations take it for, and so is what an operator makes
        of the event's own item.
        """
        pk = complaint_pk(change.after.id)
        events = [
            EventItem.get(pk, event_sk(step.event.seq), consistent_read=True).serialize()
            for step in change.steps
        ]
        # The chain is read from the events' own items.
        expected = tuple(
            replace(each, event=replace(each.event, previous="", state="", words_seal=None))
            for each in published(change)
        )
        for image in (ComplaintItem.get(pk, ComplaintItem.SK).serialize(), image_of(*events)):
            assert published_by(image) == expected

    def erase(self, person: str) -> None:
        theirs = [each for each in self.memory.ids() if self.memory.get(each).reporter == person]
        erase_person(person, connection=connection(), going_on=lambda: True)
        self.memory.erase(person)
        # What the erasure changes is no event, and the stream is to bring none.
        for each in theirs:
            assert ComplaintItem.get(complaint_pk(each), ComplaintItem.SK).last_event is None
        for complaint_id in self.memory.ids():
            self.agree(complaint_id)


def outcome(store: Any, change: Change, request: Request | None) -> tuple[object, ...]:
    try:
        store.write(change, request=request)
    except RequestSeen as seen:
        return "RequestSeen", seen.complaint_id, seen.digest, seen.seq
    except REFUSED as error:
        return (type(error).__name__,)
    return ("written",)


@pytest.fixture
def twins() -> Iterator[Twins]:
    with tables():
        yield Twins()


def decided(complaint: Complaint, random: Random, twins: Twins) -> Change | None:
    """Somebody's step, decided on a state that may long be past."""
    now = twins.now
    reporter = Actor(kind=ActorKind.CITIZEN, id=complaint.reporter or "nobody")
    neighbour = Actor(kind=ActorKind.CITIZEN, id=random.choice(NEIGHBOURS))
    answer = {"outcome": "resolved", "text": "Done.", "region": REGION, "now": now}
    choices = (
        lambda: assign(complaint, region=REGION, now=now),
        lambda: citizen.join(complaint, by=neighbour, now=now),
        lambda: citizen.leave(complaint, by=neighbour, now=now),
        lambda: citizen.comment(complaint, by=reporter, text="Still there.", now=now),
        lambda: agency.acknowledge(complaint, by=HOUSING, now=now),
        lambda: agency.answer(complaint, by=HOUSING, parts=twins.memory.parts(complaint), **answer),
        lambda: citizen.refute(
            complaint, by=neighbour if complaint.left_to_joiners else reporter, reason="No.", now=now
        ),
        lambda: citizen.withdraw(complaint, by=reporter, reason=None, region=REGION, now=now),
        lambda: tick(complaint, region=REGION, now=now + timedelta(days=60)),
        lambda: agency.split(
            complaint,
            by=HOUSING,
            parts=[agency.Part(agency_id="roads", text=WHY)],
            region=REGION,
            now=now,
        ),
    )
    try:
        return random.choice(choices)()
    except (Conflict, MoveRefused, NotFound):
        return None


def filed(random: Random, twins: Twins) -> Change:
    draft = Draft(category="rubbish", comment="x", lat=WEST[0], lon=WEST[1], public_name="A")
    return file(draft, region=REGION, reporter=random.choice(PEOPLE), now=twins.now)


@pytest.mark.parametrize("seed", range(3))
def test_both_write_and_refuse_the_same(twins: Twins, seed: int) -> None:
    random = Random(seed)
    for number in range(70):
        twins.now += timedelta(seconds=1)
        key = Request(caller="somebody", key=str(random.randrange(9)), digest="1")
        request = key if random.random() < 0.6 else None
        roll = random.random()
        if number == 55:
            twins.erase(PEOPLE[0])
        elif not twins.seen or roll < 0.08:
            twins.write(filed(random, twins), request)
        elif roll < 0.18:
            twins.write(random.choice(twins.made), request)
        else:
            known = random.choice(twins.seen)
            current = twins.memory.get(known.id)
            change = decided(known if random.random() < 0.3 else current, random, twins)
            if change is not None:
                twins.write(change, request)
    assert {"written", "Stale"} <= set(twins.outcomes), twins.outcomes


def assigned(twins: Twins) -> Complaint:
    change = filed(Random(1), twins)
    twins.write(change, None)
    twins.write(assign(change.after, region=REGION, now=twins.now), None)
    return twins.memory.get(change.after.id)


def test_a_number_that_is_taken_is_refused_alike_and_a_complaint_that_is_there_is_stale(twins: Twins) -> None:
    first = filed(Random(1), twins)
    twins.write(first, None)
    twins.write(first, None)
    other = filed(Random(1), twins)
    twins.write(replace(other, after=replace(other.after, number=first.after.number)), None)
    assert twins.outcomes == {"written": 1, "Stale": 1, "NumberTaken": 1}


def test_a_request_and_a_person_who_joins_are_known_again_alike(twins: Twins) -> None:
    complaint = assigned(twins)
    by = Actor(kind=ActorKind.CITIZEN, id="dana")
    request = Request(caller="dana", key="1", digest="1")
    for key in (request, request, None):
        joined = citizen.join(twins.memory.get(complaint.id), by=by, now=twins.now)
        twins.write(joined, key)
    assert twins.outcomes == {"written": 3, "RequestSeen": 1, "AlreadyJoined": 1}


def split_part(twins: Twins) -> Change:
    """The part of a complaint that was divided just now, which nobody has written yet."""
    complaint = assigned(twins)
    parts = [agency.Part(agency_id="roads", text=WHY)]
    split = agency.split(complaint, by=HOUSING, parts=parts, region=REGION, now=twins.now)
    twins.write(split, None)
    (part,) = split.event.data["parts"]
    return part_of(split.after, part, split=split.event, region=REGION, now=twins.now)


def test_a_part_that_is_made_twice_is_there_once(twins: Twins) -> None:
    part = split_part(twins)
    for _ in range(2):
        twins.write(part, None)
    assert twins.outcomes["Stale"] == 1


def test_of_one_that_was_left_to_them_only_who_joined_says_what_is_written(twins: Twins) -> None:
    complaint = assigned(twins)
    dana, reporter = (Actor(kind=ActorKind.CITIZEN, id=each) for each in ("dana", complaint.reporter))
    answer = {"outcome": "resolved", "text": "Done.", "region": REGION, "now": twins.now}
    for decide in (
        lambda each: citizen.join(each, by=dana, now=twins.now),
        lambda each: citizen.withdraw(each, by=reporter, reason=None, region=REGION, now=twins.now),
        lambda each: agency.answer(each, by=HOUSING, **answer),
    ):
        twins.write(decide(twins.memory.get(complaint.id)), None)
    for by in (reporter, dana):
        refuted = citizen.refute(twins.memory.get(complaint.id), by=by, reason="No.", now=twins.now)
        twins.write(refuted, None)
    assert twins.outcomes == {"written": 6, "NotJoined": 1}


@pytest.mark.parametrize("end", ["withdrawn", "erased"])
def test_no_part_is_made_of_a_whole_that_is_not_as_it_was_read(twins: Twins, end: str) -> None:
    part = split_part(twins)
    whole = twins.memory.get(part.after.parent_id or "")
    if end == "erased":
        twins.erase(whole.reporter or "")
    else:
        by = Actor(kind=ActorKind.CITIZEN, id=whole.reporter)
        twins.write(citizen.withdraw(whole, by=by, reason=None, region=REGION, now=twins.now), None)
    twins.write(part, None)
    assert twins.outcomes["Stale"] == 1


def test_nobody_who_was_erased_is_brought_back(twins: Twins) -> None:
    complaint = assigned(twins)
    assert complaint.status not in ENDED
    decided_before = agency.acknowledge(complaint, by=HOUSING, now=twins.now)
    assert decided_before is not None
    twins.erase(complaint.reporter or "")
    twins.write(decided_before, None)
    assert twins.outcomes["Stale"] == 1
    assert twins.table.get(complaint.id).reporter is None
