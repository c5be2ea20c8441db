"""What is counted of complaints, one by one: of a cell of equal month, body, category and district, and of cells together.

Each is a row of a month's public file, and nothing is counted here that anybody could not count from that file.
"""

from array import array
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

_OPEN: Final = frozenset({"assigned", "acknowledged"})
_FAR: Final = "far"
_TRUE: Final = "true"

COLUMNS: Final = (
    *("status", "agency", "category", "district", "level", "overdue", "missed_terms", "answered_in_time"),
    *("confirmed", "refuted", "extended", "passed_on", "hours_to_acknowledge", "hours_to_answer"),
    *("proof", "proof_reused", "updated_at"),
)
"""Of a month's file, those that are read."""

COUNTED: Final = (
    *("received", "in_time", "late", "overdue", "open", "given_up", "refuted", "confirmed", "extended"),
    *("passed_on", "proofs", "proofs_far", "proofs_reused"),
)


def _hundredths() -> "array[int]":
    return array("l")


@dataclass(kw_only=True, slots=True)
class Tally:
    """`counts` as in COUNTED; `levels`: how many have reached just this level; hours in hundredths."""

    counts: list[int] = field(default_factory=lambda: [0] * len(COUNTED))
    levels: Counter[int] = field(default_factory=Counter)
    to_acknowledge: "array[int]" = field(default_factory=_hundredths)
    to_answer: "array[int]" = field(default_factory=_hundredths)

    def take(self, other: "Tally") -> None:
        for at, count in enumerate(other.counts):
            self.counts[at] += count
        self.levels.update(other.levels)
        self.to_acknowledge.extend(other.to_acknowledge)
        self.to_answer.extend(other.to_answer)

    def count(self) -> Mapping[str, int]:
        return dict(zip(COUNTED, self.counts, strict=True))


type Row = Sequence[str]


def adder(header: Row) -> Callable[[Tally, Row], None]:
    """Counts a row of a file with that header. Raises ValueError for a header without one of COLUMNS."""
    at = {name: header.index(name) for name in COLUMNS}
    status, level, overdue, missed = at["status"], at["level"], at["overdue"], at["missed_terms"]
    in_time, confirmed, refuted = at["answered_in_time"], at["confirmed"], at["refuted"]
    extended, passed_on, proof, reused = at["extended"], at["passed_on"], at["proof"], at["proof_reused"]
    acknowledge, answer = at["hours_to_acknowledge"], at["hours_to_answer"]

    def add(tally: Tally, row: Row) -> None:
        silent = row[overdue] == _TRUE
        answered = not silent and bool(row[in_time])
        punctual = answered and row[in_time] == _TRUE
        stands = row[status] in _OPEN
        counts = tally.counts
        counts[0] += 1
        counts[1] += punctual
        counts[2] += answered and not punctual
        counts[3] += silent
        counts[4] += stands and not silent
        counts[5] += row[status] == "withdrawn" and not answered and not silent and row[missed] not in _NONE
        counts[6] += row[refuted] not in _NONE
        counts[7] += row[confirmed] == _TRUE
        counts[8] += row[extended] not in _NONE
        counts[9] += row[passed_on] not in _NONE
        counts[10] += bool(row[proof])
        counts[11] += row[proof] == _FAR
        counts[12] += row[reused] == _TRUE
        if row[level] not in _NONE:
            tally.levels[int(row[level])] += 1
        if row[acknowledge]:
            tally.to_acknowledge.append(_in_hundredths(row[acknowledge]))
        if row[answer]:
            tally.to_answer.append(_in_hundredths(row[answer]))

    return add


_NONE: Final = ("", "0")


def _in_hundredths(hours: str) -> int:
    return round(float(hours) * 100)
