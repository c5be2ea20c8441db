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
    """`least` requests of one function in this life, and why no fewer."""

    least: int
    reason: str


# The life: filed with a photo, assigned, acknowledged, answered, confirmed; six events, four of them the agency's to
# hear, three worth telling the reporter.
NEEDS: Final[Mapping[str, Need]] = {
    "intake": Need(
        least=4,
        reason="filing: count it against the person's limit, one transaction. Confirming: read, one transaction",
    ),
    "photos": Need(
        least=6,
        reason="read what was declared, read the upload, store photo and thumbnail, one transaction, remove the upload",
    ),
    "assignment": Need(least=4, reason="read, one transaction; start the watch, and end it with the answer"),
    "agency": Need(least=4, reason="acknowledging and answering: read, one transaction, each"),
    "outbox": Need(
        least=9 + 16,
        reason="a person (3 times): who they are and their phones, the inbox, the push. An agency (4 times): keep the "
        "delivery, put it into its lane, wake the sender, and one transaction for the numbered feed",
    ),
    "webhooks": Need(
        least=20,
        reason="each of 4: lease the lane, the endpoint as it is now, the delivery, what came of it, the lane given back",
    ),
}
# What runs by the clock, and not for a complaint.
BY_THE_CLOCK: Final = ("sweep",)


def spent_by_need() -> tuple[Mapping[str, int], Sequence[Spent]]:
    """Requests by function, and all of them."""
    spent = [each for each in counted_life() if each.by not in BY_THE_CLOCK]
    return Counter(each.by for each in spent), spent


def measure() -> Sequence[Table]:
    made, spent = spent_by_need()
    rows = [
        Row(
            name=name,
            cells=[
                f"{made[name]} / {need.least}",
                f"{made[name] / need.least:.2f}",
                *_units([each for each in spent if each.by == name]),
                need.reason,
            ],
            value=made[name] / need.least,
        )
        for name, need in NEEDS.items()
    ]
    least = sum(need.least for need in NEEDS.values())
    rows.append(
        Row(
            name="**all**",
            cells=[f"{len(spent)} / {least}", f"{len(spent) / least:.2f}", *_units(spent), ""],
            value=len(spent) / least,
            target=MOST,
        )
    )
    return [
        Table(
            title="Requests and DynamoDB units of one complaint answered in time",
            against="the least that the flow needs",
            columns=("made / least", "ratio", "read units", "write units (indexes)", "the least, and why"),
            rows=rows,
            notes=(
                "Counted in one process against moto, with warm containers and batches of one; units worked out from the "
                "items' sizes. Not in it: what Lambda reads of streams and queues by itself, the sweep, and what a busy "
                "container reads once for many (an agency's subscriptions, its rate limit).",
            ),
        )
    ]


def _units(spent: Sequence[Spent]) -> tuple[str, str]:
    _, read, _ = total(spent)
    written, index = sum(each.written for each in spent), sum(each.index for each in spent)
    return f"{read:g}", f"{written:g} ({index:g})"
