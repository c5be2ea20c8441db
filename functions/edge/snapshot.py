"""Where Lambda restores a function from a snapshot, several environments begin with one memory: what must differ is made
anew. Times are taken for each request, credentials end and are fetched again by the SDK, and connections that the snapshot
broke are tried again by it.

Source: https://docs.aws.amazon.com/lambda/latest/dg/snapstart-uniqueness.html
"""

import random

from snapshot_restore_py import register_after_restore


def made_anew_when_restored() -> None:
    """The pauses between tries: environments that wait alike would meet again at each."""
    register_after_restore(random.seed)
