import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.complaints.calendar import Calendar, CalendarYearMissing, Holiday, month_after
from functions.complaints.duration import Duration
from tests.core.calendars import (
    EMPTY,
    around_zone_change,
    calendars,
    clock_terms,
    days,
    instants,
    special_days,
    terms,
    with_holiday,
)
from tests.core.official_days import HOLIDAYS, OFFICIAL

ALMATY = ZoneInfo("Asia/Almaty")


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ALMATY)


def is_working_by_definition(calendar: Calendar, day: date) -> bool:
    """The rule in one expression, apart from the tables that the calendar makes."""
    return (
        day not in calendar.moved_off
        and day not in calendar.holidays
        and (day.weekday() not in calendar.weekend or day in calendar.moved_working)
    )


# What a day is


@pytest.mark.parametrize(("year", "count"), [(2024, 249), (2025, 246), (2026, 247)])
def test_a_year_has_the_published_number_of_working_days(year: int, count: int) -> None:
    """2025: 246 as published. 2026: 246 as published, and one more since 31 August is worked. 2024: 262
    weekdays less 13 holidays on weekdays; 4 and 8 May only change places.
    """
    first = date(year, 1, 1)
    year_days = [first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days)]
    assert sum(map(OFFICIAL.is_working_day, year_days)) == count


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2026, 3, 9), "holiday"),
        (date(2026, 3, 7), "weekend"),
        (date(2026, 3, 8), "holiday"),
        (date(2024, 5, 8), "moved_off"),
        (date(2024, 5, 4), None),
        (date(2026, 3, 10), None),
    ],
)
def test_a_free_day_has_a_reason(day: date, reason: str | None) -> None:
    assert OFFICIAL.reason(day) == reason
    assert OFFICIAL.is_working_day(day) is (reason is None)


def test_a_holiday_tells_its_name_also_on_a_weekend() -> None:
    assert OFFICIAL.holiday(date(2026, 3, 8)) == HOLIDAYS[date(2026, 3, 8)]
    assert OFFICIAL.holiday(date(2026, 3, 10)) is None


def test_a_holiday_stays_free_when_a_worked_day_is_moved_onto_it() -> None:
    sunday = date(2026, 3, 8)
    assert replace(OFFICIAL, moved_working=frozenset({sunday})).reason(sunday) == "holiday"


def test_an_unknown_year_is_not_guessed() -> None:
    for ask in (OFFICIAL.is_working_day, OFFICIAL.reason, lambda day: OFFICIAL.working_day_after(day, 1)):
        with pytest.raises(CalendarYearMissing) as missing:
            ask(date(2027, 1, 4))
        assert missing.value.year == 2027
    with pytest.raises(CalendarYearMissing) as missing:
        OFFICIAL.registered_at(datetime(2023, 12, 29, 8, tzinfo=UTC))
    assert missing.value.year == 2023


@given(calendars(), days, st.integers(1, 40))
def test_the_nth_working_day_is_found_as_by_counting(calendar: Calendar, day: date, number: int) -> None:
    counted, left = day, number
    while left:
        counted += timedelta(days=1)
        left -= is_working_by_definition(calendar, counted)
    assert calendar.working_day_after(day, number) == counted


@given(calendars(), days, days)
def test_skipped_and_moved_days_are_those_that_differ_from_a_plain_week(
    calendar: Calendar, one: date, other: date
) -> None:
    first, last = sorted((one, other))
    between = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    working = [day for day in between if is_working_by_definition(calendar, day)]
    weekdays = [day for day in between if day.weekday() not in calendar.weekend]
    skipped = {day.date for day in calendar.skipped_between(first, last)}
    moved = set(calendar.moved_between(first, last))
    assert moved == set(working) - set(weekdays)
    assert set(weekdays) - set(working) <= skipped
    # A weekend day that was to be worked and is a holiday after all is passed over too.
    assert skipped - set(weekdays) <= calendar.moved_working
    assert all(not is_working_by_definition(calendar, day) for day in skipped)


# Hours


@pytest.mark.parametrize(
    ("at", "opening"),
    [
        ("2026-02-06 09:00", "2026-02-06 09:00"),
        ("2026-02-06 08:59", "2026-02-06 09:00"),
        ("2026-02-06 12:59", "2026-02-06 12:59"),
        ("2026-02-06 13:00", "2026-02-06 14:30"),
        ("2026-02-06 14:30", "2026-02-06 14:30"),
        ("2026-02-06 18:29", "2026-02-06 18:29"),
        ("2026-02-06 18:30", "2026-02-09 09:00"),
        ("2026-02-07 12:00", "2026-02-09 09:00"),
        ("2026-03-06 19:00", "2026-03-10 09:00"),
    ],
)
def test_next_opening(at: str, opening: str) -> None:
    assert OFFICIAL.next_opening(wall(at)) == wall(opening)


