"""Process groups: who is in one, when a process began, and how to end one for sure."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")


def members(group: int) -> set[int]:
    """Ids of the group's processes that still run; an ended one that was not collected does not count."""
    return {pid for pid, its_group, has_ended in _processes() if its_group == group and not has_ended}


def started_at(pid: int) -> str | None:
    """When the process began, to tell it from a later one with the same id; None if there is none."""
    if (_PROC / "self").exists():
        fields = _proc_fields(_PROC / str(pid))
        return fields[19] if fields else None
    shown = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout.strip() or None


def end(group: int, *, grace_s: float) -> None:
    """Ask the group's leader to end, and after `grace_s` seconds end what is left of the group by force."""
    _signal(group, signal.SIGTERM, leader_only=True)
    _wait_until_empty(group, seconds=grace_s)
    _signal(group, signal.SIGKILL)
    if not _wait_until_empty(group, seconds=10):
        raise TimeoutError(f"processes {sorted(members(group))} of group {group} do not end")


def _signal(group: int, number: signal.Signals, *, leader_only: bool = False) -> None:
    try:
        if leader_only:
            os.kill(group, number)
        else:
            os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        # PermissionError is what macOS says of a group whose only members are waiting to be collected.
        pass


def _wait_until_empty(group: int, *, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while members(group):
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def _processes() -> Iterator[tuple[int, int, bool]]:
    """Id and group of every process, and whether it has ended."""
    if (_PROC / "self").exists():
        for folder in _PROC.iterdir():
            if folder.name.isdigit() and (fields := _proc_fields(folder)):
                # One whose first thread has ended keeps its sockets until the others have too.
                has_ended = fields[0] in "ZX" and int(fields[17]) <= 1
                yield int(folder.name), int(fields[2]), has_ended
        return
    shown = subprocess.run(["ps", "-A", "-o", "pid=,pgid=,stat="], capture_output=True, text=True, check=True)
    for line in shown.stdout.splitlines():
        pid, group, state = line.split()
        yield int(pid), int(group), state.startswith("Z")


def _proc_fields(folder: Path) -> list[str] | None:
    """The fields of /proc/PID/stat from the third, the state, on: see proc_pid_stat(5)."""
    try:
        return (folder / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
