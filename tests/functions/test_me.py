"""The person's own API: inbox, choices, phones, and leaving so that nothing personal stays."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from functions.complaints.clock import iso, utc_now
from functions.complaints.complaint import Actor, ActorKind
from functions.complaints.events import chain_fault
from functions.complaints.faults import Stale
from functions.complaints.history import line
from functions.complaints.moves import agency, citizen
from functions.complaints.personal import without_person, without_words
from functions.complaints.texts import LANGUAGES
from functions.complaints.verification import complaint_fault
from functions.complaints.visibility import Viewer
from functions.edge.clients import client
from functions.records.codec import complaint_pk
from functions.records.dynamodb import connection
from functions.records.erasure import erase_person
from functions.records.people.devices import DeviceItem, device_of
from functions.records.people.inbox import InboxItem
from functions.records.people.person import person_of
from functions.records.people.profiles import ProfileItem
from functions.records.people.table import person_pk
from functions.records.store import ComplaintStore
from functions.records.tables import FollowerItem
from tests.dynamodb import REGION, tables
from tests.functions.api_client import Client, load, person
from tests.functions.faults import (
    When,
    aws_calls,
    between_calls,
    calls_of,
    failing_differently,
    number_of_calls,
    run_again_until_done,
)
from tests.functions.telling import HOUSING, Clock, Life, application, teller
from tests.naughty import NAUGHTY
from tests.region_fixture import RAW

QUIET = {"from": "22:00", "to": "08:00"}
CANARY = "Айгерим Канарейкина, ул. Канареечная 7, +77012345678"
BIN = "000140002217"


@dataclass(frozen=True)
class Context:
    left_ms: int = 15_000

    def get_remaining_time_in_millis(self) -> int:
        return self.left_ms


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The handler; tables and platforms are made apart, for some tests need them anew again and again."""
    for name, platform in (("FCM", "GCM"), ("APNS", "APNS_SANDBOX")):
        arn = f"arn:aws:sns:{REGION}:123456789012:app/{platform}/qamqor-test-{platform.lower()}"
        monkeypatch.setenv(f"{name}_APPLICATION_ARN", arn)
    raw = RAW | {"quiet_hours": QUIET}
    module = load("functions.intake.api.handler", folder=tmp_path, monkeypatch=monkeypatch, raw=raw)
    return lambda event, _: module.handler(event, Context())


@contextmanager
def world() -> Iterator[None]:
    with tables():
        application("GCM")
        application("APNS_SANDBOX")
        yield


@pytest.fixture
def handler(api: Any) -> Iterator[Any]:
    with world():
        yield api


@pytest.fixture
def me(handler: Any) -> Client:
    return person(handler, "reporter")


@pytest.fixture
def life() -> Life:
    return Life(clock=Clock(utc_now() - timedelta(minutes=5)))


def told(life: Life, *decisions: Any, to: str = "reporter") -> None:
    """A complaint of the reporter's with some steps, all told."""
    if life.complaint is None:
        life.file()
        teller(life).tell(life.assign(), to)
    for decide in decisions:
        teller(life).tell(life.then(decide), to)


def acknowledged(life: Life) -> Any:
    return lambda each: agency.acknowledge(each, by=HOUSING, now=life.clock())


def commented(life: Life, text: str) -> Any:
    return lambda each: agency.comment(each, by=HOUSING, text=text, internal=False, now=life.clock())


# --- the inbox


def test_the_inbox_is_newest_first_and_says_how_much_is_unread(me: Client, life: Life) -> None:
    told(life, acknowledged(life))
    answer = me("GET", "/v1/notifications")
    assert answer.status == 200
    assert [item["type"] for item in answer.json["items"]] == ["complaint.acknowledged", "complaint.assigned"]
    assert (answer.json["unread"], answer.json["cursor"]) == (2, None)
    first = answer.json["items"][1]
    assert first["complaint_id"] == life.complaint.id if life.complaint else None
    assert first["read"] is False
    assert "Housing" in first["body"]
    assert first["due_at"]


@pytest.mark.parametrize(("language", "name"), [("kk", "(kk)"), ("ru", "(ru)"), ("en", "Housing")])
def test_it_is_said_in_the_language_of_whoever_reads(
    me: Client, life: Life, language: str, name: str
) -> None:
    told(life)
    answer = me("GET", "/v1/notifications", accept_language=language)
    assert name in answer.json["items"][0]["body"]


