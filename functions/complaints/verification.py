"""Whether a complaint and its history are what was written: its own chain, what it left behind, and the heads that were put
under lock.

A chain shows that an event was changed, removed or moved. Somebody who may write the table could write the whole
chain anew; what was its head at an earlier hour stands where nobody can write, and will not fit.

Each event holds what it left of the complaint (`standing`), so that whatever attribute of the complaint was changed by
anything but an event is found. What was erased is gone from both, and what stays of it, the seals, still fits.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from functions.complaints.complaint import ENDED, Complaint
from functions.complaints.events import ChainFault, Event, chain_fault
from functions.complaints.personal import person_of, without_words, words_of
from functions.complaints.standing import standing_of, state_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """Event `seq` was the last of its complaint at some hour, and had this hash."""

    complaint_id: str
    seq: int
    hash: str


def read_heads(text: str) -> tuple[Head, ...]:
    """From an archived object: a JSON object a line. Raises ValueError, KeyError for what is none."""
    raws = [json.loads(line) for line in text.splitlines() if line]
    return tuple(
        Head(complaint_id=raw["complaint_id"], seq=int(raw["seq"]), hash=raw["hash"]) for raw in raws
    )


def write_heads(heads: Iterable[Head]) -> str:
    """The archived object for these heads, the same for the same heads."""
    lines = [
        json.dumps(
            {"complaint_id": head.complaint_id, "seq": head.seq, "hash": head.hash}, separators=(",", ":")
        )
        for head in sorted(heads, key=lambda head: (head.complaint_id, head.seq))
    ]
    return "".join(line + "\n" for line in lines)


def verify(history: Sequence[Event], heads: Iterable[Head], *, head: str | None = None) -> ChainFault | None:
    """The first fault, or None. `history` is in the order in which it is stored.

    `heads` may be of any complaints; those of this one must be in it. `head` is the hash that the complaint itself says
    its last event has. An empty history has no id: give heads of this complaint alone.
    """
    fault = chain_fault(history, head=head)
    if fault is not None:
        return fault
    complaint_id = history[0].complaint_id if history else None
    for archived in sorted(heads, key=lambda each: each.seq):
        if complaint_id is not None and archived.complaint_id != complaint_id:
            continue
        if archived.seq > len(history):
            reason = "archived, and missing"
        elif history[archived.seq - 1].hash != archived.hash:
            reason = "not the one that was archived"
        else:
            continue
        return ChainFault(complaint_id=archived.complaint_id, seq=archived.seq, reason=reason)
    return None


def complaint_fault(complaint: Complaint, history: Sequence[Event]) -> ChainFault | None:
    """The first attribute of the complaint that is not what its history, which has no fault itself, has left; or None."""
    if complaint.version != len(history):
        return ChainFault(complaint_id=complaint.id, seq=len(history) + 1, reason="the end is missing")
    last = history[-1]
    now = standing_of(complaint, visible=True, started_watch=None)
    told = {name: value for name, value in last.standing.items() if name not in ("visible", "started_watch")}
    then = told | {"visible": True, "status": last.status}
    now = dict(now) | {"status": complaint.status}
    for name in sorted(now.keys() | then.keys()):
        if now.get(name) != then.get(name):
            return _left(complaint, f"the complaint's {name} is not what this event left")
    if state_of(complaint) != last.state:
        return _left(complaint, "the complaint is not what this event left")
    if not _words_hold(complaint):
        return _left(complaint, "the complaint's text or place is not what was written")
    if not _person_holds(complaint):
        return _left(complaint, "the complaint is another person's")
    return None


def _left(complaint: Complaint, reason: str) -> ChainFault:
    return ChainFault(complaint_id=complaint.id, seq=complaint.version, reason=reason)


def _words_hold(complaint: Complaint) -> bool:
    seal = complaint.words_seal
    if seal is None:
        return False
    if seal.salt is not None:
        return seal.holds(words_of(complaint))
    # One that was left to others has a seal of its own for as long as they may write in it: nothing erases that.
    goes_on = complaint.left_to_joiners and complaint.status not in ENDED
    return not goes_on and complaint == without_words(complaint)


def _person_holds(complaint: Complaint) -> bool:
    seal = complaint.person_seal
    if seal is None or seal.salt is None:
        return complaint.reporter is None
    return seal.holds(person_of(complaint))
