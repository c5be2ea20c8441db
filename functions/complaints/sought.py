"""What somebody looks for in a list: words, as people spell them, found wherever they stand. Pure."""

import unicodedata
from collections.abc import Iterable
from typing import Final

_ALIKE: Final = str.maketrans({"ё": "е"})
"""In Russian the one is written for the other. The letters of Kazakh are letters of their own."""


def folded(text: str) -> str:
    """The same for two spellings of one text: of capitals and small letters, of ё and е, of letters in one character or
    two.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold()).translate(_ALIKE)


def words_of(sought: str) -> tuple[str, ...]:
    """The words that are looked for, folded."""
    return tuple(dict.fromkeys(folded(sought).split()))


def has_all(words: Iterable[str], texts: Iterable[str]) -> bool:
    """Whether each of the words, as `words_of` has them, stands in one of the texts, be it as a part of another word."""
    held = [folded(text) for text in texts]
    return all(any(word in text for text in held) for word in words)
