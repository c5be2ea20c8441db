"""What a complaint costs must not rise unnoticed. Whoever makes it rise on purpose says so here."""

from collections import Counter
from collections.abc import Sequence

import pytest

from tests.bench.life import counted_life
from tests.bench.requests import BY_THE_CLOCK, MOST, NEEDS, units_of
from tests.bench.units import Spent, total

# Requests by function, for one complaint with a photo that is answered in time: see NEEDS for what each is for.
REQUESTS = {"intake": 6, "photos": 7, "assignment": 4, "agency": 4, "outbox": 26, "webhooks": 20}
READ_UNITS = 20
# 8 of them for the heads of the feeds, which keep their numbers when all entries have expired.
WRITE_UNITS = 138


@pytest.fixture(scope="module")
def spent() -> Sequence[Spent]:
    return [each for each in counted_life() if each.by not in BY_THE_CLOCK]


def test_no_function_makes_more_requests_for_a_complaint_than_it_did(spent: Sequence[Spent]) -> None:
    made = Counter(each.by for each in spent)
    listed = "\n".join(f"{each.by}: {each.name}" for each in spent)
    assert {name: count for name, count in made.items() if count > REQUESTS.get(name, 0)} == {}, listed


def test_a_complaint_needs_hardly_more_requests_than_the_least(spent: Sequence[Spent]) -> None:
    assert len(spent) <= MOST * sum(need.least for need in NEEDS.values())


def test_a_complaint_costs_no_more_units_than_it_did(spent: Sequence[Spent]) -> None:
    _, read, written = total(spent)
    assert read <= READ_UNITS
    assert written <= WRITE_UNITS


def test_a_complaint_costs_hardly_more_units_than_the_least(spent: Sequence[Spent]) -> None:
    assert units_of(spent) <= MOST * sum(need.units for need in NEEDS.values())


def test_every_change_is_one_transaction_and_at_most_one_read(spent: Sequence[Spent]) -> None:
    changes = [
        each for each in spent if each.operation == "TransactWriteItems" and each.table == "complaints"
    ]
    assert len(changes) == 6
    reads = [each for each in spent if each.operation == "GetItem" and each.table == "complaints"]
    # The photo check looks at what was declared before it reads the upload.
    assert len(reads) <= len(changes)


def test_no_table_is_ever_scanned(spent: Sequence[Spent]) -> None:
    assert "Scan" not in {each.operation for each in spent}
