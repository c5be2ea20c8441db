"""The published JSON Schema and the linter's check of the form say the same of every file."""

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from functions.complaints.limits import Limits
from functions.intake.photos.limits import DEFAULT_LIMITS
from infra.region import schema
from infra.region.document import REGIONS, region_files
from infra.region.form import FINDINGS, form_findings
from infra.region.source import Node, read_yaml
from tests.infra import small_region
from tests.sweeps import draws


def strict(part: Any) -> Any:
    """With `$` as JSON Schema means it: the end. In Python's patterns it also stands before a last line break."""
    if isinstance(part, dict):
        return {
            re.sub(r"\$$", r"\\Z", key): re.sub(r"\$$", r"\\Z", one)
            if key == "pattern" and isinstance(one, str)
            else strict(one)
            for key, one in part.items()
        }
    return [strict(one) for one in part] if isinstance(part, list) else part


VALIDATOR = jsonschema.Draft202012Validator(strict(schema.json_schema()))


def node_of(value: object) -> Node:
    if isinstance(value, dict):
        value = {key: node_of(one) for key, one in value.items()}
    elif isinstance(value, list):
        value = [node_of(one) for one in value]
    return Node(value=value, file=Path("x.yaml"), line=1)


@pytest.fixture(scope="module")
def region(tmp_path_factory) -> dict:
    return read_yaml(small_region.write(tmp_path_factory.mktemp("small")))[0].plain()


def paths(value: object, path: tuple = ()) -> Iterator[tuple]:
    """The way to every value under `value`."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in pairs:
        yield (*path, key)
        yield from paths(one, (*path, key))


TEXTS = (
    *"PT4H P15BD P2M PT8BH P1DT12H PT P P3W P90D P0D 09:00 24:00 9:00 2026-03-09 2026-13-09".split(),
    *"pavlodar a-b a--b -a A city@example.org x@y https://id.example.org http://id ftp://id KZ".split(),
    *"PVL PVLX pvl 111122223333 11112222333 eu-central-1 eu api.example.org -a.org kk.geojson".split(),
    *"../kk.geojson cloud monday text same_day cognito akimat".split(),
    *("", " ", "\n", "PT4H\n", "P90D\n", "PVL\n", "a b@example.org"),
)
NUMBERS = (-1, 0, 1, 3, 4, 10, 11, 99, 100, 1000, 1001, 2020, 2021, 2099, 2100, 10_000, 10_001, 99_999, 10**8)
KEYS = (
    {},
    {"provider": "cognito"},
    {"provider": "other"},
    {"issuer": "https://id.example.org", "audience": "app"},
    {"issuer": "https://id.example.org"},
    {"provider": "cognito", "issuer": "https://id.example.org", "audience": "app"},
    {"kk": "а", "ru": "б", "en": "c"},
    {"kk": "а", "ru": "б", "en": "c", "de": "d"},
    {"2026-12-31": "17:00"},
    {"31.12.2026": "17:00"},
    {"west": "city"},
    {"West": "city"},
)
LISTS = (
    [],
    [7],
    ["monday"],
    ["2026-03-09"],
    [2026],
    [2026, 2027],
    ["PT4H"],
    ["a@example.org"],
    [{"id": "a"}],
)
VALUES = (*TEXTS, *NUMBERS, *KEYS, *LISTS, None, True, False, 1.5)

texts = st.text(max_size=12) | st.sampled_from(TEXTS)
values = st.sampled_from(VALUES) | texts


@settings(max_examples=draws(gate=100, whole=1_000), deadline=None)
@given(data=st.data())
def test_schema_and_linter_agree_on_every_mutation(region, data):
    mutant = copy.deepcopy(region)
    if data.draw(st.booleans()):
        mutant["extends"] = "pavlodar"
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(paths(mutant))))
        parent = mutant
        for key in path[:-1]:
            parent = parent[key]
        match data.draw(st.sampled_from(["replace", "remove", "add"])):
            case "remove":
                del parent[path[-1]]
            case "add" if isinstance(parent, dict):
                parent[data.draw(texts)] = copy.deepcopy(data.draw(values))
            case _:
                parent[path[-1]] = copy.deepcopy(data.draw(values))
        if not mutant:
            return
    partial = "extends" in mutant
    findings = list(form_findings(node_of(mutant), partial=partial))
    errors = list(VALIDATOR.iter_errors(mutant))
    # The one place where the schema knows less: a duration of nothing, or of more than a century, has its form.
    assert errors or all(finding.rule == "duration" for finding in findings), findings
    # And the one where a file that extends another knows more: what it may not leave out is missed once it is whole.
    told = errors if not partial else [error for error in errors if "required" not in set(validators(error))]
    assert findings or not told, told


def validators(error: jsonschema.ValidationError) -> Iterator[str]:
    yield error.validator
    for inner in error.context or ():
        yield from validators(inner)


def test_every_error_that_the_models_can_raise_has_a_finding(region):
    found = set()
    for *inner, last in paths(region):
        for value in ("\n", -1, 10**8, None, [], {"invented": 1}):
            mutant = copy.deepcopy(region)
            parent = mutant
            for key in inner:
                parent = parent[key]
            parent[last] = value
            errors = errors_of(mutant)
            assert len(list(form_findings(node_of(mutant)))) == len(errors)
            found |= {error["type"] for error in errors}
    assert found == set(FINDINGS)


def errors_of(raw: dict) -> list:
    try:
        schema.Region.model_validate(raw)
    except ValidationError as invalid:
        return invalid.errors()
    return []


def test_the_published_schema_is_the_one_that_the_code_checks():
    assert (REGIONS / "region.schema.json").read_text(encoding="utf-8") == schema.json_schema_text(), (
        "run `python -m infra.region schema`"
    )


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(json.loads(schema.json_schema_text()))


@pytest.mark.parametrize("file", region_files(), ids=lambda file: file.stem)
def test_every_shipped_file_fits_the_schema_and_tells_editors_of_it(file):
    VALIDATOR.validate(read_yaml(file)[0].plain())
    assert file.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=region.schema.json\n")


def test_a_file_that_extends_another_still_names_itself_and_its_things_and_has_its_identity_provider_whole():
    assert VALIDATOR.is_valid({"region": "a", "extends": "b", "categories": [{"id": "c"}]})
    for lacking in (
        {},
        {"region": "a", "agencies": [{"kind": "akimat"}]},
        {"region": "a", "identity": {"audience": "x"}},
    ):
        assert not VALIDATOR.is_valid(lacking | {"extends": "b"})


def test_every_key_says_what_it_is_for():
    whole = schema.Region.model_json_schema()
    for form in (whole, *whole["$defs"].values()):
        for name, key in form["properties"].items():
            assert key["description"].strip(), name


def test_no_file_may_be_declared_that_the_photo_check_would_refuse_for_its_size() -> None:
    assert DEFAULT_LIMITS.bytes == schema.PHOTO_BYTES_MOST


def test_limits_that_are_left_out_are_those_of_the_functions() -> None:
    assert Limits.of(schema.Limits().model_dump()) == Limits()
