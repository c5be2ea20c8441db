"""A stream batch: its complaints side by side, each recipient told in order, and what fails set aside for nobody else."""

import json
import random
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from functools import partial
from io import StringIO
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pynamodb.exceptions import PutError

from functions.complaints.behind import EVERYBODY, OUTBOX, agency, person
from functions.complaints.moves import citizen
from functions.edge import stream
from functions.edge.stream import OLD, Batch, consume, retry_due
from functions.edge.telemetry import correlation_id, logger
from functions.records import set_aside
from functions.records.outbox import Published
from functions.records.set_aside import all_of
from tests.dynamodb import one_at_a_time, tables
from tests.functions.faults import aws_calls
from tests.functions.telling import MONDAY, REPORTER, Clock, Life, record
from tests.functions.webhook_world import event
from tests.sweeps import draws

BATCHES = st.lists(st.sampled_from("ABCDEF"), max_size=30)
ALL = (person("reporter"), agency("roads"), agency("akimat"))


def of(names: Sequence[str]) -> tuple[Batch, list[Published]]:
    """Events of these complaints in this order."""
    events = [event(name, seq) for seq, name in enumerate(names)]
    return Batch(events), events


# ---- handing out


@given(
    names=BATCHES, failing=st.sets(st.tuples(st.integers(0, 29), st.sampled_from(ALL))), seed=st.integers()
)
def test_each_recipient_of_a_complaint_is_told_in_order_up_to_what_fails_and_all_others_of_everything(
    names: Sequence[str], failing: set[tuple[int, str]], seed: int
) -> None:
    batch, events = of(names)
    chance = random.Random(seed)
    told: dict[tuple[str, str], list[int]] = {}

    def handle(published: Published, recipient: str) -> None:
        time.sleep(chance.choice((0, 0, 0.0005)))
        if (published.event.seq, recipient) in failing:
            raise RuntimeError("planted")
        told.setdefault((published.event.complaint_id, recipient), []).append(published.event.seq)

    batch.each(handle, to=lambda _: ALL)
    for name in set(names):
        own = [seq for seq, each in enumerate(names) if each == name]
        for recipient in ALL:
            first = min((seq for seq in own if (seq, recipient) in failing), default=len(names))
            assert told.get((name, recipient), []) == [seq for seq in own if seq < first]
            failed = batch.failed.get(name, {})
            assert (failed[recipient].seq == first) if first < len(names) else recipient not in failed
    behind = {name: min(each.seq for each in failures.values()) for name, failures in batch.failed.items()}
    assert batch.told == [
        each for each in events if each.event.seq < behind.get(each.event.complaint_id, len(names))
    ]


def test_what_fails_in_one_step_keeps_no_earlier_event_from_the_next_step() -> None:
    batch, _ = of("AAA")
    told: list[int] = []

    def fails_at(failing: int) -> Any:
        def handle(published: Published, _: str) -> None:
            if published.event.seq == failing:
                raise RuntimeError("planted")
            told.append(published.event.seq)

        return handle

    batch.each(fails_at(2))
    batch.each(fails_at(1))
    assert told == [0, 1, 0]
    assert batch.failed["A"][EVERYBODY].seq == 1


def test_several_complaints_are_worked_on_at_the_same_time_and_no_more_than_a_client_has_connections() -> (
    None
):
    batch, _ = of([f"C{number}" for number in range(5 * stream.AT_ONCE)])
    together, waiting, most = threading.Barrier(stream.AT_ONCE), 0, 0
    counting = threading.Lock()

    def handle(_: Published, __: str) -> None:
        nonlocal waiting, most
        with counting:
            waiting += 1
            most = max(most, waiting)
        together.wait(timeout=30)
        with counting:
            waiting -= 1

    batch.each(handle)
    assert batch.failed == {}
    assert 1 < most == stream.AT_ONCE <= 10


def test_what_belongs_together_is_handed_out_at_once_and_one_by_one_where_that_fails() -> None:
    batch, _ = of("ABCABD")
    seen: dict[str, list[list[int]]] = {}

    def handle(key: str, some: Sequence[Published]) -> None:
        numbers = [published.event.seq for published in some]
        seen.setdefault(key, []).append(numbers)
        if 1 in numbers and key == "roads":
            raise RuntimeError("planted")

    batch.together(lambda published: [("roads", agency("roads")), ("akimat", agency("akimat"))], handle)
    assert seen["akimat"] == [[0, 1, 2, 3, 4, 5]]
    # Of complaint B nothing more goes to the roads body: its event 4 comes after its event 1.
    assert seen["roads"] == [[0, 1, 2, 3, 4, 5], [0], [1], [2], [3], [5]]
    assert {name: set(failures) for name, failures in batch.failed.items()} == {"B": {agency("roads")}}


