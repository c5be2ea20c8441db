"""Moving a complaint: whoever comes second decides again, and no change is lost."""

import threading
from dataclasses import replace

import pytest

from functions.complaints.change import Change
from functions.complaints.complaint import Complaint
from functions.complaints.events import chain_fault
from functions.complaints.faults import Conflict, Invalid, Stale
from functions.complaints.moves import agency, citizen
from functions.complaints.transitions import MoveRefused
from functions.records.move import move
from functions.records.requests import Request, RequestSeen
from functions.records.store import ComplaintStore
from functions.route.escalation.wake import wake
from tests.core.story import HOUSING, REPORTER, START, assigned
from tests.records.keeping import HOUR, REGION, answered, asked, commented, kept

REQUEST = Request(caller="person", key="k1", digest="d1")


def test_whoever_comes_second_decides_again_on_what_the_first_left(store: ComplaintStore) -> None:
    story = kept(store, assigned(REGION))
    complaint_id, seen = story.complaint.id, []

    def decide(complaint: Complaint) -> Change:
        seen.append(complaint.version)
        if len(seen) == 1:
            store.write(asked(complaint))
        return commented(complaint)

    after, change = move(store, complaint_id, decide)
    assert change is not None
    assert (after.version, seen) == (4, [2, 3])


def test_whoever_always_comes_second_gives_up_and_loses_nothing(store: ComplaintStore) -> None:
    story = kept(store, assigned(REGION))

    def decide(complaint: Complaint) -> Change:
        store.write(asked(complaint))
        return commented(complaint)

    with pytest.raises(Stale):
        move(store, story.complaint.id, decide)
    assert store.get(story.complaint.id).version == 2 + 8


def test_a_request_that_is_sent_again_is_known_even_where_its_move_would_now_be_refused(
    store: ComplaintStore,
) -> None:
    story = kept(store, assigned(REGION))

    def passed_on(complaint: Complaint) -> Change | None:
        return agency.split(
            complaint,
            by=HOUSING,
            parts=[agency.Part(agency_id="roads", text="x")] * (1 if not complaint.children else 9),
            region=REGION,
            now=story.now,
        )

    move(store, story.complaint.id, passed_on, request=REQUEST)
    with pytest.raises(RequestSeen):
        move(store, story.complaint.id, passed_on, request=REQUEST)
    with pytest.raises((Conflict, Invalid)):
        move(store, story.complaint.id, passed_on, request=replace(REQUEST, key="k2"))


def test_officers_who_act_at_once_lose_nothing(store: ComplaintStore) -> None:
    story = kept(store, assigned(REGION))
    complaint_id, failed = story.complaint.id, []
    lock = threading.Lock()

    class Serial(ComplaintStore):
        # moto answers one transaction at a time, and does not lock its tables for it by itself.
        def write(self, change: Change, *, request: Request | None = None) -> None:
            with lock:
                super().write(change, request=request)

    shared = Serial()

    def officer(number: int) -> None:
        try:
            for _ in range(3):
                move(shared, complaint_id, lambda each: commented(each, str(number)))
            move(shared, complaint_id, lambda each: agency.acknowledge(each, by=HOUSING, now=START + HOUR))
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=officer, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    complaint, history, _ = store.with_history(complaint_id)
    assert [event.seq for event in history] == list(range(1, 2 + 9 + 1 + 1))
    assert chain_fault(history, head=complaint.head) is None
    assert [event.type for event in history].count("complaint.acknowledged") == 1


class AtOnce(ComplaintStore):
    """Two who read the same state before either writes; `first` says who then comes first."""

    def __init__(self, *, first: bool, read: threading.Barrier, written: threading.Event) -> None:
        super().__init__()
        self._first, self._read, self._written = first, read, written
        self._raced = False

    def get(self, complaint_id: str) -> Complaint:
        complaint = super().get(complaint_id)
        if not self._raced:
            self._read.wait(timeout=10)
        return complaint

    def write(self, change: Change, *, request: Request | None = None) -> None:
        if not self._first and not self._raced:
            assert self._written.wait(timeout=10)
        self._raced = True
        super().write(change, request=request)
        self._written.set()


def answers(store: ComplaintStore, complaint: Complaint) -> None:
    move(store, complaint.id, answered)


def answers_otherwise(store: ComplaintStore, complaint: Complaint) -> None:
    def decide(each: Complaint) -> Change | None:
        now = START + HOUR
        return agency.answer(each, by=HOUSING, outcome="resolved", text="Swept.", region=REGION, now=now)

    move(store, complaint.id, decide)


def withdraws(store: ComplaintStore, complaint: Complaint) -> None:
    move(
        store,
        complaint.id,
        lambda each: citizen.withdraw(each, by=REPORTER, reason=None, region=REGION, now=START + HOUR),
    )


def wakes(store: ComplaintStore, complaint: Complaint) -> None:
    assert complaint.due_at is not None
    wake(
        complaint.id,
        watch_round=complaint.watch_round,
        store=store,
        region=REGION,
        now=complaint.due_at,
    )


@pytest.mark.parametrize(
    ("first", "second", "history", "refused"),
    [
        (answers, withdraws, ["answered", "withdrawn"], None),
        (withdraws, answers, ["withdrawn"], MoveRefused),
        # By then nobody has disputed it either.
        (answers, wakes, ["answered", "closed"], None),
        (wakes, answers, ["escalated", "answered"], None),
        (answers, answers_otherwise, ["answered"], MoveRefused),
        (answers_otherwise, answers, ["answered"], MoveRefused),
        (answers, answers, ["answered"], None),
    ],
)
def test_of_two_who_decide_on_the_same_state_the_second_decides_again(
    store: ComplaintStore, first, second, history: list[str], refused: type[Exception] | None
) -> None:
    complaint = kept(store, assigned(REGION)).complaint
    read, written = threading.Barrier(2), threading.Event()
    raised: list[BaseException] = []

    def act(deed, *, comes_first: bool) -> None:
        try:
            deed(AtOnce(first=comes_first, read=read, written=written), complaint)
        except Exception as error:
            raised.append(error)

    threads = [
        threading.Thread(target=act, args=(deed,), kwargs={"comes_first": deed_first})
        for deed, deed_first in ((first, True), (second, False))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after, events, _ = store.with_history(complaint.id)
    assert [event.type.removeprefix("complaint.") for event in events] == ["submitted", "assigned", *history]
    assert [event.seq for event in events] == list(range(1, after.version + 1))
    assert chain_fault(events, head=after.head) is None
    assert after.status == events[-1].status
    assert [type(error) for error in raised] == ([] if refused is None else [refused])
