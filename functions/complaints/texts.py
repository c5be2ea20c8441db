"""Words in Kazakh, Russian and English, from the message catalogues beside this file.

A text is a string, or plural forms by CLDR category (`one`, `few`, `many`, `other`) chosen by the parameter
`count`. A placeholder is `{name}` and nothing more: what a person wrote is put in as it is and never read as
a pattern. Dates, lists, plurals and numbers are written as Babel has them from the Unicode CLDR.
"""

import json
import logging
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Final, Literal, cast
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.units import format_unit

type Language = Literal["kk", "ru", "en"]

LANGUAGES: Final[tuple[Language, ...]] = ("kk", "ru", "en")
"""Also the order in which a missing text is looked for."""
UNKNOWN: Final = "…"
"""What stands for a value that is not known."""

# British English, for the order of its day and month is the one of the other two.
_LOCALES: Final = {"kk": Locale("kk"), "ru": Locale("ru"), "en": Locale("en", "GB")}
_CATALOGUES: Final = Path(__file__).with_name("catalogues")
_PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")
# Beside RFC 9110's weights those that clients send: `.9`, and more digits than three.
_WEIGHT: Final = re.compile(r"0?\.[0-9]+|0\.?|1(?:\.0*)?", re.ASCII)
_RANGE: Final = re.compile(r"\*|[a-z]{1,8}(?:-[a-z0-9]{1,8})*", re.ASCII)
# What a POSIX locale adds to its language: `ru_RU.UTF-8`, `kk_KZ@cyrillic`.
_LOCALE_TAIL: Final = re.compile(r"[.@].*", re.DOTALL)
# Between the parts of a locale's name: `ru_RU`, `ru_RU_#Cyrl`, `ru__#Cyrl`.
_SEPARATORS: Final = re.compile(r"[-_#]+")
_ALIASES: Final[Mapping[str, Language]] = {"kaz": "kk", "rus": "ru", "eng": "en"}
"""ISO 639-2's codes of three letters (RFC 5646 has those of two instead, and Java's `getISO3Language` gives these)."""

_log = logging.getLogger(__name__)


def text(key: str, language: str, /, **params: object) -> str:
    """The text `key` in `language`, filled in; `count` chooses the plural form.

    Raises nothing: a key that is missing is logged, looked for in the other languages and then stands for
    itself; a parameter that is missing shows as `…`.
    """
    for tongue in (language, *LANGUAGES):
        forms = _catalogue(tongue).get(key)
        if forms is not None:
            break
        _log.warning("no text %s in %s", key, tongue)
    else:
        return key
    pattern = forms if isinstance(forms, str) else _form(forms, tongue, params.get("count"))
    return _PLACEHOLDER.sub(lambda match: _shown(params.get(match[1])), pattern)


def has_text(key: str) -> bool:
    return key in _catalogue(LANGUAGES[0])


def in_language(names: Mapping[str, str], language: str) -> str:
    """One of a region file's names by language; the first other one where that language is missing."""
    return names.get(language) or next((names[other] for other in LANGUAGES if names.get(other)), UNKNOWN)


def language_of(
    accept_language: str | None, preferred: str | None = None, *, default: Language = "kk"
) -> Language:
    """The person's own language (`kk`, a tag like `kk-KZ`), else the best of `Accept-Language`, else `default`.

    Both may be spelled as phones do: `ru_RU`, `kk-Cyrl-KZ`, `ru_KZ_#Cyrl`, `ru_RU.UTF-8`, `rus`.

    Sources: RFC 9110, section 12.5.4 (weights), RFC 4647, section 3.4 (lookup). What cannot be read is passed
    over; where every language is refused, the answer is in `default` all the same.
    """
    own = _language_in(_tag(preferred or ""))
    if own is not None and own != "*":
        return cast(Language, own)
    weights: dict[str, float] = {}
    for tag, weight in _ranges(accept_language or ""):
        language = _language_in(tag)
        if language is not None:
            weights[language] = max(weights.get(language, 0.0), weight)
    others = weights.pop("*", None)
    named = cast(Iterable[Language], weights)
    order: tuple[Language, ...] = (*named, default, *LANGUAGES)
    # A language that nobody mentioned beats one that was refused, and nothing else.
    unnamed = 0.0005 if others is None else others
    best = max(order, key=lambda language: weights.get(language, unnamed))
    return best if weights.get(best, unnamed) > 0 else default


