"""A complaint with a thousand events is read page by page, escalates, and costs what any other does."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from functions.complaints.clock import utc_now
from functions.complaints.complaint import Actor, ActorKind, Complaint
from functions.complaints.moves import agency, citizen, escalation
from functions.complaints.moves.assignment import assign
from functions.complaints.moves.filing import Draft, file
from functions.complaints.transitions import Move
from functions.records.codec import complaint_item, event_item
from functions.records.move import move
from functions.records.store import ComplaintStore
from functions.records.tables import EventItem
from tests.bench.units import Spent, counting
from tests.dynamodb import tables
from tests.functions.api_client import Answer, Client, load, officer, person
from tests.openapi_answers import assert_described
from tests.region_fixture import RAW, WEST, region

REGION = region()
EVENTS = 1_000
LAMBDA_MOST = 6 * 1024 * 1024
"""Bytes of an answer. Source: Lambda quotas, AWS Lambda Developer Guide."""
PAGE_UNITS = 50
ME, HOUSING, NEIGHBOUR = (
    Actor(kind=ActorKind.CITIZEN, id="person-1"),
    Actor(kind=ActorKind.AGENCY, id="housing"),
    Actor(kind=ActorKind.CITIZEN, id="person-2"),
)
DOORS = {
    "citizen": ("/v1/complaints/", "timeline", "seq"),
    "agency": ("/v1/agency/complaints/", "events", "sequence"),
}


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Client]]:
    with pytest.MonkeyPatch.context() as patch, tables():
        folder = tmp_path_factory.mktemp("asset")
        patch.setattr("functions.edge.throttle.PER_MINUTE", 10**9)
        intake = load("functions.intake.api.handler", folder=folder, monkeypatch=patch, raw=RAW)
        route = load("functions.route.api.handler", folder=folder, monkeypatch=patch, raw=RAW)
        yield {"citizen": person(intake.handler), "agency": officer(route.handler)}


def given_to_housing() -> Complaint:
    draft = Draft(category="rubbish", comment="Мусор", lat=WEST[0], lon=WEST[1])
    made = file(draft, region=REGION, reporter="person-1", now=utc_now())
    ComplaintStore().write(made)
    return move(ComplaintStore(), made.after.id, lambda each: assign(each, region=REGION, now=utc_now()))[0]


@pytest.fixture(scope="module")
def crowded(doors: dict[str, Client]) -> Complaint:
    """A thousand have joined it. Written past the store: what is read is the same."""
    complaint = given_to_housing()
    with EventItem.batch_write() as batch:
        while complaint.version < EVENTS:
            change = citizen.join(complaint, by=NEIGHBOUR, now=utc_now())
            batch.save(event_item(change, correlation_id=None))
            complaint = change.after
    complaint_item(complaint).save()
    return complaint


def show(client: Client, path: str, **query: str) -> Answer:
    answer = client("GET", path, query=query)
    assert answer.status == 200, answer.text[:500]
    assert_described("GET", path, answer)
    assert len(answer.text.encode()) < LAMBDA_MOST
    return answer


def pages(client: Client, path: str, **query: str) -> Iterator[Any]:
    shown = show(client, path, **query).json
    yield shown
    while shown["cursor"] is not None:
        shown = show(client, path, cursor=shown["cursor"], **query).json
        yield shown


@pytest.mark.slow
@pytest.mark.parametrize("door", DOORS)
def test_a_thousand_events_are_read_page_by_page_the_newest_first(
    door: str, doors: dict[str, Client], crowded: Complaint
) -> None:
    at, events, seq = DOORS[door]
    read: list[int] = []
    for shown in pages(doors[door], at + crowded.id):
        page = [each[seq] for each in shown[events]]
        assert page == sorted(page)
        assert 0 < len(page) <= 100
        read = page + read
    assert read == list(range(1, EVENTS + 1))


def spent_on(client: Client, path: str, **query: str) -> list[Spent]:
    with counting() as counter:
        counter.by = "door"
        show(client, path, **query)
    return [each for each in counter.spent if each.table == "complaints"]


@pytest.mark.parametrize("door", DOORS)
def test_a_page_costs_what_a_page_costs(door: str, doors: dict[str, Client], crowded: Complaint) -> None:
    at = DOORS[door][0]
    client, path = doors[door], at + crowded.id
    newest = spent_on(client, path)
    older = spent_on(client, path, cursor=show(client, path).json["cursor"])
    for made in (newest, older):
        assert [each.operation for each in made] == ["Query", "GetItem"]
        assert sum(each.read for each in made) < PAGE_UNITS
    short = given_to_housing()
    assert [each.operation for each in spent_on(client, at + short.id)] == ["Query"]
    assert show(client, at + short.id).json["cursor"] is None


def test_it_is_answered_and_escalated_for_what_any_other_is(crowded: Complaint) -> None:
    for complaint in (crowded, given_to_housing()):
        for level in range(2):
            at = ComplaintStore().get(complaint.id)
            assert at.due_at is not None
            late = at.due_at + timedelta(seconds=1)
            with counting() as counter:
                counter.by = "escalation"
                done, _ = move(
                    ComplaintStore(), complaint.id, partial(escalation.tick, region=REGION, now=late)
                )
            assert done.version == at.version + 1, level
            assert [each.operation for each in counter.spent] == ["GetItem", "TransactWriteItems"]
    assert ComplaintStore().get(crowded.id).escalation_level > 0


def test_a_page_of_the_longest_texts_is_one_that_lambda_can_answer(doors: dict[str, Client]) -> None:
    complaint = given_to_housing()
    with EventItem.batch_write() as batch:
        for _ in range(400):
            text = "\U0001f6b0" * 4_000
            change = agency.comment(complaint, by=HOUSING, text=text, internal=False, now=utc_now())
            batch.save(event_item(change, correlation_id=None))
            complaint = change.after if change.after.version % 100 else emptied(change.after)
    complaint_item(complaint).save()
    for door, (at, events, seq) in DOORS.items():
        read = [each[seq] for shown in pages(doors[door], at + complaint.id) for each in shown[events]]
        assert sorted(read) == list(range(1, complaint.version + 1))


def emptied(complaint: Complaint) -> Complaint:
    """As before there were caps."""
    return replace(complaint, additions={})


@pytest.mark.parametrize("internal", [1, 130, 300])
def test_what_only_bodies_may_read_leaves_no_page_of_a_persons_empty(
    internal: int, doors: dict[str, Client]
) -> None:
    complaint = given_to_housing()
    with EventItem.batch_write() as batch:
        for number in range(internal):
            change = agency.comment(complaint, by=HOUSING, text=f"{number}", internal=True, now=utc_now())
            batch.save(event_item(change, correlation_id=None))
            complaint = emptied(change.after)
    complaint_item(complaint).save()
    (shown,) = pages(doors["citizen"], f"/v1/complaints/{complaint.id}")
    assert [each["seq"] for each in shown["timeline"]] == [1, 2]
    assert Move.COMMENT in shown["possible"]


def test_a_cursor_is_of_this_complaint_and_is_no_other(doors: dict[str, Client], crowded: Complaint) -> None:
    other = given_to_housing()
    for door, (at, _, _) in DOORS.items():
        cursor = show(doors[door], at + crowded.id).json["cursor"]
        assert show(doors[door], at + crowded.number, cursor=cursor).json["id"] == crowded.id
        for wrong in (cursor[:-3], "x", "", "MQ"):
            answer = doors[door]("GET", at + crowded.id, query={"cursor": wrong})
            assert (answer.status, answer.faults) == (422, {"cursor": "wrong_form"})
        answer = doors[door]("GET", at + other.id, query={"cursor": cursor})
        assert (answer.status, answer.faults) == (422, {"cursor": "wrong_form"})


@pytest.mark.slow
def test_an_appeal_of_it_is_short_enough_to_be_sent(doors: dict[str, Client], crowded: Complaint) -> None:
    late = ComplaintStore().get(crowded.id).due_at
    assert late is not None
    move(
        ComplaintStore(),
        crowded.id,
        partial(escalation.tick, region=REGION, now=late + timedelta(seconds=1)),
    )
    answer = doors["citizen"]("GET", f"/v1/complaints/{crowded.id}/appeal")
    assert answer.status == 200
    assert len(answer.text.encode()) < 100_000
