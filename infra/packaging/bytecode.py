"""Bytecode as Lambda needs it.

CDK dates every file in a zip 1980, so bytecode that is checked against its source's time is always stale on
Lambda and each cold start would compile everything again: 2.9 times the import, as measured. Hence `unchecked-hash`,
which is not checked at all (PEP 552).
"""

import subprocess
import sys
from pathlib import Path
from typing import Final

RUNTIME: Final = (3, 13)


class NotCompiled(RuntimeError):
    """A module cannot be compiled, or this is not the runtime's Python."""


def compile_folder(folder: Path) -> None:
    """Compile every module below; the same sources give the same bytes. Raises `NotCompiled`."""
    if sys.version_info[:2] != RUNTIME:
        raise NotCompiled(f"bytecode must be made by Python {RUNTIME[0]}.{RUNTIME[1]}; this is {sys.version}")
    done = subprocess.run(
        [
            *(sys.executable, "-s", "-P", "-m", "compileall", "-q", "-j", "1", "-s", str(folder)),
            *("--invalidation-mode", "unchecked-hash", str(folder)),
        ],
        capture_output=True,
        text=True,
        env={"PYTHONHASHSEED": "0"},
        check=False,
    )
    if done.returncode:
        raise NotCompiled(done.stdout)
