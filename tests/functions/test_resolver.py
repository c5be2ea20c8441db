"""The resolver of every API: which route answers, what is said where none does, and that every failure is told."""

from collections.abc import Mapping
from typing import Any

import pytest
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from hypothesis import given
from hypothesis import strategies as st

from functions.complaints.texts import LANGUAGES
from functions.edge.callers import Person
from functions.edge.fields import View
from functions.edge.language import Speech
from functions.edge.problems import Problem
from functions.edge.resolver import Api, no_content
from tests.functions.api_client import Answer, anybody, person


class Found(View):
    """The route, and what stood for its names."""

    route: str
    names: dict[str, str]


def door(**options: Any) -> Api:
    """Each of its routes answers which it is, and the names that it was called with."""
    router = Router()

    @router.get("/v1/a")
    def listed() -> Found:
        return Found(route="/v1/a", names={})

    @router.post("/v1/a")
    def made() -> Found:
        return Found(route="/v1/a", names={})

    @router.get("/v1/a/<id>")
    def shown(id: str) -> Found:
        return Found(route="/v1/a/<id>", names={"id": id})

    @router.get("/v1/a/near")
    def near() -> Found:
        return Found(route="/v1/a/near", names={})

    @router.delete("/v1/a/<id>/b/<other>")
    def removed(id: str, other: str) -> Found:
        return Found(route="/v1/a/<id>/b/<other>", names={"id": id, "other": other})

    @router.get("/a.json")
    def file() -> Found:
        return Found(route="/a.json", names={})

    api = Api(**options)
    api.include_router(router)
    return api


def failing(raised: Exception, **options: Any) -> Api:
    """Its one route raises this."""
    api = Api(**options)

    @api.get("/x")
    def route() -> Found:
        raise raised

    return api


DOOR = door()


def asked(path: str, *, method: str = "GET", api: Api = DOOR, **request: Any) -> Answer:
    return anybody(api.serve)(method, path, **request)


# ------------------------------------------------------------------------------------ which route answers
@pytest.mark.parametrize(
    ("method", "path", "route", "names"),
    [
        ("GET", "/v1/a", "/v1/a", {}),
        ("GET", "/v1/a/1", "/v1/a/<id>", {"id": "1"}),
        # Though it was added later: an exact one goes before one with names.
        ("GET", "/v1/a/near", "/v1/a/near", {}),
        ("DELETE", "/v1/a/1/b/2", "/v1/a/<id>/b/<other>", {"id": "1", "other": "2"}),
        # As the gateway gives it: decoded or not, it is not decoded here.
        ("GET", "/v1/a/%2F", "/v1/a/<id>", {"id": "%2F"}),
        ("GET", "/v1/a/қоқыс 1", "/v1/a/<id>", {"id": "қоқыс 1"}),
        ("GET", "/v1/a/<id>", "/v1/a/<id>", {"id": "<id>"}),
        ("GET", "/v1/a/.", "/v1/a/<id>", {"id": "."}),
    ],
)
def test_a_request_finds_the_route_of_its_method_and_path(
    method: str, path: str, route: str, names: dict[str, str]
) -> None:
    assert asked(path, method=method).json == {"route": route, "names": names}


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "v1/a", "/v1", "/v1/a/", "//v1/a", "/v1//a", "/v1/a//", "/V1/a", "/v1/a/1/2", "/v1/a/1/b"),
        *("/v1/a/\n", "/v1/a\n", "/v1/a/1\n", "/v1/a/1\x00", '/v1/a/"', "/v1/a/1?x", "/v1/a/1#x", "/v1/a/\\"),
        *("/v1/a/\ud800", "/v1/a/1/b/", "/axjson", "/a.json\n"),
    ],
)
def test_a_path_that_no_route_has_is_not_found(path: str, method: str) -> None:
    assert asked(path, method=method).slug == "not-found"


@pytest.mark.parametrize(
    ("method", "path", "methods"),
    [
        ("DELETE", "/v1/a", "GET, POST"),
        ("OPTIONS", "/v1/a", "GET, POST"),
        ("get", "/v1/a", "GET, POST"),
        ("POST", "/v1/a/near", "GET"),
        ("GET", "/v1/a/1/b/2", "DELETE"),
    ],
)
def test_a_method_that_a_path_has_not_is_told_those_that_it_has(method: str, path: str, methods: str) -> None:
    """RFC 9110, section 15.5.6."""
    refused = asked(path, method=method)
    assert (refused.status, refused.slug) == (405, "method-not-allowed")
    assert refused.headers["allow"] == methods


SEGMENT = st.text(st.sampled_from("aZ0ғ-._~!*:@,;=+&$%<> []{}|^'()"), min_size=1, max_size=8)


@given(first=SEGMENT, second=SEGMENT)
def test_what_stands_for_names_comes_as_it_was_sent(first: str, second: str) -> None:
    found = asked(f"/v1/a/{first}/b/{second}", method="DELETE").json
    assert found["names"] == {"id": first, "other": second}


@given(path=st.text(), method=st.sampled_from(["GET", "POST", "DELETE", "BREW"]))
def test_no_path_breaks_it(path: str, method: str) -> None:
    assert asked(path, method=method).status in {200, 404, 405}


@given(path=st.text(st.sampled_from("/abv1<>id\n"), max_size=12).map("/v1/a/".__add__))
def test_a_name_never_stands_for_more_or_less_than_a_segment(path: str) -> None:
    found = asked(path)
    if found.status == 200:
        name = found.json["names"]["id"]
        assert f"/v1/a/{name}" == path
        assert name
        assert "/" not in name


