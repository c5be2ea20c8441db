"""Identifiers: sortable and not guessable for machines, short and speakable for the phone line."""

import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Final

from ulid import ULID, PureRandomPolicy, ULIDGenerator

# Crockford's alphabet: no I, L, O, U, so that a number read aloud is heard as it was written.
# Source: https://www.crockford.com/base32.html
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CONFUSED: Final = str.maketrans("ILOU", "110V")
# Cyrillic capitals that look like Latin ones: whoever copies a number by eye may type either.
_CYRILLIC: Final = str.maketrans("АВЕЗКМНОРСТУХІ", "ABE3KMHOPCTYXI")
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


def read_number(text: str) -> str:
    """The number that was meant by what a person typed: case, spaces and look-alike letters forgiven."""
    parts = re.split(r"[\s\-\u2010-\u2015]+", text.strip().upper().translate(_CYRILLIC))
    if len(parts) not in (3, 4):
        return text
    prefix, year, *tail = parts
    return "-".join((prefix, year, *(each.translate(_CONFUSED) for each in tail)))
