"""A page with commands in it, walked as its reader would: in one shell, in order, comparing what it prints.

A `console` block holds what is typed (after `$ `) and what is then shown. `…` in what is shown stands for anything. What
differs from one run to the next by its nature (ids, numbers, times, cursors, signatures) is compared by its form.
Blocks of other kinds (`sh`, `json`, `python`) are not walked.
"""

import doctest
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

PATIENCE_S: Final = 90.0
"""How long what is only looked at may take to become what the page shows: functions run after an answer was given."""

_BLOCK: Final = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)
_FORMS: Final = tuple(
    (re.compile(pattern), form)
    for pattern, form in (
        (r"\b\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z", "<time>"),
        (r"\b\d{4}-\d\d-\d\d\b", "<date>"),
        (
            r"\b\d{1,2} (January|February|March|April|May|June|July|August|September|October|November|December)( \d{4})?\b",
            "<day>",
        ),
        (r"\b\d\d:\d\d(:\d\d)?\b", "<clock>"),
        (r"\b[A-Z]{3}-\d\d-[0-9A-Z]{6}\b", "<number>"),
        (r"\b[0-9A-HJKMNP-TV-Z]{26}\b", "<id>"),
        (r'"cursor": "[^"]+"', '"cursor": "<cursor>"'),
        (r"\bmsg_[0-9a-f]{32}\b", "<message>"),
        (r"\bqk_\w+", "<key>"),
        (r"\bwhsec_[\w+/=]+", "<secret>"),
        (r"\b(v1a?),[\w+/=]+", r"\1,<signature>"),
        (r"http://(127\.0\.0\.1|localhost|[\w.-]+\.localhost):\d+", "http://<here>"),
        (r"\b\d+(\.\d+)? (milliseconds|seconds|minutes|ms|s|min)\b", "<duration>"),
    )
)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One command, what the page shows for it, and the line of the page on which it begins."""

    command: str
    shown: str
    line: int

    @property
    def only_looks(self) -> bool:
        """Whether it may be given again until the answer has come."""
        return not re.search(r"-X (POST|PUT|PATCH|DELETE)|\bmake\b|<<|>", self.command)


def steps(page: str) -> Iterator[Step]:
    """Every command of a page, with the lines that it goes on in."""
    for block in _BLOCK.finditer(page):
        line = page.count("\n", 0, block.start(1)) + 1
        command, shown, began = "", "", line
        for text in block[1].splitlines():
            if command and not _is_whole(command):
                command += f"\n{text}"
            elif text.startswith("$ "):
                if command:
                    yield Step(command=command, shown=shown, line=began)
                command, shown, began = text.removeprefix("$ "), "", line
            else:
                shown += f"{text}\n"
            line += 1
        if command:
            yield Step(command=command, shown=shown, line=began)


def _is_whole(command: str) -> bool:
    """Whether bash would not ask for another line."""
    if command.endswith("\\"):
        return False
    return subprocess.run(["bash", "-n", "-c", command], capture_output=True, check=False).returncode == 0


def agrees(*, shown: str, printed: str) -> bool:
    """Whether what was printed is what the page shows; a page that shows nothing promises nothing."""
    if not shown.strip():
        return True
    return doctest.OutputChecker().check_output(
        _form(shown).replace("…", "..."), _form(printed), doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    )


def _form(text: str) -> str:
    for pattern, form in _FORMS:
        text = pattern.sub(form, text)
    return text.strip() + "\n"


class Shell:
    """One bash for a whole page, so that a variable that one command sets is there for the next.

    `status` is what the last command ended with: one that the page shows nothing of must have gone well.
    """

    status = 0

    def __init__(self, *, folder: Path, environment: Mapping[str, str]) -> None:
        self._bash = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # With whatever the page left running.
        os.killpg(self._bash.pid, signal.SIGKILL)
        self._bash.communicate()

    def run(self, step: Step) -> str:
        """What the command prints once it prints what the page shows, or the last of what it printed instead."""
        end = time.monotonic() + PATIENCE_S
        printed = self._run_once(step.command)
        while not agrees(shown=step.shown, printed=printed) and step.only_looks and time.monotonic() < end:
            time.sleep(1)
            printed = self._run_once(step.command)
        return printed

    def _run_once(self, command: str) -> str:
        assert self._bash.stdin is not None
        assert self._bash.stdout is not None
        mark = f"--- {time.monotonic_ns()} ---"
        self._bash.stdin.write(f"{command}\nprintf '\\n%s %s\\n' '{mark}' $?\n")
        self._bash.stdin.flush()
        printed = ""
        for line in self._bash.stdout:
            if line.startswith(mark):
                self.status = int(line.removeprefix(mark))
                return printed
            printed += line
        raise AssertionError(f"the shell ended at: {command}\n{printed}")
