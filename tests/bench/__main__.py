"""`make bench`: measures, prints a table for each figure, and writes docs/benchmark.md and its summaries.

python -m tests.bench [imports|warm|sizes|memory|requests|reads|burst|core|telling|webhooks ...]
                      [--count N] [--many N] [--rounds N]
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Final

from tests.bench.report import Table, machine, say, summarise, write

# By name: the module and its function.
BENCHES: Final = {
    "imports": ("imports", "measure"),
    "warm": ("warm", "measure"),
    "sizes": ("footprint", "sizes"),
    "memory": ("footprint", "memory"),
    "requests": ("requests", "measure"),
    "reads": ("reads", "measure"),
    "burst": ("burst", "measure"),
    "core": ("core", "measure"),
    "telling": ("telling", "measure"),
    "webhooks": ("webhooks", "measure"),
}


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", description="Measure against bare handlers."
    )
    parser.add_argument("bench", nargs="*", choices=[*BENCHES, []], help="all of them, if none is named")
    parser.add_argument("--count", type=int, default=1000, help="complaints in the burst (default: 1000)")
    parser.add_argument(
        "--many",
        type=int,
        default=1_000_000,
        help="complaints in the large tables of reads (default: 1,000,000)",
    )
    parser.add_argument("--rounds", type=int, default=11, help="of warm (default: 11)")
    chosen = parser.parse_args()
    options = {
        "burst": {"count": chosen.count},
        "reads": {"many": chosen.many},
        "warm": {"rounds": chosen.rounds},
    }
    missed = 0
    for name in chosen.bench or BENCHES:
        say(f"{name} ...")
        began = time.monotonic()
        tables = _bench(name)(**options.get(name, {}))
        text = "\n\n".join(table.markdown() for table in tables)
        print(f"\n{text}\n", flush=True)
        seconds = time.monotonic() - began
        write({name: f"{text}\n\n{time.strftime('%-d %B %Y')}, {seconds:.0f} s, {machine()}."})
        summarise()
        missed += sum(not row.reached for table in tables for row in table.rows)
    say(f"{missed} figures short of their reach" if missed else "every figure within its reach")
    return 0


def _bench(name: str) -> Callable[..., Sequence[Table]]:
    module, function = BENCHES[name]
    measure: Callable[..., Sequence[Table]] = getattr(import_module(f"tests.bench.{module}"), function)
    return measure


if __name__ == "__main__":
    sys.exit(main())