def test_the_persons_own_language_comes_first(me: Client, life: Life) -> None:
    told(life)
    me("PATCH", "/v1/me", {"language": "kk"})
    assert "(kk)" in me("GET", "/v1/notifications", accept_language="ru").json["items"][0]["body"]


def test_pages_hold_every_item_once(me: Client, life: Life) -> None:
    told(life, *(commented(life, f"message {number}") for number in range(9)))
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(6):
        query = {"limit": "3"} | ({"cursor": cursor} if cursor else {})
        page = me("GET", "/v1/notifications", query=query).json
        seen += [item["id"] for item in page["items"]]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 10
    assert cursor is None


def test_items_are_read_one_by_one_and_all_at_once(me: Client, life: Life) -> None:
    told(life, acknowledged(life), commented(life, "Hello"))
    listed = me("GET", "/v1/notifications").json
    one = listed["items"][0]["id"]
    assert me("POST", "/v1/notifications/read", {"ids": [one]}).json == {"unread": 2}
    assert me("POST", "/v1/notifications/read", {"ids": [one]}).json == {"unread": 2}
    shown = {item["id"]: item["read"] for item in me("GET", "/v1/notifications").json["items"]}
    assert [shown[item["id"]] for item in listed["items"]] == [True, False, False]
    assert me("POST", "/v1/notifications/read", {"until": listed["as_of"]}).json == {"unread": 0}
    assert all(item["read"] for item in me("GET", "/v1/notifications").json["items"])


def test_what_is_told_later_of_an_earlier_step_is_unread(me: Client, life: Life) -> None:
    told(life)
    late = life.then(acknowledged(life))
    me("POST", "/v1/notifications/read", {"until": iso(utc_now())})
    life.clock.at = utc_now() + timedelta(seconds=1)
    teller(life).tell(late, "reporter")
    listed = me("GET", "/v1/notifications").json
    assert listed["unread"] == 1
    assert [item["read"] for item in listed["items"]] == [False, True]


def test_reading_up_to_an_earlier_time_takes_nothing_back(me: Client, life: Life) -> None:
    told(life)
    me("POST", "/v1/notifications/read", {"until": iso(utc_now() + timedelta(days=1))})
    assert me("POST", "/v1/notifications/read", {"until": "2020-01-01T00:00:00Z"}).json == {"unread": 0}
    life.clock.at = utc_now() + timedelta(minutes=1)
    told(life, acknowledged(life))
    assert me("POST", "/v1/notifications/read", {}).json == {"unread": 1}


def test_nobody_reads_another_persons_inbox(handler: Any, me: Client, life: Life) -> None:
    told(life)
    item = me("GET", "/v1/notifications").json["items"][0]["id"]
    other = person(handler, "other")
    assert other("GET", "/v1/notifications").json["items"] == []
    assert other("POST", "/v1/notifications/read", {"ids": [item]}).status == 200
    assert me("GET", "/v1/notifications").json["unread"] == 1


# --- choices


def test_who_chose_nothing_has_the_regions_choices(me: Client) -> None:
    assert me("GET", "/v1/me").json == {
        "language": None,
        "zone": "Asia/Almaty",
        "quiet_hours": QUIET,
        "escalations_pass": True,
        "push_kinds": dict.fromkeys(["progress", "question", "escalation", "answer", "photo"], True),
        "kind": "citizen",
        "bin": None,
        "devices": [],
    }


@pytest.mark.parametrize(
    "choice",
    [
        {"language": "ru"},
        {"zone": "Europe/Berlin"},
        {"quiet_hours": {"from": "23:30", "to": "06:15"}},
        {"quiet_hours": None},
        {"escalations_pass": False},
        {"kind": "entrepreneur", "bin": BIN},
    ],
)
def test_a_choice_is_kept_and_touches_no_other(me: Client, choice: dict[str, Any]) -> None:
    before = me("GET", "/v1/me").json
    after = me("PATCH", "/v1/me", choice)
    assert after.status == 200
    assert after.json == before | choice == me("GET", "/v1/me").json


def test_kinds_of_pushes_are_turned_off_and_on_one_by_one(me: Client) -> None:
    me("PATCH", "/v1/me", {"push_kinds": {"progress": False, "photo": False}})
    kinds = me("PATCH", "/v1/me", {"push_kinds": {"photo": True}}).json["push_kinds"]
    assert [kind for kind, wanted in kinds.items() if not wanted] == ["progress"]


