"""Instants as text: exact to the millisecond, sorting as they do."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.complaints.clock import (
    iso,
    iso_or_none,
    parse_iso,
    parse_iso_or_none,
    to_milliseconds,
    utc_now,
    whole_second,
)

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.builds(
    lambda after, zone: (datetime(1, 1, 2, tzinfo=UTC) + timedelta(microseconds=after)).astimezone(zone),
    st.integers(0, 9_997 * 365 * 86_400 * 1_000_000),
    zones | st.just(UTC),
)


@given(instants)
def test_what_is_written_is_read_back_to_the_millisecond(instant: datetime) -> None:
    text = iso(instant)
    assert parse_iso(text) == to_milliseconds(instant.astimezone(UTC))
    assert len(text) == len("2026-03-03T04:05:06.789Z")
    assert text.endswith("Z")


@given(instants, instants)
def test_texts_sort_as_instants_do(a: datetime, b: datetime) -> None:
    a, b = (to_milliseconds(each.astimezone(UTC)) for each in (a, b))
    assert (iso(a) < iso(b)) == (a < b)


@given(instants)
def test_a_whole_second_is_the_first_that_is_not_before(instant: datetime) -> None:
    whole = whole_second(instant)
    assert whole.microsecond == 0
    assert timedelta() <= whole - instant < timedelta(seconds=1)


@pytest.mark.parametrize(
    "text", ["2026-03-03T04:05:06", "2026-03-03", "yesterday", "", "2026-13-01T00:00:00Z"]
)
def test_what_is_no_instant_with_a_zone_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_iso(text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"])
def test_an_instant_outside_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="outside the calendar"):
        parse_iso(text)


def test_an_instant_without_a_zone_is_not_written() -> None:
    with pytest.raises(ValueError, match="zone"):
        iso(datetime(2026, 1, 1))  # noqa: DTZ001


def test_none_stays_none() -> None:
    assert iso_or_none(None) is None
    assert parse_iso_or_none(None) is None


def test_now_is_as_it_will_be_stored() -> None:
    now = utc_now()
    assert now == to_milliseconds(now) == parse_iso(iso(now))
