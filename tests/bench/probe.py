"""Runs in a fresh interpreter that sees one asset and nothing else: imports a handler, serves an event time and again, and
says what CPU time it took, in seconds. Prints one JSON object.

    python -I -S -B probe.py JOB.json

The job: `{folder, handler, event?, repeat?}`. The event is served once before it is measured.
"""

import gc
import importlib
import json
import sys
import time
from types import SimpleNamespace
from typing import Any


def main() -> None:
    with open(sys.argv[1]) as file:
        job = json.load(file)
    sys.path.insert(0, job["folder"])
    module, _, name = job["handler"].rpartition(".")
    began = time.process_time()
    handler = getattr(importlib.import_module(module), name)
    result: dict[str, Any] = {"import": time.process_time() - began, "modules": len(sys.modules)}
    if "event" in job:
        result["answer"] = handler(job["event"], context())
        gc.collect()
        began = time.process_time()
        for _ in range(job["repeat"]):
            handler(job["event"], context())
        result["warm"] = (time.process_time() - began) / job["repeat"]
    print("\n" + json.dumps(result))


def context() -> SimpleNamespace:
    return SimpleNamespace(
        aws_request_id="request",
        function_name="function",
        memory_limit_in_mb=512,
        invoked_function_arn="arn:aws:lambda:eu-central-1:123456789012:function:function",
        get_remaining_time_in_millis=lambda: 300_000,
    )


if __name__ == "__main__":
    main()
