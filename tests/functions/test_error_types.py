"""Every error that pydantic can raise of a request has a key of ours, and each key its words in three languages."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.complaints.faults import FieldFault
from functions.complaints.texts import LANGUAGES, UNKNOWN
from functions.edge.fields import FAULT
from functions.edge.problems import fault_text, problem_of
from functions.edge.validation import FAULTS, NO_SUCH, refusal
from tests.functions.carried import Carried, carried
from tests.functions.error_types import error_types

CONTEXT = {"min_length": 2, "max_length": 3, "ge": 1, "le": 9, "expected": "'a', 'b' or 'c'"}


def possible(each: Carried) -> set[str]:
    """What can be wrong with it; that it is not there Powertools finds by itself."""
    return {*error_types(each.adapter.core_schema), "missing"}


def test_every_error_that_a_request_to_any_door_can_raise_has_a_key() -> None:
    keyless = {(each.route, kind) for each in carried() for kind in possible(each) if kind not in FAULTS}
    assert not keyless


def test_no_key_is_for_an_error_that_nothing_can_raise() -> None:
    raised = {kind for each in carried() for kind in possible(each)}
    assert set(FAULTS) <= raised


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("least", [1, 2])
def test_every_key_is_said_in_each_language(kind: str, least: int) -> None:
    key, params = FAULTS[kind]({"type": kind, "loc": (), "ctx": CONTEXT | {"min_length": least}})
    said = {each: fault_text(FieldFault(pointer="/x", key=key, params=params), each) for each in LANGUAGES}
    assert len(set(said.values())) == len(LANGUAGES)
    assert not [each for each in said.values() if UNKNOWN in each or "{" in each]
    assert {each for each, text in said.items() if re.search("[А-я]", text)} == {"kk", "ru"}


PARAMETERS = [each for each in carried() if each.place != "body"]


@given(each=st.sampled_from(PARAMETERS), value=st.text() | st.lists(st.text(), min_size=2, max_size=3))
def test_whatever_a_parameter_is_what_is_wrong_with_it_can_be_told(
    each: Carried, value: str | list[str]
) -> None:
    """The values are as Powertools hands them on: a text, or several where the parameter came twice."""
    found = [error for error in each.errors(value) if error["type"] != NO_SUCH]
    assert {error["type"] for error in found if not error["type"].startswith(FAULT)} <= possible(each)
    for language in LANGUAGES:
        assert UNKNOWN not in str(problem_of(refusal(found)).document(language))
