"""Identifiers: sortable and not guessable for machines, short and speakable for the phone line."""

import secrets
from datetime import datetime
from typing import Final

# Crockford's alphabet: no I, L, O, U, so that a number read aloud is heard as it was written.
# Source: https://www.crockford.com/base32.html
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CONFUSED: Final = str.maketrans("ILOU", "110V")
ID_LENGTH: Final = 26


def new_id(now: datetime) -> str:
    """26 characters: 48 bits of milliseconds since 1970, then 80 random bits (the layout of a ULID).

    Source of the layout: https://github.com/ulid/spec
    """
    milliseconds = int(now.timestamp() * 1000)
    return _base32(milliseconds, length=10) + _base32(secrets.randbits(80), length=16)


def is_id(text: str) -> bool:
    return len(text) == ID_LENGTH and all(character in ALPHABET for character in text)


def new_number(prefix: str, *, year: int) -> str:
    """A number for people, `PVL-26-7K3M9T`; whoever stores it must see to it that it is unique."""
    return f"{prefix}-{year % 100:02d}-{_base32(secrets.randbits(30), length=6)}"


def read_number(text: str) -> str:
    """The number that was meant by what a person typed: case, spaces and look-alike letters forgiven."""
    parts = text.strip().upper().replace(" ", "-").split("-")
    if len(parts) != 3:
        return text
    prefix, year, tail = parts
    return f"{prefix}-{year}-{tail.translate(_CONFUSED)}"


def _base32(value: int, *, length: int) -> str:
    characters = []
    for _ in range(length):
        value, digit = divmod(value, 32)
        characters.append(ALPHABET[digit])
    return "".join(reversed(characters))
