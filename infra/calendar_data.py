"""The public holidays and moved days of Kazakhstan, compiled at synth into the region file that functions
read.

Dates come from the `holidays` library, country KZ (checked with 0.109). It knows the substitutes for
holidays on a weekend, the days of rest moved by order up to 2025, and marks as estimated the first day of
Kurban Ait while the Muftiate has not announced it. Its names are in Kazakh and English; the Russian ones
are ours, after the Law on Holidays (13 December 2001, No. 267).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, time

import holidays as library

from functions.complaints.calendar import Calendar, CountFrom, Holiday

_RUSSIAN = {
    "New Year's Day": "Новый год",
    "Orthodox Christmas": "Православное Рождество",
    "International Women's Day": "Международный женский день",
    "Constitution Day": "День Конституции Республики Казахстан",
    "Nowruz Holiday": "Наурыз мейрамы",
    "Kazakhstan's People Solidarity Holiday": "Праздник единства народа Казахстана",
    "Defender of the Fatherland Day": "День защитника Отечества",
    "Victory Day": "День Победы",
    "Capital Day": "День Столицы",
    "Republic Day": "День Республики",
    "Independence Day": "День Независимости",
    "Eid al-Adha": "Курбан айт",
}
_KURBAN_AIT = "Eid al-Adha"
# The library writes Eid and Nowruz; what people in Kazakhstan read in English is this.
_ENGLISH = {_KURBAN_AIT: "Kurban Ait", "Nowruz Holiday": "Nauryz"}


class HolidayNameUnknown(Exception):
    """The library names a holiday that has no Russian name here: a new law, or a new version of the
    library.
    """

    def __init__(self, name: str) -> None:
        super().__init__(f"no Russian name for the holiday {name!r}: add it to infra/calendar_data.py")
        self.name = name


@dataclass(frozen=True, kw_only=True)
class MovedDays:
    """Days of rest moved by order (Labour Code, art. 85(3)): weekend days worked, and the weekdays free for
    them.
    """

    working: frozenset[date]
    off: frozenset[date]


def kazakhstan_holidays(years: Iterable[int]) -> dict[date, Holiday]:
    """Every public holiday of those years, with substitutes, by date; names in kk, ru and en.

    Days of rest moved by order are not holidays: see `kazakhstan_moved_days`. Raises HolidayNameUnknown.
    """
    years = sorted(set(years))
    kazakh, english = (_library(years, language) for language in ("kk", "en_US"))
    found = {}
    for day in sorted(kazakh):
        parts = [
            _holiday(name, kazakh=kazakh, english=english)
            for name in kazakh.get_list(day)
            if not _matches(_substituted(kazakh), name)
        ]
        if parts:
            found[day] = _together(parts)
    return found


def kazakhstan_moved_days(years: Iterable[int]) -> MovedDays:
    """The days of rest moved by order in those years, as far as the library knows them (up to 2025)."""
    years = set(years)
    days = _library(sorted(years), "kk")
    return MovedDays(
        working=frozenset(day for day in days.weekend_workdays if day.year in years),
        off=frozenset(
            day for day in days if any(_matches(_substituted(days), name) for name in days.get_list(day))
        ),
    )


def kazakhstan_calendar(
    *,
    years: Iterable[int],
    opens: time,
    closes: time,
    breaks: tuple[tuple[time, time], ...] = (),
    time_zone: str = "Asia/Almaty",
    weekend: tuple[int, ...] = (5, 6),
    moved_working: Iterable[date] = (),
    moved_off: Iterable[date] = (),
    short_days: Mapping[date, time] | None = None,
    count_from: CountFrom = "next_day",
    kurban_ait: Mapping[int, date] | None = None,
) -> Calendar:
    """The calendar of a region: the library's days, and what the region file adds to them.

    `moved_working` and `moved_off` are the orders that the library does not know. `kurban_ait` gives the
    announced first day by year: it takes the estimate's place and is an estimate no longer. Raises
    ValueError, HolidayNameUnknown.
    """
    years = frozenset(years)
    days = kazakhstan_holidays(years)
    for year, announced in (kurban_ait or {}).items():
        _announce(days, year=year, announced=announced)
    moved = kazakhstan_moved_days(years)
    return Calendar(
        time_zone=time_zone,
        weekend=weekend,
        opens=opens,
        closes=closes,
        breaks=breaks,
        holidays=days,
        moved_working=moved.working | frozenset(moved_working),
        moved_off=moved.off | frozenset(moved_off),
        short_days=short_days or {},
        count_from=count_from,
        years=years,
    )


def _announce(days: dict[date, Holiday], *, year: int, announced: date) -> None:
    """Put the announced first day of Kurban Ait in the place of the library's."""
    if announced.year != year:
        raise ValueError(f"the first day of Kurban Ait of {year} cannot be {announced}")
    name = {"kk": "Құрбан айт", "ru": _RUSSIAN[_KURBAN_AIT], "en": _ENGLISH[_KURBAN_AIT]}
    for day in [day for day, holiday in days.items() if day.year == year]:
        if days[day].name == name:
            del days[day]
        elif days[day].estimated:
            days[day] = replace(days[day], estimated=False)
    days.setdefault(announced, Holiday(name=name))


def _library(years: list[int], language: str) -> library.HolidayBase:
    return library.country_holidays("KZ", years=years, language=language)


def _substituted(days: library.HolidayBase) -> str:
    return str(days.tr(days.substituted_label))


def _holiday(marked: str, *, kazakh: library.HolidayBase, english: library.HolidayBase) -> Holiday:
    """From the library's Kazakh name with its marks; Kazakh is the language that it translates from."""
    name, substitute, estimated = _plain(marked, kazakh)
    translated = str(english.tr(name))
    if translated not in _RUSSIAN:
        raise HolidayNameUnknown(translated)
    return Holiday(
        name={"kk": name, "ru": _RUSSIAN[translated], "en": _ENGLISH.get(translated, translated)},
        substitute=substitute,
        estimated=estimated,
    )


def _plain(marked: str, days: library.HolidayBase) -> tuple[str, bool, bool]:
    """The name without the library's mark, and whether it was marked as a substitute, and as estimated."""
    for label, substitute, estimated in (
        (days.observed_estimated_label, True, True),
        (days.observed_label, True, False),
        (days.estimated_label, False, True),
    ):
        if match := _matches(days.tr(label), marked):
            return match[1], substitute, estimated
    return marked, False, False


def _matches(label: str, name: str) -> re.Match[str] | None:
    before, after = label.split("%s")
    return re.fullmatch(f"{re.escape(before)}(.+){re.escape(after)}", name)


def _together(parts: list[Holiday]) -> Holiday:
    """Two holidays on one day: an estimate among them may still turn out to be another day, and says so."""
    if len(parts) == 1:
        return parts[0]
    return Holiday(
        name={language: "; ".join(part.name[language] for part in parts) for language in parts[0].name},
        estimated=any(part.estimated for part in parts),
        substitute=all(part.substitute for part in parts),
    )
