"""Kazakhstan's public holidays and moved days of 2024 to 2026, written out by hand.

Sources: Law on Holidays (13 December 2001, No. 267) and Labour Code, arts. 84 and 85; the Ministry of
Labour's production calendars for 2025 (246 working days) and 2026 (246, before 30 August ceased to be a
holiday); its orders moving 4 to 8 May 2024 and 5 to 3 January 2025 (No. 436 of 21 November 2024); the
Muftiate's announcements of the first day of Kurban Ait: 16 June 2024 (until 7 June 2024 expected on the
17th), 6 June 2025, 27 May 2026 (subject to the moon); Ministry of Labour, March 2026: Constitution Day
moves from 30 August to 15 March, celebrated from 2027.
"""

from dataclasses import replace
from datetime import date, time

from functions.complaints.calendar import Calendar, Holiday

KURBAN_AIT = Holiday(name={"en": "Kurban Ait"})


def _named(name: str, *days: str) -> dict[date, Holiday]:
    return {date.fromisoformat(day): Holiday(name={"en": name}) for day in days}


def _instead(name: str, *days: str) -> dict[date, Holiday]:
    return {date.fromisoformat(day): Holiday(name={"en": name}, substitute=True) for day in days}


HOLIDAYS: dict[date, Holiday] = {
    **_named(
        "New Year's Day", "2024-01-01", "2024-01-02", "2025-01-01", "2025-01-02", "2026-01-01", "2026-01-02"
    ),
    **_named("Orthodox Christmas", "2024-01-07", "2025-01-07", "2026-01-07"),
    **_named("International Women's Day", "2024-03-08", "2025-03-08", "2026-03-08"),
    **_instead("International Women's Day", "2025-03-10", "2026-03-09"),
    **_named("Nauryz", "2024-03-21", "2024-03-22", "2024-03-23"),
    **_named("Nauryz", "2025-03-21", "2025-03-22", "2025-03-23"),
    **_named("Nauryz", "2026-03-21", "2026-03-22", "2026-03-23"),
    **_instead("Nauryz", "2024-03-25", "2025-03-24", "2025-03-25", "2026-03-24", "2026-03-25"),
    **_named("Kazakhstan People's Unity Day", "2024-05-01", "2025-05-01", "2026-05-01"),
    **_named("Defender of the Fatherland Day", "2024-05-07", "2025-05-07", "2026-05-07"),
    **_named("Victory Day", "2024-05-09", "2025-05-09", "2026-05-09"),
    **_instead("Victory Day", "2026-05-11"),
    **_named("Capital Day", "2024-07-06", "2025-07-06", "2026-07-06"),
    **_instead("Capital Day", "2024-07-08", "2025-07-07"),
    **_named("Constitution Day", "2024-08-30", "2025-08-30"),
    **_instead("Constitution Day", "2025-09-01"),
    **_named("Republic Day", "2024-10-25", "2025-10-25"),
    **_instead("Republic Day", "2025-10-27"),
    **_named("Day of the Republic of Kazakhstan", "2026-10-25"),
    **_instead("Day of the Republic of Kazakhstan", "2026-10-26"),
    **_named("Independence Day", "2024-12-16", "2025-12-16", "2026-12-16"),
    date(2024, 6, 16): KURBAN_AIT,
    date(2025, 6, 6): KURBAN_AIT,
    date(2026, 5, 27): replace(KURBAN_AIT, estimated=True),
}

MOVED_WORKING = frozenset({date(2024, 5, 4), date(2025, 1, 5)})
MOVED_OFF = frozenset({date(2024, 5, 8), date(2025, 1, 3)})

OFFICIAL = Calendar(
    time_zone="Asia/Almaty",
    opens=time(9),
    closes=time(18, 30),
    breaks=((time(13), time(14, 30)),),
    holidays=HOLIDAYS,
    moved_working=MOVED_WORKING,
    moved_off=MOVED_OFF,
    years=frozenset({2024, 2025, 2026}),
)
"""An akimat's week: Monday to Friday, 9:00 to 18:30, lunch 13:00 to 14:30."""


def kurban_ait_on(day: date, *, estimated: bool = False) -> Calendar:
    """The official calendar with the first day of Kurban Ait of that year on another day."""
    others = {
        other: holiday
        for other, holiday in HOLIDAYS.items()
        if other.year != day.year or holiday.name != KURBAN_AIT.name
    }
    return replace(OFFICIAL, holidays=others | {day: replace(KURBAN_AIT, estimated=estimated)})
