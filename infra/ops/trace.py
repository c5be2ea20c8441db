"""One complaint's whole way, told: who did what when, what phones were shown and what bodies were sent."""

import argparse
import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from infra.ops.command import Group, command
from infra.ops.durations import local, spoken
from infra.ops.lookup import complaint_id_of
from infra.ops.place import Place
from infra.ops.steps import Step, steps_of

if TYPE_CHECKING:
    from functions.complaints.region import Region

_PAUSE: Final = timedelta(seconds=1)


def add_to(commands: Group) -> None:
    parser = command(
        commands,
        "trace",
        _trace,
        help="one complaint's way: who did what when, with pushes, webhooks, its watch and errors",
    )
    parser.add_argument("complaint", help="id or number")
    raw = parser.add_mutually_exclusive_group()
    raw.add_argument("--raw", action="store_true", help="every line as it is written down, in UTC")
    raw.add_argument("--json", action="store_true", help="the same, one JSON object a line")


def _trace(place: Place, options: argparse.Namespace) -> int:
    from functions.complaints.clock import iso
    from functions.records.store import ComplaintStore

    complaint, events, _ = ComplaintStore().with_history(complaint_id_of(options.complaint))
    steps = steps_of(place, complaint, events)
    if options.json:
        for step in steps:
            line = {"at": iso(step.at), "source": step.source, "what": step.what}
            print(json.dumps(line | {"correlation_id": step.correlation_id}, ensure_ascii=False))
    elif options.raw:
        for step in steps:
            told = f"  [{step.correlation_id}]" if step.correlation_id else ""
            print(f"{iso(step.at)}  {step.source:<24} {step.what}{told}")
    else:
        category = place.region.category(complaint.category).name["en"]
        print(f"{complaint.number}: {category}, {place.region.name['en']}. It is {complaint.status}.")
        print("\n".join(story(steps, region=place.region)))
    return 0


def story(steps: Sequence[Step], *, region: "Region") -> Iterator[str]:
    """A line for each step that has words, in local time, with how long after the one before it it came."""
    told = [step for step in steps if step.told]
    width = max((len(step.who) for step in told), default=0)
    before: datetime | None = None
    for step in told:
        at = local(step.at, region)
        if before is None or at.date() != before.date():
            yield f"\n{at:%A} {at.day} {at:%B %Y} ({region.calendar.time_zone})"
        later = "" if before is None or at - before < _PAUSE else f"+ {spoken(at - before)}"
        yield f"  {at:%H:%M:%S}  {later:<15} {step.who:<{width}}  {step.told}"
        before = at