def test_who_is_a_citizen_again_leaves_no_number_behind(me: Client) -> None:
    me("PATCH", "/v1/me", {"kind": "entrepreneur", "bin": BIN})
    assert me("PATCH", "/v1/me", {"kind": "citizen"}).json["bin"] is None
    profile = ProfileItem.get(person_pk("reporter"), ProfileItem.SK)
    assert profile.bin is None


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"language": "de"}, {"/language": "unknown_choice"}),
        ({"zone": "Mars/Olympus"}, {"/zone": "unknown_zone"}),
        ({"quiet_hours": {"from": "25:00", "to": "08:00"}}, {"/quiet_hours/from": "wrong_form"}),
        ({"quiet_hours": {"from": "22:00"}}, {"/quiet_hours/to": "missing"}),
        ({"push_kinds": {"weather": True}}, {"/push_kinds/weather": "unknown_field"}),
        ({"kind": "entrepreneur"}, {"/bin": "missing"}),
        ({"kind": "entrepreneur", "bin": "000140002218"}, {"/bin": "wrong_control_digit"}),
        ({"kind": "entrepreneur", "bin": "12345"}, {"/bin": "wrong_form"}),
        ({"bin": BIN}, {"/bin": "for_entrepreneurs"}),
        ({"name": "x"}, {"/name": "unknown_field"}),
    ],
)
def test_what_cannot_be_chosen_is_refused_by_field_and_nothing_changes(
    me: Client, body: dict[str, Any], faults: dict[str, str]
) -> None:
    before = me("GET", "/v1/me").json
    answer = me("PATCH", "/v1/me", {"escalations_pass": False} | body)
    assert (answer.status, answer.slug, answer.faults) == (422, "invalid-request", faults)
    assert me("GET", "/v1/me").json == before


# --- phones


def test_a_phone_may_name_its_own_language_and_is_asked_for_none(me: Client) -> None:
    body = {"platform": "fcm", "token": "token"}
    for language in ("kk", "ru", "en"):
        assert me("PUT", "/v1/devices/phone", body | {"language": language}).status == 200
        (device,) = person_of("reporter", now=utc_now()).devices
        assert (device.language, device.spoken) == (language, "en")
    assert me("PUT", "/v1/devices/phone", body, accept_language="ru").status == 200
    (device,) = person_of("reporter", now=utc_now()).devices
    assert (device.language, device.spoken) == (None, "ru")
    for wrong in ("de", None):
        refused = me("PUT", "/v1/devices/phone", body | {"language": wrong})
        assert (refused.status, list(refused.faults)) == (422, ["/language"])


def test_a_phone_is_signed_in_shown_and_signed_out(me: Client) -> None:
    body = {"platform": "apns", "token": "ab" * 32}
    assert me("PUT", "/v1/devices/my-phone", body).json == {"device_id": "my-phone", "platform": "apns"}
    (shown,) = me("GET", "/v1/me").json["devices"]
    assert (shown["device_id"], shown["platform"]) == ("my-phone", "apns")
    for _ in range(2):
        gone = me("DELETE", "/v1/devices/my-phone")
        assert (gone.status, gone.text) == (204, "")
    assert me("GET", "/v1/me").json["devices"] == []


def test_a_phone_that_changes_hands_tells_the_first_person_nothing(handler: Any, life: Life) -> None:
    body = {"platform": "fcm", "token": "one-phone"}
    person(handler, "reporter")("PUT", "/v1/devices/a", body)
    person(handler, "other")("PUT", "/v1/devices/b", body)
    life.file()
    assert teller(life).tell(life.assign(), "reporter") is None
    assert person(handler, "reporter")("GET", "/v1/me").json["devices"] == []


# --- naughty strings, in every text field


TEXT_FIELDS = (
    ("PUT", "/v1/devices/phone", lambda text: {"platform": "fcm", "token": text}),
    ("PUT", "/v1/devices/phone", lambda text: {"platform": "apns", "token": text}),
    ("PUT", "/v1/devices/phone", lambda text: {"platform": text, "token": "x"}),
    ("PATCH", "/v1/me", lambda text: {"language": text}),
    ("PATCH", "/v1/me", lambda text: {"zone": text}),
    ("PATCH", "/v1/me", lambda text: {"kind": text}),
    ("PATCH", "/v1/me", lambda text: {"kind": "entrepreneur", "bin": text}),
    ("PATCH", "/v1/me", lambda text: {"quiet_hours": {"from": text, "to": "08:00"}}),
    ("PATCH", "/v1/me", lambda text: {"push_kinds": {text: True}}),
    ("POST", "/v1/notifications/read", lambda text: {"ids": [text]}),
    ("POST", "/v1/notifications/read", lambda text: {"until": text}),
)


