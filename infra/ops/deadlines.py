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
    from functions.records.lists import with_timer
    from functions.records.store import ComplaintStore
    from functions.route import recompute

    step = recompute.apply if options.apply else recompute.plan
    found = list(step(with_timer(), store=ComplaintStore(), region=place.region, now=utc_now))
    rows = [
        (each.number, each.agency_id, each.term, iso(each.before), iso(each.after))
        for each in found
        if isinstance(each, recompute.Shift)
    ]
    print(table(rows, head=("number", "agency", "term", "was", "is" if options.apply else "would be")))
    left = [(each.number, each.why) for each in found if isinstance(each, recompute.Left)]
    if left:
        print(table(left, head=("number", "cannot be counted again")))
        done(options)
        return 1
    return done(options)
