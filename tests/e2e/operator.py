"""An operator's shell: the commands as they are called, against an emulator."""

import subprocess
import sys

from infra.local.deployed import Deployed
from infra.toolchain import ROOT


def ops(deployed: Deployed, *words: str, region: str = "local", status: int | None = 0) -> str:
    """What the command printed; it must end with `status`, or with any where that is None."""
    done = subprocess.run(
        [sys.executable, "-m", "infra.ops", "--region", region, *words],
        cwd=ROOT,
        env=deployed.emulator.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert status in (None, done.returncode), done.stdout + done.stderr
    return done.stdout
