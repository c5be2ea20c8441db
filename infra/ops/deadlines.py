"""Deadlines after the calendar of working days has changed."""

import argparse

from infra.ops.command import Group, command, done, group, table
from infra.ops.place import Place


def add_to(commands: Group) -> None:
    mine = group(commands, "deadlines", help="open deadlines after a change of the calendar")
    command(
        mine,
        "recompute",
        _recompute,
        help="move open deadlines to where this checkout's region file puts them; deploy it first",
        changes=True,
    )


def _recompute(place: Place, options: argparse.Namespace) -> int:
    from functions.complaints.clock import iso, utc_now
    from functions.complaints.lists import with_timer
    from functions.complaints.store import ComplaintStore
    from functions.route import recompute

    step = recompute.apply if options.apply else recompute.plan
    rows = [
        (shift.number, shift.agency_id, iso(shift.before), iso(shift.after))
        for shift in step(with_timer(), store=ComplaintStore(), region=place.region, now=utc_now)
    ]
    print(table(rows, head=("number", "agency", "was due", "is due" if options.apply else "would be due")))
    return done(options)
