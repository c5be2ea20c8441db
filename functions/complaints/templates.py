"""Texts that a body keeps ready for its answers, and what of a complaint can be filled in. Pure."""

import re
from typing import Final

PLACEHOLDERS: Final = ("number", "category", "district")
"""Nothing of the person, and nothing that the body itself writes."""
TEMPLATES_MOST: Final = 200
TEMPLATE_MOST: Final = 1_000
"""Characters: 200 of them in three languages are well within what one answer carries."""

_NAMED: Final = re.compile(r"\{([^{}]*)\}")


def placeholder_fault(text: str) -> str | None:
    """The key of what is wrong with its placeholders, `{number}` and the like; None where nothing is."""
    if any(name not in PLACEHOLDERS for name in _NAMED.findall(text)):
        return "unknown_placeholder"
    return "stray_brace" if set("{}") & set(_NAMED.sub("", text)) else None