def at_stage(path: str, stage: str) -> tuple[int, str]:
    def staged(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        return DOOR.serve({**event, "requestContext": {**event["requestContext"], "stage": stage}}, context)

    answer = anybody(staged)("GET", path)
    return answer.status, answer.json.get("instance", "")


def test_the_stage_is_no_part_of_the_path_unless_it_is_the_default_one() -> None:
    assert at_stage("/beta/v1/a", "beta") == (200, "")
    assert at_stage("/beta/v1/b", "beta") == (404, "/v1/b")
    assert at_stage("/beta/v1/a", "$default") == (404, "/beta/v1/a")


# ------------------------------------------------------------------------------------- what is answered
def test_what_a_route_raises_is_answered_and_of_what_nobody_foresaw_nothing_is_told() -> None:
    failed = asked("/x", api=failing(LookupError("qamqor-pavlodar")))
    assert (failed.status, failed.slug) == (500, "internal")
    assert "qamqor-pavlodar" not in failed.text
    assert asked("/x", api=failing(Problem("conflict", members={"key": "parts_open"}))).status == 409


def test_what_a_dependency_raises_is_answered_as_if_the_route_had_raised_it() -> None:
    api = Api()

    @api.get("/x")
    def route(who: Person) -> Found:
        return Found(route=who, names={})

    refused = asked("/x", api=api)
    assert (refused.slug, refused.headers["www-authenticate"]) == ("unauthenticated", "Bearer")
    assert person(api.serve, "p")("GET", "/x").json["route"] == "p"


def test_an_answer_that_is_not_what_the_route_promised_is_a_fault_of_ours() -> None:
    api = Api()

    @api.get("/x")
    def route() -> Found:
        return {"route": 1}  # type: ignore[return-value]

    assert asked("/x", api=api).slug == "internal"


def test_an_answer_is_json_as_it_is_written_and_one_without_a_body_has_none() -> None:
    api = door()
    api.delete("/x")(lambda: no_content())
    assert "қоқыс" in asked("/v1/a/қоқыс", api=api).text
    made = asked("/x", method="DELETE", api=api)
    assert (made.status, made.text) == (204, "")
    assert "content-type" not in made.headers
    assert made.headers["cache-control"] == "no-store"


def test_nothing_of_an_answer_is_kept_by_caches_or_guessed_at_unless_the_route_says_so() -> None:
    for made in (asked("/v1/a"), asked("/v1/b"), asked("/x", api=failing(ZeroDivisionError()))):
        assert made.headers["cache-control"] == "no-store"
        assert made.headers["x-content-type-options"] == "nosniff"
    api = Api()

    @api.get("/x")
    def route() -> Response[Found]:
        body, headers = Found(route="", names={}), {"Cache-Control": "public, max-age=60"}
        return Response(status_code=200, content_type="application/json", body=body, headers=headers)

    assert asked("/x", api=api).headers["cache-control"] == "public, max-age=60"


# ------------------------------------------------------------------------------------------- the gate
def test_the_gate_stands_before_every_route_and_what_it_tells_is_in_every_answer() -> None:
    seen: list[str] = []

    def gate(event: Mapping[str, Any]) -> Mapping[str, str]:
        seen.append(event["rawPath"])
        if event["rawPath"] == "/closed":
            raise Problem("too-many-requests", retry_after=7)
        return {"ratelimit": "told"}

    api = door(gate=gate)
    for path, status in (("/v1/a", 200), ("/v1/b", 404), ("/v1/a/near", 200)):
        answer = asked(path, api=api)
        assert (answer.status, answer.headers["ratelimit"]) == (status, "told")
    assert seen == ["/v1/a", "/v1/b", "/v1/a/near"]
    refused = asked("/closed", api=api)
    assert (refused.slug, refused.headers["retry-after"]) == ("too-many-requests", "7")
    assert refused.json["instance"] == "/closed"
    assert asked("/v1/a", method="POST", raw="{", api=api).headers["ratelimit"] == "told"


# --------------------------------------------------------------------------------------- its languages
def speaking(**options: Any) -> Api:
    """Its one route answers the language that it was asked in."""
    api = Api(**options)

    @api.get("/x")
    def route(speech: Speech) -> Found:
        return Found(route=speech.language, names={})

    return api


def test_the_default_language_is_the_regions_first() -> None:
    for language in LANGUAGES:
        api = speaking(default_language=language)
        assert asked("/x", accept_language="de", api=api).json["route"] == language


def test_what_the_person_chose_goes_before_the_token_and_the_token_before_the_request() -> None:
    api = speaking(chosen_language={"p": "kk"}.get)
    for client, language in (
        (person(api.serve, "p", locale="ru"), "kk"),
        (person(api.serve, "q", locale="ru"), "ru"),
        (person(api.serve, "q"), "en"),
        (anybody(api.serve), "en"),
    ):
        assert client("GET", "/x").json["route"] == language


def test_who_cannot_be_served_is_told_so_though_what_they_chose_cannot_be_read_either() -> None:
    def unread(_: str) -> str:
        raise ConnectionError

    refused = person(failing(Problem("not-found"), chosen_language=unread).serve)("GET", "/x")
    assert (refused.slug, refused.json["title"]) == ("not-found", "Not found")
    failed = person(failing(ZeroDivisionError(), chosen_language=unread).serve, locale="ru")("GET", "/x")
    assert (failed.slug, failed.json["title"]) == ("internal", "Ошибка на нашей стороне")


def test_one_requests_language_is_not_the_nexts() -> None:
    api = speaking(chosen_language={"p": "ru"}.get)
    assert person(api.serve, "p")("GET", "/x").json["route"] == "ru"
    assert person(api.serve, "q")("GET", "/x").json["route"] == "en"
