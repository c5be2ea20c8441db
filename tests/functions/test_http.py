"""The edge that the APIs share: what counts as the same request, as JSON, as a page, and as the caller's language."""

import base64
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.complaints.faults import Invalid, NotFound
from functions.edge.http import Api, answer, canonical, existing_id
from functions.edge.problems import Problem
from tests.functions.api_client import Answer, anybody, officer, person


def served(
    ask: Any, client: Any = anybody, *, language: str = "kk", method: str = "POST", **request: Any
) -> Answer:
    """The answer of an API whose one route answers what `ask` makes of it."""
    api = Api(default_language=language)

    @api.route("/x", method=method)
    def route() -> Any:
        return answer({"made": ask(api)})

    return client(api.serve)(method, "/x", **request)  # type: ignore[no-any-return]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(value=JSON, indent=st.integers(0, 3), keys=st.booleans())
def test_two_spellings_of_one_value_are_one_request(value: Any, indent: int, keys: bool) -> None:
    spelt = json.dumps(value, indent=indent, sort_keys=keys, ensure_ascii=keys).encode(
        "utf-8", "surrogatepass"
    )
    assert canonical(json.dumps(value).encode()) in {canonical(spelt), spelt}


@given(one=JSON, other=JSON)
def test_two_values_are_two_requests(one: Any, other: Any) -> None:
    raw = [json.dumps(each, sort_keys=True).encode() for each in (one, other)]
    assert (canonical(raw[0]) == canonical(raw[1])) == (raw[0] == raw[1])


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_stays_as_it_is(raw: bytes) -> None:
    assert canonical(raw) == raw


def test_the_default_language_is_the_regions_first() -> None:
    for language in ("kk", "ru", "en"):
        request = {"accept_language": "de", "language": language, "method": "GET"}
        assert served(lambda api: api.language, **request).json["made"] == language


@pytest.mark.parametrize("key", ["", "k" * 256, "é", "a\tb", "\ud800"])
def test_a_key_that_cannot_be_one_is_refused(key: str) -> None:
    made = served(lambda api: api.idempotency(caller="c", required=True), body={}, key=key)
    assert made.status in {400, 422}


def test_a_request_is_named_by_caller_method_address_and_body() -> None:
    def asked(**request: Any) -> Any:
        def ask(api: Api) -> Any:
            made = api.idempotency(caller=request.pop("caller", "c"), required=True)
            assert made is not None
            return [made.pk, made.digest]

        return served(
            ask, **{"key": "k", "body": {"a": 1}} | {k: v for k, v in request.items() if k != "caller"}
        ).json

    same = asked()
    assert asked(raw='{ "a":1 }') == same
    assert asked(body={"a": 2})["made"][1] != same["made"][1]
    assert asked(body={"a": 2})["made"][0] == same["made"][0]
    assert asked(method="PUT")["made"][1] != same["made"][1]
    assert asked(caller="another")["made"][0] != same["made"][0]
    assert asked(key="l")["made"][0] != same["made"][0]


def cursor(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("value", "taken"),
    [
        ({"pk": {"S": "a"}, "person": {"S": "p"}}, True),
        ({"pk": "a", "person": "p"}, True),
        ({"pk": {"S": "a"}, "person": {"S": "another"}}, False),
        ({"pk": {"S": "a"}}, False),
        ({"pk": {"S": "a"}, "person": {"S": "p"}, "x": {"S": "y"}}, False),
        ({"pk": {"N": "1"}, "person": {"S": "p"}}, False),
        ({"pk": {"S": 1}, "person": {"S": "p"}}, False),
        ({"pk": "", "person": "p"}, False),
        ({"pk": "a" * 501, "person": "p"}, False),
        (["pk", "person"], False),
        (None, False),
    ],
)
def test_a_cursor_is_of_this_list_and_this_person_or_refused(value: Any, taken: bool) -> None:
    text = cursor(value)
    made = served(lambda api: api.cursor("pk", person="p"), method="GET", query={"cursor": text})
    assert (made.status == 200 and made.json["made"] == text) == taken
    assert taken or made.faults == {"cursor": "wrong_form"}


@given(text=st.text(max_size=30))
def test_no_cursor_page_size_or_number_breaks_it(text: str) -> None:
    def ask(api: Api) -> Any:
        for read in (
            lambda: api.cursor("pk"),
            lambda: api.page_size(),
            lambda: api.number("n", least=0, most=1),
            lambda: existing_id(text),
        ):
            with suppress(Invalid, NotFound):
                read()
        return None

    assert served(ask, method="GET", query={"cursor": text, "limit": text, "n": text}).status == 200


def test_who_calls_is_who_the_gateway_let_in() -> None:
    assert served(lambda api: api.person, lambda h: person(h, "p"), method="GET").json["made"] == "p"
    assert served(lambda api: api.person, officer, method="GET").slug == "unauthenticated"
    assert (
        served(lambda api: str(api.agency(scope="write").id), officer, method="GET").json["made"] == "housing"
    )
    assert served(lambda api: str(api.agency(scope="admin").id), officer, method="GET").slug == "forbidden"
    assert served(lambda api: api.agency(scope="read"), person, method="GET").slug == "not-found"


def test_an_answer_without_a_body_has_none() -> None:
    api = Api()
    api.get("/x")(lambda: answer(None, status=204))
    made = anybody(api.serve)("GET", "/x")
    assert (made.status, made.text or "") == (204, "")
    assert made.headers["cache-control"] == "no-store"


def test_half_a_surrogate_pair_in_a_name_does_not_break_the_answer() -> None:
    schema = {"type": "object", "additionalProperties": False, "properties": {}}
    made = served(lambda api: api.body(schema), raw='{"\\ud800": 1}')
    assert (made.status, list(made.faults.values())) == (422, ["unknown_field"])


def test_nothing_of_an_answer_is_kept_by_caches_or_guessed_at() -> None:
    for made in (served(lambda _: 1), served(lambda _: 1 // 0)):
        assert made.headers["cache-control"] == "no-store"
        assert made.headers["x-content-type-options"] == "nosniff"
    assert made.slug == "internal"
    assert Problem("internal").status == made.status
