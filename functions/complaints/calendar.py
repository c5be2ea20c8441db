"""When a state body works: working days, open hours, and what arriving after hours means.

Rules, with their sources (Republic of Kazakhstan):
- Registration: Administrative Procedural and Process-Related Code (29 June 2020, No. 350-VI), art. 64(3):
  an appeal is registered on the day it arrives; after the end of the working day, or on a non-working day,
  on the next working day.
- A national or state holiday that falls on a weekend gives the working day after it off; Orthodox Christmas
  and the first day of Kurban Ait do not (Law on Holidays, 13 December 2001, No. 267, art. 5; Labour Code,
  art. 84).
- A day of rest may be moved by order: the weekend day is worked and a weekday is free (Labour Code, art.
  85(3)).
- Zones come from the IANA database: Kazakhstan has had UTC+5 throughout since 1 March 2024, and the same
  zone name answers for the instants before it.
"""

from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from functions.complaints.duration import Duration

type CountFrom = Literal["next_day", "same_day"]
type DayOff = Literal["weekend", "holiday", "moved_off"]

_SATURDAY, _SUNDAY = 5, 6


class CalendarYearMissing(Exception):
    """A deadline reaches into a year whose holidays and moved days are not known; `year` says which."""

    def __init__(self, year: int) -> None:
        super().__init__(f"the calendar has no data for the year {year}")
        self.year = year


@dataclass(frozen=True, kw_only=True)
class Holiday:
    """A day off by law. `name` by language; `estimated` while the date is not yet announced (the Islamic
    calendar); `substitute` where the day is free in place of a holiday that fell on a weekend.
    """

    name: Mapping[str, str]
    estimated: bool = False
    substitute: bool = False


@dataclass(frozen=True, kw_only=True)
class SkippedDay:
    """A weekday that a term passed over, and why."""

    date: date
    reason: Literal["holiday", "moved_off"]
    name: Mapping[str, str] = field(default_factory=dict)
    estimated: bool = False
    substitute: bool = False