@pytest.mark.parametrize(
    ("at", "registered"),
    [
        ("2026-02-06 07:10", "2026-02-06 09:00"),
        ("2026-02-06 13:30", "2026-02-06 13:30"),
        ("2026-02-06 18:30", "2026-02-09 09:00"),
        ("2026-02-08 23:59", "2026-02-09 09:00"),
        ("2026-02-09 00:00", "2026-02-09 09:00"),
    ],
)
def test_registration_waits_for_opening(at: str, registered: str) -> None:
    assert OFFICIAL.registered_at(wall(at)) == wall(registered)


@given(calendars(), instants)
def test_registration_is_idempotent_and_on_a_working_day(calendar: Calendar, instant: datetime) -> None:
    registered = calendar.registered_at(instant)
    assert registered >= instant
    assert calendar.registered_at(registered) == registered
    assert calendar.is_working_day(calendar.local(registered).date())


@given(calendars(), instants)
def test_next_opening_is_idempotent_and_within_hours(calendar: Calendar, instant: datetime) -> None:
    opening = calendar.next_opening(instant)
    assert opening >= instant
    assert calendar.next_opening(opening) == opening
    local = calendar.local(opening)
    assert calendar.is_working_day(local.date())
    assert calendar.opens <= local.time() < calendar.closes
    assert not any(start <= local.time() < end for start, end in calendar.breaks)


@given(calendars(), instants, instants)
def test_registration_keeps_order(calendar: Calendar, one: datetime, other: datetime) -> None:
    earlier, later = sorted((one, other))
    assert calendar.registered_at(earlier) <= calendar.registered_at(later)


# Counting


@given(calendars(), terms, instants)
def test_a_term_ends_on_a_working_day_within_its_hours(
    calendar: Calendar, term: Duration, start: datetime
) -> None:
    end = calendar.local(calendar.add(term, start))
    assert calendar.is_working_day(end.date())
    if term.kind == "working_hours":
        assert calendar.opens < end.time() <= calendar.short_days.get(end.date(), calendar.closes)
    else:
        assert end.time() == calendar.short_days.get(end.date(), calendar.closes)


@given(calendars(), terms | clock_terms, instants, instants)
def test_later_receipt_is_never_due_earlier(
    calendar: Calendar, term: Duration, one: datetime, other: datetime
) -> None:
    earlier, later = sorted((one, other))
    assert calendar.add(term, earlier) <= calendar.add(term, later)


@given(calendars(), terms, instants)
def test_a_longer_term_ends_later(calendar: Calendar, term: Duration, start: datetime) -> None:
    end = calendar.add(term, start)
    assert end >= calendar.registered_at(start)
    longer = calendar.add(replace(term, amount=term.amount + 1), start)
    # Two terms in months can end on the same working day only through a month without any.
    assert longer > end


@given(calendars(), instants, st.integers(1, 20), st.integers(1, 20))
def test_working_days_add_up(calendar: Calendar, start: datetime, one: int, other: int) -> None:
    registered = calendar.local(calendar.registered_at(start)).date()
    both = calendar.working_day_after(registered, one + other)
    assert calendar.working_day_after(calendar.working_day_after(registered, one), other) == both


@given(calendars(), instants, st.integers(1, 40), st.integers(1, 40))
def test_working_hours_add_up(calendar: Calendar, start: datetime, one: int, other: int) -> None:
    first = calendar.add_working_hours(one, start)
    assert calendar.add_working_hours(other, first) == calendar.add_working_hours(one + other, start)


@given(calendars(), instants, st.integers(1, 40))
def test_between_is_open_what_working_hours_took(calendar: Calendar, start: datetime, hours: int) -> None:
    end = calendar.add_working_hours(hours, start)
    assert calendar.open_between(start, end) == timedelta(hours=hours)


@given(calendars(), instants, instants, instants)
def test_open_time_adds_up(calendar: Calendar, one: datetime, two: datetime, three: datetime) -> None:
    first, middle, last = sorted((one, two, three))
    parts = calendar.open_between(first, middle) + calendar.open_between(middle, last)
    assert parts == calendar.open_between(first, last)
    assert calendar.open_between(last, first) == timedelta(0)


@given(calendars(), clock_terms, clock_terms, instants)
def test_clock_terms_add_up(calendar: Calendar, one: Duration, other: Duration, start: datetime) -> None:
    assert calendar.add(other, calendar.add(one, start)) == start + one.elapsed + other.elapsed


@given(around_zone_change, clock_terms)
def test_the_clock_is_exact_over_the_change_of_zone(instant: datetime, term: Duration) -> None:
    start = instant.astimezone(ALMATY)
    end = EMPTY.add(term, start)
    assert end - instant == term.elapsed
    assert end.tzinfo is UTC


@given(calendars(), instants, st.integers(1, 30))
def test_counting_from_the_same_day_takes_one_day_less(
    calendar: Calendar, start: datetime, number: int
) -> None:
    longer = Duration(kind="working_days", amount=number + 1)
    shorter = Duration(kind="working_days", amount=number)
    assert calendar.add(longer, start, count_from="same_day") == calendar.add(
        shorter, start, count_from="next_day"
    )


