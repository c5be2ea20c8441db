"""The library's days against the official ones, written out by hand in tests/core/official_days.py."""

import json
from collections.abc import Iterable
from datetime import date, timedelta

import pytest

from functions.complaints.calendar import Calendar, CalendarYearMissing, Holiday
from infra.region import calendar_data, schema
from infra.region.calendar_data import (
    HolidayNameUnknown,
    calendar_of,
    kazakhstan_holidays,
    kazakhstan_moved_days,
)
from tests.core.official_days import HOLIDAYS, MOVED_OFF, MOVED_WORKING, OFFICIAL


def calendar_with(*, years: Iterable[int], **said: object) -> Calendar:
    """Of a region file that says this of its calendar."""
    form = {
        "country": "KZ",
        "count_from": "next_day",
        "hours": {"opens": "09:00", "closes": "18:30", "breaks": [{"from": "13:00", "to": "14:30"}]},
        "weekend": ["saturday", "sunday"],
        "years": list(years),
    }
    return calendar_of(schema.Calendar.model_validate(form | said), time_zone="Asia/Almaty")


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_the_days_are_the_official_ones(year: int) -> None:
    found = kazakhstan_holidays([year])
    official = {day: holiday for day, holiday in HOLIDAYS.items() if day.year == year}
    assert sorted(found) == sorted(official)
    for day, holiday in official.items():
        assert found[day].substitute is holiday.substitute, day
        assert found[day].estimated is holiday.estimated, day
        assert found[day].name["en"] == holiday.name["en"], day


def test_moved_days_are_the_official_ones() -> None:
    moved = kazakhstan_moved_days([2024, 2025, 2026])
    assert (moved.working, moved.off) == (MOVED_WORKING, MOVED_OFF)


def test_the_compiled_calendar_counts_like_the_official_one() -> None:
    compiled = calendar_with(years=[2024, 2025, 2026])
    for ordinal in range(date(2024, 1, 1).toordinal(), date(2027, 1, 1).toordinal()):
        day = date.fromordinal(ordinal)
        assert compiled.reason(day) == OFFICIAL.reason(day), day


def test_every_name_is_plain_and_in_three_languages() -> None:
    for day, holiday in kazakhstan_holidays(range(2022, 2041)).items():
        assert set(holiday.name) == {"kk", "ru", "en"}
        assert all(holiday.name.values()), day
        marks = ("estimated", "observed", "(", "бағаланған", "демалыс", "%")
        assert not any(mark in name for name in holiday.name.values() for mark in marks), holiday


def test_kurban_ait_is_an_estimate_until_announced() -> None:
    found = kazakhstan_holidays(range(2024, 2032))
    estimated = {day.year: holiday.name["ru"] for day, holiday in found.items() if holiday.estimated}
    assert estimated == dict.fromkeys(range(2026, 2032), "Курбан айт")


def test_an_announcement_takes_the_estimates_place() -> None:
    calendar = calendar_with(years=[2026, 2027], kurban_ait=["2026-05-28"])
    assert date(2026, 5, 27) not in calendar.holidays
    assert calendar.holidays[date(2026, 5, 28)] == Holiday(
        name={"kk": "Құрбан айт", "ru": "Курбан айт", "en": "Kurban Ait"}
    )
    confirmed = calendar_with(years=[2026, 2027], kurban_ait=["2026-05-27"])
    assert not confirmed.holidays[date(2026, 5, 27)].estimated
    with pytest.raises(ValueError, match="2026-06-27"):
        calendar_with(years=[2026, 2027], kurban_ait=["2026-06-27"])


def test_two_holidays_on_one_day_keep_both_names_in_order() -> None:
    """Kurban Ait of 2032 is expected on 22 March, the second day of Nauryz."""
    both = kazakhstan_holidays([2032])[date(2032, 3, 22)]
    assert both.name == {
        "kk": "Наурыз мейрамы; Құрбан айт",
        "ru": "Наурыз мейрамы; Курбан айт",
        "en": "Nauryz; Kurban Ait",
    }
    assert both.estimated, "Kurban Ait may still turn out to be a day that is not free already"


