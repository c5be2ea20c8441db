"""What counts as a text that a person wrote. Pure.

One rule for everybody: citizens' comments, names and addresses, and bodies' answers, refusals and reasons.
"""

import re
import unicodedata
from typing import Final

# Controls but tab and line ends; U+FFFD, which stands where a character was lost before the text came here; and the
# code points that Unicode says are no characters (section 23.7).
_BROKEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd\ufdd0-\ufdef"
    + "".join(chr(plane + last) for plane in range(0, 0x11_0000, 0x1_0000) for last in (0xFFFE, 0xFFFF))
    + "]"
)
_BROKEN_IN_A_LINE: Final = re.compile(f"{_BROKEN.pattern}|[\t\n\r\x85\u2028\u2029]")

# What shows nothing and is neither a space nor a formatting character: fillers of Hangul, the blank of Braille, the
# grapheme joiner, variation selectors and their like (Unicode's DerivedCoreProperties: Default_Ignorable_Code_Point).
_BLANK: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\ufffc\U0001d159\U000e0100-\U000e01ef]"
)
_UNSEEN: Final = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})


def is_blank(text: str) -> bool:
    """Whether nothing of the text is seen."""
    return not seen_length(text)


def seen_length(text: str) -> int:
    """How many characters there are from the first that is seen to the last."""
    seen = [at for at, each in enumerate(text) if not _is_unseen(each)]
    return seen[-1] - seen[0] + 1 if seen else 0


def has_words(text: str) -> bool:
    """Whether there is a letter in it, of any script."""
    return any(each.isalpha() and not _is_unseen(each) for each in text)


def is_broken(text: str, *, lines: bool = True) -> bool:
    """Whether it has a character that no text has; where it may not have `lines`, tabs and line ends are such too."""
    return (_BROKEN if lines else _BROKEN_IN_A_LINE).search(text) is not None


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN or _BLANK.match(character) is not None
