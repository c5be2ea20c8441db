"""Identifiers: sortable and not guessable for machines, short and speakable for the phone line."""

import re
import secrets
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Final

from ulid import ULID, PureRandomPolicy, ULIDGenerator

# Crockford's alphabet: no I, L, O, U, so that a number read aloud is heard as it was written.
# Source: https://www.crockford.com/base32.html
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_DIGITS: Final = str.maketrans("OIL", "011")
_TAIL: Final = str.maketrans("OILU", "011V")
_LETTERS: Final = str.maketrans("0", "O")
# Capitals of Cyrillic and Greek that look like Latin ones: whoever copies a number by eye may type either.
_LOOK_ALIKE: Final = str.maketrans("АВЕЗКМНОРСТУХІЅЈΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABE3KMHOPCTYXISJABEZHIKMNOPTYX")
# Letters by their category, though nothing is seen of them.
_UNSEEN: Final = str.maketrans("", "", "\u115f\u1160\u3164\uffa0")
# With the sign for "number", or as who has no such key writes it.
_NUMBER: Final = re.compile(
    r"(?:NO)?(?P<prefix>[A-Z0]{3})(?P<year>[0-9OIL]{2})(?P<tail>[0-9A-Z]{6})(?P<place>[1-9IL]?)", re.ASCII
)
NUMBER_MOST: Final = 64
"""Characters that are looked at for a number; no spelling of one is longer."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
ID_LENGTH: Final = 26

ulids: Final = ULIDGenerator(policy=PureRandomPolicy())
"""By the default policy an id of the same millisecond would be the one before it plus one: whoever has one could guess
the next.
"""


def new_id(now: datetime) -> str:
    """A ULID, 26 characters: 48 bits of milliseconds since 1970, then 80 random bits."""
    # Not the instant itself, which the library would take through a float, and sometimes a millisecond too low.
    return str(ulids.generate((now - _EPOCH) // timedelta(milliseconds=1)))


def first_id(at: datetime) -> str:
    """Before every id that is made then or later, and after every earlier one."""
    stamp = 10
    return new_id(at)[:stamp] + ALPHABET[0] * (ID_LENGTH - stamp)


def made_at(id_: str) -> datetime:
    """When `new_id` made it, to the millisecond."""
    return _EPOCH + timedelta(milliseconds=ULID.from_str(id_).milliseconds)


def is_id(text: str) -> bool:
    return len(text) == ID_LENGTH and all(character in ALPHABET for character in text)


def new_number(prefix: str, *, year: int) -> str:
    """A number for people, `PVL-26-7K3M9T`; whoever stores it must see to it that it is unique."""
    return f"{prefix}-{year % 100:02d}-{''.join(secrets.choice(ALPHABET) for _ in range(6))}"


def part_number(number: str, *, place: int) -> str:
    """The number of the `place`-th part (1, 2 …) of a divided complaint: `PVL-26-7K3M9T-2`."""
    return f"{number}-{place}"


def whole_number(number: str) -> str:
    """The number of the complaint that the one with this number is a part of."""
    return number.rpartition("-")[0]


def read_number(text: str) -> str | None:
    """The number that was meant by what a person typed, None where it was none.

    Forgiven are case, whatever stands between and around the letters and digits (dashes, spaces, full stops, `№`, what
    cannot be seen), whole-width and other forms of a letter, and letters that look alike.
    """
    if len(text) > NUMBER_MOST:
        return None
    # The sign first: as letters, which it is taken apart into, it is part of no number.
    typed = unicodedata.normalize("NFKC", text.replace("№", "")).translate(_UNSEEN)
    bare = "".join(filter(str.isalnum, typed)).upper().translate(_LOOK_ALIKE)
    found = _NUMBER.fullmatch(bare)
    if found is None:
        return None
    parts = (
        found["prefix"].translate(_LETTERS),
        found["year"].translate(_DIGITS),
        found["tail"].translate(_TAIL),
    )
    return "-".join((*parts, found["place"].translate(_DIGITS)) if found["place"] else parts)
