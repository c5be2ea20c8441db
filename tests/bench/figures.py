"""The nightly figures of a million complaints: the time and the memory of a fresh process.

python -m tests.bench.figures FOLDER    counts the months' files there, and prints `{seconds, mib, complaints, bytes}`
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Final

from functions.notify.figures.document import figures_of
from functions.notify.figures.reading import read_months
from infra.toolchain import ROOT
from tests.bench.report import Row, Table
from tests.functions.public_rows import random_record, write_rows

COMPLAINTS: Final = 1_000_000
MONTHS: Final = tuple(f"2026-{month:02}" for month in range(1, 13))
SECONDS_MOST: Final = 60.0
MIB_MOST: Final = 512.0


def measure(*, complaints: int = COMPLAINTS) -> Sequence[Table]:
    with tempfile.TemporaryDirectory() as folder:
        _write_months(Path(folder), complaints)
        command = [sys.executable, "-m", "tests.bench.figures", folder]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    took = json.loads(done.stdout)
    assert took["complaints"] + took["hidden"] == complaints
    rows = [
        Row(name="CPU seconds", cells=[f"{took['seconds']:.1f}"], value=took["seconds"], target=SECONDS_MOST),
        Row(name="MiB at most", cells=[f"{took['mib']:.0f}"], value=took["mib"], target=MIB_MOST),
    ]
    return [
        Table(
            title=f"Figures of {complaints:,} complaints",
            against="nothing; a night's run in a fresh process",
            columns=("took",),
            rows=rows,
            notes=(
                f"{len(MONTHS)} months' files of random records; figures.json has {took['bytes']:,} bytes.",
            ),
        )
    ]


def _write_months(folder: Path, complaints: int) -> None:
    random = Random(1)
    share = -(-complaints // len(MONTHS))
    for at, month in enumerate(MONTHS):
        count = min(share, complaints - at * share)
        with Path(folder, f"{month}.csv.gz").open("wb") as file:
            write_rows((random_record(random, f"{month}-{each}", month=month) for each in range(count)), file)


def _count(folder: Path) -> dict[str, float]:
    began = time.process_time()
    files = ((path.name.removesuffix(".csv.gz"), path.open("rb")) for path in sorted(folder.iterdir()))
    counted = read_months(files)
    made = figures_of(counted, region_id="region")
    return {
        "seconds": time.process_time() - began,
        "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "complaints": sum(tally.counts[0] for tally in counted.cells.values()),
        "hidden": sum(counted.hidden.values()),
        "bytes": len(made),
    }


if __name__ == "__main__":
    print(json.dumps(_count(Path(sys.argv[1]))))
