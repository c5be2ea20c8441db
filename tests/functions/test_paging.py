"""Lists by pages: how large one may be, and that a cursor is of the very list that it is given to."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.edge.paging import PAGE_MOST, PAGE_SIZE, Cursor, PageSize, checked
from functions.edge.resolver import Api
from tests.functions.api_client import Answer, anybody


def paged() -> Api:
    """Its one route answers the page that was asked for, of one person's list."""
    api = Api()

    @api.get("/x")
    def route(limit: PageSize = PAGE_SIZE, cursor: Cursor = None) -> dict[str, int | str | None]:
        return {"limit": limit, "cursor": checked(cursor, "pk", person="p")}

    return api


API = paged()


def asked(**query: str) -> Answer:
    return anybody(API.serve)("GET", "/x", query=query)


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
    made = asked(cursor=text)
    assert (made.status == 200 and made.json["cursor"] == text) == taken
    assert taken or made.faults == {"cursor": "wrong_form"}


@pytest.mark.parametrize("text", ["1", "25", str(PAGE_MOST), "007"])
def test_a_page_is_as_large_as_was_asked(text: str) -> None:
    assert asked(limit=text).json["limit"] == int(text)
    assert asked().json["limit"] == PAGE_SIZE


@pytest.mark.parametrize("text", ["", "0", "-1", "101", "1.0", "1e1", " 1", "١", "9" * 5_000, "5,6", "x"])
def test_a_page_that_there_cannot_be_is_refused_with_what_can(text: str) -> None:
    refused = asked(limit=text)
    assert refused.faults == {"limit": "not_in_range"}
    assert refused.json["errors"][0]["detail"] == "The value must lie between 1 and 100."


@given(text=st.text(max_size=30))
def test_no_cursor_and_no_page_size_breaks_it(text: str) -> None:
    answer = asked(limit=text, cursor=text)
    assert answer.status == 422
    assert set(answer.faults) <= {"limit", "cursor"}
