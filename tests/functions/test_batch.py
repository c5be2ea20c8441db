"""A stream batch: its complaints side by side, each one's events in order, and read again from the first that failed."""

import json
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.edge import stream
from functions.edge.stream import Batch
from functions.edge.telemetry import correlation_id, logger
from functions.records.outbox import Published
from tests.functions.webhook_world import event

BATCHES = st.lists(st.sampled_from("ABCDEF"), max_size=30)


def of(names: Sequence[str]) -> tuple[Batch, list[Published]]:
    """Events of these complaints in this order."""
    events = [event(name, seq) for seq, name in enumerate(names)]
    return Batch(events, numbers=[f"no-{seq}" for seq in range(len(events))]), events


@given(names=BATCHES, failing=st.sets(st.integers(0, 29)), seed=st.integers(0, 2**32))
def test_each_is_handed_out_in_its_complaints_order_and_all_before_the_first_failure(
    names: Sequence[str], failing: set[int], seed: int
) -> None:
    batch, events = of(names)
    chance, begun, done = random.Random(seed), [], []

    def handle(published: Published) -> None:
        begun.append(published.event.seq)
        time.sleep(chance.choice((0, 0, 0.0005)))
        if published.event.seq in failing:
            raise RuntimeError("planted")
        done.append(published.event.seq)

    batch.each(handle)
    first = min((seq for seq in range(len(names)) if seq in failing), default=len(names))
    assert batch.done == events[:first]
    assert batch.reached == events[: first + 1]
    assert batch.response["batchItemFailures"] == [{"itemIdentifier": f"no-{first}"}] * (first < len(names))
    assert set(range(first)) <= set(done)
    assert len(set(begun)) == len(begun)
    for name in set(names):
        own = [seq for seq in begun if names[seq] == name]
        assert own == sorted(own)
        assert not any(seq in failing for seq in own[:-1])


@given(names=BATCHES, told=st.sets(st.integers(0, 29)), delivered=st.sets(st.integers(0, 29)))
def test_a_second_step_goes_as_far_as_the_first_and_with_it(
    names: Sequence[str], told: set[int], delivered: set[int]
) -> None:
    batch, events = of(names)
    second: list[int] = []

    def fail_at(failing: set[int], seen: list[int]):
        def handle(published: Published) -> None:
            seen.append(published.event.seq)
            if published.event.seq in failing:
                raise RuntimeError("planted")

        return handle

    batch.each(fail_at(told, []))
    reached = len(batch.reached)
    batch.each(fail_at(delivered, second))
    assert all(seq < reached for seq in second)
    first = min((seq for seq in range(len(names)) if seq in told | delivered), default=len(names))
    assert batch.done == events[:first]


def test_several_complaints_are_worked_on_at_the_same_time_and_no_more_than_a_client_has_connections() -> (
    None
):
    batch, _ = of([f"C{number}" for number in range(5 * stream.AT_ONCE)])
    together, waiting, most = threading.Barrier(stream.AT_ONCE), 0, 0
    counting = threading.Lock()

    def handle(_: Published) -> None:
        nonlocal waiting, most
        with counting:
            waiting += 1
            most = max(most, waiting)
        together.wait(timeout=30)
        with counting:
            waiting -= 1

    batch.each(handle)
    assert batch.response == {"batchItemFailures": []}
    assert 1 < most == stream.AT_ONCE <= 10


def test_after_a_failure_nothing_is_begun_that_comes_later() -> None:
    batch, _ = of([f"C{number}" for number in range(100)])
    begun, failed = [], threading.Event()

    def handle(published: Published) -> None:
        begun.append(published.event.seq)
        if published.event.seq == 0:
            failed.set()
            raise RuntimeError("planted")
        failed.wait(timeout=30)
        time.sleep(0.01)

    batch.each(handle)
    assert len(begun) <= 2 * stream.AT_ONCE


def test_what_belongs_together_is_handed_out_at_once_and_fails_at_its_first() -> None:
    batch, events = of("ABCABD")
    seen: dict[str, list[int]] = {}

    def handle(key: str, some: Sequence[Published]) -> None:
        seen[key] = [published.event.seq for published in some]
        if key == "B":
            raise RuntimeError("planted")

    batch.together(lambda published: [published.event.complaint_id, "all"], handle)
    assert seen["A"] == [0, 3]
    assert seen["B"] == [1, 4]
    assert seen["all"] == [0, 1, 2, 3, 4, 5]
    assert batch.done == events[:1]


def test_a_record_that_cannot_be_read_ends_the_batch_before_it(caplog: pytest.LogCaptureFixture) -> None:
    records = [{"dynamodb": {"SequenceNumber": "no-7", "NewImage": {"kind": {"S": "complaint"}}}}]
    batch = Batch.read(records)
    batch.each(lambda _: pytest.fail("nothing can be read"))
    assert batch.response == {"batchItemFailures": [{"itemIdentifier": "no-7"}]}


def test_every_line_of_the_log_has_the_ids_of_the_complaint_that_its_thread_works_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = StringIO()
    monkeypatch.setattr(logger.handlers[0], "stream", lines)
    many = 3 * stream.AT_ONCE
    events = [replace(event(f"C{n}", n), correlation_id=f"request-{n}") for n in range(many)]
    batch = Batch(events, numbers=[str(n) for n in range(many)])
    together = threading.Barrier(stream.AT_ONCE)

    def handle(published: Published) -> None:
        together.wait(timeout=30)
        logger.warning("here", extra={"seq": published.event.seq, "mine": correlation_id()})

    batch.each(handle)
    written = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert sorted(line["seq"] for line in written) == list(range(many))
    for line in written:
        assert line["complaint_id"] == f"C{line['seq']}"
        assert line["correlation_id"] == line["mine"] == f"request-{line['seq']}"
