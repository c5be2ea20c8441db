"""Cursors: what was made is read again, and one of another list, or of none, is refused."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.complaints.faults import Invalid
from functions.records.cursor import NAME_MOST, VALUE_MOST, cursor_at, key_at, opaque, plain, position

ASCII = st.text(st.characters(max_codepoint=0x7F))


def at(cursor: str) -> dict[str, str] | None:
    """Read as the cursor of one person's list."""
    return position(cursor, "pk", person="p")


def made(value: Any) -> str:
    return opaque(json.dumps(value))


@given(text=ASCII)
def test_a_name_says_the_text_that_it_was_made_of(text: str) -> None:
    assert plain(opaque(text)) == text
    assert plain(opaque(text) + "==") == text


@given(name=st.text(max_size=30))
def test_but_for_its_padding_a_text_has_one_name(name: str) -> None:
    try:
        text = plain(name)
    except Invalid:
        return
    assert opaque(text) == name.rstrip("=")


def test_what_is_no_name_is_a_fault_of_its_field() -> None:
    with pytest.raises(Invalid, match=r"/ids/0: wrong_form"):
        plain("?", field="/ids/0")


@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=VALUE_MOST // 4))
def test_the_key_of_a_cursor_goes_on_as_dynamodb_gave_it(text: str) -> None:
    key = {"pk": {"S": text}, "person": {"S": "p"}}
    cursor = cursor_at(key)
    assert cursor is not None
    assert key_at(at(cursor)) == key


def test_the_end_of_a_list_has_no_cursor_and_its_beginning_needs_none() -> None:
    assert cursor_at(None) is None
    assert position(None, "pk") is None
    assert key_at(None) is None


def test_a_cursor_may_hold_its_texts_plain() -> None:
    assert at(made({"pk": "a", "person": "p"})) == {"pk": "a", "person": "p"}


@pytest.mark.parametrize(
    "value",
    [
        {"pk": {"S": "a"}, "person": {"S": "another"}},
        {"pk": {"S": "a"}},
        {"pk": {"S": "a"}, "person": {"S": "p"}, "x": {"S": "y"}},
        {"pk": {"N": "1"}, "person": {"S": "p"}},
        {"pk": {"S": 1}, "person": {"S": "p"}},
        {"pk": "", "person": "p"},
        {"pk": "a" * (VALUE_MOST + 1), "person": "p"},
        {"pk": "я" * VALUE_MOST, "person": "p"},
        {"pk": "\ud800", "person": "p"},
        ["pk", "person"],
        None,
        1,
    ],
)
def test_a_cursor_is_of_this_list_and_this_person_or_refused(value: Any) -> None:
    with pytest.raises(Invalid):
        at(made(value))


def test_json_that_is_too_deep_to_read_is_no_cursor() -> None:
    with pytest.raises(Invalid):
        at(base64.urlsafe_b64encode(b"[" * 100_000).decode().rstrip("="))


def test_a_name_is_no_longer_than_is_said_of_it() -> None:
    padded = json.dumps({"id": "x"}).ljust(NAME_MOST)
    with pytest.raises(Invalid):
        position(opaque(padded), "id")
