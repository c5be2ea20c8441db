"""Lists by pages: how large one may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.edge.paging import PAGE_MOST, PAGE_SIZE, PageSize
from functions.edge.resolver import Api
from tests.functions.api_client import Answer, anybody


def paged() -> Api:
    """Its one route answers the size of the page that was asked for."""
    api = Api()

    @api.get("/x")
    def route(limit: PageSize = PAGE_SIZE) -> dict[str, int]:
        return {"limit": limit}

    return api


API = paged()


def asked(**query: str) -> Answer:
    return anybody(API.serve)("GET", "/x", query=query)


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
def test_no_page_size_breaks_it(text: str) -> None:
    answer = asked(limit=text)
    assert answer.status in (200, 422)
    assert set(answer.faults if answer.status == 422 else ()) <= {"limit"}
