"""The chain of events: any change to what was written is found, and where."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from functions.complaints.complaint import ActorKind, Status
from functions.complaints.events import Event, EventType, chain_fault, digest, event_id, sealed

instants = st.integers(0, 2**40).map(
    lambda each: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(milliseconds=each)
)
texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
data = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=4),
    st.recursive(
        st.none() | st.booleans() | st.integers() | texts, lambda inner: st.lists(inner, max_size=3)
    ),
    max_size=4,
)
links = st.tuples(st.sampled_from(list(EventType)), instants, st.sampled_from(list(Status)), data)


def history_of(parts: Sequence[tuple[EventType, datetime, Status, dict[str, Any]]]) -> list[Event]:
    events: list[Event] = []
    for seq, (type, at, status, more) in enumerate(parts, start=1):
        events.append(
            sealed(
                Event(
                    complaint_id="A",
                    seq=seq,
                    type=type,
                    at=at,
                    actor=ActorKind.SYSTEM,
                    status=status,
                    data=more,
                    previous=events[-1].hash if events else "",
                )
            )
        )
    return events


histories = st.lists(links, min_size=1, max_size=6).map(history_of)


@given(histories)
def test_a_history_as_it_was_written_verifies(history: list[Event]) -> None:
    assert chain_fault(history) is None
    assert chain_fault(history, head=history[-1].hash) is None


@given(histories, st.data())
def test_any_changed_field_is_found_at_its_event(history: list[Event], draw: st.DataObject) -> None:
    index = draw.draw(st.integers(0, len(history) - 1))
    event = history[index]
    changes: dict[str, Any] = draw.draw(
        st.sampled_from(
            [
                {"type": EventType.JOINED if event.type != EventType.JOINED else EventType.CLOSED},
                {"at": event.at + timedelta(milliseconds=1)},
                {"actor": ActorKind.AGENCY},
                {"actor_agency": "another"},
                {"actor_officer": "another"},
                {"status": Status.CLOSED if event.status != Status.CLOSED else Status.ASSIGNED},
                {"data": dict(event.data) | {"more": 1}},
                {"complaint_id": "B"},
            ]
        )
    )
    history[index] = replace(event, **changes)
    fault = chain_fault(history)
    assert fault is not None
    # A first event of another complaint makes the second the odd one out; its own hash is wrong all the same.
    assert fault.seq == event.seq


@given(histories, st.data())
def test_an_event_that_was_changed_and_sealed_again_breaks_the_next_link(
    history: list[Event], draw: st.DataObject
) -> None:
    assume(len(history) > 1)
    index = draw.draw(st.integers(0, len(history) - 2))
    history[index] = sealed(replace(history[index], data={"forged": True, "nonce": "x"}))
    fault = chain_fault(history)
    assert fault is not None
    assert fault.seq == history[index].seq + 1


@given(histories, st.data())
def test_a_missing_event_is_found(history: list[Event], draw: st.DataObject) -> None:
    head = history[-1].hash
    index = draw.draw(st.integers(0, len(history) - 1))
    del history[index]
    fault = chain_fault(history, head=head)
    assert fault is not None
    assert fault.seq == index + 1


@given(histories, st.data())
def test_two_events_in_the_wrong_order_are_found(history: list[Event], draw: st.DataObject) -> None:
    assume(len(history) > 1)
    index = draw.draw(st.integers(0, len(history) - 2))
    history[index], history[index + 1] = history[index + 1], history[index]
    fault = chain_fault(history)
    assert fault is not None
    assert fault.seq == index + 1


@given(histories)
def test_the_digest_survives_storage_as_json(history: list[Event]) -> None:
    for event in history:
        items = list(json.loads(json.dumps(event.data)).items())
        assert digest(replace(event, data=dict(reversed(items)))) == event.hash


def test_ids_are_the_complaint_and_the_number() -> None:
    (event,) = history_of([(EventType.SUBMITTED, datetime(2026, 1, 1, tzinfo=UTC), Status.SUBMITTED, {})])
    assert event.id == event_id("A", 1) == "A.1"
