import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from functions.complaints.calendar import Calendar, CalendarYearMissing, Holiday
from functions.complaints.deadlines import (
    ANSWER_TERM,
    EXTENSION_LIMIT,
    Deadline,
    DeadlineLimitExceeded,
    Explanation,
    due,
    extend,
    forwarding_due,
    near,
    recompute,
)
from functions.complaints.duration import Duration
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

MORNING = datetime(2026, 3, 3, 4, 5, 6, 789000, tzinfo=UTC)
short_terms = st.one_of(
    st.builds(Duration, kind=st.just("working_days"), amount=st.integers(1, 10)),
    st.builds(Duration, kind=st.just("working_hours"), amount=st.integers(1, 40)),
    st.builds(Duration, kind=st.just("clock"), amount=st.integers(1, 20 * 86_400)),
)


# Due


def test_the_law_as_default() -> None:
    assert (str(ANSWER_TERM), str(EXTENSION_LIMIT)) == ("P15BD", "P2M")
    received = datetime(2026, 2, 9, 5, tzinfo=UTC)
    three = due(Duration.parse("P3BD"), received_at=received, calendar=OFFICIAL)
    assert forwarding_due(received_at=received, calendar=OFFICIAL) == three


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
    starts = [datetime(2026, 1, 5, 5, tzinfo=UTC) + timedelta(days=day) for day in range(300)]
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
        assert (refused.value.latest, refused.value.asked) == (latest, asked)
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