@pytest.mark.parametrize(("method", "path", "body"), TEXT_FIELDS)
def test_naughty_strings_are_taken_or_refused_with_the_field(
    handler: Any, method: str, path: str, body: Any
) -> None:
    for number, text in enumerate([*NAUGHTY[::4], "\ud800", "x" * 5_000]):
        # Each by another: one person signs in with so many tokens a day.
        answer = person(handler, f"person-{number}")(method, path, raw=json.dumps(body(text)))
        assert answer.status in (200, 422), (text, answer.text)
        if answer.status == 422:
            assert answer.faults, text


def test_naughty_strings_in_the_path_and_the_query(me: Client) -> None:
    for text in NAUGHTY[::4]:
        assert me("GET", "/v1/notifications", query={"cursor": text}).status in (200, 422)
        assert me("GET", "/v1/notifications", query={"limit": text}).status in (200, 422)
        for method in ("PUT", "DELETE"):
            answer = me(
                method, f"/v1/devices/{text}", {"platform": "fcm", "token": "x"} if method == "PUT" else None
            )
            assert answer.status in (200, 204, 404, 422), text


def test_what_agencies_write_comes_out_of_the_inbox_byte_for_byte(me: Client, life: Life) -> None:
    told(life)
    texts = [text for text in NAUGHTY if text.strip()][::40]
    told(life, *(commented(life, text) for text in texts))
    shown = me("GET", "/v1/notifications", query={"limit": "100"}).json["items"]
    assert [item["body"] for item in reversed(shown)][1:] == texts


def test_no_log_line_carries_what_a_person_gave(me: Client, capsys: pytest.CaptureFixture[str]) -> None:
    for method, path, body in TEXT_FIELDS:
        me(method, path, body(CANARY))
    me("PUT", "/v1/devices/77012345678", {"platform": "fcm", "token": "Kanareikina-77012345678"})
    me("DELETE", "/v1/devices/77012345678")
    me("DELETE", "/v1/me")
    logged = "".join(capsys.readouterr())
    for word in ("Айгерим", "Канар", "77012345678", "Kanareikina", "reporter"):
        assert word not in logged


# --- leaving


def table_text() -> str:
    dynamodb = client("dynamodb")
    return "".join(
        json.dumps(dynamodb.scan(TableName=table)["Items"], default=str, ensure_ascii=False)
        for table in ("complaints", "people")
    )


def full_life(handler: Any, life: Life, *, who: str = "reporter", device: str = "phone") -> None:
    """A person with everything: a named complaint with steps, a phone, choices, an inbox, a complaint joined."""
    me = person(handler, who)
    life.complaint = None
    life.file(reporter="somebody", comment="Of somebody else")
    life.assign()
    life.then(lambda each: citizen.join(each, by=Actor(kind=ActorKind.CITIZEN, id=who), now=life.clock()))
    life.complaint = None
    life.file(reporter=who, public_name=CANARY, comment=CANARY, address=CANARY, answers={"since": CANARY})
    teller(life).tell(life.assign(), who)
    told(life, acknowledged(life), to=who)
    mine = Actor(kind=ActorKind.CITIZEN, id=who)
    life.then(lambda each: citizen.comment(each, by=mine, text=CANARY, now=life.clock()))
    me("PUT", f"/v1/devices/{device}", {"platform": "fcm", "token": f"token-of-{who}"})
    me("PATCH", "/v1/me", {"language": "kk", "kind": "entrepreneur", "bin": BIN})


