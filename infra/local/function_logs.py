"""What the functions of a deployment logged as errors: the first thing to read when a step did not happen."""

import json
from collections.abc import Iterator

from infra.local.emulator import Emulator


def errors(emulator: Emulator, *, most: int = 5) -> tuple[str, ...]:
    """The last error lines of all functions, each with its exception, oldest first."""
    found = sorted(_errors(emulator))
    return tuple(text for _, text in found[-most:])


def _errors(emulator: Emulator) -> Iterator[tuple[int, str]]:
    logs = emulator.client("logs")
    for page in logs.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            events = logs.filter_log_events(logGroupName=group["logGroupName"])["events"]
            yield from (
                (event["timestamp"], _told(line))
                for event in events
                for line in event["message"].splitlines()
                if '"level":"ERROR"' in line
            )


def _told(line: str) -> str:
    try:
        entry = json.loads(line)
    except ValueError:
        return line
    what = [f"{entry.get('service')}: {entry.get('message')}"]
    what += [str(entry[name]) for name in ("failure", "exception") if entry.get(name)]
    return "\n".join(what)
