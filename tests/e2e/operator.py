"""An operator's shell: the commands as they are called, against an emulator."""

import subprocess
import sys

from infra.local.deployed import Deployed
from infra.toolchain import ROOT


def ops(deployed: Deployed, *words: str, region: str = "local", status: int = 0) -> str:
    """What the command printed; it must end with `status`."""
    done = subprocess.run(
        [sys.executable, "-m", "infra.ops", "--region", region, *words],
        cwd=ROOT,
        env=deployed.emulator.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout
