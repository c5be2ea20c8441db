"""The calendar: zone, hours, years with data, moved days."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, time
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from functions.complaints.calendar import Holiday
from infra.region.calendar_data import (
    HolidayNameUnknown,
    calendar_of,
    holidays_known,
    kazakhstan_holidays,
)
from infra.region.document import Document
from infra.region.finding import Finding
from infra.region.schema import DATE_PATTERN, WEEKDAYS, Calendar
from infra.region.source import Node


def zone_is_known(document: Document) -> Iterator[Finding]:
    place = document.region.get("time_zone")
    name = document.region.text("time_zone")
    if place is None or name is None:
        return
    try:
        ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        yield place.fault(
            "time-zone", f"{name!r} is not a zone of the IANA database.", "Write one such as Asia/Almaty."
        )


def hours_fit(document: Document) -> Iterator[Finding]:
    places = [document.region.at("calendar", "hours")]
    places.extend(agency.get("hours") for agency in document.region.items("agencies"))
    for place in places:
        if place is not None:
            yield from _hours_fit(place)


def _hours_fit(place: Node) -> Iterator[Finding]:
    opens, closes = _time(place.get("opens")), _time(place.get("closes"))
    if opens is None or closes is None:
        return
    if opens >= closes:
        yield place.fault(
            "calendar", f"Opening at {opens:%H:%M} is not before closing at {closes:%H:%M}.", "Correct one."
        )
        return
    last = opens
    for pause in place.items("breaks"):
        start, end = _time(pause.get("from")), _time(pause.get("to"))
        if start is None or end is None:
            continue
        if not last < start < end < closes:
            yield pause.fault(
                "calendar",
                f"The break {start:%H:%M} to {end:%H:%M} is not inside the hours, after the one before it.",
                f"Write breaks in order, between {opens:%H:%M} and {closes:%H:%M}.",
            )
        last = end


def years_have_data(document: Document) -> Iterator[Finding]:
    """Two years in a row at least: a term that begins in December ends in the next year."""
    place = document.region.at("calendar", "years")
    years = years_of(document)
    if place is None or not years:
        return
    if years != list(range(years[0], years[0] + len(years))) or len(years) < 2:
        yield place.fault(
            "calendar-year",
            f"The years {years} are not two or more in a row.",
            "Write two years in a row, such as [2026, 2027].",
        )
    for year in years:
        if not holidays_known(year):
            yield place.fault(
                "calendar-year",
                f"The holidays of {year} are not known.",
                "Choose years that the package holidays knows.",
            )


def calendar_can_be_made(document: Document) -> Iterator[Finding]:
    """What no other rule here has a name for, in the words of the calendar itself."""
    place, time_zone = document.region.get("calendar"), document.region.text("time_zone")
    if place is None or time_zone is None:
        return
    try:
        form = Calendar.model_validate(place.plain())
    except ValidationError:
        return
    others = (zone_is_known, hours_fit, years_have_data, moved_days_fit, weekend_leaves_a_day, dates_exist)
    if any(True for rule in others for _ in rule(document)):
        return
    try:
        calendar_of(form, time_zone=time_zone)
    except ValueError as error:
        yield place.fault("calendar", f"{str(error)[:1].upper()}{str(error)[1:]}.", "Correct the calendar.")


def moved_days_fit(document: Document) -> Iterator[Finding]:
    calendar = document.region.get("calendar")
    if calendar is None:
        return
    years = set(years_of(document))
    weekend = {
        WEEKDAYS.index(day) for day in (node.text() for node in calendar.items("weekend")) if day in WEEKDAYS
    }
    holidays = _holidays(document)
    moved_working = {node.text() for node in calendar.items("moved_working")}
    opens, closes = _time(calendar.at("hours", "opens")), _time(calendar.at("hours", "closes"))

    def free(day: date) -> bool:
        return day in holidays or (day.weekday() in weekend and day.isoformat() not in moved_working)

    for key in ("moved_working", "moved_off", "kurban_ait"):
        for place in calendar.items(key):
            if (day := _date(place)) is None:
                continue
            yield from _in_years(place, day, years)
            rests = day in holidays or day.weekday() in weekend
            if key == "moved_working" and (day.weekday() not in weekend or day in holidays):
                yield place.fault(
                    "calendar",
                    f"{day} is {'a holiday' if day in holidays else 'worked anyway'}.",
                    "List only days of rest that are worked.",
                )
            if key == "moved_off" and rests:
                yield place.fault(
                    "calendar", f"{day} is free anyway.", "List only weekdays that are free by order."
                )
    for name, place in calendar.fields("short_days").items():
        if (day := _day(name)) is None:
            continue
        yield from _in_years(place, day, years)
        if free(day):
            yield place.fault("calendar", f"The short day {day} is free.", "List only days that are worked.")
        at = _time(place)
        if (
            at is not None
            and opens is not None
            and closes is not None
            and opens < closes
            and not opens < at <= closes
        ):
            yield place.fault(
                "calendar",
                f"The short day {day} closes at {at:%H:%M}, outside the hours.",
                f"Write a time between {opens:%H:%M} and {closes:%H:%M}.",
            )


def weekend_leaves_a_day(document: Document) -> Iterator[Finding]:
    place = document.region.at("calendar", "weekend")
    if place is not None and set(WEEKDAYS) <= {node.text() for node in place.items()}:
        yield place.fault("calendar", "No day of the week is worked.", "Take a day out of the weekend.")


def years_of(document: Document) -> list[int]:
    """The years that the calendar has data of."""
    place = document.region.at("calendar", "years")
    return [year for year in (node.value for node in place.items()) if isinstance(year, int)] if place else []


def _holidays(document: Document) -> Mapping[date, Holiday]:
    try:
        return kazakhstan_holidays(years_of(document))
    except HolidayNameUnknown:
        return {}


def _in_years(place: Node, day: date, years: set[int]) -> Iterator[Finding]:
    if years and day.year not in years:
        yield place.fault(
            "calendar", f"{day} is outside the calendar's years.", "Remove it, or add its year."
        )


def _time(place: Node | None) -> time | None:
    try:
        return time.fromisoformat(place.text() or "") if place else None
    except ValueError:
        return None


def _date(place: Node) -> date | None:
    return _day(place.text() or "")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def dates_exist(document: Document) -> Iterator[Finding]:
    """The form lets 2026-02-30 pass."""
    calendar = document.region.get("calendar")
    if calendar is None:
        return
    days = [
        (node.text() or "", node) for key in ("moved_working", "moved_off") for node in calendar.items(key)
    ]
    for text, place in [*days, *calendar.fields("short_days").items()]:
        if re.search(DATE_PATTERN, text) and _day(text) is None:
            yield place.fault("calendar", f"There is no day {text}.", "Correct the date.")


RULES = (
    zone_is_known,
    hours_fit,
    years_have_data,
    moved_days_fit,
    weekend_leaves_a_day,
    dates_exist,
    calendar_can_be_made,
)
