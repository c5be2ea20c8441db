"""What the README shows is what a reader gets: its calls to the API, run as they are written."""

import json
import os
import re
import shlex
import subprocess

import pytest

from infra.local.story import Cast
from infra.toolchain import ROOT

README = (ROOT / "README.md").read_text()


def commands() -> list[str]:
    """Every command of a console block that calls the API, with the lines that it goes on in."""
    found = []
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL):
        lines = iter(block.splitlines())
        for line in lines:
            if not line.startswith("$ "):
                continue
            command = line.removeprefix("$ ")
            while not is_whole(command):
                command += "\n" + next(lines)
            if "$API" in command:
                found.append(command)
    return found


def is_whole(command: str) -> bool:
    """Whether every quote is closed and no backslash asks for another line."""
    try:
        shlex.split(command, comments=True)
    except ValueError:
        return False
    return not command.endswith("\\")


def test_there_are_calls_to_run() -> None:
    assert len(commands()) >= 5


@pytest.mark.parametrize("command", commands())
def test_a_call_of_the_readme_is_answered_as_shown(command: str, players: Cast) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "API": players.deployed.api_url,
        "TOKEN": players.citizen.token or "",
        "KEY": players.agency.token or "",
    }
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], env=environment, check=True, capture_output=True, text=True
    )
    answer = json.loads(done.stdout)
    refused = '"nope"' in command
    assert str(answer.get("type", "")).startswith("/problems/") is refused, answer
