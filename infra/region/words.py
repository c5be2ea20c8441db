"""Sentences of findings."""

import difflib
from collections.abc import Sequence


def meant(name: str | None, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name or "", known, n=1)
    return f" Did you mean {near[0]!r}?" if near else ""
