"""The front as a process of its own, left running beside an emulator: started, found again and ended."""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self

from infra.local import process_group
from infra.local.front.server import Setting
from infra.local.listening import LOOPBACK, listening
from infra.toolchain import ROOT, environment

_GRACE_S: Final = 2.0
_ANSWERS_WITHIN_S: Final = 30


class FrontFailed(RuntimeError):
    """It cannot be started."""


@dataclass(frozen=True, kw_only=True)
class Running:
    """`started` tells the process from a later one with the same id."""

    pid: int
    started: str
    port: int

    @property
    def desk(self) -> str:
        return f"http://{LOOPBACK}:{self.port}/desk/"

    @classmethod
    def found(cls, state_dir: Path) -> Self | None:
        """What was started beside the emulator with that state, if it still runs."""
        try:
            known = cls(**json.loads(_record(state_dir).read_text()))
        except FileNotFoundError:
            return None
        return known if process_group.started_at(known.pid) == known.started else None

    def end(self, state_dir: Path) -> None:
        process_group.end(self.pid, grace_s=_GRACE_S)
        _record(state_dir).unlink(missing_ok=True)


def start(setting: Setting, *, state_dir: Path) -> Running:
    """Start it, and return when it answers. Raises FrontFailed, where its port is taken above all."""
    listener = listening(setting.port, refused=FrontFailed)
    listening_at = listener.getsockname()[1]
    written, log_path = state_dir / "front-setting.json", state_dir / "front.log"
    written.write_text(setting.written())
    with listener, log_path.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "infra.local.front.server", str(written), str(listener.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            env=environment(),
            pass_fds=[listener.fileno()],
            start_new_session=True,
        )
    started = process_group.started_at(process.pid) or ""
    running = Running(pid=process.pid, started=started, port=listening_at)
    _record(state_dir).write_text(json.dumps(asdict(running)))
    try:
        _wait_until_it_answers(running, process)
    except FrontFailed as failure:
        running.end(state_dir)
        raise FrontFailed(f"{failure}:\n{log_path.read_text(errors='replace')[-1000:]}") from None
    return running


def _record(state_dir: Path) -> Path:
    return state_dir / "front.json"


def _wait_until_it_answers(running: Running, process: subprocess.Popen[bytes]) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + _ANSWERS_WITHIN_S
    while time.monotonic() < until:
        if process.poll() is not None:
            raise FrontFailed(f"what shows the desk at port {running.port} ended at its start")
        try:
            opener.open(running.desk, timeout=5).close()
        except urllib.error.HTTPError:
            # An answer all the same.
            return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.05)
        else:
            return
    raise FrontFailed(f"what shows the desk does not answer at {running.desk}")
