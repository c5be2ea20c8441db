"""People's rules: quiet hours, a day in its zone, the business number."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.complaints.people_rules import (
    PUSH_KINDS,
    Preferences,
    QuietHours,
    is_business_number,
    is_zone,
    next_day,
)

ZONES = (
    "Asia/Almaty",
    "Asia/Kathmandu",
    "Europe/Berlin",
    "America/New_York",
    "Pacific/Apia",
    "Australia/Lord_Howe",
)
minutes = st.times().map(lambda each: each.replace(second=0, microsecond=0))
instants = st.datetimes(
    datetime(2020, 1, 1),  # noqa: DTZ001
    datetime(2034, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@given(start=minutes, end=minutes, now=instants, zone=st.sampled_from(ZONES))
def test_quiet_ends_when_the_wall_clock_says_so_and_then_it_is_not_quiet(
    start: time, end: time, now: datetime, zone: str
) -> None:
    hours = QuietHours(start=start, end=end)
    until = hours.until(now, zone=zone)
    if until is None:
        return
    assert now < until <= now + timedelta(hours=25)
    assert hours.until(until, zone=zone) is None
    assert (until.tzinfo, until.astimezone(ZoneInfo(zone)).minute) == (
        UTC,
        end.minute,
    ) or zone == "Australia/Lord_Howe"


@given(start=minutes, end=minutes, now=instants)
def test_quiet_is_from_the_first_minute_to_before_the_last(start: time, end: time, now: datetime) -> None:
    """Where clocks are not changed, the wall clock alone decides."""
    local = now.astimezone(ZoneInfo("Asia/Kathmandu")).time()
    within = start <= local < end if start < end else (local >= start or local < end) and start != end
    assert (QuietHours(start=start, end=end).until(now, zone="Asia/Kathmandu") is not None) == within


@pytest.mark.parametrize(
    ("kind", "muted", "passing", "verdict"),
    [
        ("progress", (), True, "hold"),
        ("escalation", (), True, "send"),
        ("escalation", (), False, "hold"),
        ("progress", ("progress",), True, "drop"),
        ("escalation", ("escalation",), True, "drop"),
    ],
)
def test_what_happens_to_a_push_at_night(
    kind: Any, muted: tuple[str, ...], passing: bool, verdict: str
) -> None:
    night = datetime(2026, 6, 1, 20, tzinfo=UTC)
    chosen = Preferences(
        zone="Asia/Almaty",
        quiet=QuietHours(start=time(22), end=time(8)),
        escalations_pass=passing,
        muted=frozenset(muted),
    )
    assert chosen.verdict(kind, night)[0] == verdict


def test_who_has_just_sent_something_is_awake() -> None:
    night = datetime(2026, 6, 1, 20, tzinfo=UTC)
    chosen = Preferences(zone="Asia/Almaty", quiet=QuietHours(start=time(22), end=time(8)))
    for minutes, verdict in ((0, "send"), (15, "send"), (16, "hold")):
        acted_at = night - timedelta(minutes=minutes)
        assert chosen.verdict("progress", night, acted_at=acted_at)[0] == verdict
    muted = Preferences(zone="Asia/Almaty", quiet=chosen.quiet, muted=frozenset({"progress"}))
    assert muted.verdict("progress", night, acted_at=night) == ("drop", None)


def test_a_day_lasts_until_midnight_in_its_zone() -> None:
    day, left = next_day(datetime(2026, 6, 1, 18, 30, tzinfo=UTC), zone="Asia/Almaty")
    assert (day, left) == (date(2026, 6, 1), timedelta(minutes=30))


@pytest.mark.parametrize(
    "name", ["", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "Asia", "a\x00b", "Asia/Алматы"]
)
def test_what_is_no_zone(name: str) -> None:
    assert not is_zone(name)


def control_digit(digits: list[int]) -> int | None:
    """Written apart from the code under test: the rule as the order of the Government words it."""
    first = sum((position + 1) * digit for position, digit in enumerate(digits)) % 11
    if first != 10:
        return first
    second = sum(((position + 2) % 11 + 1) * digit for position, digit in enumerate(digits)) % 11
    return None if second == 10 else second


# Of Kazakhstan Temir Zholy and of Kazpost, as their invoices and tenders show them.
@pytest.mark.parametrize("number", ["020540003431", "000140002217"])
def test_numbers_in_use_are_valid(number: str) -> None:
    assert is_business_number(number)


@given(st.lists(st.integers(0, 9), min_size=11, max_size=11))
def test_exactly_one_control_digit_fits_or_none(digits: list[int]) -> None:
    base = "".join(map(str, digits))
    fitting = [digit for digit in range(10) if is_business_number(f"{base}{digit}")]
    expected = control_digit(digits)
    assert fitting == ([] if expected is None else [expected])


@given(st.text(max_size=14))
def test_anything_else_is_no_number_and_no_error(text: str) -> None:
    if not (len(text) == 12 and text.isascii() and text.isdigit()):
        assert not is_business_number(text)


def test_pushes_are_told_apart_by_what_a_person_may_mute() -> None:
    assert set(PUSH_KINDS) == {"progress", "question", "escalation", "answer", "photo"}
