"""`make bench`: measures, prints a table for each figure, and writes docs/benchmark.md and its summaries.

python -m tests.bench [imports|warm|requests|burst|webhooks|sizes|figures|redaction|site ...]
    [--rounds N] [--count N] [--turns N] [--scenes N]
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Final

from tests.bench.report import Table, machine, say, summarise, write

BENCHES: Final = {
    "imports": ("rounds",),
    "warm": ("rounds",),
    "requests": (),
    "burst": ("count",),
    "webhooks": ("turns",),
    "sizes": (),
    "figures": (),
    "redaction": ("scenes",),
    "site": (),
}
"""By module, and what each is told."""


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", description="Measure against bare handlers."
    )
    parser.add_argument("bench", nargs="*", choices=[*BENCHES, []], help="all of them, if none is named")
    parser.add_argument("--rounds", type=int, default=15, help="of imports and warm (default: 15)")
    parser.add_argument("--count", type=int, default=1000, help="complaints in the burst (default: 1000)")
    parser.add_argument("--turns", type=int, default=8, help="of webhooks (default: 8)")
    parser.add_argument("--scenes", type=int, default=30, help="of each kind in redaction (default: 30)")
    chosen = parser.parse_args()
    missed = 0
    for name in chosen.bench or BENCHES:
        say(f"{name} ...")
        began = time.monotonic()
        tables = measure_of(name)(**{option: getattr(chosen, option) for option in BENCHES[name]})
        text = "\n\n".join(table.markdown() for table in tables)
        print(f"\n{text}\n", flush=True)
        seconds = time.monotonic() - began
        write({name: f"{text}\n\n{time.strftime('%-d %B %Y')}, {seconds:.0f} s, {machine()}."})
        summarise()
        missed += sum(not row.reached for table in tables for row in table.rows)
    say(f"{missed} figures short of their reach" if missed else "every figure within its reach")
    return 0


def measure_of(name: str) -> Callable[..., Sequence[Table]]:
    measure: Callable[..., Sequence[Table]] = import_module(f"tests.bench.{name}").measure
    return measure


if __name__ == "__main__":
    sys.exit(main())
