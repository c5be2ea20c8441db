import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from functions.complaints.calendar import Calendar, CalendarYearMissing, Holiday, as_best_known
from functions.complaints.deadlines import (
    ANSWER_TERM,
    EXTENSION_LIMIT,
    Deadline,
    DeadlineLimitExceeded,
    Explanation,
    due,
    extend,
    near,
    recompute,
    reminder,
)
from functions.complaints.duration import QUARTER, Duration, Kind, Lead
from tests.core.calendars import (
    all_terms,
    calendars,
    clock_terms,
    days,
    instants,
    milliseconds,
    terms,
    with_holiday,
)
from tests.core.official_days import OFFICIAL
from tests.sweeps import draws

MORNING = datetime(2026, 3, 3, 4, 5, 6, 789000, tzinfo=UTC)
short_terms = st.one_of(
    st.builds(Duration, kind=st.just("working_days"), amount=st.integers(1, 10)),
    st.builds(Duration, kind=st.just("working_hours"), amount=st.integers(1, 40)),
    st.builds(Duration, kind=st.just("clock"), amount=st.integers(1, 20 * 86_400)),
)


# Due


def test_the_law_as_default() -> None:
    assert (str(ANSWER_TERM), str(EXTENSION_LIMIT)) == ("P15BD", "P2M")


@given(calendars(), all_terms, instants)
def test_a_deadline_lies_after_its_receipt_in_utc(
    calendar: Calendar, term: Duration, received: datetime
) -> None:
    deadline = due(term, received_at=received, calendar=calendar)
    assert deadline.at > received
    assert deadline.at.tzinfo is UTC
    assert deadline.at == calendar.add(term, received)


@given(calendars(), clock_terms, instants)
def test_a_clock_term_is_registered_at_once_and_rests_on_no_holiday(
    calendar: Calendar, term: Duration, received: datetime
) -> None:
    deadline = due(term, received_at=received, calendar=calendar)
    assert deadline.registered_at == deadline.counted_from == received
    assert (deadline.skipped, deadline.moved, deadline.estimated) == ((), (), False)
    unknown = replace(calendar, years=frozenset())
    assert due(term, received_at=received, calendar=unknown) == deadline


@given(calendars(), st.integers(1, 30), instants)
def test_the_days_passed_over_account_for_the_whole_term(
    calendar: Calendar, number: int, received: datetime
) -> None:
    """Weekdays after registration, less those skipped, plus those moved, are the working days of the term."""
    deadline = due(Duration(kind="working_days", amount=number), received_at=received, calendar=calendar)
    first, last = deadline.counted_from, calendar.local(deadline.at).date()
    assert type(first) is date
    after = [first + timedelta(days=ahead) for ahead in range(1, (last - first).days + 1)]
    weekdays = {day for day in after if day.weekday() not in calendar.weekend}
    skipped = {day.date for day in deadline.skipped}
    counted = (weekdays - skipped) | {day for day in deadline.moved if day > first}
    assert len(counted) == number - (calendar.count_from == "same_day")


@given(calendars(), terms, instants)
def test_a_deadline_called_certain_stands_whatever_day_the_moon_gives(
    calendar: Calendar, term: Duration, received: datetime
) -> None:
    deadline = due(term, received_at=received, calendar=calendar)
    estimates = [day for day, holiday in calendar.holidays.items() if holiday.estimated]
    assume(estimates)
    if deadline.estimated:
        return
    for estimate in estimates:
        for moved in (estimate - timedelta(days=1), estimate + timedelta(days=1)):
            if moved in calendar.holidays or moved.year not in calendar.years:
                continue
            others = {day: off for day, off in calendar.holidays.items() if day != estimate}
            announced = replace(calendar, holidays=others | {moved: Holiday(name={"en": "Announced"})})
            assert recompute(deadline, announced).at == deadline.at


def test_a_year_without_data_is_named() -> None:
    with pytest.raises(CalendarYearMissing, match="2027") as missing:
        due(ANSWER_TERM, received_at=datetime(2026, 12, 20, 5, tzinfo=UTC), calendar=OFFICIAL)
    assert missing.value.year == 2027


# Explanation