def test_who_leaves_is_told_what_was_removed_and_nothing_of_theirs_is_left(
    handler: Any, me: Client, life: Life
) -> None:
    full_life(handler, life)
    answer = me("DELETE", "/v1/me")
    assert answer.status == 200
    assert answer.json == {
        "complete": True,
        "identity": "kept_by_provider",
        "removed": {
            "profile": True,
            "devices": 1,
            "complaints_made_anonymous": 1,
            "public_names": 1,
            "texts": 3,
            "places": 1,
            "complaints_left": 1,
            "notifications": 2,
        },
    }
    left = table_text()
    for trace in (CANARY, BIN, "follower#reporter", "told#", "token#", '"phone"'):
        assert trace not in left, trace
    # The note that the person is gone is all that names them, with what they used of the day's limits; both go away by
    # themselves.
    assert left.count("count#") == 1
    assert '"S": "reporter"' not in left
    assert left.count("person#reporter") == 1 + left.count("count#")
    assert ProfileItem.get(person_pk("reporter"), ProfileItem.SK).expires < utc_now() + timedelta(days=37)


def test_a_phone_that_was_not_seen_for_long_goes_with_its_endpoint(
    me: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the person leaves, and when they sign in on another; until then it is told nothing."""
    for last in ("DELETE", "PUT"):
        me("PUT", "/v1/devices/old", {"platform": "fcm", "token": f"old-{last}"})
        item = device_of("reporter", "old")
        assert item is not None
        item.update([DeviceItem.live_until.set(utc_now() - timedelta(days=1))])
        assert person_of("reporter", now=utc_now()).devices == ()
        if last == "DELETE":
            assert me("DELETE", "/v1/me").json["removed"]["devices"] == 1
        else:
            me("PUT", "/v1/devices/new", {"platform": "fcm", "token": "new"})
        assert device_of("reporter", "old") is None
        with pytest.raises(client("sns").exceptions.NotFoundException):
            client("sns").get_endpoint_attributes(EndpointArn=item.endpoint_arn)


def test_what_is_filed_and_joined_while_a_person_is_erased_is_not_overlooked(api: Any) -> None:
    """Until the list is read for the last time."""
    lists = first = 0
    while first == 0 or first <= lists:
        with world():
            full_life(api, life := Life(clock=Clock(utc_now() - timedelta(minutes=5))))

            def before(number: int, first: int = first, life: Life = life) -> None:
                if number == first:
                    life.complaint = None
                    life.file(comment=CANARY)

            with between_calls(before) as calls:
                left = person(api, "reporter")("DELETE", "/v1/me")
            assert left.json["complete"]
            queries = [at for at, name in enumerate(calls.made) if name == "Query"]
            # The last query of all is the inbox's.
            lists = queries[-2]
            assert CANARY not in table_text() or first > lists, first
        first += 1
    assert lists > 5


def test_of_what_was_erased_each_line_of_the_history_says_so(handler: Any, me: Client, life: Life) -> None:
    full_life(handler, life)
    assert life.complaint is not None
    me("DELETE", "/v1/me")
    _, history, _ = ComplaintStore().with_history(life.complaint.id)
    said = [
        line(history[-1], language=language, region=life.region, viewer=Viewer.IN_CHARGE)
        for language in LANGUAGES
    ]
    assert [each["body"] for each in said if each] == [
        "Мәтін өшірілді.",
        "Текст удалён.",
        "The text has been erased.",
    ]


def test_the_complaint_goes_on_without_a_person_and_its_history_is_whole(
    handler: Any, me: Client, life: Life
) -> None:
    full_life(handler, life)
    assert life.complaint is not None
    me("DELETE", "/v1/me")
    store = ComplaintStore()
    complaint, history, _ = store.with_history(life.complaint.id)
    assert (complaint.reporter, complaint.public_name) == (None, None)
    assert complaint == without_person(without_words(life.complaint))
    assert chain_fault(history, head=complaint.head) is None
    assert complaint_fault(complaint, history) is None
    life.complaint = complaint
    after = life.then(commented(life, "Done soon"))
    assert after.reporter is None
    assert me("GET", f"/v1/complaints/{complaint.id}").status == 404
    assert me("GET", "/v1/complaints").json["items"] == []


def test_what_was_on_its_way_when_the_person_left_is_told_to_nobody(
    handler: Any, me: Client, life: Life
) -> None:
    full_life(handler, life)
    underway = life.then(commented(life, "Hello"))
    assert underway.reporter == "reporter"
    me("DELETE", "/v1/me")
    teller(life).tell(underway, "reporter")
    assert list(InboxItem.query(person_pk("reporter"), InboxItem.sk.startswith("told#"))) == []


def test_what_happens_while_the_person_is_erased_is_told_to_nobody(api: Any) -> None:
    """Whichever request of the erasure it comes before, however far its clock is ahead, and told whenever later."""
    steps = first = 0
    while first <= steps:
        with world():
            full_life(api, life := Life(clock=Clock(utc_now() - timedelta(minutes=5))))
            untold: list[Any] = []

            def before(
                number: int, first: int = first, life: Life = life, untold: list[Any] = untold
            ) -> None:
                if number == first and life.complaint is not None:
                    life.clock.at = utc_now() + timedelta(seconds=5)
                    life.complaint = ComplaintStore().get(life.complaint.id)
                    untold.append(life.then(commented(life, "Hello")))
                if number > first and untold[0].reporter is not None:
                    teller(life).tell(untold[0], "reporter")

            with between_calls(before) as calls:
                assert person(api, "reporter")("DELETE", "/v1/me").status == 200
            steps = len(calls.made)
            if untold and untold[0].reporter is not None:
                teller(life).tell(untold[0], "reporter")
            assert list(InboxItem.query(person_pk("reporter"), InboxItem.sk.startswith("told#"))) == [], first
        first += 1
    assert steps > 10


def test_who_comes_back_starts_anew_and_is_told_what_happens_from_then_on(me: Client, life: Life) -> None:
    me("DELETE", "/v1/me")
    me("PATCH", "/v1/me", {"language": "ru"})
    profile = person_of("reporter", now=utc_now()).profile
    assert profile is not None
    assert "expires" not in profile.attribute_values
    life.clock.at = utc_now() + timedelta(seconds=1)
    told(life)
    assert me("GET", "/v1/notifications").json["unread"] == 1


def test_leaving_twice_removes_nothing_more(handler: Any, me: Client, life: Life) -> None:
    full_life(handler, life)
    me("DELETE", "/v1/me")
    again = me("DELETE", "/v1/me").json
    assert not any(again["removed"].values())
    assert again["complete"]


def test_a_change_that_was_under_way_does_not_bring_the_person_back(
    handler: Any, me: Client, life: Life
) -> None:
    full_life(handler, life)
    assert life.complaint is not None
    stale = commented(life, "I read before")(life.complaint)
    me("DELETE", "/v1/me")
    with pytest.raises(Stale):
        ComplaintStore().write(stale)
    assert "I read before" not in table_text()


def test_with_no_time_left_the_next_request_goes_on(handler: Any, life: Life) -> None:
    full_life(handler, life)
    hurried = erase_person("reporter", connection=connection(), going_on=iter([True, False]).__next__)
    assert not hurried.complete
    rest = erase_person("reporter", connection=connection(), going_on=lambda: True)
    assert rest.complete
    assert (hurried.complaints + rest.complaints, hurried.joined + rest.joined) == (1, 1)


def test_a_history_longer_than_a_transaction_is_erased_whole(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.records.erasure._AT_ONCE", 3)
    with tables():
        life.file(reporter="reporter")
        life.assign()
        for number in range(6):
            life.then(commented(life, f"message {number}"))
        assert life.complaint is not None
        calm = "EventItem and nothing else names the person"
        assert table_text().count('"S": "reporter"') == 9, calm
        fails = (
            number_of_calls(lambda: erase_person("nobody", connection=connection(), going_on=lambda: True))
            + 3
        )
        with aws_calls(fail=fails):
            run_again_until_done(
                lambda: erase_person("reporter", connection=connection(), going_on=lambda: True)
            )
        assert '"S": "reporter"' not in table_text()


@pytest.mark.parametrize("when", ["before", "after"])
def test_whichever_call_fails_nothing_of_the_person_is_left(api: Any, life: Life, when: When) -> None:
    def leave() -> None:
        assert person(api, "reporter")("DELETE", "/v1/me").status == 200

    with world():
        full_life(api, life)
        calls = calls_of(leave)
    assert len(calls) > 10
    for number in failing_differently(calls, when):
        with world():
            full_life(api, life)
            assert life.complaint is not None
            with aws_calls(fail=number, when=when):
                run_again_until_done(leave)
            left = table_text()
            assert '"S": "reporter"' not in left, number
            assert left.count("person#reporter") == 1 + left.count("count#"), number
            assert CANARY not in left, number
            followers = FollowerItem.sk.startswith("follower#")
            assert FollowerItem.count(complaint_pk(life.complaint.id), followers) == 0
