"""What two regions may not share: the letters before their numbers, and the name that people know them by.

It is said of the newer file, for the older may be deployed, and people have its numbers. Newer is what the checkout's
history has later, or not yet: a file's time is of the checkout. Where that does not tell (both new, or both of one
commit, no git), it is said of both.
"""

import subprocess
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Final

from infra.region.document import Document
from infra.region.finding import Finding
from infra.region.rules.left_open import NO_PREFIX, TO_DO
from infra.region.source import Node

_NOT_YET: Final = float("inf")


def clashes(documents: Iterable[Document]) -> Iterator[Finding]:
    for one, other in combinations(documents, 2):
        prefix = one.region.text("number_prefix")
        if prefix not in (None, NO_PREFIX) and prefix == other.region.text("number_prefix"):
            for place, older in _of_the_newer(one, other, key="number_prefix"):
                yield place.fault(
                    "number-prefix",
                    f"{prefix!r} is also the prefix of {older.file.name}.",
                    "Give this region three letters of its own in number_prefix.",
                )
        for name in sorted(_names(one) & _names(other)):
            for place, older in _of_the_newer(one, other, key="name"):
                yield place.fault(
                    "region-name",
                    f"{name!r} is also the name of {older.file.name}.",
                    "Give this region a name by which people tell the two apart.",
                )


def _names(document: Document) -> set[str]:
    """Two that are left open have no name in common."""
    texts = (place.text() for place in document.region.fields("name").values())
    return {text for text in texts if text and TO_DO not in text}


def _of_the_newer(one: Document, other: Document, *, key: str) -> list[tuple[Node, Document]]:
    """Where the newer file says it, with the older one; both ways round where neither is."""
    ages = _age(one, key=key), _age(other, key=key)
    pairs = [(one, other)] if ages[0] >= ages[1] else []
    pairs += [(other, one)] if ages[1] >= ages[0] else []
    return [(_place(document, key=key), older) for document, older in pairs]


def _age(document: Document, *, key: str) -> tuple[bool, float]:
    """Whoever takes it from a file that it extends comes after that one."""
    return _is_inherited(document, key=key), since_when(document.file)


def _is_inherited(document: Document, *, key: str) -> bool:
    place = document.region.get(key)
    return place is not None and place.file != document.file


def _place(document: Document, *, key: str) -> Node:
    own = document.own.get("region" if _is_inherited(document, key=key) else key)
    return own or document.own


def since_when(file: Path) -> float:
    """The time of the commit that added the file, in seconds of the Unix epoch; without end where there is none."""
    asked = ("git", "log", "--diff-filter=A", "--format=%ct", "--", file.name)
    try:
        said = subprocess.run(asked, cwd=file.parent, capture_output=True, text=True, check=False)
    except OSError:
        return _NOT_YET
    times = said.stdout.split()
    return float(times[0]) if said.returncode == 0 and times else _NOT_YET