def test_an_explanation_says_what_a_person_would() -> None:
    explanation = due(ANSWER_TERM, received_at=MORNING, calendar=OFFICIAL).explanation()
    assert explanation.to_dict() == {
        "key": "deadline.working_days",
        "params": {
            "amount": 15,
            "unit": "working_days",
            "from": "2026-03-03",
            "due_date": "2026-03-30",
            "due_time": "18:30",
            "time_zone": "Asia/Almaty",
            "due_at": "2026-03-30T13:30:00.000Z",
            "received_at": "2026-03-03T04:05:06.789Z",
            "registered_at": "2026-03-03T04:05:06.789Z",
            "duration": "P15BD",
            "count_from": "next_day",
            "holidays": [
                {"date": "2026-03-09", "name": {"en": "International Women's Day"}, "substitute": True},
                {"date": "2026-03-23", "name": {"en": "Nauryz"}},
                {"date": "2026-03-24", "name": {"en": "Nauryz"}, "substitute": True},
                {"date": "2026-03-25", "name": {"en": "Nauryz"}, "substitute": True},
            ],
        },
    }


def test_an_explanation_tells_of_registration_moved_days_and_estimates() -> None:
    after_hours = datetime(2024, 5, 3, 14, tzinfo=UTC)
    params = due(Duration.parse("P2BD"), received_at=after_hours, calendar=OFFICIAL).explanation().params
    assert params["registered"] == "2024-05-04"
    assert params["moved_working"] == ["2024-05-04"]
    assert params["moved_off"] == ["2024-05-08"]
    before_ait = datetime(2026, 5, 26, 5, tzinfo=UTC)
    params = due(Duration.parse("P1BD"), received_at=before_ait, calendar=OFFICIAL).explanation().params
    assert params["estimated"] is True
    assert params["holidays"] == [{"date": "2026-05-27", "name": {"en": "Kurban Ait"}, "estimated": True}]


def test_an_extension_is_explained_from_the_deadline_before() -> None:
    first = due(ANSWER_TERM, received_at=MORNING, calendar=OFFICIAL)
    extended = extend(first, by=Duration.parse("P10BD"), received_at=MORNING, calendar=OFFICIAL)
    explanation = extended.explanation()
    assert explanation.key == "deadline.extended"
    told = {key: explanation.params[key] for key in ("amount", "unit", "from", "extended_from", "duration")}
    assert told == {
        "amount": 10,
        "unit": "working_days",
        "from": "2026-03-30",
        "extended_from": "2026-03-30T13:30:00.000Z",
        "duration": "P15BD",
    }
    assert explanation.params["extensions"] == ["P10BD"]


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("PT4H", 4, "hours"),
        ("PT90M", 90, "minutes"),
        ("PT30S", 30, "seconds"),
        ("P1D", 24, "hours"),
        ("P2D", 48, "hours"),
        ("P3D", 3, "days"),
        ("P3DT12H", 84, "hours"),
        ("PT8BH", 8, "working_hours"),
        ("P2M", 2, "months"),
    ],
)
def test_a_term_is_told_in_the_unit_that_people_use(text: str, amount: int, unit: str) -> None:
    explanation = due(Duration.parse(text), received_at=MORNING, calendar=OFFICIAL).explanation()
    assert (explanation.params["amount"], explanation.params["unit"]) == (amount, unit)


@given(calendars(), all_terms, milliseconds, st.none() | short_terms)
def test_an_explanation_is_small_json_that_reads_back(
    calendar: Calendar, term: Duration, received: datetime, extension: Duration | None
) -> None:
    deadline = due(term, received_at=received, calendar=calendar)
    if extension is not None:
        deadline = extend(
            deadline, by=extension, received_at=received, calendar=calendar, limit=Duration.parse("P300D")
        )
    explanation = deadline.explanation()
    text = json.dumps(explanation.to_dict())
    assert Explanation.from_dict(json.loads(text)) == explanation
    assert Deadline.explained_by(json.loads(text)) == deadline
    assert Deadline.explained_by(explanation) == deadline
    assert len(text) < 700 + 80 * len(deadline.skipped) + 16 * len(deadline.moved)


def test_the_longest_explanation_of_the_law_stays_under_two_kilobytes() -> None:
    names = {
        "kk": "Қазақстан халқының бірлігі мерекесі",
        "ru": "Праздник единства народа Казахстана",
        "en": "Unity",
    }
    real = replace(
        OFFICIAL, holidays={day: replace(off, name=names) for day, off in OFFICIAL.holidays.items()}
    )
    starts = [
        datetime(2026, 1, 5, 5, tzinfo=UTC) + timedelta(days=day)
        for day in range(0, 300, draws(gate=7, whole=1))
    ]
    sizes = [
        len(
            json.dumps(
                due(ANSWER_TERM, received_at=start, calendar=real).explanation().to_dict(), ensure_ascii=False
            )
        )
        for start in starts
    ]
    assert max(sizes) < 2048


# Extension


