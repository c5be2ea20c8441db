"""`make fuzz`: many requests to the functions in this process, and some to the emulator."""

import argparse
import json
import time

from infra.packaging.openapi import document
from tests.fuzz.emulated import emulated
from tests.fuzz.run import Tally, fuzz
from tests.fuzz.town import PERSON, town
from tests.fuzz.wsgi import sender
from tests.region_fixture import region


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=100_000, help="requests to the functions in one process")
    parser.add_argument(
        "--emulator", type=int, default=5_000, help="requests to a deployment on the emulator"
    )
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if asked.count:
        began = time.monotonic()
        with town() as made:
            tally = fuzz(
                json.loads(document(region())),
                count=asked.count,
                send=sender(made.gateway, person=PERSON),
                ids=made.ids,
                number=asked.seed,
            )
        _report("in one process", tally, seconds=time.monotonic() - began)
    if asked.emulator:
        with emulated() as deployed:
            began = time.monotonic()
            tally = fuzz(
                deployed.document,
                count=asked.emulator,
                send=deployed.send,
                ids=deployed.ids,
                number=asked.seed,
            )
        _report("on the emulator", tally, seconds=time.monotonic() - began)


def _report(where: str, tally: Tally, *, seconds: float) -> None:
    by_status = ", ".join(f"{status}: {count}" for status, count in tally.statuses.items())
    print(f"{where}: {tally.requests} requests in {seconds:.0f} s, none that was not described ({by_status})")


if __name__ == "__main__":
    main()
