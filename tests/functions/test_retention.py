"""What a person wrote is erased when the region's time is over, and not a moment before; what stays verifies."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from functions.complaints.complaint import Complaint
from functions.complaints.moves import agency, citizen
from functions.complaints.moves.assignment import assign
from functions.complaints.moves.filing import Draft, file
from functions.records.codec import complaint_pk
from functions.records.lists import ended_before
from functions.records.move import move
from functions.records.store import ComplaintStore
from functions.records.suggestions import KEPT, keep
from functions.records.tables import ComplaintItem, SuggestionItem
from functions.records.touched import TouchedItem
from functions.route.retention.expiry import Expired, expire
from infra.ops.chain import fault_of
from infra.ops.dead_letters import events_between
from tests.core.story import HOUSING, REPORTER, START
from tests.dynamodb import tables
from tests.functions.api_client import load
from tests.functions.faults import aws_calls, run_again_until_done
from tests.region_fixture import WEST, region

REGION = region()
TEXTS, WITHDRAWN = REGION.texts_kept.elapsed, REGION.withdrawn_kept.elapsed
MOMENT = timedelta(milliseconds=1)
NOTHING = Expired(complaints=0, texts=0, places=0, suggestions=0, failed=0)


@pytest.fixture(autouse=True)
def _tables() -> Iterator[None]:
    with tables():
        yield


def filed() -> Complaint:
    lat, lon = WEST
    draft = Draft(category="rubbish", comment="Not collected", lat=lat + 0.00123, lon=lon, address="Abai 7")
    change = file(draft, region=REGION, reporter=REPORTER.id or "", now=START)
    ComplaintStore().write(change)
    return moved(change.after, lambda each: assign(each, region=REGION, now=START))


def moved(complaint: Complaint, *steps: Callable[[Complaint], object]) -> Complaint:
    for step in steps:
        complaint, _ = move(ComplaintStore(), complaint.id, step)  # type: ignore[arg-type]
    return complaint


def closed() -> Complaint:
    done = {"outcome": "resolved", "text": "Collected.", "region": REGION, "now": START}
    return moved(
        filed(),
        lambda each: agency.answer(each, by=HOUSING, **done),  # type: ignore[arg-type]
        lambda each: citizen.confirm(each, by=REPORTER, now=START),
    )


def withdrawn() -> Complaint:
    return moved(
        filed(),
        lambda each: citizen.withdraw(each, by=REPORTER, reason="It is gone", region=REGION, now=START),
    )


def read(complaint: Complaint) -> Complaint:
    return ComplaintStore().get(complaint.id)


@pytest.mark.parametrize(("ended", "kept", "texts"), [(closed, TEXTS, 1), (withdrawn, WITHDRAWN, 2)])
def test_what_ended_loses_the_persons_words_when_its_time_is_over(
    ended: Callable[[], Complaint], kept: timedelta, texts: int
) -> None:
    complaint, still_open = ended(), filed()
    over = START + kept
    assert expire(REGION, now=over) == NOTHING
    assert read(complaint) == complaint
    assert expire(REGION, now=over + MOMENT) == replace(NOTHING, complaints=1, texts=texts, places=1)
    left = read(complaint)
    assert (left.comment, left.address, left.lat) == ("", None, round(complaint.lat, 2))
    assert (left.reporter, left.district, left.answer) == (
        REPORTER.id,
        complaint.district,
        complaint.answer,
    )
    assert fault_of(complaint.id) is None
    assert expire(REGION, now=over + timedelta(days=1)) == NOTHING
    assert read(still_open) == still_open


def test_whoever_follows_what_changes_learns_of_it_though_there_is_no_event() -> None:
    complaint = closed()
    before = datetime.now(UTC)
    expire(REGION, now=START + TEXTS + MOMENT)
    item = TouchedItem.get(complaint_pk(complaint.id), TouchedItem.SK)
    at = datetime.fromisoformat(item.moment.partition("#")[0])
    assert before - timedelta(seconds=1) <= at <= datetime.now(UTC)
    query = TouchedItem.by_change.query(item.day_shard)
    assert [(each.complaint_id, each.sk) for each in query] == [(complaint.id, "touched")]
    assert [each["seq"]["N"] for each in events_between(START, datetime.now(UTC))] == ["1", "2", "3", "4"]
    assert fault_of(complaint.id) is None


def test_the_longest_ended_come_first_and_what_time_runs_out_for_is_left_to_the_next_run() -> None:
    complaints = [withdrawn() for _ in range(6)]
    now = START + WITHDRAWN + MOMENT
    assert sorted(ended_before(now, status=complaints[0].status)) == sorted(each.id for each in complaints)
    assert expire(REGION, now=now, going_on=iter([True, True, False]).__next__).complaints == 2
    assert expire(REGION, now=now).complaints == 4


@pytest.mark.parametrize("when", ["before", "after"])
def test_whichever_call_fails_the_next_run_erases_it(when: str) -> None:
    steps = number = 0
    while number <= steps:
        with tables():
            complaint = withdrawn()
            now = START + WITHDRAWN + MOMENT
            with aws_calls(fail=number, when=when) as calls:  # type: ignore[arg-type]
                run_again_until_done(partial(whole, now))
            steps = max(steps, len(calls.made)) if number == 0 else steps
            assert read(complaint).comment == "", number
            assert fault_of(complaint.id) is None, number
        number += 1
    assert steps > 5


def whole(now: datetime) -> None:
    if expire(REGION, now=now).failed:
        raise RuntimeError


def test_one_that_fails_keeps_no_other_and_rings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    handler = load("functions.route.retention.handler", folder=tmp_path, monkeypatch=monkeypatch)
    first, second = withdrawn(), withdrawn()
    unreadable = ComplaintItem(complaint_pk(first.id), ComplaintItem.SK)
    unreadable.update([ComplaintItem.status.set("nothing that there is")])
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: 60_000)
    monkeypatch.setattr(handler, "utc_now", lambda: START + WITHDRAWN + MOMENT)
    with pytest.raises(handler.RetentionIncomplete):
        handler.handler({}, context)
    assert read(second).comment == ""
    (said,) = (vars(each) for each in caplog.records if each.message == "words erased")
    assert (said["status"], said["kept"], said["texts"], said["places"]) == ("withdrawn", "P90D", 2, 1)


def suggested() -> list[str]:
    return [item.photo_id for item in SuggestionItem.scan(SuggestionItem.kind == SuggestionItem.KIND)]


def test_what_a_photo_suggests_is_gone_when_it_is_offered_no_more_and_not_before() -> None:
    place = {"lat": 52.5, "lon": 76.5, "taken_at": None}
    for number in range(8):
        keep(filed().id, f"photo-{number}", **place, now=START + timedelta(hours=number))  # type: ignore[arg-type]
    assert expire(REGION, now=START + KEPT) == NOTHING
    assert expire(REGION, now=START + KEPT + timedelta(hours=4) + MOMENT) == replace(NOTHING, suggestions=5)
    assert sorted(suggested()) == ["photo-5", "photo-6", "photo-7"]


def test_one_that_cannot_be_deleted_keeps_no_other_and_goes_with_the_next_run() -> None:
    complaint_id = filed().id
    later = START + KEPT + MOMENT

    def three() -> None:
        for number in range(3):
            keep(complaint_id, f"photo-{number}", lat=52.5, lon=76.5, taken_at=None, now=START)

    three()
    with aws_calls() as calm:
        assert expire(REGION, now=later) == replace(NOTHING, suggestions=3)
    three()
    with aws_calls(fail=calm.made.index("DeleteItem")):
        assert expire(REGION, now=later) == replace(NOTHING, suggestions=2, failed=1)
    assert len(suggested()) == 1
    assert expire(REGION, now=later) == replace(NOTHING, suggestions=1)
    assert suggested() == []
