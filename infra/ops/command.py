"""What the operator's commands have in common: how one is declared, and the one way in which a thing is changed."""

import argparse
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Protocol

from functions.complaints.duration import Duration
from infra.ops.place import Place

DRY_RUN = "nothing was changed; --apply does it"

type Run = Callable[[Place, argparse.Namespace], int]


class Group(Protocol):
    """Where commands are added: what argparse's `add_subparsers` returns."""

    def add_parser(self, name: str, *, help: str, description: str) -> argparse.ArgumentParser: ...


def group(commands: Group, name: str, *, help: str) -> Group:
    parser = commands.add_parser(name, help=help, description=help)
    return parser.add_subparsers(required=True, metavar="WHAT")


def command(
    commands: Group, name: str, run: Run, *, help: str, changes: bool = False
) -> argparse.ArgumentParser:
    """A command; one that `changes` something does so with --apply only, and else says what it would do."""
    parser = commands.add_parser(name, help=help, description=help)
    parser.set_defaults(run=run)
    if changes:
        parser.add_argument(
            "--apply", action="store_true", help="do it; without this, only say what would be done"
        )
    return parser


def done(options: argparse.Namespace) -> int:
    """The end of a command that changes something."""
    if not options.apply:
        print(DRY_RUN)
    return 0


def duration(text: str) -> timedelta:
    """For argparse: `P3D`, `PT24H`; raises ArgumentTypeError."""
    try:
        return Duration.parse(text).elapsed
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no duration such as PT24H or P3D") from error


def table(rows: Sequence[Sequence[object]], *, head: Sequence[str]) -> str:
    """Columns as wide as their widest cell; `none` where there is no row."""
    if not rows:
        return "none"
    cells = [list(head), *([("" if cell is None else str(cell)) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in cells)
    return "\n".join(line.rstrip() for line in lines)
