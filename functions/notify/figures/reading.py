"""A month's public file, read as it comes: no more of it is held than what is counted."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from gzip import GzipFile
from typing import IO, Final, NamedTuple

from functions.notify.figures.tally import Tally, adder

HIDDEN: Final = "hidden"
"""As `public_record` has it, which knows more than this function carries: texts, and what these are made of."""
_BUFFER: Final = 1 << 18


class Cell(NamedTuple):
    """What may be looked at apart."""

    month: str
    agency: str
    category: str
    district: str


@dataclass(kw_only=True, slots=True)
class Counted:
    """All that was read: `as_of` is the last change in it, empty where there is none; `hidden` by month."""

    cells: dict[Cell, Tally] = field(default_factory=dict)
    hidden: dict[str, int] = field(default_factory=dict)
    as_of: str = ""


def read_months(files: Iterable[tuple[str, IO[bytes]]]) -> Counted:
    """`files`: each month, as in `2026-03`, with its compressed file. Raises ValueError for one that is no such file."""
    counted = Counted()
    for month, file in files:
        counted.hidden.setdefault(month, 0)
        with io.TextIOWrapper(
            io.BufferedReader(GzipFile(fileobj=file), _BUFFER), encoding="utf-8", newline=""
        ) as text:
            _read(month, text, into=counted)
    return counted


def _read(month: str, text: Iterable[str], *, into: Counted) -> None:
    rows = csv.reader(text)
    header = next(rows, None)
    if header is None:
        return
    add = adder(header)
    names: Mapping[str, int] = {name: header.index(name) for name in header}
    status, agency, category = names["status"], names["agency"], names["category"]
    district, updated_at = names["district"], names["updated_at"]
    # One name of each, however many rows have it.
    cells: dict[tuple[str, str, str], Tally] = {}
    as_of = into.as_of
    for row in rows:
        as_of = max(as_of, row[updated_at])
        if row[status] == HIDDEN:
            into.hidden[month] += 1
            continue
        key = (row[agency], row[category], row[district])
        tally = cells.get(key)
        if tally is None:
            tally = cells[key] = into.cells.setdefault(Cell(month, *key), Tally())
        add(tally, row)
    into.as_of = as_of
