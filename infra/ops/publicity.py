"""Taking a complaint from the public, and giving it back, where no body does."""

import argparse

from infra.ops.command import Group, command, done, group
from infra.ops.place import Place


def add_to(commands: Group) -> None:
    mine = group(commands, "public", help="what everybody may read: hide, unhide")
    for name, run, said in (
        (
            "hide",
            _hide,
            "hide a complaint: everybody sees its number and the reason alone; no body can undo it",
        ),
        ("unhide", _unhide, "show a complaint again that somebody, or flags, have hidden"),
    ):
        parser = command(mine, name, run, help=said, changes=True)
        parser.add_argument("complaint", help="its number or id")
        parser.add_argument("--reason", required=True, help="why; everybody may read it")


def _hide(place: Place, options: argparse.Namespace) -> int:
    return _moved(options, hidden=True)


def _unhide(place: Place, options: argparse.Namespace) -> int:
    return _moved(options, hidden=False)


def _moved(options: argparse.Namespace, *, hidden: bool) -> int:
    from functions.complaints.change import Change
    from functions.complaints.clock import utc_now
    from functions.complaints.complaint import SYSTEM, Complaint
    from functions.complaints.moves.publicity import hide, unhide
    from functions.records.move import move
    from functions.records.names import meant
    from functions.records.store import ComplaintStore

    def decide(complaint: Complaint) -> Change | None:
        turn = hide if hidden else unhide
        return turn(complaint, by=SYSTEM, reason=options.reason, now=utc_now())

    store, complaint_id = ComplaintStore(), meant(options.complaint)
    complaint = store.get(complaint_id)
    change = decide(complaint)
    wanted = "hidden from the public" if hidden else "public again"
    if change is None:
        print(f"{complaint.number} is {'hidden' if hidden else 'not hidden'} already")
        return 0
    print(f"{complaint.number} {'is' if options.apply else 'would be'} {wanted}: {options.reason}")
    if options.apply:
        move(store, complaint_id, decide)
    return done(options)
