"""What one complaint that is answered in time asks of AWS, held against what it asked before."""

from collections.abc import Sequence
from typing import Final

from tests.bench.life import counted_life
from tests.bench.report import Row, Table
from tests.bench.units import Spent, total

# The life: filed with a photo, assigned, acknowledged, answered, confirmed; six events, four of them the agency's to
# hear, three worth telling the reporter.
REQUESTS: Final = {"intake": 6, "photos": 7, "assignment": 2, "agency": 4, "outbox": 29, "webhooks": 20}
"""By function. Whoever makes one rise on purpose says so here."""
UNITS: Final = 166
"""Five of them since each event holds the digest of the complaint's state, and the complaint the seals of what can be
erased: some 100 and 300 bytes, with which two items came to be larger than a kilobyte. And one that ends is written to the
index by which it is found when its words' time is over. One since a closed one stays in the index of places, by the body
that had it: what it had before at a place is no index of its own. First words, address and thumbnail, which the worklist's
entry has, cost none: with them it is below a kilobyte. Four since photos can be told from copies: an item for each proof in
its body's list of 90 days, and what each photo looks like, in the complaint.
"""
WHAT_FOR: Final = {
    "intake": "filing: the person's language, their limit, one transaction. Confirming: the language, read, one "
    "transaction",
    "photos": "read what was declared, read the upload, store photo and thumbnail, one transaction that gives it to its "
    "body too, remove the upload",
    "assignment": "start the watch, and end it with the answer",
    "agency": "acknowledging and answering: read, one transaction, each",
    "outbox": "each of 4 changes after the first: who is behind with the complaint. A person (3 times): who they are and "
    "their phones, the inbox, the push. An agency (4 times): keep the delivery, put it into its lane, wake the sender, "
    "and one transaction for the numbered feed",
    "webhooks": "each of 4: lease the lane, the endpoint as it is now, the delivery, what came of it, the lane given back",
}
# What runs by the clock, and not for a complaint.
_BY_THE_CLOCK: Final = ("release", "requeue", "sweep")


def spent_for_a_complaint() -> Sequence[Spent]:
    return [each for each in counted_life() if each.by not in _BY_THE_CLOCK]


def units_of(spent: Sequence[Spent]) -> float:
    """Read and write units of DynamoDB, those of indexes included."""
    _, read, written = total(spent)
    return read + written


def measure() -> Sequence[Table]:
    spent = spent_for_a_complaint()
    by_name = {name: [each for each in spent if each.by == name] for name in REQUESTS}
    return [
        Table(
            title="Requests of one complaint answered in time",
            against="what they were before",
            columns=("requests", "what for"),
            rows=[
                *(_row(name, len(made), WHAT_FOR[name]) for name, made in by_name.items()),
                _row("**all**", len(spent), "", target=sum(REQUESTS.values())),
            ],
            notes=(
                "Counted in one process against moto, with warm containers and batches of one. Not in it: what Lambda "
                "reads of streams and queues by itself, the sweep, and what a busy container reads once for many (an "
                "agency's subscriptions, its rate limit).",
            ),
        ),
        Table(
            title="DynamoDB units of the same complaint",
            against="what they were before",
            columns=("units", "read", "written (to indexes)"),
            rows=[
                *(_row(name, units_of(made), *_kinds(made)) for name, made in by_name.items()),
                _row("**all**", units_of(spent), *_kinds(spent), target=UNITS),
            ],
            notes=("Worked out from the items' sizes as DynamoDB charges them.",),
        ),
    ]


def _row(name: str, made: float, *cells: str, target: float | None = None) -> Row:
    return Row(name=name, cells=[f"{made:g}", *cells], value=made, target=target)


def _kinds(spent: Sequence[Spent]) -> tuple[str, str]:
    _, read, written = total(spent)
    return f"{read:g}", f"{written:g} ({sum(each.index for each in spent):g})"
