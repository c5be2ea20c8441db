"""A complaint that its reporter left to those who joined, as it is kept: nothing of theirs stays, and it verifies."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

import pytest

from functions.complaints.change import Change
from functions.complaints.complaint import Actor, ActorKind, Complaint, Status
from functions.complaints.moves import agency, citizen
from functions.complaints.moves.assignment import assign
from functions.complaints.moves.escalation import tick
from functions.complaints.moves.filing import Draft, file
from functions.complaints.moves.parts import part_of
from functions.records.codec import complaint_pk
from functions.records.dynamodb import connection, raw_items
from functions.records.erasure import erase_left, erase_person
from functions.records.move import move
from functions.records.outbox import published
from functions.records.store import ComplaintStore
from functions.records.tables import ComplaintsTable, EventItem
from functions.route.assignment.consumer import on_event
from functions.route.retention.expiry import expire
from infra.ops.chain import fault_of
from tests.core.story import HOUSING, NEIGHBOUR, START
from tests.dynamodb import tables
from tests.functions.watching import Watches
from tests.region_fixture import WEST, region

REGION = region()
NOW = START + timedelta(hours=1)
REPORTER = Actor(kind=ActorKind.CITIZEN, id="who-reported")
WORDS, THEIRS = "Flat 17, second entrance", "I live there too, flat 18"


@pytest.fixture(autouse=True)
def _tables() -> Iterator[None]:
    with tables():
        yield


def moved(complaint_id: str, *steps: Callable[[Complaint], Change | None]) -> Complaint:
    for step in steps:
        complaint, _ = move(ComplaintStore(), complaint_id, step)
    return complaint


def joined_and_divided() -> Complaint:
    store = ComplaintStore()
    draft = Draft(
        category="rubbish",
        comment=WORDS,
        lat=WEST[0] + 0.00123,
        lon=WEST[1],
        address=WORDS,
        public_name=WORDS,
    )
    filed = file(draft, region=REGION, reporter=REPORTER.id or "", now=START)
    store.write(filed)
    split = partial(
        agency.split, by=HOUSING, parts=[agency.Part(agency_id="roads", text="Yours")], region=REGION, now=NOW
    )
    complaint = moved(
        filed.after.id,
        lambda each: assign(each, region=REGION, now=NOW),
        lambda each: citizen.join(each, by=NEIGHBOUR, now=NOW),
        lambda each: citizen.comment(each, by=REPORTER, text=WORDS, now=NOW),
        split,
    )
    event = store.event(complaint.id, complaint.version)
    store.write(part_of(complaint, event.data["parts"][0], split=event, region=REGION, now=NOW))
    return complaint


def left() -> Complaint:
    complaint = joined_and_divided()
    gone = moved(
        complaint.id,
        lambda each: citizen.withdraw(each, by=REPORTER, reason=WORDS, region=REGION, now=NOW),
    )
    handled(gone)
    return gone


def handled(complaint: Complaint, *, times: int = 2) -> None:
    event = EventItem.get(complaint_pk(complaint.id), f"event#{complaint.version:06d}")
    for _ in range(times):
        on_event(
            published(event),
            store=ComplaintStore(),
            watch=Watches(),
            erase_left=lambda complaint_id, seq: erase_left(complaint_id, seq=seq, connection=connection()),
            copy_changed=lambda *_: None,
            followers=ComplaintStore().followers,
            region=REGION,
            now=lambda: NOW,
        )


def kept() -> str:
    return str(list(raw_items(ComplaintsTable.scan(consistent_read=True))))


def disputed(complaint: Complaint) -> Complaint:
    return moved(
        complaint.id,
        lambda each: agency.answer(
            each, by=HOUSING, outcome="declined", text="It is not ours to do at all.", region=REGION, now=NOW
        ),
        lambda each: citizen.refute(each, by=NEIGHBOUR, reason=THEIRS, now=NOW),
    )


def test_nothing_of_the_reporter_stays_in_it_its_history_or_its_parts_and_all_verifies() -> None:
    complaint = left()
    assert WORDS not in kept()
    assert "who-reported" not in kept()
    assert [fault_of(each) for each in (complaint.id, *complaint.children)] == [None, None]


def test_what_those_who_joined_write_later_stays_when_the_event_comes_again() -> None:
    complaint = left()
    disputed(complaint)
    handled(complaint)
    assert THEIRS in kept()


def test_what_somebody_who_joined_wrote_goes_with_them() -> None:
    complaint = disputed(left())
    erased = erase_person(NEIGHBOUR.id or "", connection=connection(), going_on=lambda: True)
    assert (erased.joined, erased.texts) == (1, 1)
    assert THEIRS not in kept()
    assert fault_of(complaint.id) is None


def test_what_they_wrote_is_kept_no_longer_than_other_words() -> None:
    complaint = disputed(left())
    ended = moved(
        complaint.id,
        lambda each: agency.answer(
            each, by=HOUSING, outcome="declined", text="It is not ours to do at all.", region=REGION, now=NOW
        ),
    )
    assert ended.close_at is not None
    ended = moved(complaint.id, lambda each: tick(each, region=REGION, now=ended.close_at))
    assert ended.ended_at is not None
    expire(REGION, now=ended.ended_at + REGION.texts_kept.elapsed)
    assert THEIRS in kept()
    expired = expire(REGION, now=ended.ended_at + REGION.texts_kept.elapsed + timedelta(milliseconds=1))
    assert (expired.complaints, expired.texts) == (1, 1)
    assert THEIRS not in kept()
    assert fault_of(complaint.id) is None


def test_when_the_last_has_left_it_ends_with_its_parts_once() -> None:
    complaint = left()
    gone = moved(complaint.id, lambda each: citizen.leave(each, by=NEIGHBOUR, now=NOW))
    handled(gone)
    ended = ComplaintStore().get(complaint.id)
    assert (ended.status, ended.version) == (Status.WITHDRAWN, gone.version + 1)
    handled(ended)
    (part,) = ComplaintStore().parts(ended)
    assert part.status == Status.WITHDRAWN
    assert [fault_of(each.id) for each in (ended, part)] == [None, None]
