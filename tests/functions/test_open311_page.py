"""The partners' page: each request in it is made, and answered as the page shows."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import boto3
import pytest
import time_machine

from infra.toolchain import ROOT as CHECKOUT
from tests.functions.api_client import Answer
from tests.functions.open311_world import BUCKET, ENDED, GONE, NOW, RECORD, ROOT, World, world

PAGE: Final = CHECKOUT / "docs" / "open311.md"
READABLE: Final = "| python3 -m json.tool --no-ensure-ascii"
GIVEN: Final = re.compile(r"TST-26-[0-9A-Z]{6}")
"""Numbers are drawn anew each time."""


@dataclass(frozen=True, kw_only=True)
class Step:
    command: str
    shown: str


def steps() -> Iterator[Step]:
    for block in re.findall(r"```console\n(.*?)```", PAGE.read_text(), re.DOTALL):
        for each in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, shown = re.match(r"((?:[^\n]*\\\n)*[^\n]*)\n(.*)", each, re.DOTALL).groups()  # type: ignore[union-attr]
            yield Step(command=command.replace("\\\n", " "), shown=shown.strip())


def sent(here: World, command: str, *, key: str) -> Answer:
    """As curl sends it."""
    words = shlex.split(command.replace(READABLE, ""))
    assert words[:2] == ["curl", "-s"], command
    address, fields, headers = "", list[tuple[str, str]](), dict[str, str]()
    rest = iter(words[2:])
    for word in rest:
        match word:
            case "-d" | "--data-urlencode":
                name, _, value = next(rest).partition("=")
                fields.append((name, value.replace("$OPEN311_KEY", key)))
            case "-H":
                name, _, value = next(rest).partition(": ")
                headers[name.lower().replace("-", "_")] = value
            case _:
                address = word
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc) == ("https", "api.example.org"), address
    path = parts.path.removeprefix(f"{ROOT}/")
    if fields:
        return here.post(path, urlencode(fields), **headers)
    query: Mapping[str, str] = dict(parse_qsl(parts.query, keep_blank_values=True))
    return here.get(path, query, **headers)


def printed(command: str, answer: Answer) -> str:
    if READABLE in command:
        return json.dumps(answer.json, indent=4, ensure_ascii=False)
    return answer.text


def masked(text: str) -> str:
    known = {RECORD.number, ENDED.number, GONE.number}
    return GIVEN.sub(lambda found: found[0] if found[0] in known else "TST-26-…", text)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False), world(tmp_path) as built:
        built.publish([RECORD, ENDED, GONE], now=NOW)
        boto3.client("s3").put_object(Bucket=BUCKET, Key="open/region.json", Body=b"{}")
        yield built


def test_every_request_of_the_page_is_answered_as_it_shows(here: World) -> None:
    key, walked = here.key(now=NOW), list(steps())
    for step in walked:
        said = printed(step.command, sent(here, step.command, key=key))
        assert masked(said) == masked(step.shown), step.command
    assert len(walked) > 8