@given(calendars(), terms, short_terms, instants)
def test_an_extension_is_later_and_within_the_limit_or_refused(
    calendar: Calendar, term: Duration, by: Duration, received: datetime
) -> None:
    first = due(term, received_at=received, calendar=calendar)
    latest = calendar.add(EXTENSION_LIMIT, received)
    asked = extend(first, by=by, received_at=received, calendar=calendar, limit=Duration.parse("P300D")).at
    if asked > latest:
        with pytest.raises(DeadlineLimitExceeded) as refused:
            extend(first, by=by, received_at=received, calendar=calendar)
        assert refused.value.latest == latest
        return
    extended = extend(first, by=by, received_at=received, calendar=calendar)
    assert extended.at == asked
    assert first.at < extended.at <= latest
    assert extended.extended_from == first.at
    assert extended.extensions == (by,)
    assert (extended.duration, extended.received_at) == (first.duration, received)


def test_an_extended_estimate_stays_an_estimate() -> None:
    received = datetime(2026, 5, 12, 5, tzinfo=UTC)
    first = due(ANSWER_TERM, received_at=received, calendar=OFFICIAL)
    extended = extend(first, by=Duration.parse("P5BD"), received_at=received, calendar=OFFICIAL)
    assert (first.estimated, extended.estimated) == (True, True)
    assert extended.skipped == ()


@given(calendars(), st.integers(1, 15), st.integers(1, 8), st.integers(1, 8), instants)
def test_two_extensions_in_working_days_are_one_of_their_sum(
    calendar: Calendar, number: int, one: int, other: int, received: datetime
) -> None:
    def days_of(amount: int) -> Duration:
        return Duration(kind="working_days", amount=amount)

    first = due(days_of(number), received_at=received, calendar=calendar)
    far = Duration.parse("P300D")
    step = first
    for amount in (one, other):
        step = extend(step, by=days_of(amount), received_at=received, calendar=calendar, limit=far)
    at_once = extend(first, by=days_of(one + other), received_at=received, calendar=calendar, limit=far)
    assert step.at == at_once.at
    assert step.at == due(days_of(number + one + other), received_at=received, calendar=calendar).at


@given(calendars(), terms, short_terms, milliseconds)
def test_an_instant_is_extended_to_the_same_end_as_its_deadline(
    calendar: Calendar, term: Duration, by: Duration, received: datetime
) -> None:
    first = due(term, received_at=received, calendar=calendar)
    far = Duration.parse("P300D")
    known = extend(first, by=by, received_at=received, calendar=calendar, limit=far)
    bare = extend(first.at, by=by, received_at=received, calendar=calendar, limit=far)
    assert bare.at == known.at
    assert recompute(bare, calendar) == bare
    assert Deadline.explained_by(bare.explanation()) == bare


# Near, recompute


@given(calendars(), all_terms, instants)
def test_near_leaves_a_quarter(calendar: Calendar, term: Duration, received: datetime) -> None:
    deadline = due(term, received_at=received, calendar=calendar)
    moment = near(deadline, received)
    assert received < moment <= deadline.at
    assert abs((deadline.at - moment) * 4 - (deadline.at - received)) <= timedelta(microseconds=4)
    assert near(deadline.at, received) == moment


def test_near_of_a_deadline_that_has_passed_is_now() -> None:
    deadline = due(Duration.parse("PT4H"), received_at=MORNING, calendar=OFFICIAL)
    later = MORNING + timedelta(hours=5)
    assert near(deadline, later) == later


def at(wall: str) -> datetime:
    return datetime.fromisoformat(wall).replace(tzinfo=OFFICIAL.local(MORNING).tzinfo).astimezone(UTC)


