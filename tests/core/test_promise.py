"""Deadlines in words: what the deadline engine counted, said in three languages."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.complaints.calendar import Calendar, Holiday
from functions.complaints.deadlines import due, extend
from functions.complaints.duration import Duration
from functions.complaints.promise import duration_text, left_text, promise_text
from functions.complaints.texts import LANGUAGES, UNKNOWN

CALENDAR = Calendar(
    time_zone="Asia/Almaty",
    opens=time(9),
    closes=time(18, 30),
    holidays={
        date(2026, 3, 9): Holiday(name={"en": "Women's Day"}, substitute=True),
        date(2026, 3, 23): Holiday(name={"en": "Nauryz"}),
        date(2026, 5, 1): Holiday(name={"en": "Unity Day"}),
        date(2026, 5, 7): Holiday(name={"en": "Defender's Day"}),
        date(2026, 5, 27): Holiday(name={"en": "Kurban Ait"}, estimated=True),
    },
    moved_off=frozenset({date(2026, 6, 5)}),
    moved_working=frozenset({date(2026, 6, 6)}),
    short_days={date(2026, 6, 12): time(17)},
    years=frozenset(range(2025, 2029)),
)
FIRST = datetime(2025, 2, 1, tzinfo=UTC)


def promise(term: str, received: datetime) -> dict[str, Any]:
    return due(Duration.parse(term), received_at=received, calendar=CALENDAR).explanation().to_dict()


@pytest.mark.parametrize(
    ("term", "received", "language", "said"),
    [
        (
            "P10BD",
            datetime(2026, 4, 27, 5, tzinfo=UTC),
            "en",
            "Due 13 May, 18:30 – 10 working days from 27 April; 1 and 7 May are holidays",
        ),
        (
            "P10BD",
            datetime(2026, 4, 27, 5, tzinfo=UTC),
            "ru",
            "Срок: 13 мая, 18:30 – 10 рабочих дней, отсчёт с 27 апреля; 1 и 7 мая – праздники",
        ),
        (
            "P10BD",
            datetime(2026, 4, 27, 5, tzinfo=UTC),
            "kk",
            "Мерзімі: 13 мамыр, 18:30 – 10 жұмыс күні, есептің басы – 27 сәуір; 1 және 7 мамыр – мереке",
        ),
        (
            "P15BD",
            datetime(2026, 3, 3, 5, tzinfo=UTC),
            "en",
            "Due 26 March, 18:30 – 15 working days from 3 March; 23 March is a holiday; 9 March is a day off",
        ),
        (
            "PT4H",
            datetime(2026, 3, 3, 5, tzinfo=UTC),
            "en",
            "Due 3 March, 14:00 – 4 hours from 3 March, 10:00",
        ),
        (
            "PT21H",
            datetime(2026, 3, 3, 5, tzinfo=UTC),
            "ru",
            "Срок: 4 марта, 07:00 – 21 час, отсчёт с 3 марта, 10:00",
        ),
        (
            "PT8BH",
            datetime(2026, 3, 6, 12, tzinfo=UTC),
            "en",
            "Due 10 March, 15:30 – 8 working hours from 6 March, 17:00; 9 March is a day off",
        ),
        (
            "P3BD",
            datetime(2026, 5, 25, 5, tzinfo=UTC),
            "en",
            "Due 29 May, 18:30 (date estimated) – 3 working days from 25 May; 27 May is a holiday (date estimated)",
        ),
        (
            "P3BD",
            datetime(2026, 5, 25, 5, tzinfo=UTC),
            "ru",
            "Срок: 29 мая, 18:30 (дата предварительная) – 3 рабочих дня, отсчёт с 25 мая; "
            "27 мая – праздник (дата предварительная)",
        ),
        (
            "P3BD",
            datetime(2026, 6, 3, 15, tzinfo=UTC),
            "en",
            "Due 9 June, 18:30 – 3 working days from 4 June; arrived outside working hours, registered on 4 June; "
            "5 June is a day off; 6 June is a working day at the weekend",
        ),
        (
            "P2BD",
            datetime(2026, 6, 10, 5, tzinfo=UTC),
            "en",
            "Due 12 June, 17:00 – 2 working days from 10 June; 12 June is a short working day",
        ),
        (
            "P5BD",
            datetime(2026, 12, 28, 5, tzinfo=UTC),
            "en",
            "Due 4 January 2027, 18:30 – 5 working days from 28 December 2026",
        ),
        (
            "P2M",
            datetime(2026, 9, 1, 5, tzinfo=UTC),
            "kk",
            "Мерзімі: 2 қараша, 18:30 – 2 ай, есептің басы – 1 қыркүйек",
        ),
        (
            "P15BD",
            datetime(2026, 3, 3, 5, tzinfo=UTC),
            "kk",
            "Мерзімі: 26 наурыз, 18:30 – 15 жұмыс күні, есептің басы – 3 наурыз; 23 наурыз – мереке; 9 наурыз – демалыс",
        ),
        (
            "P15BD",
            datetime(2026, 3, 3, 5, tzinfo=UTC),
            "ru",
            "Срок: 26 марта, 18:30 – 15 рабочих дней, отсчёт с 3 марта; 23 марта – праздник; 9 марта – выходной",
        ),
        (
            "P3BD",
            datetime(2026, 5, 25, 5, tzinfo=UTC),
            "kk",
            "Мерзімі: 29 мамыр, 18:30 (болжамды күн) – 3 жұмыс күні, есептің басы – 25 мамыр; "
            "27 мамыр – мереке (болжамды күн)",
        ),
        (
            "P3BD",
            datetime(2026, 6, 3, 15, tzinfo=UTC),
            "kk",
            "Мерзімі: 9 маусым, 18:30 – 3 жұмыс күні, есептің басы – 4 маусым; жұмыс уақытынан тыс келіп түсті, "
            "тіркелген күні – 4 маусым; 5 маусым – демалыс; 6 маусым – демалыстан ауыстырылған жұмыс күні",
        ),
        (
            "P3BD",
            datetime(2026, 6, 3, 15, tzinfo=UTC),
            "ru",
            "Срок: 9 июня, 18:30 – 3 рабочих дня, отсчёт с 4 июня; поступило в нерабочее время, "
            "зарегистрировано 4 июня; 5 июня – выходной; 6 июня – рабочий день, перенесённый с выходного",
        ),
        (
            "P2BD",
            datetime(2026, 6, 10, 5, tzinfo=UTC),
            "kk",
            "Мерзімі: 12 маусым, 17:00 – 2 жұмыс күні, есептің басы – 10 маусым; 12 маусым – қысқартылған жұмыс күні",
        ),
        (
            "P2BD",
            datetime(2026, 6, 10, 5, tzinfo=UTC),
            "ru",
            "Срок: 12 июня, 17:00 – 2 рабочих дня, отсчёт с 10 июня; 12 июня – сокращённый рабочий день",
        ),
    ],
)
def test_a_deadline_explains_itself(term: str, received: datetime, language: str, said: str) -> None:
    assert promise_text(promise(term, received), language) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Due 11 May, 18:30 – extended by 5 working days from 30 April; 1 and 7 May are holidays"),
        ("ru", "Срок: 11 мая, 18:30 – продление: 5 рабочих дней, отсчёт с 30 апреля; 1 и 7 мая – праздники"),
        (
            "kk",
            "Мерзімі: 11 мамыр, 18:30 – ұзартылды: 5 жұмыс күні, есептің басы – 30 сәуір; 1 және 7 мамыр – мереке",
        ),
    ],
)
def test_an_extension_explains_itself(language: str, said: str) -> None:
    received = datetime(2026, 4, 27, 5, tzinfo=UTC)
    first = due(Duration.parse("P3BD"), received_at=received, calendar=CALENDAR)
    later = extend(first, by=Duration.parse("P5BD"), received_at=received, calendar=CALENDAR)
    assert promise_text(later.explanation().to_dict(), language) == said


@given(
    received=st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes)),
    term=st.sampled_from(["PT30S", "PT4H", "P3D", "P1BD", "P15BD", "PT8BH", "PT1BH", "P1M", "P2M"]),
    language=st.sampled_from(LANGUAGES),
)
def test_every_deadline_can_be_said_with_nothing_unknown_and_no_key_left(
    received: datetime, term: str, language: str
) -> None:
    said = promise_text(promise(term, received), language)
    assert UNKNOWN not in said
    assert "deadline." not in said
    assert "unit." not in said


@pytest.mark.parametrize(
    ("term", "said"),
    [
        ("PT30S", "30 seconds"),
        ("PT90S", "90 seconds"),
        ("PT1M", "1 minute"),
        ("PT90M", "90 minutes"),
        ("PT24H", "24 hours"),
        ("P2D", "48 hours"),
        ("P3D", "3 days"),
        ("P15BD", "15 working days"),
        ("PT8BH", "8 working hours"),
        ("P2M", "2 months"),
    ],
)
def test_a_term_is_said_as_people_say_it(term: str, said: str) -> None:
    assert duration_text(Duration.parse(term), "en") == said


@pytest.mark.parametrize(
    ("now", "due_at", "said"),
    [
        # Friday the 29th of May, nine in the morning there, to Tuesday's close: three days, of which a weekend is none.
        (datetime(2026, 5, 29, 4, tzinfo=UTC), datetime(2026, 6, 2, 13, 30, tzinfo=UTC), "3 working days"),
        (datetime(2026, 5, 29, 4, 1, tzinfo=UTC), datetime(2026, 6, 2, 13, 30, tzinfo=UTC), "2 working days"),
        # From Friday at two: four and a half hours of that day.
        (datetime(2026, 5, 29, 9, tzinfo=UTC), datetime(2026, 5, 29, 13, 30, tzinfo=UTC), "4 working hours"),
        # Over the weekend to Monday, twenty to ten.
        (datetime(2026, 5, 29, 14, tzinfo=UTC), datetime(2026, 6, 1, 4, 40, tzinfo=UTC), "40 minutes"),
        # Danger goes by the clock: at night nothing of it is open.
        (datetime(2026, 5, 29, 18, tzinfo=UTC), datetime(2026, 5, 29, 22, tzinfo=UTC), None),
        (datetime(2026, 5, 29, 10, tzinfo=UTC), datetime(2026, 5, 29, 9, tzinfo=UTC), None),
        # Beyond the years that the calendar knows, it is told as well as it can be.
        (datetime(2028, 12, 29, 4, tzinfo=UTC), datetime(2029, 1, 3, 13, 30, tzinfo=UTC), "4 working days"),
    ],
)
def test_what_is_left_is_told_in_open_time(now: datetime, due_at: datetime, said: str | None) -> None:
    assert left_text(due_at, now=now, calendar=CALENDAR, language="en") == said
