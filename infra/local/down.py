"""`make down`: ends what `make up` started, with everything that it started."""

import sys

from infra.local import emulator


def main() -> int:
    known = emulator.find()
    if known is None:
        print("nothing is running")
        return 0
    known.stop()
    print(f"ended the emulator at {known.url}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
