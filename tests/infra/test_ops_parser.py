"""The operator's commands as they are asked for: each explains itself, and changes nothing unless it is told to."""

import argparse
from collections.abc import Iterator

import pytest

from infra.ops.__main__ import parser

CHANGING = {
    "dead-letters redrive",
    "deadlines recompute",
    "keys agree",
    "keys make",
    "keys revoke",
    "keys rotate",
    "officers erase",
    "officers invite",
    "officers leave",
    "officers reset",
    "partners create",
    "partners revoke",
    "person erase",
    "public hide",
    "public unhide",
    "restore",
    "set-aside give-up",
    "canary sign-in",
    "edge-secret forget",
    "edge-secret rotate",
    "set-aside retry",
    "subscriptions pause",
    "subscriptions replay",
    "subscriptions resume",
    "watches restart",
}
READING = {
    "chain verify",
    "dead-letters list",
    "dead-letters show",
    "keys list",
    "officers list",
    "partners list",
    "person export",
    "set-aside list",
    "subscriptions list",
    "trace",
    "watches lost",
}


def leaves(of: argparse.ArgumentParser, words: str = "") -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command by its words."""
    groups = [action for action in of._actions if isinstance(action, argparse._SubParsersAction)]
    if not groups:
        yield words, of
    for group in groups:
        for name, each in group.choices.items():
            yield from leaves(each, f"{words} {name}".strip())


COMMANDS = dict(leaves(parser()))


def test_the_commands_are_these() -> None:
    assert set(COMMANDS) == CHANGING | READING


@pytest.mark.parametrize("words", sorted(CHANGING | READING))
def test_a_command_explains_itself(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(["--region", "local", *words.split(), "--help"])
    assert ended.value.code == 0
    printed = capsys.readouterr().out
    assert words.split()[-1] in printed
    assert COMMANDS[words].description


@pytest.mark.parametrize("words", sorted(CHANGING | READING))
def test_what_changes_something_does_so_only_with_apply_and_what_reads_has_no_such_word(words: str) -> None:
    flags = {flag for action in COMMANDS[words]._actions for flag in action.option_strings}
    assert ("--apply" in flags) == (words in CHANGING)
    if words in CHANGING:
        assert COMMANDS[words].get_default("apply") is False