@given(calendars(), terms, instants, days)
def test_one_more_holiday_never_brings_a_deadline_forward(
    calendar: Calendar, term: Duration, start: datetime, day: date
) -> None:
    near_by = start.date() + timedelta(days=day.toordinal() % 60)
    for holiday in (day, near_by):
        assert with_holiday(calendar, holiday).add(term, start) >= calendar.add(term, start)


@given(calendars(), terms, instants, days)
def test_one_more_worked_weekend_day_never_puts_a_deadline_off(
    calendar: Calendar, term: Duration, start: datetime, day: date
) -> None:
    near_by = start.date() + timedelta(days=day.toordinal() % 60)
    for worked in {day, near_by} - calendar.moved_off:
        moved = replace(calendar, moved_working=calendar.moved_working | {worked})
        assert moved.add(term, start) <= calendar.add(term, start)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)),
        (date(2025, 10, 31), 2, date(2025, 12, 31)),
        (date(2025, 11, 30), 13, date(2026, 12, 30)),
    ],
)
def test_month_after(day: date, months: int, then: date) -> None:
    assert month_after(day, months) == then


def test_an_instant_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 2, 6, 10, tzinfo=UTC).replace(tzinfo=None)
    for ask in (
        OFFICIAL.local,
        OFFICIAL.registered_at,
        OFFICIAL.next_opening,
        lambda instant: OFFICIAL.add(Duration.parse("PT4H"), instant),
        lambda instant: OFFICIAL.add(Duration.parse("PT4BH"), instant),
        lambda instant: OFFICIAL.add(Duration.parse("P4BD"), instant),
    ):
        with pytest.raises(ValueError, match="zone"):
            ask(naive)


# The zone database


def test_the_zone_database_knows_the_one_zone_of_kazakhstan() -> None:
    for name in ("Asia/Almaty", "Asia/Qostanay"):
        before = datetime(2024, 2, 29, 12, tzinfo=ZoneInfo(name)).utcoffset()
        after = datetime(2024, 3, 1, 12, tzinfo=ZoneInfo(name)).utcoffset()
        assert (before, after) == (timedelta(hours=6), timedelta(hours=5)), "older than tzdata 2024a"


# The compiled form


@given(calendars())
def test_json_and_back(calendar: Calendar) -> None:
    text = json.dumps(calendar.to_dict())
    assert Calendar.from_dict(json.loads(text)) == calendar
    assert json.dumps(Calendar.from_dict(json.loads(text)).to_dict()) == text


def test_what_is_left_out_has_its_default() -> None:
    raw = {"time_zone": "Asia/Almaty", "opens": "09:00", "closes": "18:30", "holidays": {}, "years": [2026]}
    calendar = Calendar.from_dict(raw)
    assert (calendar.weekend, calendar.breaks, calendar.count_from) == ((5, 6), (), "next_day")


@given(calendars(), special_days)
def test_own_hours_leave_the_days_as_they_are(calendar: Calendar, ask: set[date]) -> None:
    whole_day = calendar.with_hours(time(0), time(23, 59))
    made_anew = Calendar.from_dict(whole_day.to_dict())
    assert [whole_day.reason(day) for day in ask] == [calendar.reason(day) for day in ask]
    for day in ask:
        if day.year < 2027:
            assert whole_day.working_day_after(day, 5) == made_anew.working_day_after(day, 5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"time_zone": "Asia/Pavlodar"}, "time zone"),
        ({"time_zone": "/etc/localtime"}, "time zone"),
        ({"weekend": (0, 1, 2, 3, 4, 5, 6)}, "weekend"),
        ({"weekend": (7,)}, "weekend"),
        ({"opens": time(18, 30)}, "opening"),
        ({"breaks": ((time(8), time(10)),)}, "break"),
        ({"breaks": ((time(13), time(14)), (time(13, 30), time(15)))}, "break"),
        ({"breaks": ((time(18), time(18, 30)),)}, "break"),
        ({"short_days": {date(2026, 12, 31): time(9)}}, "short day"),
        ({"short_days": {date(2026, 12, 31): time(19)}}, "short day"),
        ({"moved_working": frozenset({date(2024, 5, 8)})}, "both"),
        ({"count_from": "yesterday"}, "count_from"),
        ({"years": frozenset({2024, 2026})}, "gap"),
    ],
)
def test_a_calendar_that_contradicts_itself_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(OFFICIAL, **change)  # type: ignore[arg-type]


def test_a_holiday_on_an_estimated_date_tells_so() -> None:
    assert OFFICIAL.rests_on_estimate(date(2026, 5, 28), date(2026, 6, 1))
    assert OFFICIAL.rests_on_estimate(date(2026, 5, 20), date(2026, 5, 26))
    assert not OFFICIAL.rests_on_estimate(date(2026, 5, 29), date(2026, 6, 5))
    assert not OFFICIAL.rests_on_estimate(date(2026, 5, 18), date(2026, 5, 25))
    announced = {**HOLIDAYS, date(2026, 5, 27): Holiday(name={"en": "Kurban Ait"})}
    assert not replace(OFFICIAL, holidays=announced).rests_on_estimate(date(2026, 5, 20), date(2026, 6, 5))
