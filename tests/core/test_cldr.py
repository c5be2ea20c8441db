"""What is written as the CLDR says is what Babel, which has all of the CLDR, writes."""

from datetime import date

import pytest
from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.units import format_unit
from hypothesis import example, given
from hypothesis import strategies as st

from functions.complaints.cldr import conventions
from functions.complaints.texts import LANGUAGES, date_text, dates_text, distance_text

ZONE = "Asia/Almaty"
# British English, for the order of its day and month is the one of the other two.
LOCALES = {"kk": "kk", "ru": "ru", "en": "en_GB"}
languages = pytest.mark.parametrize("language", LANGUAGES)


@languages
@given(day=st.dates(min_value=date(1000, 1, 1)), near=st.dates())
def test_a_day_is_written_as_babel_writes_it(language: str, day: date, near: date) -> None:
    locale = LOCALES[language]
    short, long = format_skeleton("MMMMd", day, locale=locale), format_date(day, "long", locale=locale)
    assert date_text(day, language, ZONE) == long
    assert date_text(day, language, ZONE, near=near) == (short if near.year == day.year else long)
    assert date_text(day, language, ZONE, near=day) == short


@languages
@given(month=st.integers(1, 12), days=st.sets(st.integers(1, 28), min_size=1))
def test_days_are_listed_as_babel_lists_them(language: str, month: int, days: set[int]) -> None:
    locale = LOCALES[language]
    listed = format_list([str(day) for day in sorted(days)], locale=locale)
    named = format_date(date(2026, month, 1), "MMMM", locale=locale)
    wanted = f"{listed} {named}"
    assert dates_text([date(2026, month, day) for day in days], language, near=date(2026, 1, 1)) == wanted


@languages
@given(count=st.one_of(st.integers(-200, 200), st.integers()))
def test_a_number_takes_the_plural_form_that_babel_chooses(language: str, count: int) -> None:
    assert conventions(language).plural(count) == Locale.parse(LOCALES[language]).plural_form(count)


@languages
@given(metres=st.one_of(st.floats(0, 3000), st.floats(0, 40_000_000)))
@example(metres=994.9)
@example(metres=995.0)
@example(metres=12_345_678.0)
def test_a_distance_is_written_as_babel_writes_it(language: str, metres: float) -> None:
    locale = LOCALES[language]
    if metres < 995:
        unit, value, pattern = "length-meter", round(metres, -1), "#,##0"
    else:
        unit, value, pattern = "length-kilometer", round(metres / 1000, 1), "#,##0.#"
    wanted = format_unit(value, unit, length="short", format=pattern, locale=locale)
    assert distance_text(metres, language) == wanted
