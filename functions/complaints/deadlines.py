"""By when a body must act, and why exactly then.

Sources: Administrative Procedural and Process-Related Code of the Republic of Kazakhstan (29 June 2020, No.
350-VI, in force since 1 July 2021): art. 64 (registration), art. 65 (forwarding within 3 working days),
art. 76 (15 working days; extension by a reasoned decision, the applicant told within 3 working days: here at
once, by the event), art. 91 (silence counts as refusal).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from functions.complaints.calendar import (
    Calendar,
    CalendarYearMissing,
    CountFrom,
    SkippedDay,
    as_best_known,
    as_utc,
    month_after,
)
from functions.complaints.clock import iso, iso_or_none, parse_iso, parse_iso_or_none
from functions.complaints.duration import QUARTER, Duration, Lead

ANSWER_TERM = Duration(kind="working_days", amount=15)
"""Art. 76(1)."""
EXTENSION_LIMIT = Duration(kind="months", amount=2)
"""Art. 76(2)."""


class DeadlineLimitExceeded(Exception):
    """An extension beyond what is allowed: `latest` is the last instant allowed."""

    def __init__(self, *, limit: Duration, latest: datetime) -> None:
        super().__init__(f"beyond {limit}, which ends at {iso(latest)}")
        self.limit = limit
        self.latest = latest


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """A deadline in words still to be chosen: a text `key` and its JSON `params`, the same in every language.

    Keys: `deadline.clock`, `deadline.working_days`, `deadline.working_hours`, `deadline.months`,
    `deadline.extended`. Params: `amount` and `unit` (minutes, hours, days, seconds, working_days,
    working_hours, months) of the term, or of the extension; `from`, a local date or, where the clock or
    open hours count, local date and time with its offset; `due_date`, `due_time`, local; `time_zone`;
    `due_at`, `received_at`, `registered_at`, UTC. And, only where there is something to say: `holidays`
    (weekdays passed over: `date`, `name` by language, `estimated`, `substitute`), `moved_off` (dates),
    `moved_working` (weekend dates that counted), `registered` (local date, where it is not the day of
    receipt), `short_day` (the last day closes early), `estimated` (an announcement may still move the
    deadline), `missing_year` (the year whose days off are not known), `extended_from` (UTC, the deadline
    before), `duration`, `extensions` and `count_from` (how to count it again).
    """

    key: str
    params: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        return {"key": self.key, "params": dict(self.params)}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Self:
        return cls(key=raw["key"], params=raw["params"])


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """An instant by which to act, in UTC, with how it was counted.

    `counted_from` is the date of registration (or of the deadline that was extended) for working days and
    months, the instant for clock and open hours. `registered_at` is the receipt itself for clock terms:
    danger does not wait for office hours. `skipped` and `moved` (weekend days worked) tell of the term, or
    of its last extension. `estimated` says that an unannounced holiday may still move it, or that the days off of
    `missing_year` are not known. `extensions` were
    added to `duration`, the last one at `extended_from`.
    """

    at: datetime
    duration: Duration
    received_at: datetime
    registered_at: datetime
    counted_from: datetime | date
    skipped: tuple[SkippedDay, ...] = ()
    moved: tuple[date, ...] = ()
    estimated: bool = False
    missing_year: int | None = None
    short_day: bool = False
    extensions: tuple[Duration, ...] = ()
    extended_from: datetime | None = None
    count_from: CountFrom = "next_day"
    time_zone: str

    def explanation(self) -> Explanation:
        """Small JSON to keep with the complaint; `Deadline.explained_by` reads it back."""
        zone = ZoneInfo(self.time_zone)
        due = self.at.astimezone(zone)
        received = self.received_at.astimezone(zone).date()
        registered = self.registered_at.astimezone(zone).date()
        told = self.extensions[-1] if self.extensions else self.duration
        amount, unit = _amount(told)
        holidays = [_holiday(day) for day in self.skipped if day.reason == "holiday"]
        params: dict[str, Any] = {
            "amount": amount,
            "unit": unit,
            "from": _from(self.counted_from, zone),
            "due_date": due.date().isoformat(),
            "due_time": due.strftime("%H:%M"),
            "time_zone": self.time_zone,
            "due_at": iso(self.at),
            "received_at": iso(self.received_at),
            "registered_at": iso(self.registered_at),
            "duration": str(self.duration),
            "count_from": self.count_from,
        }
        optional = {
            "holidays": holidays,
            "moved_off": [day.date.isoformat() for day in self.skipped if day.reason == "moved_off"],
            "moved_working": [day.isoformat() for day in self.moved],
            "registered": registered.isoformat() if registered != received else None,
            "short_day": self.short_day,
            "estimated": self.estimated,
            "missing_year": self.missing_year,
            "extensions": [str(extension) for extension in self.extensions],
            "extended_from": iso_or_none(self.extended_from),
        }
        params |= {name: value for name, value in optional.items() if value}
        return Explanation(
            key="deadline.extended" if self.extended_from else f"deadline.{self.duration.kind}", params=params
        )

    @classmethod
    def explained_by(cls, explanation: Explanation | Mapping[str, Any]) -> Self:
        """The deadline that an explanation, or its stored dict, tells of."""
        params = explanation.params if isinstance(explanation, Explanation) else explanation["params"]
        skipped = [
            SkippedDay(
                date=date.fromisoformat(day["date"]),
                reason="holiday",
                name=day["name"],
                estimated=day.get("estimated", False),
                substitute=day.get("substitute", False),
            )
            for day in params.get("holidays", ())
        ] + [
            SkippedDay(date=date.fromisoformat(day), reason="moved_off")
            for day in params.get("moved_off", ())
        ]
        return cls(
            at=parse_iso(params["due_at"]),
            duration=Duration.parse(params["duration"]),
            received_at=parse_iso(params["received_at"]),
            registered_at=parse_iso(params["registered_at"]),
            counted_from=_counted_from(params["from"]),
            skipped=tuple(sorted(skipped, key=lambda day: day.date)),
            moved=tuple(map(date.fromisoformat, params.get("moved_working", ()))),
            estimated=params.get("estimated", False),
            missing_year=params.get("missing_year"),
            short_day=params.get("short_day", False),
            extensions=tuple(map(Duration.parse, params.get("extensions", ()))),
            extended_from=parse_iso_or_none(params.get("extended_from")),
            count_from=params["count_from"],
            time_zone=params["time_zone"],
        )


def due(duration: Duration, *, received_at: datetime, calendar: Calendar) -> Deadline:
    """By when to act on what arrived at `received_at` (aware). Raises CalendarYearMissing, ValueError.

    A clock term needs no data of any year. The next level of an escalation counts as one that arrived at
    the body above when the deadline was missed: after closing, so it is registered the next working day.
    """
    at = calendar.add(duration, received_at)
    if duration.kind == "clock":
        return Deadline(
            at=at,
            duration=duration,
            received_at=received_at,
            registered_at=received_at,
            counted_from=received_at,
            count_from=calendar.count_from,
            time_zone=calendar.time_zone,
        )
    received = calendar.local(received_at).date()
    registered_at = calendar.registered_at(received_at)
    registered = calendar.local(registered_at).date()
    last = calendar.local(at).date()
    # Months pass over holidays as over any day: only where they end does it matter what a day is.
    first = month_after(registered, duration.amount) if duration.kind == "months" else received
    estimated = calendar.rests_on_estimate(first, last)
    if duration.kind == "months":
        estimated = estimated or calendar.rests_on_estimate(received, registered)
    return Deadline(
        at=at,
        duration=duration,
        received_at=received_at,
        registered_at=registered_at,
        counted_from=calendar.next_opening(received_at) if duration.kind == "working_hours" else registered,
        skipped=calendar.skipped_between(first, last),
        moved=calendar.moved_between(first, last),
        estimated=estimated,
        short_day=calendar.is_short_day(last),
        count_from=calendar.count_from,
        time_zone=calendar.time_zone,
    )


def due_as_known(duration: Duration, *, received_at: datetime, calendar: Calendar) -> Deadline:
    """`due`, also where the calendar lacks a year: then as well as it can be counted (`Calendar.assuming`), as an estimate
    that says which year is missing. Counted again with that year, it moves to where it belongs. Raises ValueError.
    """
    deadline, year = as_best_known(
        lambda known: due(duration, received_at=received_at, calendar=known), calendar=calendar
    )
    return deadline if year is None else replace(deadline, estimated=True, missing_year=year)


def extend(
    current: Deadline | datetime,
    *,
    by: Duration,
    received_at: datetime,
    calendar: Calendar,
    limit: Duration = EXTENSION_LIMIT,
) -> Deadline:
    """The deadline with `by` added to it. Raises DeadlineLimitExceeded, CalendarYearMissing, ValueError.

    Art. 76(2): the term "may be extended by a reasoned decision … for a reasonable term, but to no more
    than two months". It is the term of paragraph 1, which runs from the receipt, that is extended to two
    months, so the limit is measured from the registration of the complaint; it is also the reading that
    keeps a citizen waiting less. The limit ends as any term in months does. The day of the old deadline is
    used up: counting goes on with the day after it.

    From a bare instant the result knows of the extension only; pass a `Deadline` (see
    `Deadline.explained_by`) where it must be counted again after a change of the calendar.
    """
    # That the limit lies in a year without data keeps nobody from what is asked for before it.
    latest, _ = as_best_known(lambda known: known.add(limit, received_at), calendar=calendar)
    try:
        extended = _extended(current, by=by, received_at=received_at, calendar=calendar)
    except CalendarYearMissing:
        known = calendar.assuming(calendar.local(latest).year)
        if _passes(latest, current, by=by, calendar=known):
            raise DeadlineLimitExceeded(limit=limit, latest=latest) from None
        raise
    if extended.at > latest:
        raise DeadlineLimitExceeded(limit=limit, latest=latest)
    return extended


def near(deadline: Deadline | datetime, start: datetime) -> datetime:
    """When a quarter of the time from `start` to the deadline is left, by the clock: nights and days off
    count, for the citizen waits through them too. A deadline that is not after `start` is near at once, at
    `start`.
    """
    at = deadline.at if isinstance(deadline, Deadline) else deadline
    at, start = as_utc(at), as_utc(start)
    return start if at <= start else at - (at - start) / 4


def reminder(
    before: Lead | None,
    *,
    deadline: datetime,
    start: datetime,
    now: datetime,
    calendar: Calendar,
    by_the_clock: bool,
) -> datetime | None:
    """When a body is reminded of a deadline whose term began at `start`: `before` it, as the body's calendar counts back;
    None where it is not, or no moment is left for it.

    Unless it runs `by_the_clock`, as danger does, it comes while the body is open: at the last open moment until then, or,
    where there has been none since `now`, at the next opening. It lies after `now` and before the deadline. Raises
    CalendarYearMissing.
    """
    if before is None:
        return None
    at = near(deadline, start) if before == QUARTER else calendar.back(before, deadline)
    if not by_the_clock:
        at = calendar.last_open(at)
        if at <= now:
            at = calendar.next_opening(now)
    return at if now < at < deadline else None


def recompute(deadline: Deadline | Explanation | Mapping[str, Any], calendar: Calendar) -> Deadline:
    """The same term and the same extensions under another calendar. Raises CalendarYearMissing.

    `calendar` is the one of the body that the promise was made for, also after a transfer. What was granted
    is not measured against the limit again.
    """
    old = deadline if isinstance(deadline, Deadline) else Deadline.explained_by(deadline)
    if old.extended_from is not None and not old.extensions:
        return _extended(old.extended_from, by=old.duration, received_at=old.received_at, calendar=calendar)
    new = due(old.duration, received_at=old.received_at, calendar=calendar)
    for extension in old.extensions:
        new = _extended(new, by=extension, received_at=old.received_at, calendar=calendar)
    return new


def _passes(latest: datetime, current: Deadline | datetime, *, by: Duration, calendar: Calendar) -> bool:
    """Whether the deadline, extended, is later than what ends within the calendar."""
    before = current.at if isinstance(current, Deadline) else current
    try:
        return _continued(before, by, calendar=calendar) > latest
    except CalendarYearMissing:
        return True


def _extended(
    current: Deadline | datetime, *, by: Duration, received_at: datetime, calendar: Calendar
) -> Deadline:
    if isinstance(current, Deadline):
        known, before = current, current.at
    else:
        known, before = None, current
    at = _continued(before, by, calendar=calendar)
    clock = by.kind == "clock"
    day = calendar.local(before).date()
    last = calendar.local(at).date()
    first = month_after(day, by.amount) if by.kind == "months" else day
    return Deadline(
        at=at,
        duration=known.duration if known else by,
        received_at=received_at,
        registered_at=known.registered_at if known else received_at,
        counted_from=before if by.kind in ("clock", "working_hours") else day,
        skipped=() if clock else calendar.skipped_between(first, last),
        moved=() if clock else calendar.moved_between(first, last),
        estimated=(known is not None and known.estimated)
        or (not clock and calendar.rests_on_estimate(first, last)),
        short_day=not clock and calendar.is_short_day(last),
        extensions=(*known.extensions, by) if known else (),
        extended_from=before,
        count_from=calendar.count_from,
        time_zone=calendar.time_zone,
    )


def _continued(before: datetime, by: Duration, *, calendar: Calendar) -> datetime:
    """`by` after a deadline: nothing is registered anew, and the deadline's own day does not count again."""
    match by.kind:
        case "clock":
            return as_utc(before) + by.elapsed
        case "working_hours":
            return calendar.add_working_hours(by.amount, before)
        case "working_days":
            return calendar.closes_at(calendar.working_day_after(calendar.local(before).date(), by.amount))
        case "months":
            return calendar.closes_at(
                calendar.working_day_from(month_after(calendar.local(before).date(), by.amount))
            )


def _amount(duration: Duration) -> tuple[int, str]:
    """As people say it: 4 hours, 90 minutes, 3 days, 15 working days."""
    if duration.kind != "clock":
        return duration.amount, duration.kind
    seconds = duration.amount
    if seconds >= 3 * 86_400 and seconds % 86_400 == 0:
        return seconds // 86_400, "days"
    if seconds % 3600 == 0:
        return seconds // 3600, "hours"
    return (seconds // 60, "minutes") if seconds % 60 == 0 else (seconds, "seconds")


def _holiday(day: SkippedDay) -> dict[str, Any]:
    return (
        {"date": day.date.isoformat(), "name": dict(day.name)}
        | ({"estimated": True} if day.estimated else {})
        | ({"substitute": True} if day.substitute else {})
    )


def _from(counted_from: datetime | date, zone: ZoneInfo) -> str:
    if isinstance(counted_from, datetime):
        return counted_from.astimezone(zone).isoformat(timespec="milliseconds")
    return counted_from.isoformat()


def _counted_from(text: str) -> datetime | date:
    return parse_iso(text) if "T" in text else date.fromisoformat(text)
