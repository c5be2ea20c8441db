"""Runs a probe in a fresh process, and sums up what many of them said."""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.assets import Asset

PROBE = Path(__file__).with_name("probe.py")


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One figure of one subject over the rounds of a run."""

    values: Sequence[float]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def quartiles(self) -> tuple[float, float]:
        first, _, third = statistics.quantiles(self.values, n=4)
        return first, third


def ratio(subject: Sample, base: Sample) -> tuple[float, float, float]:
    """The median and the quartiles of the ratios within each round, in which both ran one right after the other: what
    the machine does meanwhile, over minutes, is in both.
    """
    each = Sample(values=[mine / its for mine, its in zip(subject.values, base.values, strict=True)])
    return each.median, *each.quartiles


def probed(
    built: Asset,
    *,
    folder: Path | None = None,
    events: Sequence[Any] = (),
    repeat: int = 0,
    environment: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """What the probe printed; raises CalledProcessError with its traceback."""
    job = {
        "folder": str(folder or built.folder),
        "handler": built.handler,
        "events": list(events),
        "repeat": repeat,
    }
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(job, file)
        file.flush()
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-B", str(PROBE), file.name],
            env={**built.environment, **(environment or {})},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(f"{built.name} failed:\n{done.stderr}\n{done.stdout[-2000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))
