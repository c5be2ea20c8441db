"""What the Unicode CLDR (of Babel 2.18) says of the three languages, as far as it is shown: dates, lists, plurals, numbers.

Babel has all of it, and needs 50 ms for the first date that a container writes. `tests/core/test_cldr.py` holds this to
Babel. English is British, for the order of its day and month is the one of the other two.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Conventions:
    """`months` as they stand after the day of a date, January first; the patterns are filled in with `str.format`."""

    months: Sequence[str]
    with_year: str
    last_of_two: str
    last_of_more: str
    metres: str
    kilometres: str
    decimal_point: str
    thousands: str
    plural: Callable[[int], str]


def conventions(language: str) -> Conventions:
    """Those of `kk` for a language that is none of the three."""
    return _CONVENTIONS.get(language, _CONVENTIONS["kk"])


def number_text(value: float, language: str) -> str:
    """To one place after the point, which is left out where it is 0."""
    its = conventions(language)
    whole, _, tenth = f"{value:,.1f}".partition(".")
    grouped = whole.replace(",", its.thousands)
    return grouped if tenth == "0" else f"{grouped}{its.decimal_point}{tenth}"


def _one_or_other(count: int) -> str:
    return "one" if abs(count) == 1 else "other"


def _russian(count: int) -> str:
    tens, ones = divmod(abs(count) % 100, 10)
    if tens == 1 or ones == 0 or ones >= 5:
        return "many"
    return "one" if ones == 1 else "few"


_NARROW: Final = "\u202f"
_NO_BREAK: Final = "\u00a0"
_CONVENTIONS: Final[Mapping[str, Conventions]] = {
    "kk": Conventions(
        months="қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан".split(),
        with_year=f"{{year}}{_NARROW}ж. {{day_month}}",
        last_of_two="{others} және {last}",
        last_of_more="{others}, {last}",
        metres="{count} м",
        kilometres="{count} км",
        decimal_point=",",
        thousands=_NO_BREAK,
        plural=_one_or_other,
    ),
    "ru": Conventions(
        months="января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split(),
        with_year=f"{{day_month}} {{year}}{_NARROW}г.",
        last_of_two="{others} и {last}",
        last_of_more="{others} и {last}",
        metres="{count} м",
        kilometres="{count} км",
        decimal_point=",",
        thousands=_NO_BREAK,
        plural=_russian,
    ),
    "en": Conventions(
        months="January February March April May June July August September October November December".split(),
        with_year="{day_month} {year}",
        last_of_two="{others} and {last}",
        last_of_more="{others} and {last}",
        metres="{count} m",
        kilometres="{count} km",
        decimal_point=".",
        thousands=",",
        plural=_one_or_other,
    ),
}
