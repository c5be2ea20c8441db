"""Whether a complaint's history is the one that was written: its own chain, and the heads that were put under lock.

A chain shows that an event was changed, removed or moved. Somebody who may write the table could write the whole
chain anew; what was its head at an earlier hour stands where nobody can write, and will not fit.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from functions.complaints.events import ChainFault, Event, chain_fault


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
