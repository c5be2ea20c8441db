"""What is wrong with a request is said to a person: choices by their names, kinds of values in words, in their language.

Every fault that a model of any door can raise is raised here by a value that is wrong in that way, and so are those of the
questions that the shipped regions ask.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import product
from typing import Any

import pytest

from functions.complaints.complaint import Status
from functions.complaints.events import EventType
from functions.complaints.faults import FieldFault, Invalid
from functions.complaints.questions import answer_faults
from functions.complaints.region import Region, region_from_dict
from functions.complaints.texts import LANGUAGES, UNKNOWN, has_text
from functions.edge.problems import choice_name, problem_of
from functions.edge.validation import refusal
from infra.region import load_region_file
from tests.functions.carried import carried
from tests.infra.test_terms import MACHINE, TECHNICAL

SHIPPED = ("pavlodar", "karaganda")
WRONG_TEXTS = ("x", "", "-1", "1e9", "x" * 5_000, ["x", "y"])
"""Of a parameter, as Powertools hands it on."""
WRONG: tuple[Any, ...] = (
    None,
    True,
    1,
    1.5,
    "x",
    "",
    [],
    {},
    ["x"],
    [{}],
    {"x": {}},
    "x" * 5_000,
    10**400,
    float("inf"),
)


def faults() -> Iterator[FieldFault]:
    """Each way in which each field of each request can be wrong, as far as these values are."""
    for each in carried():
        names = _fields(each.adapter.core_schema) if each.place == "body" else ()
        bodies = (*WRONG, *({name: value} for name, value in product(names, WRONG)))
        inner = ({name: [{key: value}]} for name in names for key, value in product(names, WRONG[:5]))
        for value in (*bodies, *inner) if each.place == "body" else WRONG_TEXTS:
            error = refusal(found) if (found := each.errors(value)) else None
            yield from error.faults if isinstance(error, Invalid) else ()


def _fields(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of its fields, and of what is within them."""
    found: list[str] = []
    match schema:
        case {"fields": fields} if schema["type"] == "model-fields":
            found += [name for each in fields for name in (each, *_fields(fields[each]))]
        case {"definitions": definitions, "schema": inner}:
            found += [name for each in (inner, *definitions) for name in _fields(each)]
        case {"schema": inner} | {"items_schema": inner}:
            found += _fields(inner)
    return tuple(dict.fromkeys(found))


@cache
def shipped(region_id: str) -> Region:
    return region_from_dict(json.loads(load_region_file(region_id).compiled))


def asked() -> Iterator[FieldFault]:
    for region_id in SHIPPED:
        for category in shipped(region_id).categories.values():
            wrong = {question.id: "nonsense" for question in category.questions}
            yield from answer_faults(wrong, category)


FAULTS = {
    (fault.pointer.rpartition("/")[2], fault.key, repr(fault.params)): fault
    for fault in (*faults(), *asked())
}


def test_the_sweep_meets_what_was_said_like_a_machine_before() -> None:
    keys = {fault.key for fault in FAULTS.values()}
    assert {"unknown_choice", "wrong_type", "missing", "unknown_field", "too_long", "empty"} <= keys
    expected = {fault.params["expected"] for fault in FAULTS.values() if fault.key == "wrong_type"}
    assert {"string", "number", "integer", "boolean", "array", "object"} == expected
    offered = {choice for fault in FAULTS.values() for choice in _values(fault)}
    assert {"fcm", "kk", "entrepreneur", "read", "v1a", "image/heic", "complaint.*", "yes"} <= offered


def _values(fault: FieldFault) -> list[str]:
    choices: Sequence[Any] = fault.params.get("choices", ())
    return [each if isinstance(each, str) else each["id"] for each in choices]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_fault_of_any_request_is_said_in_words_of_a_machine(language: str) -> None:
    for fault in FAULTS.values():
        (said,) = problem_of(Invalid([fault])).document(language)["errors"]
        detail = said["detail"]
        assert not {UNKNOWN, "_", "{"} & set(detail), detail
        if language != "en":
            assert not MACHINE.search(detail), detail
            latin = set(re.findall(r"[A-Za-z][A-Za-z0-9]+", detail)) - TECHNICAL
            assert latin == set(), detail
        # What is sent is there for programs, and what it is called for people.
        assert said.get("choices", []) == _values(fault)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_value_that_can_be_chosen_has_a_name(language: str) -> None:
    listed = {str(each) for each in EventType} | {"complaint.*"}
    chosen = {
        each for fault in FAULTS.values() for each in fault.params.get("choices", ()) if isinstance(each, str)
    }
    chosen |= {str(each) for each in Status} | {"resolved", "declined"}
    for value in chosen - listed:
        assert has_text(f"choice.{value}") or has_text(f"status.{value}"), value
        assert choice_name(value, language) not in (f"status.{value}", f"choice.{value}")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("kk", "Мұндай нұсқа жоқ. Мына нұсқалардың бірін таңдаңыз: Иә; Жоқ."),
        ("ru", "Такого варианта нет. Выберите один из вариантов: Да; Нет."),
        ("en", "There is no such choice. Please choose one of these: Yes; No."),
    ],
)
def test_the_choices_of_a_question_are_those_that_the_person_saw(language: str, said: str) -> None:
    (fault,) = answer_faults({"near_school": "maybe"}, shipped("pavlodar").categories["open_manhole"])
    (error,) = problem_of(Invalid([fault])).document(language)["errors"]
    assert error["detail"] == said
    assert error["choices"] == ["yes", "no"]


def test_of_a_long_list_the_names_are_left_to_the_list() -> None:
    (fault,) = (each for each in FAULTS.values() if "complaint.*" in _values(each))
    (error,) = problem_of(Invalid([fault])).document("ru")["errors"]
    assert error["detail"] == "Такого варианта нет. Выберите его из списка."
    assert "complaint.answered" in error["choices"]
