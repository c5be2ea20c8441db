"""`make demo`, interrupted: what it started ends with it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from infra.local import emulator, process_group
from infra.local.assembly import assembly
from infra.toolchain import ROOT

pytestmark = pytest.mark.e2e

RECORD = emulator.STATE_DIR.with_name("demo") / "emulator.json"


@pytest.fixture(scope="module", autouse=True)
def templates() -> Path:
    """So that the demo need not synthesise, which takes longer than all the rest."""
    if emulator.find() is not None:
        pytest.skip("`make up` runs, and the demo would play on it")
    return assembly()


def test_an_interrupted_demo_leaves_nothing_behind() -> None:
    # One that was killed, and could not tidy up, may have left its record.
    RECORD.unlink(missing_ok=True)
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "infra.local.demo"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as demo:
        try:
            assert demo.stdout is not None
            assert any("starting the emulator" in line for line in demo.stdout)
            started = _started_emulator()
            assert process_group.members(started)
            # What a terminal does on Ctrl-C.
            os.killpg(demo.pid, signal.SIGINT)
            _, told = demo.communicate(timeout=30)
        finally:
            process_group.end(demo.pid, grace_s=0)
    assert demo.returncode == 130
    assert told.strip() == "ended before its end"
    assert process_group.members(demo.pid) == set()
    assert process_group.members(started) == set()
    assert not RECORD.exists()


def _started_emulator() -> int:
    """Its id, which is its group's too."""
    end = time.monotonic() + 30
    while not RECORD.exists():
        assert time.monotonic() < end, "the emulator has not been started"
        time.sleep(0.05)
    return int(json.loads(RECORD.read_text())["pid"])
