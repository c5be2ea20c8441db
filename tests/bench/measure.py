"""Runs a probe in a fresh process, and holds what it took against what ran right after it."""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.assets import Asset
from tests.bench.report import milliseconds, spread

PROBE = Path(__file__).with_name("probe.py")


@dataclass(kw_only=True)
class Compared:
    """CPU seconds of ours and of the bare handler, in turn: what the machine does meanwhile is in both."""

    mine: list[float] = field(default_factory=list)
    its: list[float] = field(default_factory=list)

    def add(self, mine: float, its: float) -> None:
        self.mine.append(mine)
        self.its.append(its)

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios."""
        return statistics.median(self._ratios)

    @property
    def cells(self) -> tuple[str, str]:
        """The ratio with its quartiles, and the medians of both in ms."""
        first, _, third = statistics.quantiles(self._ratios, n=4)
        medians = (milliseconds(statistics.median(each)) for each in (self.mine, self.its))
        return spread(self.ratio, first, third), " / ".join(medians)

    @property
    def _ratios(self) -> list[float]:
        return [mine / its for mine, its in zip(self.mine, self.its, strict=True)]


def probed(built: Asset, *, environment: Mapping[str, str] | None = None, **job: Any) -> dict[str, Any]:
    """What the probe printed, told to do `job` as well; raises RuntimeError with its traceback."""
    job |= {"folder": str(built.folder), "handler": built.handler}
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
