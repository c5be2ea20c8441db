"""Heads of chains under lock: every hour once, and no event can be changed without being found."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import boto3
import pytest

from functions.complaints.clock import iso
from functions.complaints.complaint import ActorKind, Status
from functions.complaints.events import Event, EventType, sealed
from functions.complaints.verification import Head, read_heads, verify, write_heads
from functions.records.codec import complaint_pk, day_shard, event_sk
from functions.records.tables import EventItem, shard_of
from functions.records.touched import touched
from functions.route.archive.heads import (
    HOUR,
    LOOKED_BACK,
    HeadBucket,
    archive,
    closed_hours,
    heads_of,
    key_of,
)
from tests.dynamodb import tables

NOW = datetime(2026, 3, 3, 4, 10, tzinfo=UTC)
THREE = datetime(2026, 3, 3, 3, tzinfo=UTC)
BUCKET = "chain-heads"


def chain(complaint_id: str, *times: datetime) -> list[Event]:
    events: list[Event] = []
    for seq, at in enumerate(times, start=1):
        events.append(
            sealed(
                Event(
                    complaint_id=complaint_id,
                    seq=seq,
                    type=EventType.SUBMITTED if seq == 1 else EventType.COMMENTED,
                    at=at,
                    actor=ActorKind.CITIZEN,
                    status=Status.ASSIGNED,
                    data={"text": f"event {seq}"},
                    previous=events[-1].hash if events else "",
                )
            )
        )
    return events


def store(events: list[Event]) -> list[Event]:
    for event in events:
        EventItem(
            complaint_pk(event.complaint_id),
            event_sk(event.seq),
            complaint_id=event.complaint_id,
            seq=event.seq,
            type=event.type.value,
            at=event.at,
            status=event.status.value,
            hash=event.hash,
            day_shard=day_shard(event.at, shard_of(event.complaint_id)),
            moment=f"{iso(event.at)}#{event.complaint_id}#{event.seq:06d}",
        ).save()
    return events


@pytest.fixture
def s3():
    with tables():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        yield client


def run(s3, now=NOW):
    return archive(HeadBucket(BUCKET, client=s3, now=now), now=now)


def text_of(s3, hour):
    return s3.get_object(Bucket=BUCKET, Key=key_of(hour))["Body"].read().decode()


def test_an_hour_holds_the_last_event_of_each_complaint_in_it(s3):
    minutes = [timedelta(minutes=n) for n in (0, 1, 59)]
    first = store(chain("A" * 26, THREE - HOUR, *[THREE + each for each in minutes], THREE + HOUR))
    second = store(chain("B" * 26, THREE + timedelta(minutes=59, seconds=59, milliseconds=999)))
    assert read_heads(text_of_hour := write_heads(heads_of(THREE))) == (
        Head(complaint_id="A" * 26, seq=4, hash=first[3].hash),
        Head(complaint_id="B" * 26, seq=1, hash=second[0].hash),
    )
    run(s3)
    assert text_of(s3, THREE) == text_of_hour


def test_what_was_erased_stands_in_the_index_and_is_no_head(s3):
    first = store(chain("A" * 26, THREE))
    touched("A" * 26, now=THREE + timedelta(minutes=1)).save()
    touched("B" * 26, now=THREE + timedelta(minutes=1)).save()
    assert heads_of(THREE) == [Head(complaint_id="A" * 26, seq=1, hash=first[0].hash)]


def test_hours_that_were_missed_are_written_by_the_next_run_and_none_twice(s3):
    store(chain("A" * 26, THREE - 5 * HOUR, THREE))
    done = run(s3)
    assert done.hours == LOOKED_BACK // HOUR + 1
    assert done.heads == 2
    before = text_of(s3, THREE)
    store(chain("B" * 26, THREE))
    assert run(s3).hours == 0
    assert text_of(s3, THREE) == before
    assert run(s3, now=NOW + 2 * HOUR).hours == 2


def test_an_hour_is_written_when_its_last_events_can_be_read():
    assert max(closed_hours(datetime(2026, 3, 3, 4, 4, 59, tzinfo=UTC))) == THREE - HOUR
    assert max(closed_hours(datetime(2026, 3, 3, 4, 5, tzinfo=UTC))) == THREE


def test_midnight_is_no_gap(s3):
    midnight = datetime(2026, 3, 3, tzinfo=UTC)
    store(chain("A" * 26, midnight - timedelta(milliseconds=1), midnight))
    run(s3)
    assert [head.seq for head in read_heads(text_of(s3, midnight - HOUR))] == [1]
    assert [head.seq for head in read_heads(text_of(s3, midnight))] == [2]


# ------------------------------------------------------------------------------------- tampering
HISTORY = chain("A" * 26, *[THREE + timedelta(minutes=n) for n in range(5)])
HEADS = [
    Head(complaint_id="A" * 26, seq=2, hash=HISTORY[1].hash),
    Head(complaint_id="A" * 26, seq=5, hash=HISTORY[4].hash),
    Head(complaint_id="B" * 26, seq=9, hash="of another complaint"),
]


def rewritten(events: list[Event]) -> list[Event]:
    """The same events with every number and hash made anew, as somebody would who may write the table."""
    made: list[Event] = []
    for seq, event in enumerate(events, start=1):
        made.append(sealed(replace(event, seq=seq, previous=made[-1].hash if made else "", hash="")))
    return made


def swap(events: list[Event], first: int, second: int) -> list[Event]:
    moved = list(events)
    moved[first], moved[second] = moved[second], moved[first]
    return moved


CHANGED = [replace(event, data={"text": "never happened"}) if event.seq == 4 else event for event in HISTORY]


def test_what_was_written_verifies():
    assert verify(HISTORY, HEADS, head=HISTORY[-1].hash) is None


def test_what_came_after_the_last_archived_head_verifies():
    assert verify(HISTORY, HEADS[:1]) is None


@pytest.mark.parametrize("forged", [False, True], ids=["clumsily", "with every hash made anew"])
@pytest.mark.parametrize(
    "tampered",
    [
        pytest.param(CHANGED, id="changed"),
        pytest.param(HISTORY[:2] + HISTORY[3:], id="removed in the middle"),
        pytest.param(HISTORY[1:], id="removed at the start"),
        pytest.param(HISTORY[:-1], id="removed at the end"),
        pytest.param(swap(HISTORY, 2, 3), id="reordered"),
        pytest.param([*HISTORY[:3], HISTORY[2], *HISTORY[3:]], id="doubled"),
        pytest.param([], id="removed altogether"),
    ],
)
def test_every_kind_of_tampering_is_found(tampered: list[Event], forged: bool):
    history = rewritten(tampered) if forged else tampered
    fault = verify(history, HEADS[:2])
    assert fault is not None
    assert fault.complaint_id == "A" * 26


def test_a_chain_made_anew_is_found_by_nothing_but_the_archive():
    """So that it is known what the locked bucket is for."""
    forged = rewritten(CHANGED)
    assert verify(forged, [], head=forged[-1].hash) is None
    assert verify(forged, HEADS) is not None


def test_heads_are_read_as_they_were_written():
    assert read_heads(write_heads(reversed(HEADS))) == tuple(HEADS)
    assert write_heads([]) == ""
