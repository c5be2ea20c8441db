"""Waiting for what must come, however busy the machine is."""

import time
from collections.abc import Callable

from infra.local.story import PATIENCE_S


def wait_for(true: Callable[[], object], *, what: str, patience: float = PATIENCE_S) -> None:
    """Raises AssertionError where it never comes true."""
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, f"waited {patience:.0f} s, and not: {what}"
        time.sleep(0.3)
