"""Calendars and instants for the property-based tests."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import strategies as st

from functions.complaints.calendar import Calendar, Holiday
from functions.complaints.duration import Duration

YEARS = frozenset(range(2024, 2028))
EMPTY = Calendar(time_zone="Asia/Almaty", opens=time(9), closes=time(18, 30), holidays={}, years=YEARS)
HOURS = (
    (time(9), time(18, 30), ((time(13), time(14, 30)),)),
    (time(8), time(17), ((time(12), time(13)),)),
    (time(0), time(23, 59), ()),
    (time(8, 15), time(20), ((time(10), time(10, 15)), (time(12), time(13)), (time(18), time(18, 30)))),
)

# A term of at most 40 working days from here stays within the years, however many days are free.
days = st.dates(date(2024, 1, 1), date(2026, 12, 31))
# Most days are nothing special; what matters lies close to what is being counted.
special_days = st.sets(st.dates(date(2024, 1, 1), date(2027, 12, 31)), max_size=12) | st.sets(
    st.dates(date(2024, 2, 20), date(2024, 4, 10)), max_size=20
)
_ZONE_CHANGE = datetime(2024, 2, 29, 18, tzinfo=UTC)
around_zone_change = st.timedeltas(timedelta(days=-10), timedelta(days=20)).map(_ZONE_CHANGE.__add__)
instants = (
    st.timedeltas(timedelta(0), timedelta(days=3 * 365)).map(datetime(2024, 1, 1, tzinfo=UTC).__add__)
    | around_zone_change
)
milliseconds = instants.map(lambda instant: instant.replace(microsecond=instant.microsecond // 1000 * 1000))
terms = st.one_of(
    st.builds(Duration, kind=st.just("working_days"), amount=st.integers(1, 40)),
    st.builds(Duration, kind=st.just("working_hours"), amount=st.integers(1, 100)),
    st.builds(Duration, kind=st.just("months"), amount=st.integers(1, 4)),
)
clock_terms = st.builds(Duration, kind=st.just("clock"), amount=st.integers(1, 60 * 86_400))
all_terms = terms | clock_terms


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    opens, closes, breaks = draw(st.sampled_from(HOURS))
    moved_working = draw(special_days)
    short = st.sampled_from([time(12, 30), time(14), closes]).filter(lambda at: opens < at <= closes)
    return Calendar(
        time_zone=draw(st.sampled_from(["Asia/Almaty", "Asia/Qyzylorda", "UTC", "Europe/Berlin"])),
        weekend=draw(st.sampled_from([(5, 6), (6,), (4, 5), ()])),
        opens=opens,
        closes=closes,
        breaks=breaks,
        holidays={
            day: Holiday(name={"en": "A day"}, estimated=draw(st.booleans())) for day in draw(special_days)
        },
        moved_working=frozenset(moved_working),
        moved_off=frozenset(draw(special_days) - moved_working),
        short_days={day: draw(short) for day in draw(special_days)},
        count_from=draw(st.sampled_from(["next_day", "same_day"])),
        years=YEARS,
    )


def with_holiday(calendar: Calendar, day: date) -> Calendar:
    return replace(calendar, holidays={**calendar.holidays, day: Holiday(name={"en": "One more"})})
