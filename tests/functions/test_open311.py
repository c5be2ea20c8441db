"""Open311 GeoReport v2: every answer as it is published, in both formats, and every error in the format asked for."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
import time_machine

from functions.edge.clients import client
from functions.intake.open311.asked import PAGE_MOST
from functions.intake.open311.formats import rendered
from tests.functions.open311_facts import FORMATS, both, spark, told
from tests.functions.open311_world import BUCKET, ENDED, GONE, NOW, RECORD, ROOT, World, raw, world


@pytest.fixture
def here(tmp_path: Any) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False), world(tmp_path) as built:
        built.publish([RECORD, ENDED, GONE], now=NOW)
        yield built


# ---------------------------------------------------------------------------------------------- every answer
def test_the_discovery_names_this_endpoint_and_both_formats(here: World) -> None:
    client("s3").put_object(Bucket=BUCKET, Key="open/region.json", Body=b"{}")
    said = both(lambda format: here.get(f"discovery.{format}"), kind="discovery")
    [endpoint] = said["endpoints"]
    assert endpoint["url"] == "https://api.example.org/open311/v2"
    assert endpoint["type"] == "test"
    assert said["changeset"] == endpoint["changeset"] == "2026-11-29T12:00:00Z"


def test_the_discovery_is_there_before_any_file_is(here: World) -> None:
    assert both(lambda format: here.get(f"discovery.{format}"), kind="discovery")["changeset"].startswith(
        "1970"
    )


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_services_are_the_categories_that_are_public(here: World, language: str) -> None:
    said = both(lambda format: here.get(f"services.{format}", accept_language=language), kind="services")
    assert {each["service_code"]: each["metadata"] for each in said} == {
        "rubbish": False,
        "pothole": True,
        "open_manhole": False,
    }
    rubbish = next(each for each in said if each["service_code"] == "rubbish")
    assert rubbish["service_name"] == raw()["categories"]["rubbish"]["name"][language]
    assert rubbish["description"] == raw()["categories"]["rubbish"]["hint"][language]
    assert rubbish["type"] == "realtime"


def test_questions_are_attributes(here: World) -> None:
    said = both(lambda format: here.get(f"services/pothole.{format}"), kind="service_definition")
    assert [
        (each["code"], each["datatype"], each["required"], each["order"]) for each in said["attributes"]
    ] == [
        ("depth", "singlevaluelist", True, 1),
        ("since", "string", False, 2),
        ("count", "number", False, 3),
    ]
    assert [value["key"] for value in said["attributes"][0]["values"]] == ["deep", "flat"]
    assert both(lambda format: here.get(f"services/rubbish.{format}"), kind="service_definition") == {
        "service_code": "rubbish",
        "attributes": [],
    }


def test_a_request_is_shown_as_the_public_record_has_it(here: World) -> None:
    [said] = both(
        lambda format: here.get(f"requests/{RECORD.number}.{format}", accept_language="en"),
        kind="service_requests",
    )
    assert said == {
        "service_request_id": RECORD.number,
        "status": "open",
        "status_notes": "Being worked on",
        "service_name": "Rubbish",
        "service_code": "rubbish",
        "description": None,
        "agency_responsible": "Housing",
        "service_notice": "The body in charge: Housing. The answer is due: 11 December 2026, 17:00.",
        "requested_datetime": "2026-11-26T12:00:00Z",
        "updated_datetime": "2026-11-28T12:00:00Z",
        "expected_datetime": "2026-12-11T12:00:00Z",
        "address": None,
        "address_id": None,
        "zipcode": None,
        "lat": 52.285,
        "long": 76.967,
        "media_url": "https://api.example.org/public/01J/01K.1.jpg",
    }


def test_extensions_are_there_for_who_asks(here: World) -> None:
    query = {"extensions": "true"}
    [said] = both(
        lambda format: here.get(f"requests/{RECORD.number}.{format}", query), kind="service_requests"
    )
    extended = said["extended_attributes"]
    assert extended["escalation_level"] == 1
    assert extended["escalated_to"] == ["akimat"]
    assert extended["due_datetime"] == "2026-12-11T12:00:00Z"
    assert extended["detailed_status"] == "acknowledged"
    assert (extended["part_of"], extended["parts"]) == (None, [f"{RECORD.number}-1", f"{RECORD.number}-2"])
    [listed, *_] = both(lambda format: here.get(f"requests.{format}", query), kind="service_requests")
    assert "extended_attributes" in listed


def test_a_closed_one_was_updated_when_it_was_closed(here: World) -> None:
    [said] = both(lambda format: here.get(f"requests/{ENDED.number}.{format}"), kind="service_requests")
    assert (said["status"], said["updated_datetime"]) == ("closed", "2026-11-28T12:00:00Z")
    assert said["status_notes"] == "Closed: done"
    assert said["service_notice"] is None


def test_a_number_is_read_however_it_is_typed(here: World) -> None:
    for typed in ("tst-26-7k3m9t", "TST267K3M9T", "тst-26-7k3m9t"):
        [said] = here.get(f"requests/{typed}.json").json
        assert said["service_request_id"] == RECORD.number


def test_what_is_hidden_is_in_no_list_and_its_own_address_says_why(here: World) -> None:
    listed = (
        here.get("requests.json").json + here.get("requests.json", {"service_request_id": GONE.number}).json
    )
    assert GONE.number not in {each["service_request_id"] for each in listed}
    [error] = both(lambda format: here.get(f"requests/{GONE.number}.{format}"), kind="errors", status=404)
    assert "Суретте адам бар" in error["description"]


def test_updates_tell_the_steps_in_their_order(here: World) -> None:
    said = both(
        lambda format: here.get(f"servicerequestupdates.{format}", accept_language="en"),
        kind="service_request_updates",
    )
    assert [(each["service_request_id"], each["status"], each["description"]) for each in said] == [
        (ENDED.number, "open", "With the body in charge"),
        (
            RECORD.number,
            "open",
            "With the body in charge. The body in charge: Housing. The answer is due: 11 December 2026, 17:00.",
        ),
        (ENDED.number, "open", "Being worked on"),
        (ENDED.number, "open", "Answered: done"),
        (
            RECORD.number,
            "open",
            "Being worked on. The body in charge: Housing. The answer is due: 11 December 2026, 17:00.",
        ),
        (ENDED.number, "closed", "Closed: done"),
        (
            RECORD.number,
            "open",
            "Being worked on. The body in charge: Housing. The answer is due: 11 December 2026, 17:00.",
        ),
        (
            GONE.number,
            "closed",
            "This complaint is no longer shown. Hidden: 29 November 2026, 16:00. Reason: Суретте адам бар",
        ),
    ]
    assert len({each["update_id"] for each in said}) == len(said)


def test_updates_are_of_the_span_and_of_the_requests_that_are_asked_for(here: World) -> None:
    everything = here.get("servicerequestupdates.json").json
    span = {"start_date": "2026-11-27T12:00:00Z", "end_date": "2026-11-28T12:00:00Z"}
    within = here.get("servicerequestupdates.json", span).json
    assert within == [
        each for each in everything if span["start_date"] <= each["updated_datetime"] <= span["end_date"]
    ]
    assert 0 < len(within) < len(everything)
    one = here.get("servicerequestupdates.json", {"service_request_id": ENDED.number}).json
    assert {each["service_request_id"] for each in one} == {ENDED.number}
    pages = [
        each
        for page in range(1, 5)
        for each in here.get("servicerequestupdates.json", {"page": str(page), "page_size": "3"}).json
    ]
    assert pages == everything


def test_a_token_that_is_a_number_is_answered_and_no_other(here: World) -> None:
    said = both(
        lambda format: here.get(f"tokens/{RECORD.number}.{format}"), kind="token", root="service_requests"
    )
    assert said == [{"service_request_id": RECORD.number, "token": RECORD.number}]
    both(lambda format: here.get(f"tokens/123456.{format}"), kind="errors", status=404)


def test_an_answer_that_is_known_is_not_sent_again(here: World) -> None:
    for path in ("services.xml", "requests.xml", "discovery.json", "servicerequestupdates.json"):
        first = here.get(path)
        again = here.get(path, if_none_match=first.headers["etag"])
        assert (again.status, again.text) == (304, "")


def test_texts_that_xml_cannot_hold_do_not_break_it() -> None:
    name, said = spark(rendered("errors", [{"code": 400, "description": "a\x00b\ud800<&>\"'"}], format="xml"))  # type: ignore[arg-type]
    assert (name, said[0]["description"]) == ("errors", "a\ufffdb\ufffd<&>\"'")


# --------------------------------------------------------------------------------------------------- errors
@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("services/other", None, 404),
        ("services/nothing", None, 404),
        ("requests/TST-26-ZZZZZZ", None, 404),
        ("requests/nothing", None, 404),
        ("nothing", None, 404),
        ("nothing/at-all", None, 404),
        ("requests", {"status": "fixed"}, 400),
        ("requests", {"start_date": "yesterday"}, 400),
        ("requests", {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-11-01T00:00:00Z"}, 400),
        ("requests", {"updated_after": "2026-01-01T00:00:00Z"}, 400),
        ("requests", {"page": "0"}, 400),
        ("requests", {"page": "x"}, 400),
        ("requests", {"page_size": str(PAGE_MOST + 1)}, 400),
        ("requests", {"bbox": "1,2,3"}, 400),
        ("requests", {"bbox": "77,52,76,53"}, 400),
        ("requests", {"long": "76"}, 400),
        ("requests", {"lat": "nan", "long": "76"}, 400),
        ("requests", {"service_request_id": ",".join(["TST-26-ZZZZZZ"] * 101)}, 400),
        ("servicerequestupdates", {"start_date": "2026-01-01T00:00:00Z"}, 400),
    ],
)
def test_an_error_comes_in_the_format_that_was_asked_for(
    here: World, path: str, query: dict[str, str] | None, status: int
) -> None:
    for format, language in product(FORMATS, ("kk", "ru", "en")):
        answer = here.get(f"{path}.{format}", query, accept_language=language)
        for error in told(answer, format, kind="errors", status=status):
            assert error["code"] == status
            if query is not None:
                assert error["description"].startswith((*query, "lat"))


def test_all_that_is_wrong_with_a_query_is_said_at_once(here: World) -> None:
    said = here.get("requests.json", {"page": "x", "status": "fixed", "bbox": "1"})
    assert {each["description"].partition(":")[0] for each in said.json} == {"page", "status", "bbox"}


def test_a_format_that_there_is_not_is_not_there(here: World) -> None:
    for path in ("services", "services.html", "requests.", "services.xml.gz"):
        told(here.get(path), "xml", kind="errors", status=404)


def test_a_method_that_an_address_has_not_is_refused_as_http_has_it(here: World) -> None:
    answer = here.anybody("DELETE", f"{ROOT}/requests.json")
    told(answer, "json", kind="errors", status=405)
    assert answer.headers["allow"] == "GET, POST"


@pytest.mark.parametrize("name", ["jurisdiction_id", "status", "start_date", "page", "bbox", "unheard_of"])
def test_an_empty_parameter_is_as_one_that_is_not_there(here: World, name: str) -> None:
    assert here.get("requests.json", {name: ""}).json == here.get("requests.json").json
    assert here.get("requests.json", {"jurisdiction_id": "city.gov"}).json == here.get("requests.json").json
