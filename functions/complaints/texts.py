"""Words in Kazakh, Russian and English, from the message catalogues beside this file.

A text is a string, or plural forms by CLDR category (`one`, `few`, `many`, `other`) chosen by the parameter
`count`. A placeholder is `{name}` and nothing more: what a person wrote is put in as it is and never read as
a pattern. Babel (dates, plurals, lists) is imported when it is first needed: it outweighs all the rest.
"""

import json
import logging
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, cast
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from babel import Locale

type Language = Literal["kk", "ru", "en"]

LANGUAGES: Final[tuple[Language, ...]] = ("kk", "ru", "en")
"""Also the order in which a missing text is looked for."""
UNKNOWN: Final = "…"
"""What stands for a value that is not known."""

_CATALOGUES: Final = Path(__file__).with_name("catalogues")
_PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")
# British English, for the order of day and month is the one of the other two languages.
_LOCALES: Final[Mapping[str, str]] = {"kk": "kk", "ru": "ru", "en": "en_GB"}
_WEIGHT: Final = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?", re.ASCII)
_RANGE: Final = re.compile(r"\*|[a-z]{1,8}(?:-[a-z0-9]{1,8})*", re.ASCII)

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

    Sources: RFC 9110, section 12.5.4 (weights), RFC 4647, section 3.4 (lookup). What cannot be read is passed
    over; where every language is refused, the answer is in `default` all the same.
    """
    own = re.split("[-_]", preferred.lower(), maxsplit=1)[0] if preferred else None
    if own in LANGUAGES:
        return cast(Language, own)
    weights: dict[str, float] = {}
    for tag, weight in _ranges(accept_language or ""):
        language = "*" if tag == "*" else tag.partition("-")[0]
        if language == "*" or language in LANGUAGES:
            weights[language] = max(weights.get(language, 0.0), weight)
    others = weights.pop("*", None)
    named = cast(Iterable[Language], weights)
    order: tuple[Language, ...] = (*named, default, *LANGUAGES)
    # A language that nobody mentioned beats one that was refused, and nothing else.
    unnamed = 0.0005 if others is None else others
    best = max(order, key=lambda language: weights.get(language, unnamed))
    return best if weights.get(best, unnamed) > 0 else default


def _ranges(header: str) -> Iterable[tuple[str, float]]:
    for item in header.lower().split(","):
        tag, _, parameter = (part.strip() for part in item.partition(";"))
        weight = "1"
        if parameter:
            name, _, weight = (part.strip() for part in parameter.partition("="))
            if name != "q":
                continue
        if _RANGE.fullmatch(tag) and _WEIGHT.fullmatch(weight):
            yield tag, float(weight)


def date_text(when: date, language: str, zone: str, *, near: date | None = None) -> str:
    """`23 March 2026`, without the year where it is `near`'s; an instant is shown in `zone` (IANA name)."""
    from babel.dates import format_date, format_skeleton

    day = _local_date(when, zone)
    locale = _locale(language)
    if near is not None and _local_date(near, zone).year == day.year:
        return format_skeleton("MMMMd", day, locale=locale)
    return format_date(day, "long", locale=locale)


def datetime_text(when: datetime, language: str, zone: str, *, near: date | None = None) -> str:
    """`23 March 2026, 18:30`, in `zone` (IANA name), without the year where it is the one of `near`."""
    return f"{date_text(when, language, zone, near=near)}, {when.astimezone(ZoneInfo(zone)):%H:%M}"


def distance_text(metres: float, language: str) -> str:
    """`240 m`, `2.1 km`: to ten metres below a kilometre, to a hundred above."""
    from babel.units import format_unit

    locale = _locale(language)
    if metres < 995:
        return format_unit(round(metres, -1), "length-meter", length="short", format="#,##0", locale=locale)
    return format_unit(
        round(metres / 1000, 1), "length-kilometer", length="short", format="#,##0.#", locale=locale
    )


def dates_text(days: Iterable[date], language: str, *, near: date) -> str:
    """`9 and 23 March`, `30 April, 1 and 9 May`: a month is named once, a year where it is not `near`'s."""
    from babel.dates import format_date
    from babel.lists import format_list

    locale = _locale(language)
    months = []
    for (year, _), group in groupby(sorted(set(days)), key=lambda day: (day.year, day.month)):
        of_month = list(group)
        if year == near.year:
            listed = format_list([str(day.day) for day in of_month], locale=locale)
            months.append(f"{listed} {format_date(of_month[0], 'MMMM', locale=locale)}")
        else:
            months += [format_date(day, "long", locale=locale) for day in of_month]
    return ", ".join(months)


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
    category = "other"
    if isinstance(count, int) and abs(count) < 10**15:
        category = _locale(language).plural_form(count)
    return forms.get(category) or forms["other"]


@cache
def _locale(language: str) -> "Locale":
    from babel import Locale

    return Locale.parse(_LOCALES.get(language, "kk"))


def _catalogue(language: str) -> Mapping[str, Any]:
    return _loaded(language) if language in LANGUAGES else {}


@cache
def _loaded(language: str) -> Mapping[str, Any]:
    catalogue: dict[str, Any] = json.loads((_CATALOGUES / f"{language}.json").read_bytes())
    return catalogue
