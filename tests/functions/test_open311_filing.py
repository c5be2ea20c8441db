"""What a partner files through Open311, what of it is kept, and a client that files, polls and follows."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import count, cycle, product
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import time_machine

from functions.complaints.clock import utc_now
from functions.complaints.complaint import Actor, ActorKind
from functions.complaints.faults import LimitReached
from functions.complaints.limits import Limits
from functions.complaints.moves import agency, citizen
from functions.complaints.region import region_from_dict
from functions.intake.open311.posted import Posted
from functions.records.agencies.partners import revoke_partner_key
from functions.records.move import move
from functions.records.store import ComplaintStore
from functions.records.tables import ComplaintItem
from tests.dynamodb import MODELS, items_of
from tests.functions.faults import LASTING, TRANSIENT, aws_calls
from tests.functions.open311_client import Open311Client, Refused
from tests.functions.open311_facts import FORMATS, told
from tests.functions.open311_world import ENDED, GONE, NOW, RECORD, ROOT, World, raw, world
from tests.region_fixture import WEST

PLACE = {"lat": str(WEST[0]), "long": str(WEST[1])}


@pytest.fixture
def here(tmp_path: Any) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False), world(tmp_path) as built:
        built.publish([RECORD, ENDED, GONE], now=NOW)
        yield built


def form(key: str, **changes: str) -> str:
    fields = {"api_key": key, "service_code": "rubbish", **PLACE, "description": "Мусор не вывезен"}
    return urlencode({name: value for name, value in (fields | changes).items() if value is not None})


def test_what_a_partner_files_is_a_complaint_like_any_other(here: World) -> None:
    key = here.key(now=NOW)
    [created] = told(
        here.post("requests.xml", form(key, address_string="Абая 1", account_id="7"), accept_language="ru"),
        "xml",
        kind="created",
        root="service_requests",
    )
    [item] = ComplaintItem.scan(ComplaintItem.kind == ComplaintItem.KIND)
    complaint = ComplaintStore().get(item.id)
    assert complaint.number == created["service_request_id"]
    assert (complaint.category, complaint.comment, complaint.address) == (
        "rubbish",
        "Мусор не вывезен",
        "Абая 1",
    )
    assert (complaint.status, complaint.agency_id, complaint.language) == ("assigned", "housing", "ru")
    assert re.fullmatch(r"partner:fixmystreet:[0-9a-f]{32}", complaint.reporter or "")
    assert "Housing (ru)" in created["service_notice"]


def test_nothing_of_who_reported_it_is_kept_or_logged(here: World, caplog: pytest.LogCaptureFixture) -> None:
    canary = "канарейка"
    personal = dict.fromkeys(
        ("first_name", "last_name", "email", "phone", "device_id", "account_id", "media_url"), canary
    )
    answer = here.post(
        "requests.json", form(here.key(now=NOW), external_id=canary, **personal), accept_language="en"
    )
    [created] = told(answer, "json", kind="created")
    assert "The photo at media_url was not taken" in created["service_notice"]
    assert canary not in answer.text + caplog.text
    assert canary not in str([item.to_json() for table in MODELS for item in items_of(table)])


def test_answers_are_attributes_and_others_are_passed_over(here: World) -> None:
    sent = (
        form(here.key(now=NOW), service_code="pothole")
        + "&"
        + urlencode({"attribute[depth]": "deep", "attribute[count]": "3", "attribute[fixmystreet_id]": "99"})
    )
    assert here.post("requests.json", sent).status == 200
    [item] = ComplaintItem.scan(ComplaintItem.kind == ComplaintItem.KIND)
    assert ComplaintStore().get(item.id).answers == {"depth": "deep", "count": "3"}


@pytest.mark.parametrize(
    ("changes", "status", "names"),
    [
        ({"api_key": ""}, 403, {}),
        ({"api_key": "qk_x"}, 403, {}),
        ({"api_key": f"qk_{'0' * 16}_{'0' * 43}"}, 403, {}),
        ({"service_code": ""}, 400, {"service_code"}),
        ({"service_code": "other"}, 404, {}),
        ({"service_code": "nothing"}, 404, {}),
        ({"lat": "", "long": ""}, 400, {"lat, long"}),
        ({"lat": "", "long": "", "address_id": "5"}, 400, {"lat, long"}),
        ({"lat": ""}, 400, {"lat, long"}),
        ({"lat": "north"}, 400, {"lat"}),
        ({"lat": "nan"}, 400, {"lat"}),
        ({"lat": "10", "long": "20"}, 400, {"lat, long"}),
        ({"description": ""}, 400, {"description"}),
        ({"description": "x" * 2001, "lat": "91"}, 400, {"description", "lat"}),
        ({"service_code": "pothole"}, 400, {"attribute[depth]"}),
        ({"service_code": "pothole", "attribute[depth]": "none"}, 400, {"attribute[depth]"}),
        ({"external_id": "x" * 256}, 400, {"external_id"}),
        ({"account_id": "x" * 256}, 400, {"account_id"}),
    ],
)
def test_what_is_wrong_with_a_form_is_said_by_its_own_names(
    here: World, changes: dict[str, str], status: int, names: set[str]
) -> None:
    sent = form(here.key(now=NOW), **changes)
    for format, language in product(FORMATS, ("kk", "ru", "en")):
        said = told(
            here.post(f"requests.{format}", sent, accept_language=language),
            format,
            kind="errors",
            status=status,
        )
        if names:
            assert {each["description"].partition(": ")[0] for each in said} == names
    assert not list(ComplaintItem.scan())


def test_a_body_that_is_no_form_is_refused(here: World) -> None:
    key = here.key(now=NOW)
    for sent, headers, status in (
        (json.dumps({"api_key": key}), {"content_type": "application/json"}, 400),
        (form(key), {"content_type": "multipart/form-data"}, 400),
        ("&".join(["a=1"] * 500), {}, 400),
        ("description=%ff", {}, 400),
        ("description=" + "x" * 70_000, {}, 400),
        ("", {}, 403),
    ):
        told(here.post("requests.xml", sent, **headers), "xml", kind="errors", status=status)
    told(here.post("services.xml", form(key)), "xml", kind="errors", status=404)


def test_a_key_that_was_revoked_files_no_more(here: World) -> None:
    key = here.key(now=NOW)
    assert here.post("requests.json", form(key)).status == 200
    revoke_partner_key(key.split("_")[1], now=NOW)
    told(here.post("requests.json", form(key)), "json", kind="errors", status=403)


def test_what_is_sent_again_under_its_id_is_filed_once(here: World) -> None:
    key, other = here.key(now=NOW), here.key("another", now=NOW)
    first, again, otherwise, others = (
        here.post("requests.json", sent)
        for sent in (
            form(key, external_id="77"),
            form(key, external_id="77", email="x@example.org"),
            form(key, external_id="77", description="Другое"),
            form(other, external_id="77"),
        )
    )
    assert first.json == again.json
    told(otherwise, "json", kind="errors", status=400)
    assert others.json[0]["service_request_id"] != first.json[0]["service_request_id"]
    assert len(list(ComplaintItem.scan(ComplaintItem.kind == ComplaintItem.KIND))) == 2


def test_a_day_has_a_limit_for_a_user_and_one_for_the_partner(here: World) -> None:
    changed = raw()
    changed["limits"] |= {"complaints_per_person_per_day": 2, "complaints_per_partner_per_day": 4}
    region, key = region_from_dict(changed), here.key(now=NOW)
    assert Limits.of(region.limits).partner_complaints_per_day == 4
    posted = Posted(region=region, store=ComplaintStore(), now=utc_now)

    def sent(**changes: str) -> Any:
        event = {
            "headers": {"content-type": "application/x-www-form-urlencoded"},
            "body": form(key, **changes),
        }
        return posted(event, language="en")

    first = sent(account_id="1", external_id="a")
    sent(account_id="1", external_id="b")
    with pytest.raises(LimitReached) as reached:
        sent(account_id="1", external_id="c")
    assert reached.value.what == "complaints"
    # Under its id what was filed is answered as it was then, and another user's day is another.
    assert sent(account_id="1", external_id="a") == first
    sent(account_id="2")
    sent()
    with pytest.raises(LimitReached) as reached:
        sent(account_id="3")
    assert reached.value.what == "partner_complaints"


@pytest.mark.parametrize("when", ["before", "after"])
def test_any_call_of_a_filing_may_fail_in_any_way_and_the_same_form_goes_through_afterwards(
    here: World, when: Any
) -> None:
    """One form after the other, until every way to fail had its turn."""
    key, turns, filed = here.key(now=NOW), cycle(TRANSIENT | LASTING), 0
    failed: set[str] = set()
    while failed < TRANSIENT.keys() | LASTING.keys():
        filed += 1
        sent = form(key, external_id=str(filed), account_id="7")
        for number in count():
            failure = next(turns)
            with aws_calls(fail=number, when=when, error=(TRANSIENT | LASTING)[failure]) as calls:
                answer = here.post("requests.xml", sent)
            if number >= len(calls.made):
                break
            failed.add(failure)
            if answer.status != 200:
                told(answer, "xml", kind="errors", status=503 if failure in TRANSIENT else 500)
        assert number >= 3
        told(here.post("requests.xml", sent), "xml", kind="created", root="service_requests")
        assert len(list(ComplaintItem.scan(ComplaintItem.kind == ComplaintItem.KIND))) == filed


# ------------------------------------------------------------------------------------------------ following
def test_a_client_that_knows_the_specification_alone_files_polls_and_follows(here: World) -> None:
    def ask(method: str, address: str, sent: str | None) -> tuple[int, str, str]:
        parts = urlsplit(address)
        assert parts.netloc == "api.example.org"
        query = dict(each.split("=") for each in parts.query.split("&")) if parts.query else {}
        path = parts.path.removeprefix(f"{ROOT}/")
        query = {name: value.replace("%3A", ":") for name, value in query.items()}
        answer = here.get(path, query) if sent is None else here.post(path, sent)
        return answer.status, answer.headers["content-type"], answer.text

    client = Open311Client(discovery=f"https://api.example.org{ROOT}/discovery.xml", ask=ask)
    with pytest.raises(Refused) as refused:
        client.file("pothole", lat=WEST[0], long=WEST[1], description="A hole")
    assert refused.value.status == 403

    client.api_key = here.key(now=NOW)
    number = client.file("pothole", lat=WEST[0], long=WEST[1], description="A hole")
    assert client.status(number) is None
    here.publish_the_table(now=utc_now())
    assert client.status(number) == "open"

    def seen() -> list[tuple[str, str]]:
        here.publish_the_table(now=utc_now())
        until = f"{utc_now():%Y-%m-%dT%H:%M:%S}Z"
        return [*client.updates(number, since="2026-11-29T00:00:00Z", until=until).values()]

    [item] = ComplaintItem.scan(ComplaintItem.kind == ComplaintItem.KIND)
    by, region = Actor(kind=ActorKind.AGENCY, id="roads"), here.region
    reporter = Actor(kind=ActorKind.CITIZEN, id=ComplaintStore().get(item.id).reporter)
    known = seen()
    assert [status for status, _ in known] == ["open"]
    steps = (
        lambda each: agency.acknowledge(each, by=by, now=utc_now()),
        lambda each: agency.answer(
            each,
            by=by,
            outcome="resolved",
            text="Жөнделді.",
            photos=(),
            parts=(),
            region=region,
            now=utc_now(),
        ),
        lambda each: citizen.confirm(each, by=reporter, now=utc_now()),
    )
    for hours, step in enumerate(steps, 1):
        with time_machine.travel(NOW + timedelta(hours=hours), tick=False):
            move(ComplaintStore(), item.id, step)
            more = seen()
            assert more[: len(known)] == known or len(more) > len(known)
            known = more
    assert [status for status, _ in known] == ["open", "open", "open", "closed"]
    assert client.status(number) == "closed"
