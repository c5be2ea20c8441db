"""The public holidays and moved days of Kazakhstan, compiled at synth into the region file that functions
read.

Dates come from the `holidays` library, country KZ (checked with 0.109). It knows the substitutes for
holidays on a weekend, the days of rest moved by order up to 2025, and marks as estimated the first day of
Kurban Ait while the Muftiate has not announced it. Its names are in Kazakh and English; the Russian ones
are ours, after the Law on Holidays (13 December 2001, No. 267).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

import holidays as library

from functions.complaints.calendar import Calendar, Holiday
from infra.region import schema

_RUSSIAN = {
    "New Year's Day": "Новый год",
    "Orthodox Christmas": "Православное Рождество",
    "International Women's Day": "Международный женский день",
    "Constitution Day": "День Конституции Республики Казахстан",
    "Nowruz Holiday": "Наурыз мейрамы",
    "Kazakhstan's People Solidarity Holiday": "Праздник единства народа Казахстана",
    "Defender of the Fatherland Day": "День защитника Отечества",
    "Victory Day": "День Победы",
    "Capital Day": "День столицы",
    "Republic Day": "День Республики",
    "Independence Day": "День Независимости",
    "Eid al-Adha": "Курбан айт",
}
# The law of 2026 names the Republic (Law No. 267 as of 1 July 2026; vacanza/holidays#3690). The library's English does not.
_RENAMED = {
    "Қазақстан Республикасы күні": {
        "kk": "Қазақстан Республикасы күні",
        "ru": "День Республики Казахстан",
        "en": "Day of the Republic of Kazakhstan",
    }
}
_KURBAN_AIT = "Eid al-Adha"
# How many days an announcement lies from the estimate at most; in practice one.
_MOON = 3
# For how long after the last of its years a region file's terms are counted well, should nobody add the next one.
_FORESEEN_YEARS = 2
# The library writes Eid and Nowruz; what people in Kazakhstan read in English is this.
_ENGLISH = {
    _KURBAN_AIT: "Kurban Ait",
    "Nowruz Holiday": "Nauryz",
    "Kazakhstan's People Solidarity Holiday": "Kazakhstan People's Unity Day",
}
# A common noun in Kazakh, as in the law.
_KAZAKH = {"Defender of the Fatherland Day": "Отан қорғаушы күні"}


class HolidayNameUnknown(Exception):
    """The library names a holiday that has no Russian name here: a new law, or a new version of the
    library.
    """

    def __init__(self, name: str) -> None:
        super().__init__(f"no Russian name for the holiday {name!r}: add it to infra/region/calendar_data.py")
        self.name = name


@dataclass(frozen=True, kw_only=True)
class MovedDays:
    """Days of rest moved by order (Labour Code, art. 85(3)): weekend days worked, and the weekdays free for
    them.
    """

    working: frozenset[date]
    off: frozenset[date]


def kazakhstan_holidays(years: Iterable[int], *, kurban_ait: Iterable[date] = ()) -> dict[date, Holiday]:
    """Every public holiday of those years, with substitutes, by date; names in kk, ru and en.

    `kurban_ait` gives the first days that have been announced; each takes the place of the library's, and
    is no estimate. Days of rest moved by order are not holidays: see `kazakhstan_moved_days`.

    Raises HolidayNameUnknown, and ValueError for an announced day that no Kurban Ait is near to.
    """
    years = sorted(set(years))
    kazakh, english = (_library(years, language) for language in ("kk", "en_US"))
    found = {
        day: [
            _holiday(name, kazakh=kazakh, english=english)
            for name in kazakh.get_list(day)
            if not _matches(_substituted(kazakh), name)
        ]
        for day in kazakh
    }
    for day in kurban_ait:
        _announce(found, day)
    return {day: _together(parts) for day, parts in sorted(found.items()) if parts}


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


def calendar_of(form: schema.Calendar, *, time_zone: str) -> Calendar:
    """The calendar of a region: the library's days, and what the region file adds to them.

    `moved_working` and `moved_off` are the orders that the library does not know. Raises HolidayNameUnknown, and
    ValueError where the days contradict one another or there is no such day. Of the two years after, the holidays by law
    are there, for terms that are estimates.
    """
    years = frozenset(form.years)
    foreseen = [
        year for year in range(max(years) + 1, max(years) + 1 + _FORESEEN_YEARS) if holidays_known(year)
    ]
    moved = kazakhstan_moved_days(years)
    return Calendar(
        time_zone=time_zone,
        weekend=tuple(sorted(schema.WEEKDAYS.index(day) for day in form.weekend)),
        opens=time.fromisoformat(form.hours.opens),
        closes=time.fromisoformat(form.hours.closes),
        breaks=tuple(
            (time.fromisoformat(pause.start), time.fromisoformat(pause.end)) for pause in form.hours.breaks
        ),
        holidays=kazakhstan_holidays(
            [*years, *foreseen], kurban_ait=map(date.fromisoformat, form.kurban_ait)
        ),
        moved_working=moved.working.union(map(date.fromisoformat, form.moved_working)),
        moved_off=moved.off.union(map(date.fromisoformat, form.moved_off)),
        short_days={
            date.fromisoformat(day): time.fromisoformat(closes) for day, closes in form.short_days.items()
        },
        count_from=form.count_from,
        years=years,
    )


def holidays_known(year: int) -> bool:
    """Whether the library has the year, and each of its holidays a name here."""
    try:
        return bool(kazakhstan_holidays([year]))
    except HolidayNameUnknown:
        return False


def _announce(found: dict[date, list[Holiday]], announced: date) -> None:
    for ahead in range(-_MOON, _MOON + 1):
        day = announced + timedelta(days=ahead)
        for holiday in found.get(day, ()):
            if holiday.name["ru"] == _RUSSIAN[_KURBAN_AIT]:
                found[day].remove(holiday)
                found.setdefault(announced, []).append(replace(holiday, estimated=False))
                return
    raise ValueError(f"no Kurban Ait is expected within {_MOON} days of {announced}")


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
        name=_RENAMED.get(name)
        or {
            "kk": _KAZAKH.get(translated, name),
            "ru": _RUSSIAN[translated],
            "en": _ENGLISH.get(translated, translated),
        },
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
