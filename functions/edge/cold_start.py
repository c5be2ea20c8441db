"""No garbage collection while Lambda imports a handler: what is made then stays, and looking through it again and again
is a tenth of a cold start.

`functions/__init__.py` begins it, each handler ends it after its set-up, before the first request. Elsewhere than on
Lambda nothing changes.
"""

import gc
import os


def begin() -> None:
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        gc.disable()


def end() -> None:
    """Collect again from now on, and never look at what the set-up made."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
