"""Terms as a region file writes them: by the clock, in working days or hours, or in months.

ISO 8601 durations, with the letter B before a unit for "business": `PT4H`, `PT90M`, `PT30S`, `P2D`, `P1DT12H`
run by the clock; `P15BD` counts working days, `PT8BH` open hours; `P2M` counts months by the calendar.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal, Self

type Kind = Literal["clock", "working_days", "working_hours", "months"]

_CLOCK = re.compile(
    r"P(?:([0-9]{1,6})D)?(?:T(?=[0-9])(?:([0-9]{1,6})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,6})S)?)?", re.ASCII
)
_COUNTED: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (re.compile(r"P([0-9]{1,6})BD", re.ASCII), "working_days"),
    (re.compile(r"PT([0-9]{1,6})BH", re.ASCII), "working_hours"),
    (re.compile(r"P([0-9]{1,6})M", re.ASCII), "months"),
)
_DAY = 86_400
# A century: no term is longer, and the sum with any date of this age stays a date.
_LONGEST: dict[Kind, int] = {
    "clock": 36_525 * _DAY,
    "working_days": 36_525,
    "working_hours": 36_525 * 24,
    "months": 1_200,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Duration:
    """A term. `amount` is in seconds (clock), days, hours or months, by `kind`; it is positive.

    `str()` gives the canonical text: `Duration.parse(str(d)) == d`, and `PT90M` is written `PT1H30M`.
    """

    kind: Kind
    amount: int

    def __post_init__(self) -> None:
        if self.kind not in _LONGEST:
            raise ValueError(f"not a kind of duration: {self.kind!r}")
        if not 0 < self.amount <= _LONGEST[self.kind]:
            raise ValueError(
                f"a duration lies between 1 and {_LONGEST[self.kind]}: {self.amount} ({self.kind})"
            )

    @classmethod
    def parse(cls, text: str) -> Self:
        """The duration that `text` writes; raises ValueError naming the text."""
        for pattern, kind in _COUNTED:
            if match := pattern.fullmatch(text):
                return cls._checked(kind, int(match[1]), text)
        match = _CLOCK.fullmatch(text)
        if match is None or not any(match.groups()):
            raise ValueError(
                f"not a duration: {text!r} (expected like PT4H, PT30S, P3D, P15BD, PT8BH or P2M)"
            )
        days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return cls._checked("clock", days * _DAY + hours * 3600 + minutes * 60 + seconds, text)

    @classmethod
    def _checked(cls, kind: Kind, amount: int, text: str) -> Self:
        try:
            return cls(kind=kind, amount=amount)
        except ValueError as error:
            raise ValueError(f"not a usable duration: {text!r}: {error}") from None

    @property
    def elapsed(self) -> timedelta:
        """The length of a clock duration; raises ValueError for the others, whose length depends on the
        calendar.
        """
        if self.kind != "clock":
            raise ValueError(f"{self} has no length without a calendar")
        return timedelta(seconds=self.amount)

    def __str__(self) -> str:
        if self.kind == "working_days":
            return f"P{self.amount}BD"
        if self.kind == "working_hours":
            return f"PT{self.amount}BH"
        if self.kind == "months":
            return f"P{self.amount}M"
        days, rest = divmod(self.amount, _DAY)
        hours, rest = divmod(rest, 3600)
        minutes, seconds = divmod(rest, 60)
        time = "".join(
            f"{number}{unit}" for number, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if number
        )
        return f"P{f'{days}D' if days else ''}{f'T{time}' if time else ''}"


def parse(text: str) -> Duration:
    """See `Duration.parse`."""
    return Duration.parse(text)


QUARTER: Final[Literal["quarter"]] = "quarter"
type Lead = Duration | Literal["quarter"]
"""How long before a deadline: a duration, or a quarter of the term, of whatever length that is."""
