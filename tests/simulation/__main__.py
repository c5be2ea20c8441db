"""`python -m tests.simulation --count 100000 --seed 1`: exits with 1 if an invariant was broken, and shows where."""

import argparse
import io
import json
import os
import sys
import time
from contextlib import redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from functions.complaints.clock import iso
from tests.simulation.faults import Planted, Rates
from tests.simulation.invariants import Findings, Invariant, Violation
from tests.simulation.run import BATCH, run, world_of

BEGINS = "<!-- simulation -->"
ENDS = "<!-- /simulation -->"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--count", type=int, default=100_000, help="complaints")
    parser.add_argument("--seed", default="1", help="the same seed, the same lives")
    parser.add_argument("--plant", action="append", default=[], choices=list(Planted), help="plant a bug")
    parser.add_argument("--stopped", action="store_true", help="every execution of the watch is lost")
    parser.add_argument("--write", type=Path, help="put the table between the marks in this file")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="worlds at once")
    arguments = parser.parse_args()
    planted = frozenset(map(Planted, arguments.plant))
    rates = Rates(execution_lost=1.0) if arguments.stopped else Rates()
    begun = time.monotonic()
    findings = Findings()
    worlds = run(
        count=arguments.count, seed=arguments.seed, rates=rates, planted=planted, workers=arguments.workers
    )
    for done, part in worlds:
        findings.add(part)
        if sys.stderr.isatty():
            print(f"\r{done} of {arguments.count}", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print("\r", end="", file=sys.stderr)
    report = io.StringIO()
    with redirect_stdout(report):
        _report(findings, seconds=time.monotonic() - begun)
    print(report.getvalue(), end="")
    if arguments.write:
        _write(arguments.write, report.getvalue(), count=arguments.count, seed=arguments.seed)
    for violation in findings.violations[:3]:
        _trace(violation, count=arguments.count, seed=arguments.seed, rates=rates, planted=planted)
    return 1 if findings.violations else 0


def _write(file: Path, report: str, *, count: int, seed: str) -> None:
    page = file.read_text(encoding="utf-8")
    before, mark, rest = page.partition(BEGINS)
    _, end, after = rest.partition(ENDS)
    if not mark or not end:
        raise SystemExit(f"{file} has no place for it: {BEGINS} … {ENDS}")
    command = f"python -m tests.simulation --count {count} --seed {seed}"
    said = f"`{command}` on {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores:"
    file.write_text(
        f"{before}{BEGINS}\n## Simulated lives\n\n{said}\n\n```text\n{report}```\n{ENDS}{after}",
        encoding="utf-8",
    )


def _report(findings: Findings, *, seconds: float) -> None:
    print(f"{findings.complaints} complaints, {findings.events.total()} events, {seconds:.0f} s\n")
    for title, counter in (
        ("events", findings.events),
        ("how they ended", findings.ends),
        ("what went wrong on the way", findings.faults),
    ):
        print(title)
        for name, count in counter.most_common():
            print(f"  {str(name).removeprefix('complaint.'):<32}{count:>10}")
        print()
    if findings.lateness:
        ordered = sorted(findings.lateness)
        print("escalations, seconds after the missed term")
        for name, value in (
            ("median", median(ordered)),
            ("99th percentile", ordered[int(len(ordered) * 0.99)]),
            ("worst", ordered[-1]),
        ):
            print(f"  {name:<32}{value:>10.1f}")
        print()
    print(f"{'invariant':<56}{'violations':>10}")
    for invariant in Invariant:
        print(f"  {invariant:<54}{findings.count(invariant):>10}")


def _trace(violation: Violation, *, count: int, seed: str, rates: Rates, planted: frozenset[Planted]) -> None:
    """The whole history of one complaint that broke an invariant, from its seed."""
    batch, _, complaint_id = violation.complaint_id.partition("/")
    world = world_of(int(batch), count=count, seed=seed, rates=rates, planted=planted)
    world.run()
    print(f"\n{violation.invariant}: {violation.what}")
    print(f"  seed {seed}, count {count}, batch {batch} of {BATCH}, complaint {complaint_id}")
    for change, at in zip(
        world.store.changes[complaint_id], world.store.written_at[complaint_id], strict=True
    ):
        event = change.event
        mark = ">" if event.seq == violation.seq else " "
        data = {
            name: value for name, value in event.data.items() if name not in ("promise", "reason", "text")
        }
        print(
            f" {mark} {event.seq:>3} {iso(at)} {event.type.removeprefix('complaint.'):<18} {event.status:<16}"
            f"{json.dumps(data, ensure_ascii=False)}"
        )


if __name__ == "__main__":
    sys.exit(main())