def _ranges(header: str) -> Iterable[tuple[str, float]]:
    for item in header.split(","):
        tag, _, parameters = item.partition(";")
        weight = _weight(parameters)
        if weight is not None:
            yield _tag(tag), weight


def _weight(parameters: str) -> float | None:
    """Of a range with these parameters; None where it cannot be told."""
    text = "1"
    for parameter in parameters.lower().split(";"):
        if not parameter.strip():
            continue
        name, _, text = (part.strip() for part in parameter.partition("="))
        if name != "q":
            return None
    return float(text) if _WEIGHT.fullmatch(text) else None


def _tag(spelled: str) -> str:
    """The tag of BCP 47, in small letters, that a locale's name stands for."""
    return _SEPARATORS.sub("-", _LOCALE_TAIL.sub("", spelled.strip(" \t\"'"))).lower()


def _language_in(tag: str) -> str | None:
    """One of `LANGUAGES` or `*`, None for any other tag and for what is none."""
    if _RANGE.fullmatch(tag) is None:
        return None
    language = tag.partition("-")[0]
    language = _ALIASES.get(language, language)
    return language if language == "*" or language in LANGUAGES else None


def date_text(when: date, language: str, zone: str, *, near: date | None = None) -> str:
    """`23 March 2026`, without the year where it is `near`'s; an instant is shown in `zone` (IANA name)."""
    day = _local_date(when, zone)
    in_this_year = near is not None and _local_date(near, zone).year == day.year
    return _day_text(day, language, with_year=not in_this_year)


def datetime_text(when: datetime, language: str, zone: str, *, near: date | None = None) -> str:
    """`23 March 2026, 18:30`, in `zone` (IANA name), without the year where it is the one of `near`."""
    return f"{date_text(when, language, zone, near=near)}, {when.astimezone(ZoneInfo(zone)):%H:%M}"


def distance_text(metres: float, language: str) -> str:
    """`240 m`, `2.1 km`: to ten metres below a kilometre, to a hundred above."""
    if metres < 995:
        unit, value, pattern = "length-meter", round(metres, -1), "#,##0"
    else:
        unit, value, pattern = "length-kilometer", round(metres / 1000, 1), "#,##0.#"
    return format_unit(value, unit, length="short", format=pattern, locale=_locale(language))


def dates_text(days: Iterable[date], language: str, *, near: date) -> str:
    """`9 and 23 March`, `30 April, 1 and 9 May`: a month is named once, a year where it is not `near`'s."""
    months = []
    for (year, _), group in groupby(sorted(set(days)), key=lambda day: (day.year, day.month)):
        of_month = list(group)
        if year == near.year:
            listed = format_list([str(day.day) for day in of_month], locale=_locale(language))
            months.append(f"{listed} {format_date(of_month[0], 'MMMM', locale=_locale(language))}")
        else:
            months += [_day_text(day, language, with_year=True) for day in of_month]
    return ", ".join(months)


def _day_text(day: date, language: str, *, with_year: bool) -> str:
    locale = _locale(language)
    return format_date(day, "long", locale) if with_year else format_skeleton("MMMMd", day, locale=locale)


def _locale(language: str) -> Locale:
    """That of `kk` for a language that is none of the three."""
    return _LOCALES.get(language, _LOCALES["kk"])


def _local_date(when: date, zone: str) -> date:
    return when.astimezone(ZoneInfo(zone)).date() if isinstance(when, datetime) else when


def _shown(value: object) -> str:
    if value is None:
        return UNKNOWN
    try:
        return str(value)
    except Exception:
        return UNKNOWN


def _form(forms: Mapping[str, str], language: str, count: object) -> str:
    category = _locale(language).plural_form(count) if isinstance(count, int) else "other"
    return forms.get(category) or forms["other"]


def _catalogue(language: str) -> Mapping[str, Any]:
    return _loaded(language) if language in LANGUAGES else {}


@cache
def _loaded(language: str) -> Mapping[str, Any]:
    catalogue: dict[str, Any] = json.loads((_CATALOGUES / f"{language}.json").read_bytes())
    return catalogue
