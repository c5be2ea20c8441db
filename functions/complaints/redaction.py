"""What of a photo is hidden in the copy that everybody may see: boxes over faces and number plates.

A photo without a redaction has no such copy: nobody has said yet what must be hidden in it.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

BOXES_MOST: Final = 40
"""Of one photo; what needs more is hidden whole."""
_STEPS: Final = 10_000
"""To the width or height: boxes are kept to a third of a pixel of the largest photo."""
SLACK: Final = 1 / _STEPS
"""Sums of parts that were rounded may be over by that."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """From the left and the top, in parts of the picture's width and height: 0 to 1."""

    x: float
    y: float
    w: float
    h: float


WHOLE: Final = Box(x=0.0, y=0.0, w=1.0, h=1.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Redaction:
    """`revision` counts from 1 and is in the name of the copy; `by` is who said what is hidden, by the word for their kind
    (`complaint.ActorKind`): the system, whose detector looked, or a body.
    """

    boxes: tuple[Box, ...]
    revision: int
    by: str


def box_fault(box: Box) -> str | None:
    """Which side of the box is not on the picture; None where it is a box on it."""
    if not 0 <= box.x < 1:
        return "x"
    if not 0 <= box.y < 1:
        return "y"
    if not 0 < box.w <= 1 - box.x + SLACK:
        return "w"
    return None if 0 < box.h <= 1 - box.y + SLACK else "h"


def bounded(boxes: Iterable[Box]) -> tuple[Box, ...]:
    """The boxes as they are kept: each once, rounded outwards, none beyond the picture; the whole picture where they are
    too many.
    """
    kept = dict.fromkeys(map(_on_the_grid, boxes))
    return tuple(kept) if len(kept) <= BOXES_MOST else (WHOLE,)


def _on_the_grid(box: Box) -> Box:
    left, top = _step(max(box.x, 0.0), math.floor), _step(max(box.y, 0.0), math.floor)
    right, bottom = _step(min(box.x + box.w, 1.0), math.ceil), _step(min(box.y + box.h, 1.0), math.ceil)
    return Box(
        x=left / _STEPS,
        y=top / _STEPS,
        w=(right - left) / _STEPS,
        h=(bottom - top) / _STEPS,
    )


def _step(part: float, to: Callable[[float], int]) -> int:
    """What binary fractions are wrong by is no reason to go a step further."""
    return to(round(part * _STEPS, 6))
