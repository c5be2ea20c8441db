"""What a person may do only so often in a day."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from functions.complaints.faults import LimitReached
from functions.records.people.day_limits import CountItem
from functions.records.people.day_limits import count as count_against_the_day
from functions.records.people.table import person_pk
from tests.dynamodb import tables
from tests.functions.telling import MONDAY


@pytest.fixture(autouse=True)
def empty_tables() -> Iterator[None]:
    with tables():
        yield


def count(key: str, *, limit: int = 2, now: datetime = MONDAY) -> None:
    count_against_the_day("aliya", "complaints", key=key, limit=limit, now=now, zone="Asia/Almaty")


def test_a_day_takes_so_many_complaints_and_says_how_long_to_wait() -> None:
    count("a")
    count("b")
    with pytest.raises(LimitReached) as refused:
        count("c", now=datetime(2026, 6, 1, 18, 30, tzinfo=UTC))
    assert (refused.value.limit, refused.value.wait_s) == (2, 1800)
    count("c", now=datetime(2026, 6, 1, 19, 0, tzinfo=UTC))


def test_the_same_request_sent_again_counts_once() -> None:
    count("a")
    for _ in range(10):
        count("b")
    with pytest.raises(LimitReached):
        count("c")


def test_what_is_counted_goes_away_by_itself_and_holds_no_key() -> None:
    count("my-key")
    (item,) = CountItem.query(person_pk("aliya"))
    assert item.expires > MONDAY + timedelta(days=1)
    assert "my-key" not in str(item.attribute_values)
