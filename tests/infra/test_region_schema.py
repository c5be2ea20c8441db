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

from functions.complaints.limits import Limits
from functions.intake.photos.limits import DEFAULT_LIMITS
from infra.region import defaults
from infra.region.document import REGIONS, region_files
from infra.region.finding import Finding
from infra.region.schema import PHOTO_BYTES_MOST, REGION, json_schema, json_schema_text
from infra.region.shape import Either, ListOf, Nullable, Record, Shape, Table
from infra.region.source import Node, read_yaml
from tests.infra import small_region


def strict(schema: Any) -> Any:
    """With `$` as JSON Schema means it: the end. In Python's patterns it also stands before a last line break."""
    if isinstance(schema, dict):
        return {
            key: re.sub(r"\$$", r"\\Z", one) if key == "pattern" and isinstance(one, str) else strict(one)
            for key, one in schema.items()
        }
    return [strict(one) for one in schema] if isinstance(schema, list) else schema


VALIDATOR = jsonschema.Draft202012Validator(strict(json_schema()))
PLACE = Path("x.yaml")


def node_of(value: object) -> Node:
    if isinstance(value, dict):
        return Node(value={key: node_of(one) for key, one in value.items()}, file=PLACE, line=1)
    if isinstance(value, list):
        return Node(value=[node_of(one) for one in value], file=PLACE, line=1)
    return Node(value=value, file=PLACE, line=1)


def small(tmp_path_factory) -> dict:
    return read_yaml(small_region.write(tmp_path_factory.mktemp("small")))[0].plain()


@pytest.fixture(scope="module")
def region(tmp_path_factory) -> dict:
    return small(tmp_path_factory)


def paths(value: object, path: tuple = ()) -> list[tuple]:
    """The way to every value under `value`."""
    found = [path] if path else []
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in pairs:
        found.extend(paths(one, (*path, key)))
    return found


TEXTS = (
    *("PT4H", "P15BD", "P2M", "PT8BH", "P1DT12H", "PT", "P", "P3W", "PT4H\n", "P90D", "P0D", "P90D\n"),
    *(
        "09:00",
        "24:00",
        "9:00",
        "2026-03-09",
        "2026-13-09",
        "pavlodar",
        "a-b",
        "a--b",
        "-a",
        "A",
        "",
        " ",
        "\n",
    ),
    *("city@example.org", "x@y", "a b@example.org", "https://id.example.org", "http://id", "ftp://id", "KZ"),
    *("PVL", "PVL\n", "PVLX", "pvl", "111122223333", "11112222333", "eu-central-1", "eu", "api.example.org"),
    *("-a.org", "kk.geojson", "../kk.geojson", "cloud", "monday", "text", "same_day", "cognito", "akimat"),
)
NUMBERS = (
    -1,
    0,
    1,
    2,
    3,
    4,
    10,
    11,
    99,
    100,
    1000,
    1001,
    2020,
    2021,
    2099,
    2100,
    10_000,
    10_001,
    99_999,
    10**8,
)
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


def shapes(shape: Shape) -> Iterator[Shape]:
    """The shape and every one in it."""
    yield shape
    match shape:
        case Record(keys=keys):
            inner = [key.shape for key in keys.values()]
        case Either(records=records):
            inner = list(records.values())
        case ListOf(item=item) | Table(item=item) | Nullable(shape=item):
            inner = [item]
        case _:
            inner = []
    for one in inner:
        yield from shapes(one)


@pytest.mark.parametrize("partial", [False, True])
def test_schema_and_linter_agree_on_every_shape(partial):
    for shape in {id(shape): shape for shape in shapes(REGION)}.values():
        validator = jsonschema.Draft202012Validator(strict(shape.json_schema(partial=partial)))
        for value in VALUES:
            findings = list(shape.check(node_of(value), partial=partial))
            agree(findings, list(validator.iter_errors(value)))


def agree(findings: list[Finding], errors: list[Any]) -> None:
    # The one place where the schema knows less: a duration of nothing, or of more than a century, has its form.
    if not all(finding.rule == "duration" for finding in findings):
        assert errors, findings
    if errors:
        assert findings, errors[0].message


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_schema_and_linter_agree_on_every_mutation(region, data):
    mutant = copy.deepcopy(region)
    if data.draw(st.booleans()):
        mutant["extends"] = "pavlodar"
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(paths(mutant)))
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
        if not paths(mutant):
            return
    findings = list(REGION.check(node_of(mutant), partial="extends" in mutant))
    agree(findings, list(VALIDATOR.iter_errors(mutant)))


def test_the_published_schema_is_the_one_that_the_code_checks():
    assert (REGIONS / "region.schema.json").read_text(encoding="utf-8") == json_schema_text(), (
        "run `python -m infra.region schema`"
    )


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(json.loads(json_schema_text()))


@pytest.mark.parametrize("file", region_files(), ids=lambda file: file.stem)
def test_every_shipped_file_fits_the_schema_and_tells_editors_of_it(file):
    VALIDATOR.validate(read_yaml(file)[0].plain())
    assert file.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=region.schema.json\n")


def test_every_key_says_what_it_is_for():
    def described(schema: dict) -> None:
        for name, one in schema.get("properties", {}).items():
            assert one["description"].strip(), name
            described(one)
        for part in (schema.get("items"), schema.get("additionalProperties")):
            if isinstance(part, dict):
                described(part)

    described(json_schema()["then"])
    described(json_schema()["else"])


def test_no_file_may_be_declared_that_the_photo_check_would_refuse_for_its_size() -> None:
    assert DEFAULT_LIMITS.bytes == PHOTO_BYTES_MOST


def test_limits_that_are_left_out_are_those_of_the_functions() -> None:
    assert Limits.of(defaults.LIMITS) == Limits()
