"""`make down`: ends what `make up` started, with everything that it started and every file that it left."""

import shutil
import sys

from infra.local import emulator, process_group
from infra.local.front.process import Running
from infra.local.up import SHELL


def main() -> int:
    """1 where something of it would not go."""
    known, front = emulator.find(emulator.STATE_DIR), Running.found(emulator.STATE_DIR)
    if front is not None:
        front.end(emulator.STATE_DIR)
    if known is not None:
        known.stop()
    # Also of one that was killed, and could not tidy up.
    shutil.rmtree(emulator.STATE_DIR, ignore_errors=True)
    SHELL.unlink(missing_ok=True)
    left = [str(path) for path in (emulator.STATE_DIR, SHELL) if path.exists()]
    for each in (known, front):
        left += [] if each is None else [f"process {pid}" for pid in sorted(process_group.members(each.pid))]
    if left:
        print(f"still there: {', '.join(left)}", file=sys.stderr)
        return 1
    print(
        "nothing is running"
        if known is None
        else f"ended the emulator at {known.url}, and nothing is left of it"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
