"""How much of a sweep is drawn: a part of it in the gate, which must be short, and all of it by `make sweeps`."""

import os
from typing import Final

WHOLE: Final = "WHOLE_SWEEPS" in os.environ


def draws(*, gate: int, whole: int) -> int:
    """So many examples, seeds or pairs."""
    return whole if WHOLE else gate
