"""Letters to bodies that nobody there sees to: one a working day, with numbers alone, and ended by one press."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from functions.complaints.complaint import Complaint
from functions.complaints.letter_links import agency_named_in, is_token_of, link_token
from functions.complaints.letters import Counts, Known, letter_day
from functions.complaints.moves import agency
from functions.complaints.moves.assignment import assign
from functions.complaints.moves.escalation import tick
from functions.complaints.moves.filing import Draft, file
from functions.complaints.region import Region, Retired
from functions.notify.letters.letter import request_of
from functions.notify.letters.round import Letters, Sent
from functions.records.agencies.agreements import AgencyItem
from functions.records.agencies.letter_links import turn_off
from functions.records.agencies.letters import claim, known_of
from functions.records.agencies.subscriptions import new_subscription
from functions.records.agencies.table import agency_pk
from functions.records.move import move
from functions.records.store import ComplaintStore
from functions.records.waiting import waiting_for
from tests.core.story import HOUSING
from tests.dynamodb import REGION as AWS_REGION
from tests.dynamodb import tables
from tests.functions.api_client import Client, anybody, load
from tests.functions.faults import aws_calls
from tests.region_fixture import RAW, WEST, region

MONDAY = date(2026, 6, 1)
OPENING = datetime(2026, 6, 1, 4, tzinfo=UTC)
"""09:00 in the region."""
ADDRESS, SENDER, URL = "office@example.org", "qamqor@example.net", "https://api.example.org"


def with_addresses(**addresses: str | None) -> Region:
    agencies = {
        name: each | {"contact_email": addresses.get(name), "language": "en"}
        for name, each in RAW["agencies"].items()
    }
    return region(agencies=agencies)


REGION = with_addresses(housing=ADDRESS)


@pytest.fixture(autouse=True)
def post() -> Iterator[None]:
    with tables():
        boto3.client("sesv2", AWS_REGION).create_email_identity(EmailIdentity=SENDER)
        yield


def given(category: str = "rubbish", *, at: datetime = OPENING - timedelta(days=3)) -> Complaint:
    store = ComplaintStore()
    draft = Draft(category=category, comment="A secret of the reporter", lat=WEST[0], lon=WEST[1])
    made = file(draft, region=REGION, reporter="person", now=at)
    store.write(made)
    complaint, _ = move(store, made.after.id, lambda each: assign(each, region=REGION, now=at))
    return complaint


def posted() -> list[Any]:
    return list(ses_backends[DEFAULT_ACCOUNT_ID][AWS_REGION].sent_messages)


def letters(*, region: Region = REGION, send: Any = None) -> Letters:
    client = boto3.client("sesv2", AWS_REGION)
    return Letters(region=region, sender=SENDER, base_url=URL, send=send or client.send_email)


def test_a_body_that_nobody_sees_to_gets_one_letter_a_working_day() -> None:
    given()
    mailing = letters()
    before = OPENING - timedelta(minutes=1)
    assert mailing(now=before) == Sent(letters=0, failed=0)
    hours = [OPENING + timedelta(hours=hour) for hour in range(24 * 7)]
    sent = [now for now in hours if mailing(now=now).letters]
    assert sent == [OPENING + timedelta(days=day) for day in range(5)]
    assert len(posted()) == 5
    (message, *_) = posted()
    assert message.destinations["ToAddresses"] == [ADDRESS]


@pytest.mark.parametrize(
    ("seen", "written"),
    [
        (None, True),
        # Friday's opening is a working day ago.
        (OPENING - timedelta(days=3, seconds=1), True),
        (OPENING - timedelta(days=3), False),
        (OPENING - timedelta(hours=1), False),
    ],
)
def test_where_an_officer_came_within_a_working_day_nobody_is_written_to(
    seen: datetime | None, written: bool
) -> None:
    given()
    if seen is not None:
        AgencyItem(agency_pk("housing"), agency_id="housing", officer_seen_at=seen).save()
    assert letters()(now=OPENING).letters == written


@pytest.mark.parametrize("active", [True, False])
def test_a_body_with_a_webhook_hears_of_each_complaint_by_that(active: bool) -> None:
    given()
    new_subscription(
        "housing", url="https://a.example/", types=("complaint.*",), secret="x", active=active, now=OPENING
    )
    assert letters()(now=OPENING).letters == (not active)


def test_nobody_is_written_to_of_nothing_and_as_soon_as_there_is_something() -> None:
    mailing = letters()
    assert mailing(now=OPENING).letters == 0
    given(at=OPENING + timedelta(minutes=30))
    assert mailing(now=OPENING + timedelta(hours=1)).letters == 1


def test_two_rounds_at_once_send_one_letter() -> None:
    given()
    sent: list[Any] = []
    mailing = letters()

    def send(**request: Any) -> None:
        sent.append(request)
        assert letters(send=send)(now=OPENING).letters == 0

    replace(mailing, send=send)(now=OPENING)
    assert len(sent) == 1
    assert not claim("housing", day=MONDAY, now=OPENING)
    assert claim("housing", day=MONDAY + timedelta(days=1), now=OPENING)


def test_one_that_is_refused_keeps_no_other_waiting_and_is_tried_again() -> None:
    given()
    given("open_manhole", at=OPENING - timedelta(minutes=5))
    both = with_addresses(housing=ADDRESS, akimat="akimat@example.org")
    given("other")
    client = boto3.client("sesv2", AWS_REGION)

    def send(**request: Any) -> None:
        if request["Destination"]["ToAddresses"] == [ADDRESS]:
            client.send_email(**request | {"FromEmailAddress": "nobody@unverified.example"})
        client.send_email(**request)

    assert letters(region=both, send=send)(now=OPENING) == Sent(letters=1, failed=1)
    assert letters(region=both)(now=OPENING + timedelta(hours=1)) == Sent(letters=1, failed=0)


def test_what_was_not_heard_of_may_have_gone_out_and_is_not_sent_again() -> None:
    given()

    def lost(**request: Any) -> None:
        raise TimeoutError

    assert letters(send=lost)(now=OPENING) == Sent(letters=0, failed=1)
    assert letters()(now=OPENING + timedelta(hours=1)) == Sent(letters=0, failed=0)
    assert letters()(now=OPENING + timedelta(days=1)) == Sent(letters=1, failed=0)


def test_a_letter_has_numbers_and_links_and_nothing_of_a_complaint() -> None:
    complaint = given()
    sent: list[dict[str, Any]] = []
    letters(send=lambda **request: sent.append(request))(now=OPENING)
    (request,) = sent
    words = str(request)
    for private in (complaint.number, complaint.id, "secret", "Rubbish", "person", str(WEST[0])):
        assert private not in words
    content = request["Content"]["Simple"]
    text = content["Body"]["Text"]["Data"]
    assert "1 complaint is waiting for an answer." in text
    assert f"{URL}/desk/" in text
    headers = {each["Name"]: each["Value"] for each in content["Headers"]}
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = headers["List-Unsubscribe"].strip("<>")
    assert link.startswith(f"{URL}/v1/letters/housing.")
    assert link in text


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_letter_is_in_the_bodys_language(language: str) -> None:
    request = request_of(
        Counts(open=5, due_today=1, overdue=2),
        name="Housing",
        address=ADDRESS,
        sender=SENDER,
        language=language,
        desk="https://d/",
        unsubscribe="https://u/",
    )
    said = request["Content"]["Simple"]
    assert "letter." not in str(said)
    assert "5" in said["Subject"]["Data"]


def test_what_waits_is_counted_as_it_stands() -> None:
    store = ComplaintStore()
    day_ends = datetime(2026, 6, 1, 19, tzinfo=UTC)
    waiting = partial(waiting_for, "housing", now=OPENING, day_ends=day_ends)
    assert waiting() == Counts(open=0, due_today=0, overdue=0)
    given()
    given("open_manhole", at=OPENING - timedelta(minutes=5))
    assert waiting() == Counts(open=2, due_today=1, overdue=0)
    late = given("open_manhole", at=OPENING - timedelta(days=1))
    assert waiting() == Counts(open=3, due_today=1, overdue=1)
    move(
        store,
        late.id,
        lambda each: agency.answer(
            each, by=HOUSING, outcome="declined", text="It is not ours at all.", region=REGION, now=OPENING
        ),
    )
    assert waiting() == Counts(open=2, due_today=1, overdue=0)
    escalated = given("open_manhole", at=OPENING - timedelta(days=1))
    while not escalated.escalated_to:
        assert escalated.due_at is not None
        escalated, _ = move(
            store, escalated.id, partial(tick, region=REGION, now=escalated.due_at + timedelta(seconds=1))
        )
    assert waiting_for("akimat", now=OPENING, day_ends=day_ends).open == 1


def test_counting_asks_four_times_however_many_there_are() -> None:
    for _ in range(6):
        given()
    with aws_calls() as calls:
        waiting_for("housing", now=OPENING, day_ends=OPENING + timedelta(hours=15))
    assert calls.made == ["Query"] * 4


def test_an_address_that_wants_none_gets_none_and_another_one_does() -> None:
    given()
    turn_off("housing", address=ADDRESS, now=OPENING)
    turn_off("housing", address=ADDRESS, now=OPENING)
    assert letters()(now=OPENING).letters == 0
    assert letters(region=with_addresses(housing="new@example.org"))(now=OPENING).letters == 1
    assert known_of("housing").letters_off_for == ADDRESS


def test_a_link_is_good_for_one_body_and_one_address() -> None:
    token = link_token("housing", address=ADDRESS, secret="s")
    assert agency_named_in(token) == "housing"
    assert is_token_of(token, "housing", address=ADDRESS, secret="s")
    assert not is_token_of(token, "housing", address="b@example.org", secret="s")
    assert not is_token_of(token, "housing", address=ADDRESS, secret="t")
    assert not is_token_of(token, "roads", address=ADDRESS, secret="s")
    for no_token in (
        "",
        "housing",
        "housing.",
        f"housing.{'g' * 64}",
        f"{token}0",
        f"{token}\n",
        f"../{token}",
    ):
        assert agency_named_in(no_token) is None


def test_a_body_is_written_to_on_its_working_days_as_long_as_there_is_one_and_it_has_an_address() -> None:
    housing, now = REGION.agencies["housing"], OPENING
    gone = replace(housing, retired=Retired(since=now, moved_to="roads"))
    assert letter_day(gone, Known(), region=REGION, now=now) is None
    assert letter_day(housing, Known(), region=REGION, now=now) == MONDAY
    assert letter_day(housing, Known(letter_day=MONDAY), region=REGION, now=now) is None
    assert letter_day(housing, Known(), region=REGION, now=now + timedelta(days=5)) is None
    assert letter_day(REGION.agencies["roads"], Known(), region=REGION, now=now) is None


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Client:
    """Whoever has a letter, not signed in."""
    monkeypatch.setenv("DELIVERIES_QUEUE_URL", "https://sqs.example/deliveries")
    module = load("functions.notify.subscriptions.handler", folder=tmp_path, monkeypatch=monkeypatch)
    return anybody(module.handler)


def link() -> str:
    """That of a letter that was sent."""
    given()
    sent: list[dict[str, Any]] = []
    letters(send=lambda **request: sent.append(request))(now=OPENING)
    (header, *_) = sent[0]["Content"]["Simple"]["Headers"]
    return str(header["Value"]).strip("<>").removeprefix(URL)


def test_who_follows_the_link_is_asked_and_one_press_ends_the_letters(door: Client) -> None:
    path = link()
    asked = door("GET", path)
    assert (asked.status, asked.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert '<form method="post">' in asked.text
    assert known_of("housing").letters_off_for is None
    ended = door(
        "POST", path, raw="List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )
    assert ended.status == 200
    assert "<form" not in ended.text
    assert known_of("housing").letters_off_for == ADDRESS
    assert letters()(now=OPENING + timedelta(days=1)).letters == 0
    assert door("POST", path).status == 200


def test_what_is_no_link_of_a_letter_is_not_found_and_opens_nothing_else(door: Client) -> None:
    path = link()
    token = path.rpartition("/")[2]
    forged = f"{token[:-1]}{'0' if token[-1] != '0' else '1'}"
    for wrong in (forged, f"roads.{token.partition('.')[2]}", "housing.x", "x", "%2e%2e"):
        for method in ("GET", "POST"):
            answer = door(method, f"/v1/letters/{wrong}")
            assert (answer.status, answer.slug) == (404, "not-found")
    assert known_of("housing").letters_off_for is None
    assert door("GET", "/v1/agency/keys").status >= 400