def test_every_line_of_the_log_has_the_ids_of_the_complaint_that_its_thread_works_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = StringIO()
    monkeypatch.setattr(logger.handlers[0], "stream", lines)
    many = 3 * stream.AT_ONCE
    batch = Batch([replace(event(f"C{n}", n), correlation_id=f"request-{n}") for n in range(many)])
    together = threading.Barrier(stream.AT_ONCE)

    def handle(published: Published, _: str) -> None:
        together.wait(timeout=30)
        logger.warning("here", extra={"seq": published.event.seq, "mine": correlation_id()})

    batch.each(handle)
    written = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert sorted(line["seq"] for line in written) == list(range(many))
    for line in written:
        assert line["complaint_id"] == f"C{line['seq']}"
        assert line["correlation_id"] == line["mine"] == f"request-{line['seq']}"


def test_the_log_says_of_what_kind_a_recipient_is_that_failed_and_not_who(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = StringIO()
    monkeypatch.setattr(logger.handlers[0], "stream", lines)

    def fails(_: Published, __: str) -> None:
        raise RuntimeError("planted")

    Batch([event("C1", 1)]).each(fails, to=lambda _: [person("somebody-7")])
    (line,) = map(json.loads, lines.getvalue().splitlines())
    assert line["recipient"] == "person"
    assert "somebody-7" not in lines.getvalue()


# ---- setting aside, and trying again

COMPLAINTS, EVENTS = 4, 7
STEPS = ("first", "second")


@pytest.fixture(scope="module")
def histories() -> Iterator[Mapping[str, Sequence[dict[str, Any]]]]:
    """The records of some complaints whose events really are in the table."""
    with tables(), one_at_a_time():
        found = {}
        for _ in range(COMPLAINTS):
            life = Life()
            events = [life.file(), life.assign()]
            while len(events) < EVENTS:
                events.append(
                    life.then(lambda each: citizen.comment(each, by=REPORTER, text="?", now=MONDAY))
                )
            found[events[0].event.complaint_id] = [record(each) for each in events]
        yield found


class Chaos:
    """Recipients that fail so many times, a stream as AWS may hand it out, workers that die."""

    def __init__(self, histories: Mapping[str, Sequence[dict[str, Any]]], chance: random.Random) -> None:
        self.chance, self.clock = chance, Clock(at=MONDAY)
        self.coming = {name: list(records) for name, records in histories.items()}
        self.told: dict[tuple[str, str, str], list[int]] = {}
        self.fails = {
            (name, recipient, step): chance.choice((0, 0, 0, 1, 2, 4))
            for name in histories
            for recipient in ALL
            for step in STEPS
        }
        self.last: list[dict[str, Any]] = []
        self.depth = 0
        self.handing_out = False
        self.out_of_order: list[tuple[object, ...]] = []

    def work(self, batch: Batch) -> None:
        batch.each(partial(self.tell, "first"), to=lambda _: ALL)
        batch.together(lambda _: [(each, each) for each in ALL], self.tell_together)
        if self.depth < 2 and self.chance.random() < 0.2:
            self.depth += 1
            self.something()
            self.depth -= 1
        if self.chance.random() < 0.1:
            raise KeyboardInterrupt

    def tell_together(self, recipient: str, events: Sequence[Published]) -> None:
        for each in events:
            self.tell("second", each, recipient)

    def tell(self, step: str, published: Published, recipient: str) -> None:
        key = (published.event.complaint_id, recipient, step)
        if self.fails[key] and self.chance.random() < 0.5:
            self.fails[key] -= 1
            raise RuntimeError("planted")
        told = self.told.setdefault(key, [])
        if published.event.seq not in told:
            if published.event.seq != len(told) + 1:
                self.out_of_order.append((*key, published.event.seq, *told))
            told.append(published.event.seq)

    def something(self) -> None:
        """The next batch comes when the one before is through; what is tried again may be so meanwhile."""
        roll = self.chance.random()
        if roll < 0.3 or self.handing_out:
            self.clock.at += timedelta(minutes=self.chance.choice((1, 10)))
            self.died_at(lambda: retry_due(OUTBOX, self.work, now=self.clock, going_on=lambda: True))
        elif roll < 0.4 and self.last:
            self.hand_out(self.last)
        else:
            self.hand_out(self.some())

    def some(self) -> list[dict[str, Any]]:
        records = []
        for _ in range(self.chance.randint(1, 6)):
            waiting = [name for name, left in self.coming.items() if left]
            if waiting:
                records.append(self.coming[self.chance.choice(waiting)].pop(0))
        return records

    def hand_out(self, records: list[dict[str, Any]]) -> None:
        """As Lambda does it: again until it is through."""
        self.last, self.handing_out = records, True
        while self.died_at(lambda: consume(records, self.work, consumer=OUTBOX, now=self.clock)) is None:
            pass
        self.handing_out = False

    def died_at(self, step: Any) -> Any:
        try:
            return step()
        except KeyboardInterrupt:
            return None


@pytest.mark.parametrize("seed", range(draws(gate=12, whole=200)))
def test_everybody_is_told_of_everything_in_order_whoever_fails_however_often(
    histories: Mapping[str, Sequence[dict[str, Any]]], seed: int
) -> None:
    chaos = Chaos(histories, random.Random(seed))
    while any(chaos.coming.values()):
        chaos.something()
    for _ in range(200):
        if not all_of(OUTBOX):
            break
        chaos.clock.at += timedelta(hours=6)
        chaos.died_at(lambda: retry_due(OUTBOX, chaos.work, now=chaos.clock, going_on=lambda: True))
    assert all_of(OUTBOX) == chaos.out_of_order == []
    for name in histories:
        for recipient, step in product(ALL, STEPS):
            assert chaos.told[name, recipient, step] == list(range(1, EVENTS + 1))


@pytest.fixture
def life() -> Iterator[Life]:
    with tables(), one_at_a_time():
        yield Life()


def first_events(life: Life, count: int) -> list[dict[str, Any]]:
    return [record(life.file(reporter=f"person-{number}")) for number in range(count)]


def raising(*failing: str, told: list[str]) -> Any:
    def handle(published: Published, recipient: str) -> None:
        if published.event.complaint_id in failing:
            raise RuntimeError("planted")
        told.append(published.event.complaint_id)

    return lambda batch: batch.each(handle)


def test_one_that_fails_for_ever_keeps_none_of_the_other_99_waiting(life: Life) -> None:
    records = first_events(life, 100)
    ids = [each["dynamodb"]["NewImage"]["id"]["S"] for each in records]
    told: list[str] = []
    answer = consume(records, raising(ids[50], told=told), consumer=OUTBOX, now=life.clock)
    assert answer == {"batchItemFailures": []}
    assert sorted(told) == sorted({*ids} - {ids[50]})
    (waiting,) = all_of(OUTBOX)
    assert (waiting.id, waiting.waiting, int(waiting.tries)) == (ids[50], {EVERYBODY: 1}, 0)
    assert waiting.reason == "RuntimeError"
    for tries in range(1, 13):
        life.clock.at += timedelta(hours=6)
        again = retry_due(OUTBOX, raising(ids[50], told=told), now=life.clock, going_on=lambda: True)
        assert (again.tried_again, again.caught_up) == (1, 0)
        assert int(all_of(OUTBOX)[0].tries) == tries
    life.clock.at += timedelta(hours=6)
    assert retry_due(OUTBOX, raising(told=told), now=life.clock, going_on=lambda: True).caught_up == 1
    assert told[-1] == ids[50]
    assert all_of(OUTBOX) == []


def test_it_is_not_tried_again_before_its_pause_is_over(life: Life) -> None:
    records = first_events(life, 1)
    ids = [each["dynamodb"]["NewImage"]["id"]["S"] for each in records]
    consume(records, raising(*ids, told=[]), consumer=OUTBOX, now=life.clock)
    tried = []
    for _ in range(120):
        life.clock.at += timedelta(minutes=1)
        again = retry_due(OUTBOX, raising(*ids, told=[]), now=life.clock, going_on=lambda: True)
        tried.append(again.tried_again)
    assert [minute for minute, each in enumerate(tried, start=1) if each] == [1, 2, 4, 8, 16, 32, 64]


def test_an_event_that_cannot_be_read_waits_with_its_complaints_later_ones_and_with_nobody_else(
    life: Life,
) -> None:
    records = first_events(life, 3)
    bad = json.loads(json.dumps(records[1]))
    bad["dynamodb"]["NewImage"]["last_event"]["M"]["type"] = {"S": "complaint.unheard_of"}
    told: list[str] = []
    assert consume([records[0], bad, records[2]], raising(told=told), consumer=OUTBOX, now=life.clock) == {
        "batchItemFailures": []
    }
    ids = [each["dynamodb"]["NewImage"]["id"]["S"] for each in records]
    assert told == [ids[0], ids[2]]
    life.clock.at += timedelta(minutes=1)
    retry_due(OUTBOX, raising(told=told), now=life.clock, going_on=lambda: True)
    assert told[-1] == ids[1]


@pytest.mark.parametrize("fails_at", [1, 2])
def test_events_that_were_written_together_are_told_in_order_and_again_from_the_one_that_failed(
    life: Life, fails_at: int
) -> None:
    first, other = life.file_assigned(), life.file_assigned(reporter="other")
    failing = True
    told: list[tuple[str, int, bool]] = []

    def handle(published: Published, _: str) -> None:
        if failing and published.reporter == "reporter" and published.event.seq == fails_at:
            raise RuntimeError("planted")
        told.append((published.reporter or "", published.event.seq, published.carried_on))

    def work(batch: Batch) -> None:
        batch.each(handle)

    assert consume([first, other], work, consumer=OUTBOX, now=life.clock) == {"batchItemFailures": []}
    assert [each for each in told if each[0] == "other"] == [("other", 1, True), ("other", 2, False)]
    assert [seq for who, seq, _ in told if who == "reporter"] == list(range(1, fails_at))
    (item,) = all_of(OUTBOX)
    assert (dict(item.waiting), int(item.seen)) == ({EVERYBODY: fails_at}, 2)
    failing = False
    life.clock.at += timedelta(minutes=1)
    retry_due(OUTBOX, work, now=life.clock, going_on=lambda: True)
    assert [seq for who, seq, _ in told if who == "reporter"] == [1, 2]
    assert all_of(OUTBOX) == []


def test_of_events_that_were_written_together_and_cannot_be_read_none_is_lost(life: Life) -> None:
    record = life.file_assigned()
    bad = deepcopy(record)
    bad["dynamodb"]["NewImage"]["last_event"]["M"]["type"] = {"S": "complaint.unheard_of"}
    told: list[int] = []

    def work(batch: Batch) -> None:
        batch.each(lambda published, _: told.append(published.event.seq))

    consume([bad], work, consumer=OUTBOX, now=life.clock)
    assert told == []
    life.clock.at += timedelta(minutes=1)
    retry_due(OUTBOX, work, now=life.clock, going_on=lambda: True)
    assert told == [1, 2]


def test_where_nothing_can_be_set_aside_the_stream_is_read_again_from_there(life: Life) -> None:
    records = first_events(life, 3)
    ids = [each["dynamodb"]["NewImage"]["id"]["S"] for each in records]

    def refused(*_: Any, **__: Any) -> None:
        raise PutError("no")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(set_aside, "set_aside", refused)
        answer = consume(records, raising(ids[1], told=[]), consumer=OUTBOX, now=life.clock)
    assert answer == {"batchItemFailures": [{"itemIdentifier": records[1]["dynamodb"]["SequenceNumber"]}]}


def test_what_happened_more_than_two_days_ago_is_left_alone_unless_an_operator_says_so(life: Life) -> None:
    records = first_events(life, 1)
    life.clock.at += OLD + timedelta(seconds=1)
    told: list[str] = []
    consume(records, raising(told=told), consumer=OUTBOX, now=life.clock)
    assert told == []
    consume(records, raising(told=told), consumer=OUTBOX, now=life.clock, news_only=False)
    assert len(told) == 1


def test_a_batch_asks_once_who_is_behind_however_many_complaints_it_has(life: Life) -> None:
    first, later = [], []
    for number in range(100):
        first.append(record(life.file(reporter=f"person-{number}")))
        later.append(record(life.assign()))
    for records, in_order, asked in ((first, True, []), (later, True, ["BatchGetItem"]), (later, False, [])):
        with aws_calls() as calls:
            consume(records, raising(told=[]), consumer=OUTBOX, now=life.clock, in_order=in_order)
        assert calls.made == asked
