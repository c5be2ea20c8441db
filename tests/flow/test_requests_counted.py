"""What a complaint costs must not rise unnoticed. Whoever makes it rise on purpose says so here."""

from collections import Counter
from collections.abc import Sequence

import pytest

from tests.bench.requests import REQUESTS, UNITS, spent_for_a_complaint, units_of
from tests.bench.units import Spent


@pytest.fixture(scope="module")
def spent() -> Sequence[Spent]:
    return spent_for_a_complaint()


def test_no_function_makes_more_requests_for_a_complaint_than_it_did(spent: Sequence[Spent]) -> None:
    made = Counter(each.by for each in spent)
    listed = "\n".join(f"{each.by}: {each.name}" for each in spent)
    assert {name: count for name, count in made.items() if count > REQUESTS.get(name, 0)} == {}, listed


def test_a_complaint_costs_no_more_units_than_it_did(spent: Sequence[Spent]) -> None:
    assert units_of(spent) <= UNITS


def test_what_follows_at_once_is_written_with_it_and_at_most_one_read(spent: Sequence[Spent]) -> None:
    changes = [
        each for each in spent if each.operation == "TransactWriteItems" and each.table == "complaints"
    ]
    assert len(changes) == 5
    reads = [each for each in spent if each.operation == "GetItem" and each.table == "complaints"]
    # The photo check looks at what was declared before it reads the upload.
    assert len(reads) <= len(changes)


def test_no_table_is_ever_scanned(spent: Sequence[Spent]) -> None:
    assert "Scan" not in {each.operation for each in spent}
