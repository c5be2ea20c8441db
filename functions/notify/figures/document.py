"""`open/figures.json`: for the region, each body, category and district, in all months and in each.

    {region, as_of, fewest, definitions: {name: {kk, ru, en}}, months, hidden: {month: count},
     whole: Group, agencies: {id: Group}, categories: {id: Group}, districts: {id: Group}}

A Group is `{all: Figures, months: {month: Figures}}`. What names no body or no place stands in the whole alone.
"""

import json
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, Final

from functions.notify.figures.definitions import DEFINITIONS
from functions.notify.figures.reading import Cell, Counted
from functions.notify.figures.tally import Tally

FEWEST: Final = 10
"""Cases under which no rank is given: chance would give it."""
KINDS: Final[Mapping[str, str]] = {"agencies": "agency", "categories": "category", "districts": "district"}
_MEDIAN: Final = Fraction(1, 2)
_NINE_OF_TEN: Final = Fraction(9, 10)

type Figures = dict[str, Any]


def figures_of(counted: Counted, *, region_id: str) -> bytes:
    """The same bytes for the same rows, in whatever order they stand."""
    months = sorted({cell.month for cell in counted.cells} | set(counted.hidden))
    document = {
        "region": region_id,
        "as_of": counted.as_of,
        "fewest": FEWEST,
        "definitions": DEFINITIONS,
        "months": months,
        "hidden": {month: counted.hidden.get(month, 0) for month in months},
        "whole": _group("", ((cell.month, tally) for cell, tally in counted.cells.items())),
        **{kind: _kind(counted.cells, field) for kind, field in KINDS.items()},
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _kind(cells: Mapping[Cell, Tally], field: str) -> dict[str, Any]:
    by_id: dict[str, list[tuple[str, Tally]]] = {}
    for cell, tally in cells.items():
        if named := getattr(cell, field):
            by_id.setdefault(named, []).append((cell.month, tally))
    groups = {named: _group(named, tallies) for named, tallies in by_id.items()}
    rank(group["all"] for group in groups.values())
    for month in {month for group in groups.values() for month in group["months"]}:
        rank(group["months"][month] for group in groups.values() if month in group["months"])
    return groups


def _group(named: str, tallies: Iterable[tuple[str, Tally]]) -> dict[str, Any]:
    whole, months = Tally(), dict[str, Tally]()
    for month, tally in tallies:
        whole.take(tally)
        months.setdefault(month, Tally()).take(tally)
    return {"all": _figures(whole), "months": {month: _figures(tally) for month, tally in months.items()}}


def _figures(tally: Tally) -> Figures:
    counts = tally.count()
    judged = _judged(counts)
    return {
        **counts,
        "judged": judged,
        "in_time_share": share(counts["in_time"], judged),
        "rank": None,
        "ranked": None,
        "escalated": _reached(tally.levels),
        "hours_to_acknowledge": _spread(tally.to_acknowledge),
        "hours_to_answer": _spread(tally.to_answer),
    }


def _judged(counts: Mapping[str, int]) -> int:
    """Answered, and what waits beyond its term: one who says nothing is not left out of it."""
    return counts["in_time"] + counts["late"] + counts["overdue"]


def share(some: int, of: int) -> float | None:
    """In ten thousandths, and a half is rounded up."""
    return (20_000 * some + of) // (2 * of) / 10_000 if of else None


def rank(figures: Iterable[Figures]) -> None:
    """Gives each its place among those of enough cases: the best is 1, and equals are equal."""
    enough = [each for each in figures if each["judged"] >= FEWEST]
    shares = [Fraction(each["in_time"], each["judged"]) for each in enough]
    for each, share in zip(enough, shares, strict=True):
        each["rank"] = 1 + sum(other > share for other in shares)
        each["ranked"] = len(enough)


def _reached(levels: Mapping[int, int]) -> dict[str, int]:
    """By level, how many came as far as that or further."""
    highest = max(levels, default=0)
    return {
        str(level): sum(count for reached, count in levels.items() if reached >= level)
        for level in range(1, highest + 1)
    }


def _spread(hundredths: Iterable[int]) -> dict[str, float | int | None]:
    """`of`: how many; in half of them it took no longer than `median`, in nine of ten no longer than `p90`."""
    ordered = sorted(hundredths)
    return {
        "of": len(ordered),
        "median": _at(ordered, _MEDIAN),
        "p90": _at(ordered, _NINE_OF_TEN),
    }


def _at(ordered: list[int], part: Fraction) -> float | None:
    if not ordered:
        return None
    return ordered[-(-part.numerator * len(ordered) // part.denominator) - 1] / 100
