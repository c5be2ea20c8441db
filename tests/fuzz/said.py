"""Whether a problem document speaks the language that was asked for, by the catalogue that its words come from."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from functions.complaints import texts

_CATALOGUES = Path(str(texts.__file__)).with_name("catalogues")


def in_language(problem: dict[str, Any], language: str) -> list[str]:
    """What of the problem's words are not in that language: the title, and the detail of each fault."""
    slug = problem["type"].rpartition("/")[2]
    foreign = [] if _fits(f"problem.{slug}.title", problem["title"], language) else [problem["title"]]
    for fault in problem.get("errors", ()):
        field = fault["pointer"].rpartition("/")[2]
        addresses = (f"fault.{fault['key']}.{field}", f"fault.{fault['key']}", f"fault.{fault['key']}.listed")
        if not any(_fits(address, fault["detail"], language) for address in addresses):
            foreign.append(fault["detail"])
    return foreign


def _fits(address: str, said: str, language: str) -> bool:
    return any(re.fullmatch(pattern, said, re.DOTALL) for pattern in _patterns(address, language))


@cache
def _patterns(address: str, language: str) -> tuple[str, ...]:
    found = _catalogue(language).get(address, {})
    forms = [found] if isinstance(found, str) else list(found.values())
    return tuple(re.sub(r"\\\{\w+\\\}", ".*", re.escape(form)) for form in forms)


@cache
def _catalogue(language: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads((_CATALOGUES / f"{language}.json").read_text(encoding="utf-8"))
    return parsed
