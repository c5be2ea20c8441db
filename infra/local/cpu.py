"""How much of a core each function of a deployment has used: what is left of a duration on a machine that does more."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from infra.local import process_group
from infra.local.emulator import Emulator

FUNCTION: Final = re.compile(r"Functions(\w+?)Function[0-9A-F]{8}", re.ASCII)


def cpu_ms(emulator: Emulator) -> Mapping[tuple[str, int], float]:
    """Milliseconds since each worker's start, its own and those of the processes that it has ended, by the function's name
    in the stack and the worker's id. Linux only: none elsewhere.
    """
    used: dict[tuple[str, int], float] = {}
    for pid in process_group.members(emulator.pid):
        folder = Path("/proc") / str(pid)
        try:
            environment, fields = (folder / "environ").read_text(), (folder / "stat").read_text()
        except OSError:
            continue
        named = re.search(r"AWS_LAMBDA_FUNCTION_NAME=([^\0]*)", environment)
        if named and (function := FUNCTION.search(named[1])):
            # utime, stime, cutime and cstime: see proc_pid_stat(5).
            ticks = sum(map(int, fields.rpartition(")")[2].split()[11:15]))
            used[function[1], pid] = ticks * 1000 / os.sysconf("SC_CLK_TCK")
    return used
