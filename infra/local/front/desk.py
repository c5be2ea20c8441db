"""The desk of a local deployment, shown: by a server of this process for a block, or by one that is left running."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from infra.local.deployed import Deployed
from infra.local.front import process
from infra.local.front.client import let_sign_in
from infra.local.front.officer import Officer
from infra.local.front.server import Server, Setting

BESIDE: Final = 1
"""How far the desk's port is from the emulator's, where it is left running: an address to come back to."""


@contextmanager
def shown(deployed: Deployed, officers: Sequence[Officer]) -> Iterator[Server]:
    """At a free port, until the end of the block."""
    with Server(_setting(deployed, officers, port=0)) as server:
        let_sign_in(deployed, desk=server.desk)
        yield server


def left_running(deployed: Deployed, officers: Sequence[Officer]) -> process.Running:
    """Beside the emulator; the one that runs already, if one does. Raises process.FrontFailed."""
    state_dir = deployed.emulator.state_dir
    running = process.Running.found(state_dir)
    if running is None:
        setting = _setting(deployed, officers, port=deployed.emulator.port + BESIDE)
        running = process.start(setting, state_dir=state_dir)
    let_sign_in(deployed, desk=running.desk)
    return running


def _setting(deployed: Deployed, officers: Sequence[Officer], *, port: int) -> Setting:
    return Setting(port=port, emulator=deployed.emulator.url, api=deployed.api_url, officers=tuple(officers))