def test_an_announcement_leaves_a_holiday_that_shared_the_day() -> None:
    calendar = calendar_with(years=[2032, 2033], kurban_ait=["2032-03-20"])
    nauryz = calendar.holidays[date(2032, 3, 22)]
    assert nauryz.name["en"] == "Nauryz"
    assert not nauryz.estimated
    assert calendar.holidays[date(2032, 3, 20)].name["en"] == "Kurban Ait"


def test_an_announcement_moves_only_the_kurban_ait_near_it() -> None:
    """The Islamic year is shorter: 2039 has one at its beginning and one at its end."""
    january, december = (day for day, holiday in kazakhstan_holidays([2039]).items() if holiday.estimated)
    assert (january.month, december.month) == (1, 12)
    later = december + timedelta(days=1)
    announced = kazakhstan_holidays([2039], kurban_ait=[later])
    assert [day for day, holiday in announced.items() if holiday.name["en"] == "Kurban Ait"] == [
        january,
        later,
    ]
    assert announced[january].estimated
    assert not announced[later].estimated


def test_the_orders_of_the_region_file_are_added_to_the_library_s() -> None:
    calendar = calendar_with(years=[2025, 2026], moved_working=["2026-05-16"], moved_off=["2026-05-08"])
    assert calendar.is_working_day(date(2026, 5, 16))
    assert calendar.reason(date(2026, 5, 8)) == "moved_off"
    assert calendar.is_working_day(date(2025, 1, 5))


def test_it_compiles_to_json_and_back() -> None:
    calendar = calendar_with(years=range(2024, 2031))
    assert Calendar.from_dict(json.loads(json.dumps(calendar.to_dict()))) == calendar


def test_a_holiday_without_a_russian_name_stops_the_compilation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(calendar_data._RUSSIAN, "Victory Day")
    with pytest.raises(HolidayNameUnknown, match="Victory Day"):
        kazakhstan_holidays([2026])


NAMES_OF_2026 = {
    "2026-01-01": ("Жаңа жыл", "Новый год", "New Year's Day"),
    "2026-01-07": ("Православиелік Рождество", "Православное Рождество", "Orthodox Christmas"),
    "2026-03-08": ("Халықаралық әйелдер күні", "Международный женский день", "International Women's Day"),
    "2026-03-21": ("Наурыз мейрамы", "Наурыз мейрамы", "Nauryz"),
    "2026-05-01": (
        "Қазақстан халқының бірлігі мерекесі",
        "Праздник единства народа Казахстана",
        "Kazakhstan People's Unity Day",
    ),
    "2026-05-07": ("Отан қорғаушы күні", "День защитника Отечества", "Defender of the Fatherland Day"),
    "2026-05-09": ("Жеңіс күні", "День Победы", "Victory Day"),
    "2026-05-27": ("Құрбан айт", "Курбан айт", "Kurban Ait"),
    "2026-10-25": (
        "Қазақстан Республикасы күні",
        "День Республики Казахстан",
        "Day of the Republic of Kazakhstan",
    ),
    "2026-12-16": ("Тәуелсіздік күні", "День Независимости", "Independence Day"),
}


@pytest.mark.parametrize("day", NAMES_OF_2026)
def test_each_holiday_bears_its_present_name(day: str) -> None:
    name = kazakhstan_holidays([2026])[date.fromisoformat(day)].name
    assert (name["kk"], name["ru"], name["en"]) == NAMES_OF_2026[day]


def test_a_holiday_that_was_renamed_bears_the_name_of_its_time() -> None:
    assert kazakhstan_holidays([2025])[date(2025, 10, 25)].name["ru"] == "День Республики"


def test_holidays_of_the_two_years_after_are_foreseen_and_their_days_are_none_that_are_known() -> None:
    made = calendar_with(years=[2026, 2027])
    assert made.years == {2026, 2027}
    assert {day.year for day in made.holidays} == {2026, 2027, 2028, 2029}
    with pytest.raises(CalendarYearMissing):
        made.is_working_day(date(2028, 1, 1))
    assert not made.assuming(2028).is_working_day(date(2028, 1, 1))
