"""Runs in a fresh interpreter that sees one asset and nothing else: imports a handler, serves events, and says what it
cost. Prints one JSON object.

    python -I -S -B probe.py JOB.json

The job: `{folder, handler, events?, repeat?}`. With events, the first is served once by itself, then each of all of
them `repeat` times.
"""

import gc
import importlib
import json
import resource
import sys
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any


def main() -> None:
    with open(sys.argv[1]) as file:
        job = json.load(file)
    sys.path.insert(0, job["folder"])
    module, _, name = job["handler"].rpartition(".")
    clock = Clock()
    handler = getattr(importlib.import_module(module), name)
    result: dict[str, Any] = {"import": clock.lap(), "modules": len(sys.modules)}
    events = job.get("events", [])
    if events:
        result |= served(handler, events, repeat=job.get("repeat", 0))
    print("\n" + json.dumps(result | {"peak_bytes": peak_bytes()}))


def served(handler: Callable[..., Any], events: list[Any], *, repeat: int) -> dict[str, Any]:
    clock = Clock()
    answer = handler(events[0], context())
    result: dict[str, Any] = {"first": clock.lap(), "answer": answer}
    gc.collect()
    clock = Clock()
    for _ in range(repeat):
        for event in events:
            handler(event, context())
    if repeat:
        result["warm"] = {name: spent / repeat / len(events) for name, spent in clock.lap().items()}
    return result


class Clock:
    """What passed since it was made, or since its last lap: of CPU, in user and system mode together, and of time."""

    def __init__(self) -> None:
        self._last = self._now()

    def lap(self) -> dict[str, float]:
        last, self._last = self._last, self._now()
        return {name: self._last[name] - last[name] for name in last}

    @staticmethod
    def _now() -> dict[str, float]:
        used = resource.getrusage(resource.RUSAGE_SELF)
        return {"cpu": used.ru_utime + used.ru_stime, "wall": time.perf_counter()}


def context() -> SimpleNamespace:
    return SimpleNamespace(
        aws_request_id="request",
        function_name="function",
        memory_limit_in_mb=512,
        invoked_function_arn="arn:aws:lambda:eu-central-1:123456789012:function:function",
        get_remaining_time_in_millis=lambda: 300_000,
    )


def peak_bytes() -> int:
    """The peak of this process alone: what getrusage says also counts the parent that it was forked from."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
    except FileNotFoundError:
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


if __name__ == "__main__":
    main()
