"""Standard output, whose reader may have seen enough: `… | head`."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def that_may_close() -> Iterator[None]:
    """What cannot be written any more goes nowhere, at the interpreter's end too."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
