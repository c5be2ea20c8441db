"""README and the pages, read for what they write as code: in a line of its own, or in a sentence."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from infra.toolchain import ROOT

PAGES: Final = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
COMMANDS: Final = frozenset({"aws", "cdk", "make", "npx", "ops", "pytest", "python"})
"""First words of what is a command; all else that pages write as code is none, or is walked (`tests.e2e.guide`)."""

_BLOCK: Final = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_SPAN: Final = re.compile(r"`([^`]+)`")
_NEXT: Final = re.compile(r"\s(?:\|\||&&|[|;<>])\s|;\s")
_COMMENT: Final = re.compile(r"(?:^|\s)#.*")
_WITHIN: Final = re.compile(r"\$\(([^()]*)\)")


@dataclass(frozen=True, kw_only=True)
class Code:
    """`text` on one line, and where it begins. What shares a `paragraph`, or the row of a table, is said together."""

    page: str
    line: int
    text: str
    paragraph: int

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {self.text}"


def prose(text: str) -> str:
    """A page without its blocks, on the same lines."""
    return _BLOCK.sub(lambda block: "\n" * block[0].count("\n"), text)


def spans(page: Path) -> Iterator[Code]:
    text = prose(page.read_text())
    begins = [0, *(found.end() for found in re.finditer(r"\n\s*\n|\n(?=\| )", text))]
    for found in _SPAN.finditer(text):
        yield Code(
            page=page.name,
            line=text.count("\n", 0, found.start()) + 1,
            text=" ".join(found[1].replace(r"\|", "|").split()),
            paragraph=sum(begin <= found.start() for begin in begins),
        )


def lines(page: Path) -> Iterator[Code]:
    """Of blocks that are typed, each line with those that it goes on in; what is shown is among them."""
    text = page.read_text()
    for number, block in enumerate(_BLOCK.finditer(text)):
        if block[1] not in ("sh", "console"):
            continue
        line = text.count("\n", 0, block.start(2)) + 1
        for whole in re.findall(r"(?:.*\\\n)*.*\n", block[2]):
            typed = _COMMENT.sub("", whole.replace("\\\n", " ").strip().removeprefix("$ "))
            yield Code(page=page.name, line=line, text=" ".join(typed.split()), paragraph=-number)
            line += whole.count("\n")


def commands(page: Path) -> Iterator[tuple[Code, list[str]]]:
    """Each command of a page by its words, also one whose output is another's argument."""
    for code in (*spans(page), *lines(page)):
        for text in (code.text, *_WITHIN.findall(code.text)):
            for part in _NEXT.split(text):
                if part.partition(" ")[0] in COMMANDS and " " in part:
                    yield code, shlex.split(part)


ALL: Final = tuple(each for page in PAGES for each in commands(page))


def of(*first: str) -> list[tuple[Code, list[str]]]:
    """The commands that begin with these words, without them."""
    return [(code, words[len(first) :]) for code, words in ALL if tuple(words[: len(first)]) == first]
