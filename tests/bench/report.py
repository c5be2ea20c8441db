"""The rows of the report, how figures are written in it, and the file that `make bench` leaves."""

import os
import platform
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from infra.toolchain import ROOT

REPORT: Final = ROOT / "docs" / "benchmark.md"
SUMMARY: Final = ROOT / "docs" / "performance.md"
"""The page with a section `ratios`: one line for each table of the report."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One subject. `value` is what is held against `target`; without a target it is shown only."""

    name: str
    cells: Sequence[str]
    value: float
    target: float | None = None

    @property
    def reached(self) -> bool:
        return self.target is None or self.value <= self.target


@dataclass(frozen=True, kw_only=True)
class Table:
    """`against` says what the ratios are to, `columns` names the cells of each row."""

    title: str
    against: str
    rows: Sequence[Row]
    columns: Sequence[str] = ("calls", "ratio (quartiles)", "ms / ms")
    notes: Sequence[str] = ()

    @property
    def reached(self) -> bool:
        return all(row.reached for row in self.rows)

    def markdown(self) -> str:
        lines = [f"## {self.title}", "", f"Against: {self.against}.", ""]
        lines.append(_line(["", *self.columns, "reach", ""]))
        lines.append(_line(["---"] * (len(self.columns) + 3)))
        for row in self.rows:
            reach = "–" if row.target is None else f"≤ {row.target:g}"
            verdict = "" if row.target is None else "yes" if row.reached else "**no**"
            lines.append(_line([row.name, *row.cells, reach, verdict]))
        return "\n".join([*lines, *(f"\n{note}" for note in self.notes)])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def spread(median: float, low: float, high: float) -> str:
    return f"{median:.2f} ({low:.2f}–{high:.2f})"


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.3g}"


def machine() -> str:
    """The machine in general terms: what a reader needs to judge the absolute figures."""
    cores = os.cpu_count() or 1
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{cores} cores of {_processor()}, {memory:.0f} GiB of memory, {platform.system()}, "
        f"{platform.python_implementation()} {platform.python_version()}"
    )


def _processor() -> str:
    family = platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except FileNotFoundError:
        return family
    vendor = next((line.partition(":")[2].strip() for line in lines if line.startswith("vendor_id")), "")
    names = {"GenuineIntel": "Intel", "AuthenticAMD": "AMD"}
    return f"{names.get(vendor, vendor)} {family}".strip()


def write(sections: dict[str, str], *, path: Path = REPORT) -> None:
    """Replace the sections that were measured, keep those that were not."""
    kept = _sections(path.read_text()) if path.exists() else {}
    merged = kept | {name: f"<!-- {name} -->\n{text}\n<!-- /{name} -->" for name, text in sections.items()}
    head = (
        "# Benchmark\n\n"
        "Written by `make bench`. Ratios count, each of figures of the same run that were measured in turn; the\n"
        "absolute ones are context. Medians over fresh processes; in brackets the quartiles.\n"
    )
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n\n".join([head, *merged.values()]) + "\n")


def summarise(*, report: Path = REPORT, page: Path = SUMMARY) -> None:
    """Write the report's summary into the section `ratios` of the page."""
    section = f"<!-- ratios -->\n{summary(report.read_text())}\n<!-- /ratios -->"
    text = page.read_text()
    page.write_text(text.replace(_sections(text)["ratios"], section))


def summary(report: str) -> str:
    """Of each table in which something is to be reached: how much is, and the figure that is furthest from it."""
    lines = [_line(["figure", "within reach", "the least good", "its reach"]), _line(["---"] * 4)]
    for part in report.split("\n## ")[1:]:
        title = part.partition("\n")[0]
        table = [_cells(line) for line in part.splitlines() if line.startswith("| ")]
        if not table:
            continue
        columns, rows = table[0], [row for row in table[2:] if row[-2] != "–"]
        if not rows:
            continue
        shown = next((at for at, name in enumerate(columns) if name.startswith(("ratio", "share"))), 1)
        last = max(rows, key=lambda row: _reading(row[shown] or row[1]) / max(_reading(row[-2]), 0.01))
        reached = sum(row[-1] == "yes" for row in rows)
        told = f"{reached} of {len(rows)}" if reached == len(rows) else f"**{reached} of {len(rows)}**"
        lines.append(_line([title, told, f"{last[0].strip('*')}: {last[shown] or last[1]}", last[-2]]))
    return "\n".join(lines)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]


def _reading(text: str) -> float:
    """The number that a cell begins with: `1.55 (1.46–1.66)`, `≤ 1.25`, `10%`."""
    found = re.match(r"[≤ ]*([\d.]+)(%?)", text)
    assert found is not None, text
    return float(found[1]) / (100 if found[2] else 1)


def _sections(text: str) -> dict[str, str]:
    found = {}
    for part in text.split("<!-- ")[1:]:
        name = part.partition(" -->")[0]
        if not name.startswith("/"):
            end = f"<!-- /{name} -->"
            found[name] = text[text.index(f"<!-- {name} -->") : text.index(end) + len(end)]
    return found


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
