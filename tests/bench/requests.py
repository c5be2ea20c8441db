"""What one complaint that is answered in time asks of AWS, against the least that its promises need."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tests.bench.life import counted_life
from tests.bench.report import Row, Table
from tests.bench.units import Spent, total

MOST: Final = 1.2


@dataclass(frozen=True, kw_only=True)
class Need:
    """`least` requests of one function in this life and the DynamoDB units that they are charged, indexes included; what
    each request is for, and why there can be no fewer.
    """

    least: int
    units: int
    reason: str
    no_fewer: str


# The life: filed with a photo, assigned, acknowledged, answered, confirmed; six events, four of them the agency's to
# hear, three worth telling the reporter. A change is a transaction, in which a write counts twice: the complaint (1 KB
# until it is assigned, 2 KB after) and its event (1 KB); then an entry for each index whose projection it changes.
NEEDS: Final[Mapping[str, Need]] = {
    "intake": Need(
        least=6,
        # The language 1, the count 1; four items 8, indexes 3. The language and the read 2; complaint and event 6,
        # indexes 5.
        units=1 + 1 + 8 + 3 + 2 + 6 + 5,
        reason="filing: the person's language, count it against their limit, one transaction. Confirming: the language, "
        "read, one transaction",
        no_fewer="the answer is in words, in the language that the person chose last, on whichever phone; "
        "whoever is over the limit must not get as far as a write, and a count inside the transaction would make "
        "two requests of one person fail each other; complaint, event, short number and the key that makes a repetition "
        "harmless are written together or not at all; what may be done depends on the state, which is read first",
    ),
    "photos": Need(
        least=6,
        # The read 1; complaint and event 4, indexes 5: time, list, place, and the timer's move.
        units=1 + 4 + 5,
        reason="read what was declared, read the upload, store photo and thumbnail, one transaction, remove the upload",
        no_fewer="S3 takes one object with each request; the photo must be there before anything says so, and the upload "
        "must not stay beside the cleaned one",
    ),
    "assignment": Need(
        least=4,
        # The read 1; complaint and event 6, indexes 6: time, list, worklist, place, and the timer's move.
        units=1 + 6 + 6,
        reason="read, one transaction; start the watch, and end it with the answer",
        no_fewer="the stream may be late and hand an event out twice, so the state is read; Step Functions takes one "
        "execution with each request, and a watch that is not ended is billed for a wake that does nothing",
    ),
    "agency": Need(
        least=4,
        # Acknowledging: the read 1, complaint and event 6, indexes 4. Answering: the same, but worklist and timer move: 7.
        units=1 + 6 + 4 + 1 + 6 + 7,
        reason="acknowledging and answering: read, one transaction, each",
        no_fewer="both depend on the state and on who is in charge; the agency's key and limit are remembered by a "
        "container for as long as it may",
    ),
    "outbox": Need(
        least=9 + 16,
        # A person: the read 1, the inbox 1. An agency: delivery and lane 1 each and an index entry each, the feed 4.
        units=3 * 2 + 4 * 8,
        reason="a person (3 times): who they are and their phones, the inbox, the push. An agency (4 times): keep the "
        "delivery, put it into its lane, wake the sender, and one transaction for the numbered feed",
        no_fewer="a phone that was given up a second ago must not be told; the inbox is written before the push, or a "
        "crash would lose both. Delivery and lane in one transaction would be charged twice; the feed's number and its "
        "mark depend on each other and on nothing else",
    ),
    "webhooks": Need(
        least=20,
        # Two reads of 1; the lease 1; the outcome and the lane 1 each, and an index entry each.
        units=4 * (2 + 1 + 2 + 2),
        reason="each of 4: lease the lane, the endpoint as it is now, the delivery, what came of it, the lane given back",
        no_fewer="without the lease two senders would break the order; the address and secret may have changed since the "
        "event; what came of a try is written before the lane is given back, or the next sender would repeat it",
    ),
}
# What runs by the clock, and not for a complaint.
BY_THE_CLOCK: Final = ("sweep",)


def spent_by_need() -> tuple[Mapping[str, int], Sequence[Spent]]:
    """Requests by function, and all of them."""
    spent = [each for each in counted_life() if each.by not in BY_THE_CLOCK]
    return Counter(each.by for each in spent), spent


def units_of(spent: Sequence[Spent]) -> float:
    """Read and write units of DynamoDB, those of indexes included."""
    _, read, written = total(spent)
    return read + written


def measure() -> Sequence[Table]:
    made, spent = spent_by_need()
    by_name = {name: [each for each in spent if each.by == name] for name in NEEDS}
    requests = [
        _row(name, made[name], need.least, [need.reason, need.no_fewer]) for name, need in NEEDS.items()
    ]
    units = [
        _row(name, units_of(by_name[name]), need.units, _kinds(by_name[name])) for name, need in NEEDS.items()
    ]
    least_requests = sum(need.least for need in NEEDS.values())
    least_units = sum(need.units for need in NEEDS.values())
    return [
        Table(
            title="Requests of one complaint answered in time",
            against="the least that the flow needs",
            columns=("made / least", "ratio", "the least", "why no fewer"),
            rows=[*requests, _row("**all**", len(spent), least_requests, ["", ""], target=MOST)],
            notes=(
                "Counted in one process against moto, with warm containers and batches of one. Not in it: what Lambda "
                "reads of streams and queues by itself, the sweep, and what a busy container reads once for many (an "
                "agency's subscriptions, its rate limit).",
            ),
        ),
        Table(
            title="DynamoDB units of the same complaint",
            against="what the least requests would be charged, with a complaint of 2 KB and an event of 1 KB",
            columns=("spent / least", "ratio", "read units", "write units (indexes)"),
            rows=[*units, _row("**all**", units_of(spent), least_units, _kinds(spent), target=MOST)],
            notes=(
                "Worked out from the items' sizes as DynamoDB charges them. What goes beyond the least: an event carries "
                "what its consumers would else read, which makes most of them longer than 1 KB.",
            ),
        ),
    ]


def _row(name: str, made: float, least: int, cells: Sequence[str], *, target: float | None = None) -> Row:
    ratio = made / least
    return Row(name=name, cells=[f"{made:g} / {least}", f"{ratio:.2f}", *cells], value=ratio, target=target)


def _kinds(spent: Sequence[Spent]) -> tuple[str, str]:
    _, read, _ = total(spent)
    written, index = sum(each.written for each in spent), sum(each.index for each in spent)
    return f"{read:g}", f"{written:g} ({index:g})"