@pytest.mark.parametrize(
    ("before", "start", "deadline", "reminded", "why"),
    [
        ("P2BD", "2026-02-02 10:00", "2026-02-13 18:30", "2026-02-12 09:00", "Thursday and Friday are left"),
        ("P1BD", "2026-02-02 10:00", "2026-02-13 18:30", "2026-02-13 09:00", "Friday is left"),
        ("P2BD", "2026-03-02 10:00", "2026-03-10 18:30", "2026-03-06 09:00", "9 March is free"),
        ("P1BD", "2026-02-02 10:00", "2026-02-09 12:00", "2026-02-06 12:00", "a working day from noon to noon"),
        ("PT8BH", "2026-02-02 10:00", "2026-02-13 18:30", "2026-02-13 09:00", "the hours of a day"),
        ("PT4BH", "2026-02-02 10:00", "2026-02-13 18:30", "2026-02-13 14:30", "the afternoon"),
        ("PT6BH", "2026-02-02 10:00", "2026-02-09 10:00", "2026-02-06 12:00", "one of Monday, five of Friday"),
        ("P2D", "2026-02-02 10:00", "2026-02-10 10:00", "2026-02-06 18:29", "Sunday, and Friday was the last open"),
        ("PT12H", "2026-02-02 10:00", "2026-02-03 18:30", "2026-02-02 18:29", "half past six in the morning"),
        ("P1BD", "2026-02-06 19:00", "2026-02-09 18:30", "2026-02-09 09:00", "given on Friday night, for Monday"),
        ("P1BD", "2026-02-09 12:00", "2026-02-09 18:30", None, "it has just been given"),
        ("PT1H", "2026-02-07 10:00", "2026-02-08 10:00", None, "nobody is there between"),
        ("quarter", "2026-02-02 10:00", "2026-02-23 18:30", "2026-02-18 10:22:30", "128 h 7.5 min before"),
        ("quarter", "2026-02-06 19:00", "2026-02-09 18:30", "2026-02-09 09:00", "Monday, one in the night"),
    ],
)  # fmt: skip
def test_a_body_is_reminded_in_its_open_hours(
    before: str, start: str, deadline: str, reminded: str | None, why: str
) -> None:
    when = reminder(
        QUARTER if before == QUARTER else Duration.parse(before),
        deadline=at(deadline),
        start=at(start),
        now=at(start),
        calendar=OFFICIAL,
        by_the_clock=False,
    )
    assert when == (None if reminded is None else at(reminded)), why


def test_danger_is_reminded_of_by_the_clock_and_null_is_never() -> None:
    def when(before: Lead | None) -> datetime | None:
        night = at("2026-02-07 22:00")
        return reminder(
            before,
            deadline=night + timedelta(hours=4),
            start=night,
            now=night,
            calendar=OFFICIAL,
            by_the_clock=True,
        )

    assert when(Duration.parse("PT30M")) == at("2026-02-08 01:30")
    assert when(QUARTER) == at("2026-02-08 01:00")
    assert when(Duration.parse("PT4H")) is None
    assert when(None) is None


@given(calendars(), all_terms, instants, st.just(QUARTER) | short_terms, st.booleans())
def test_a_reminder_lies_within_the_term_and_the_open_hours(
    calendar: Calendar, term: Duration, received: datetime, before: Lead, danger: bool
) -> None:
    deadline = due(term, received_at=received, calendar=calendar).at
    when, _ = as_best_known(
        lambda known: reminder(
            before, deadline=deadline, start=received, now=received, calendar=known, by_the_clock=danger
        ),
        calendar=calendar,
    )
    if when is None:
        return
    assert received < when < deadline
    if not danger:
        opening, _ = as_best_known(lambda known: known.next_opening(when), calendar=calendar)
        assert opening == when


@given(calendars(), st.sampled_from(["working_days", "working_hours"]), st.integers(1, 20), instants)
def test_what_is_counted_back_is_left(
    calendar: Calendar, kind: Kind, amount: int, received: datetime
) -> None:
    """As many hours of open time are left, and as many working days when whole ones are asked for."""
    term = Duration(kind="working_days", amount=amount + 30)
    deadline = calendar.add(term, received)
    when = calendar.back(Duration(kind=kind, amount=amount), deadline)
    if kind == "working_hours":
        assert calendar.add_working_hours(amount, when) == deadline
    else:
        last = calendar.local(deadline).date()
        first = calendar.local(when).date()
        assert calendar.opens_at(first) == when
        assert (first if amount == 1 else calendar.working_day_after(first, amount - 1)) == last


@given(calendars(), all_terms, milliseconds, st.lists(short_terms, max_size=3))
def test_counting_again_under_the_same_calendar_changes_nothing(
    calendar: Calendar, term: Duration, received: datetime, extensions: list[Duration]
) -> None:
    deadline = due(term, received_at=received, calendar=calendar)
    far = Duration.parse("P300D")
    for by in extensions:
        deadline = extend(deadline, by=by, received_at=received, calendar=calendar, limit=far)
    assert recompute(deadline, calendar) == deadline
    assert recompute(deadline.explanation().to_dict(), calendar) == deadline


@given(calendars(), all_terms, milliseconds, st.none() | short_terms, days)
def test_a_new_holiday_moves_a_deadline_only_later(
    calendar: Calendar, term: Duration, received: datetime, extension: Duration | None, day: date
) -> None:
    deadline = due(term, received_at=received, calendar=calendar)
    if extension is not None:
        deadline = extend(
            deadline, by=extension, received_at=received, calendar=calendar, limit=Duration.parse("P300D")
        )
    soon = received.date() + timedelta(days=day.toordinal() % 40)
    moved = recompute(deadline, with_holiday(calendar, soon))
    assert moved.at >= deadline.at
    assert moved.extensions == deadline.extensions
