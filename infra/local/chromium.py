"""A real Chromium: the one that npm's @sparticuz/chromium carries, or the one that CHROMIUM names.

The package has it for Linux on x86-64; elsewhere name one, as in CHROMIUM=/usr/bin/chromium.
"""

import fcntl
import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, sync_playwright

from infra.toolchain import PAGES, TOOLS, MissingTool, tool

UNPACKED = PAGES / "node_modules" / ".chromium"


class NoBrowser(RuntimeError):
    """None can be started on this machine; what it says is why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Chromium:
    """A browser's program, its arguments, and what its environment has beside ours."""

    executable: str
    args: Sequence[str]
    env: Mapping[str, str]


def chromium() -> Chromium:
    """It, unpacked once for all processes. Raises `MissingTool` where `make setup` has not been run."""
    if named := os.environ.get("CHROMIUM"):
        return Chromium(executable=named, args=(), env={})
    tool(PAGES / "node_modules" / "@sparticuz" / "chromium")
    UNPACKED.mkdir(exist_ok=True)
    with (UNPACKED / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = subprocess.run(
            [tool(TOOLS / "node"), PAGES / "browser.mjs"],
            env={**os.environ, "TMPDIR": str(UNPACKED)},
            capture_output=True,
            text=True,
            check=True,
        )
    return Chromium(**json.loads(told.stdout))


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser of it, until the end of the block."""
    found = chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=found.executable, args=list(found.args), env={**os.environ, **found.env}
        )
        yield started
        started.close()


def read(address: str, *, language: str) -> str:
    """What a person sees of a page: the text of it that is shown. Raises NoBrowser, and playwright's Error where the page
    does not open.
    """
    try:
        with launched() as browser:
            # An emulator that speaks TLS has a certificate of its own making.
            page = browser.new_page(locale=language, ignore_https_errors=True)
            page.goto(address, wait_until="load")
            return page.inner_text("body")
    except (MissingTool, OSError, subprocess.CalledProcessError) as why:
        raise NoBrowser(str(why)) from why
