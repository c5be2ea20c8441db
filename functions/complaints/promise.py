"""Deadlines in words: what `deadlines.Explanation` says in data, said to a person."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from functions.complaints.calendar import Calendar, as_best_known
from functions.complaints.clock import parse_iso
from functions.complaints.duration import Duration
from functions.complaints.texts import date_text, dates_text, datetime_text, text

_HOUR: Final = timedelta(hours=1)
_MINUTE: Final = timedelta(minutes=1)


def promise_text(promise: Mapping[str, Any], language: str) -> str:
    """`Due 26 March, 18:30 – 15 working days from 3 March; 9 and 23 March are holidays`.

    `promise` is `Explanation.to_dict()`; times are in the region's zone. A date that an announcement may still
    move says so.
    """
    params = promise["params"]
    zone = params["time_zone"]
    start = _start(params["from"])
    due = datetime_text(parse_iso(params["due_at"]), language, zone, near=start)
    return text(
        "deadline.due",
        language,
        due=_marked(due, language, estimated=params.get("estimated", False)),
        why=reason_text(promise, language),
    )


def reason_text(promise: Mapping[str, Any], language: str) -> str:
    """What follows the date in `promise_text`: `15 working days from 3 March; 9 and 23 March are holidays`."""
    params = promise["params"]
    start = _start(params["from"])
    return "; ".join((_term(promise, start, language), *_exceptions(params, start, language)))


def left_text(due_at: datetime, *, now: datetime, calendar: Calendar, language: str) -> str | None:
    """`3 working days`, `5 working hours`, `40 minutes`: how much open time is left, rounded down; None where none is."""
    left, _ = as_best_known(lambda known: known.open_between(now, due_at), calendar=calendar)
    days, hours, minutes = left // calendar.open_a_day(), left // _HOUR, left // _MINUTE
    for unit, count in (("working_days", days), ("working_hours", hours), ("minutes", minutes)):
        if count:
            return text(f"unit.{unit}", language, count=count)
    return None


def duration_text(duration: Duration, language: str) -> str:
    """`15 working days`, `4 hours`, `2 months`."""
    if duration.kind != "clock":
        return text(f"unit.{duration.kind}", language, count=duration.amount)
    for unit, seconds in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        # Two days are 48 hours to a person who waits for help; three are three days.
        if duration.amount % seconds == 0 and (unit != "days" or duration.amount >= 3 * seconds):
            return text(f"unit.{unit}", language, count=duration.amount // seconds)
    return text("unit.seconds", language, count=duration.amount)


def _term(promise: Mapping[str, Any], start: date, language: str) -> str:
    params = promise["params"]
    zone = params["time_zone"]
    shown = (
        datetime_text(start, language, zone, near=_day(params["due_date"]))
        if isinstance(start, datetime)
        else date_text(start, language, zone, near=_day(params["due_date"]))
    )
    term = text(f"unit.{params['unit']}", language, count=params["amount"])
    return text(promise["key"], language, term=term, start=shown)


def _exceptions(params: Mapping[str, Any], start: date, language: str) -> list[str]:
    """Why the deadline is not where one would count it to."""
    holidays = params.get("holidays", ())
    free = [_day(day["date"]) for day in holidays if not day.get("substitute")]
    estimated = [_day(day["date"]) for day in holidays if day.get("estimated") and not day.get("substitute")]
    instead = [_day(day["date"]) for day in holidays if day.get("substitute")]
    off = [*instead, *map(_day, params.get("moved_off", ()))]
    certain = [day for day in free if day not in estimated]
    registered = [_day(params["registered"])] if params.get("registered") else []
    missing = params.get("missing_year")
    short = [_day(params["due_date"])] if params.get("short_day") else []
    said = [
        _days("deadline.registered", registered, start, language),
        _days("deadline.holidays", certain, start, language),
        _days("deadline.holidays", estimated, start, language, estimated=True),
        _days("deadline.days_off", off, start, language),
        _days("deadline.worked", [_day(day) for day in params.get("moved_working", ())], start, language),
        _days("deadline.short_day", short, start, language),
        text("deadline.missing_year", language, year=str(missing)) if missing else "",
    ]
    return [each for each in said if each]


def _days(key: str, days: Sequence[date], start: date, language: str, *, estimated: bool = False) -> str:
    if not days:
        return ""
    said = text(key, language, count=len(days), dates=dates_text(days, language, near=start))
    return _marked(said, language, estimated=estimated)


def _marked(said: str, language: str, *, estimated: bool) -> str:
    return text("deadline.estimated", language, said=said) if estimated else said


def _start(raw: str) -> date:
    """A local date, or an instant (which is a date too) where the clock or open hours count."""
    return datetime.fromisoformat(raw) if "T" in raw else date.fromisoformat(raw)


def _day(raw: str) -> date:
    return date.fromisoformat(raw)