@dataclass(frozen=True, kw_only=True)
class _Days:
    """Every day with data, sorted by ordinal, so that a term of any length is two look-ups."""

    working: list[int]
    skipped: list[int]
    skipped_days: list[SkippedDay]
    moved: list[int]
    estimated: list[int]


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """The working calendar of a region, or of one agency in it.

    `weekend` counts Monday as 0. `breaks` are closed times between `opens` and `closes`. `moved_working`
    are weekend days that are worked, `moved_off` weekdays that are free; a holiday stays a holiday whatever
    is moved onto it. `short_days` close earlier. `count_from` says whether the day of registration is the
    first day of a term (`same_day`) or the day before it (`next_day`): the Code counts "from the day of
    receipt" and sources read that both ways. `years` are the years, without a gap, whose holidays and moved days are
    known; `holidays` may foresee some of later years.

    Raises ValueError where these contradict one another.
    """

    time_zone: str
    weekend: tuple[int, ...] = (_SATURDAY, _SUNDAY)
    opens: time
    closes: time
    breaks: tuple[tuple[time, time], ...] = ()
    holidays: Mapping[date, Holiday]
    moved_working: frozenset[date] = frozenset()
    moved_off: frozenset[date] = frozenset()
    short_days: Mapping[date, time] = field(default_factory=dict)
    count_from: CountFrom = "next_day"
    years: frozenset[int]

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"not a time zone of the IANA database: {self.time_zone!r}") from error
        if not set(self.weekend) < set(range(7)):
            raise ValueError(
                f"a weekend is some of the days 0 (Monday) to 6 and leaves a working day: {self.weekend}"
            )
        if not self.opens < self.closes:
            raise ValueError(f"opening at {self.opens} is not before closing at {self.closes}")
        last = self.opens
        for start, end in self.breaks:
            if not last < start < end < self.closes:
                raise ValueError(
                    f"a break lies within the open hours, after the one before it: {start} to {end}"
                )
            last = end
        for day, closes in self.short_days.items():
            if not self.opens < closes <= self.closes:
                raise ValueError(
                    f"the short day {day} closes at {closes}, outside {self.opens} to {self.closes}"
                )
        if both := self.moved_working & self.moved_off:
            raise ValueError(f"a day cannot be both worked and free: {', '.join(map(str, sorted(both)))}")
        if self.count_from not in ("next_day", "same_day"):
            raise ValueError(f"count_from is next_day or same_day: {self.count_from!r}")
        if self.years and max(self.years) - min(self.years) + 1 != len(self.years):
            raise ValueError(f"the years of a calendar have no gap: {sorted(self.years)}")

    # What a day is

    def is_working_day(self, day: date) -> bool:
        """Raises CalendarYearMissing where the year is not known."""
        return self.reason(day) is None

    def reason(self, day: date) -> DayOff | None:
        """Why `day` is free, or None for a working day; raises CalendarYearMissing."""
        if day.year not in self.years:
            raise CalendarYearMissing(day.year)
        return self._reason(day)

    def holiday(self, day: date) -> Holiday | None:
        """The holiday of that date, also when it falls on a weekend."""
        return self.holidays.get(day)

    def is_short_day(self, day: date) -> bool:
        return day in self.short_days

    def local(self, instant: datetime) -> datetime:
        """`instant` as a clock on the wall shows it; raises ValueError for an instant without a zone."""
        return as_utc(instant).astimezone(self._zone)

    # Hours

    def opens_at(self, day: date) -> datetime:
        return self._instant(day, self.opens)

    def closes_at(self, day: date) -> datetime:
        """The end of the working day, as an instant in UTC; earlier on a short day."""
        return self._instant(day, self.short_days.get(day, self.closes))

    def next_opening(self, instant: datetime) -> datetime:
        """`instant` itself when it is within open hours, else the start of the next ones; raises
        CalendarYearMissing.

        Open hours include their first instant and not their last.
        """
        instant = as_utc(instant)
        for start, end in self._open_hours(self.local(instant).date()):
            if instant < end:
                return max(instant, start)
        raise AssertionError("open hours end only by CalendarYearMissing")

    def last_open(self, instant: datetime) -> datetime:
        """`instant` itself when it is within open hours, else the last minute of those before it; raises
        CalendarYearMissing.
        """
        instant = as_utc(instant)
        for start, end in self._open_hours_back(self.local(instant).date()):
            if start <= instant:
                return instant if instant < end else max(start, end - timedelta(minutes=1))
        raise AssertionError("open hours end only by CalendarYearMissing")

    def registered_at(self, instant: datetime) -> datetime:
        """When what arrives at `instant` is registered (Code, art. 64(3)): on a working day that has not
        ended at once, or when it opens; else when the next working day opens. Raises CalendarYearMissing.
        """
        instant = as_utc(instant)
        day = self.local(instant).date()
        if self.is_working_day(day) and instant < self.closes_at(day):
            return max(instant, self.opens_at(day))
        return self.opens_at(self.working_day_after(day, 1))

    # Counting

    def working_day_after(self, day: date, number: int) -> date:
        """The `number`-th working day after `day` (1 is the next one); raises CalendarYearMissing."""
        if day.year not in self.years:
            raise CalendarYearMissing(day.year)
        working = self._days.working
        at = bisect_right(working, day.toordinal()) + number - 1
        if at >= len(working):
            raise CalendarYearMissing(max(self.years) + 1)
        return date.fromordinal(working[at])

    def working_day_before(self, day: date, number: int) -> date:
        """The `number`-th working day before `day` (1 is the last one); raises CalendarYearMissing."""
        if day.year not in self.years:
            raise CalendarYearMissing(day.year)
        working = self._days.working
        at = bisect_left(working, day.toordinal()) - number
        if at < 0:
            raise CalendarYearMissing(min(self.years) - 1)
        return date.fromordinal(working[at])

    def working_day_from(self, day: date) -> date:
        """`day` if it is a working day, else the next; raises CalendarYearMissing."""
        return day if self.is_working_day(day) else self.working_day_after(day, 1)

    def add(self, duration: Duration, start: datetime, *, count_from: CountFrom | None = None) -> datetime:
        """The end, in UTC, of a term that something arriving at `start` has; raises CalendarYearMissing.

        Clock terms run through nights and holidays from the instant itself. Working hours run from the next
        open instant. Working days count from the day of registration and end when the last of them closes.
        Months end on the day of the same number, or on the last of a shorter month, and then on the next
        working day when it closes.
        """
        match duration.kind:
            case "clock":
                return as_utc(start) + duration.elapsed
            case "working_hours":
                return self.add_working_hours(duration.amount, start)
            case "working_days":
                day = self.local(self.registered_at(start)).date()
                further = duration.amount - ((count_from or self.count_from) == "same_day")
                return self.closes_at(self.working_day_after(day, further) if further else day)
            case "months":
                day = self.local(self.registered_at(start)).date()
                return self.closes_at(self.working_day_from(month_after(day, duration.amount)))

    def add_working_hours(self, hours: int, start: datetime) -> datetime:
        """The first instant by which `hours` of open time have passed since `start`; raises
        CalendarYearMissing.
        """
        left = timedelta(hours=hours)
        begin = as_utc(start)
        for opens, closes in self._open_hours(self.local(begin).date()):
            if closes <= begin:
                continue
            opens = max(opens, begin)
            if closes - opens >= left:
                return opens + left
            left -= closes - opens
        raise AssertionError("open hours end only by CalendarYearMissing")

    def open_between(self, start: datetime, end: datetime) -> timedelta:
        """How much of the time from `start` to `end` is open; raises CalendarYearMissing."""
        begin, end = as_utc(start), as_utc(end)
        total = timedelta(0)
        for opens, closes in self._open_hours(self.local(begin).date()):
            if opens >= end:
                return total
            total += max(min(closes, end) - max(opens, begin), timedelta(0))
        raise AssertionError("open hours end only by CalendarYearMissing")

    def open_a_day(self) -> timedelta:
        """How long a usual working day is open."""
        pauses = sum((_length(start, end) for start, end in self.breaks), timedelta(0))
        return _length(self.opens, self.closes) - pauses

    def back(self, duration: Duration, end: datetime) -> datetime:
        """When no more than `duration` is left until `end`, in UTC; raises CalendarYearMissing.

        What is left is whole: of open hours it begins in them, and of working days when the first of them opens where
        `end` is the close of the last one, else at the same time of day.
        """
        end = as_utc(end)
        day = self.local(end).date()
        match duration.kind:
            case "clock":
                return end - duration.elapsed
            case "working_hours":
                return self._back_working_hours(duration.amount, end)
            case "working_days":
                first = self.working_day_before(day, duration.amount)
                closing = end >= self.closes_at(day)
                at = self.closes_at(first) if closing else self._instant(first, self.local(end).time())
            case "months":
                at = self._instant(month_after(day, -duration.amount), self.local(end).time())
        return self.next_opening(at)

    def _back_working_hours(self, hours: int, end: datetime) -> datetime:
        left = timedelta(hours=hours)
        for opens, closes in self._open_hours_back(self.local(end).date()):
            open_until = min(closes, end)
            if open_until - opens >= left:
                return open_until - left
            left -= max(open_until - opens, timedelta(0))
        raise AssertionError("open hours end only by CalendarYearMissing")

    def skipped_between(self, first: date, last: date) -> tuple[SkippedDay, ...]:
        """The weekdays from `first` to `last`, both included, that are free."""
        days = self._days
        return tuple(
            days.skipped_days[
                bisect_left(days.skipped, first.toordinal()) : bisect_right(days.skipped, last.toordinal())
            ]
        )

    def moved_between(self, first: date, last: date) -> tuple[date, ...]:
        """The weekend days from `first` to `last`, both included, that are worked."""
        moved = self._days.moved
        found = moved[bisect_left(moved, first.toordinal()) : bisect_right(moved, last.toordinal())]
        return tuple(date.fromordinal(ordinal) for ordinal in found)

    def rests_on_estimate(self, first: date, last: date) -> bool:
        """Whether an estimated holiday from the day before `first` to the day after `last` could still
        change the count: the sighting of the moon moves such a date by a day.
        """
        estimated = self._days.estimated
        at = bisect_left(estimated, first.toordinal() - 1)
        return at < len(estimated) and estimated[at] <= last.toordinal() + 1

    # Variants and the compiled form

    def assuming(self, year: int) -> Self:
        """The calendar as if that year, and those between it and the known ones, were known too: with such holidays as
        were foreseen, and nothing moved.
        """
        first, last = min(*self.years, year), max(*self.years, year)
        return replace(self, years=frozenset(range(first, last + 1)))

    def with_hours(self, opens: time, closes: time, breaks: tuple[tuple[time, time], ...] = ()) -> Self:
        """The same days with an agency's own hours; a short day closes no later than the agency does."""
        short_days = {day: min(short, closes) for day, short in self.short_days.items()}
        other = replace(self, opens=opens, closes=closes, breaks=breaks, short_days=short_days)
        # The days do not depend on the hours, and making them is what costs.
        other.__dict__["_days"] = self._days
        return other

    def with_hours_from(self, hours: Mapping[str, Any]) -> Self:
        """`with_hours` from the compiled form: `{"opens": "09:00", "closes": "18:30", "breaks": [["13:00",
        "14:30"]]}`.
        """
        return self.with_hours(
            time.fromisoformat(hours["opens"]),
            time.fromisoformat(hours["closes"]),
            _breaks(hours.get("breaks")),
        )

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Self:
        """The calendar that `to_dict` wrote; what is left out has its default. Raises ValueError,
        KeyError.
        """
        return cls(
            time_zone=raw["time_zone"],
            weekend=tuple(raw.get("weekend", (_SATURDAY, _SUNDAY))),
            opens=time.fromisoformat(raw["opens"]),
            closes=time.fromisoformat(raw["closes"]),
            breaks=_breaks(raw.get("breaks")),
            holidays={
                date.fromisoformat(day): Holiday(
                    name=holiday["name"],
                    estimated=holiday.get("estimated", False),
                    substitute=holiday.get("substitute", False),
                )
                for day, holiday in raw["holidays"].items()
            },
            moved_working=frozenset(map(date.fromisoformat, raw.get("moved_working", ()))),
            moved_off=frozenset(map(date.fromisoformat, raw.get("moved_off", ()))),
            short_days={
                date.fromisoformat(day): time.fromisoformat(closes)
                for day, closes in raw.get("short_days", {}).items()
            },
            count_from=raw.get("count_from", "next_day"),
            years=frozenset(raw["years"]),
        )

    def to_dict(self) -> dict[str, Any]:
        """JSON, in a stable order; it stands in the compiled region file under `calendar`."""
        return {
            "time_zone": self.time_zone,
            "weekend": list(self.weekend),
            "opens": _hhmm(self.opens),
            "closes": _hhmm(self.closes),
            "breaks": [[_hhmm(start), _hhmm(end)] for start, end in self.breaks],
            "holidays": {
                day.isoformat(): {"name": dict(holiday.name)}
                | ({"estimated": True} if holiday.estimated else {})
                | ({"substitute": True} if holiday.substitute else {})
                for day, holiday in sorted(self.holidays.items())
            },
            "moved_working": [day.isoformat() for day in sorted(self.moved_working)],
            "moved_off": [day.isoformat() for day in sorted(self.moved_off)],
            "short_days": {day.isoformat(): _hhmm(closes) for day, closes in sorted(self.short_days.items())},
            "count_from": self.count_from,
            "years": sorted(self.years),
        }

    # Inside

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @cached_property
    def _days(self) -> _Days:
        days = _Days(working=[], skipped=[], skipped_days=[], moved=[], estimated=[])
        for year in sorted(self.years):
            for ordinal in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1):
                day = date.fromordinal(ordinal)
                reason = self._reason(day)
                weekend = day.weekday() in self.weekend
                if reason is None:
                    days.working.append(ordinal)
                    if weekend:
                        days.moved.append(ordinal)
                elif reason != "weekend" and not (weekend and day not in self.moved_working):
                    days.skipped.append(ordinal)
                    days.skipped_days.append(self._skipped(day, reason))
        days.estimated.extend(sorted(day.toordinal() for day, off in self.holidays.items() if off.estimated))
        return days

    def _reason(self, day: date) -> DayOff | None:
        if day in self.moved_off:
            return "moved_off"
        if day in self.holidays:
            return "holiday"
        if day.weekday() in self.weekend and day not in self.moved_working:
            return "weekend"
        return None

    def _skipped(self, day: date, reason: Literal["holiday", "moved_off"]) -> SkippedDay:
        holiday = self.holidays.get(day)
        if holiday is None:
            return SkippedDay(date=day, reason=reason)
        # A day that is also free by order is free whatever the moon does.
        return SkippedDay(
            date=day,
            reason="holiday",
            name=holiday.name,
            estimated=holiday.estimated and reason != "moved_off",
            substitute=holiday.substitute,
        )

    def _instant(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, tzinfo=self._zone).astimezone(UTC)

    def _open_hours(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The spans of open time from `day` on, in UTC; ends by raising CalendarYearMissing."""
        day = self.working_day_from(day)
        while True:
            yield from self._open_on(day)
            day = self.working_day_after(day, 1)

    def _open_hours_back(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The spans of open time up to the end of `day`, the last one first; ends by raising CalendarYearMissing."""
        if not self.is_working_day(day):
            day = self.working_day_before(day, 1)
        while True:
            yield from reversed(list(self._open_on(day)))
            day = self.working_day_before(day, 1)

    def _open_on(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The spans of open time of a working day."""
        closes = self.closes_at(day)
        opens = self.opens_at(day)
        for start, end in self.breaks:
            if opens < (pause := min(self._instant(day, start), closes)):
                yield opens, pause
            opens = self._instant(day, end)
        if opens < closes:
            yield opens, closes


def as_best_known[T](count: Callable[[Calendar], T], *, calendar: Calendar) -> tuple[T, int | None]:
    """What `count` makes of the calendar, and the first year that it asked for in vain: that year, and what it asks for
    beyond, is then assumed.
    """
    missing: int | None = None
    while True:
        try:
            return count(calendar), missing
        except CalendarYearMissing as error:
            missing = error.year if missing is None else missing
            calendar = calendar.assuming(error.year)


def month_after(day: date, months: int) -> date:
    """The day of the same number `months` later, or the last day of a month that is too short.

    The rule for terms in months: Law on Administrative Procedures (27 November 2000, No. 107-II), art.
    12-1(3).
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def as_utc(instant: datetime) -> datetime:
    """Raises ValueError for an instant without a zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return instant if instant.tzinfo is UTC else instant.astimezone(UTC)


def _breaks(raw: Any) -> tuple[tuple[time, time], ...]:
    return tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in raw or ())


def _length(start: time, end: time) -> timedelta:
    """Of a span within one day."""
    return timedelta(hours=end.hour - start.hour, minutes=end.minute - start.minute)


def _hhmm(at: time) -> str:
    return at.isoformat("minutes" if not (at.second or at.microsecond) else "auto")
