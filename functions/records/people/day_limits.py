"""What one person may do only so often in a day."""

import hashlib
from datetime import datetime, timedelta
from typing import Final, Literal

from pynamodb.attributes import TTLAttribute, UnicodeSetAttribute
from pynamodb.expressions.condition import size

from functions.complaints.faults import LimitReached
from functions.complaints.people_rules import next_day
from functions.records.conditional import updated
from functions.records.people.table import PeopleTable, person_pk

type Counted = Literal[
    "complaints", "comments", "declarations", "joins", "devices", "partner_complaints", "flags"
]
"""What one person may do only so often in a day, and one partner for all of its people; flags are of whoever calls without
having signed in (`visitors`).
"""
COUNT_KEPT: Final = timedelta(days=3)


class CountItem(PeopleTable):
    requests = UnicodeSetAttribute(null=True)
    expires = TTLAttribute(null=True)


def count(person: str, what: Counted, *, key: str, limit: int, now: datetime, zone: str) -> None:
    """Count something against the person's limit of the day (in `zone`); the same `key` counts once.

    `key` is the request's Idempotency-Key, or the id of what is done at most once. Raises LimitReached,
    which says how long to wait.
    """
    day, left = next_day(now, zone=zone)
    name = hashlib.sha256(key.encode()).hexdigest()[:16]
    counted = updated(
        CountItem(person_pk(person), f"count#{day}" + ("" if what == "complaints" else f"#{what}")),
        [CountItem.requests.add({name}), CountItem.expires.set(now + COUNT_KEPT)],
        condition=CountItem.requests.does_not_exist()
        | CountItem.requests.contains(name)
        | (size(CountItem.requests) < limit),
    )
    if not counted:
        raise LimitReached(what, limit=limit, wait_s=max(1, int(left.total_seconds())))
