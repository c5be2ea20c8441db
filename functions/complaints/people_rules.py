"""What a person may choose about being told, and what an entrepreneur's number must look like. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from functions.complaints.history import PUSHED, PushKind

PUSH_KINDS: Final[tuple[PushKind, ...]] = tuple(dict.fromkeys(PUSHED.values()))
"""The kinds of pushes that a person can turn off one by one."""

_BIN_LENGTH: Final = 12
_FIRST_PASS: Final = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
_SECOND_PASS: Final = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)

AWAKE_FOR: Final = timedelta(minutes=15)
"""For so long after what a person did themselves no hour is quiet to them."""

type Verdict = Literal["send", "hold", "drop"]


@dataclass(frozen=True, kw_only=True, slots=True)
class QuietHours:
    """Local wall-clock times; `start` after `end` spans midnight, and the two being equal means no hour at all."""

    start: time
    end: time

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> "QuietHours":
        """`{"from": "22:00", "to": "08:00"}`; raises ValueError."""
        return cls(start=_wall_time(raw["from"]), end=_wall_time(raw["to"]))

    def to_dict(self) -> dict[str, str]:
        return {"from": f"{self.start:%H:%M}", "to": f"{self.end:%H:%M}"}

    def until(self, now: datetime, *, zone: str) -> datetime | None:
        """When the quiet that holds at `now` ends, in UTC; None where it is not quiet."""
        if self.start == self.end:
            return None
        local = now.astimezone(ZoneInfo(zone))
        for day in (local.date() - timedelta(days=1), local.date()):
            last = day if self.start < self.end else day + timedelta(days=1)
            begins, ends = _instant(day, self.start, zone), _instant(last, self.end, zone)
            if begins <= now < ends:
                return ends
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Preferences:
    """What decides whether a push goes out now. `quiet` None: at any hour."""

    zone: str
    quiet: QuietHours | None
    escalations_pass: bool = True
    muted: frozenset[str] = frozenset()

    def verdict(
        self, kind: PushKind, now: datetime, *, acted_at: datetime | None = None
    ) -> tuple[Verdict, datetime | None]:
        """What to do with a push of this kind, and until when it is held.

        `acted_at` is when the person did what it answers: who has just sent something is awake and waits for it.
        """
        if kind in self.muted:
            return "drop", None
        if self.quiet is None or (kind == "escalation" and self.escalations_pass):
            return "send", None
        if acted_at is not None and now - acted_at <= AWAKE_FOR:
            return "send", None
        until = self.quiet.until(now, zone=self.zone)
        return ("send", None) if until is None else ("hold", until)


def is_business_number(text: str) -> bool:
    """Whether this is 12 digits of which the last is the control digit of a BIN (or of an entrepreneur's IIN).

    Source: Government of Kazakhstan, order No. 565 of 11 June 2003 (programme of single numbers): the weighted
    sum of the first eleven digits modulo 11, with the weights 1 to 11; if that gives 10, with 3 to 11, 1, 2;
    numbers for which this gives 10 again are not issued. https://adilet.zan.kz/rus/docs/P030000565_
    """
    if len(text) != _BIN_LENGTH or not (text.isascii() and text.isdigit()):
        return False
    *digits, control = (int(digit) for digit in text)
    for weights in (_FIRST_PASS, _SECOND_PASS):
        rest = sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % 11
        if rest < 10:
            return rest == control
    return False


def is_zone(name: str) -> bool:
    """Whether the IANA time zone database has a zone of this name."""
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return False
    return True


def next_day(now: datetime, *, zone: str) -> tuple[date, timedelta]:
    """The calendar day in `zone`, and how long it still lasts."""
    local = now.astimezone(ZoneInfo(zone))
    tomorrow = _instant(local.date() + timedelta(days=1), time(0), zone)
    return local.date(), tomorrow - now.astimezone(UTC)


def _wall_time(text: str) -> time:
    hours, _, minutes = text.partition(":")
    return time(int(hours), int(minutes))


def _instant(day: date, at: time, zone: str) -> datetime:
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)
