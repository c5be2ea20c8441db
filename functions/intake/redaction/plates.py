"""Number plates among what is written in a picture: by their shape, with what a plate has around its characters."""

from collections.abc import Iterable, Sequence
from typing import Final

from functions.intake.redaction.areas import Area, not_within

_ENDS: Final = 0.75
_EDGES: Final = 0.35
"""What is hidden around a line, in its heights: the country's strip, the region's number apart, and the plate's edge."""
_LEAST_HEIGHT: Final = 6
_SLIMMEST: Final = 14.0
"""Longest line of a plate, in its heights; a longer one is a sign's."""
_MOST_OF_PICTURE: Final = 0.7
_GAP: Final = 1.2
"""Between two pieces of one plate, in heights of the lower: the line between number and region, or two lines of one."""


def plates(lettering: Iterable[Area], *, picture: Area) -> list[Area]:
    """What of the lettering may be a plate, grown; a plate that was found in pieces as a whole beside them."""
    likely = [each for each in lettering if _may_be_of_a_plate(each, picture)]
    return not_within(_grown(each) for each in [*likely, *_of_two(likely, picture)])


def _may_be_of_a_plate(area: Area, picture: Area) -> bool:
    return (
        area.height >= _LEAST_HEIGHT
        and area.width <= _SLIMMEST * area.height
        and area.size <= _MOST_OF_PICTURE * picture.size
    )


def _of_two(pieces: Sequence[Area], picture: Area) -> list[Area]:
    wholes = (
        Area(
            min(one.left, other.left),
            min(one.top, other.top),
            max(one.right, other.right),
            max(one.bottom, other.bottom),
        )
        for number, one in enumerate(pieces)
        for other in pieces[number + 1 :]
        if _near(one, other)
    )
    return [each for each in wholes if _may_be_of_a_plate(each, picture)]


def _near(one: Area, other: Area) -> bool:
    low, high = sorted((one.height, other.height))
    gap = _GAP * low
    across = max(one.left, other.left) - min(one.right, other.right)
    down = max(one.top, other.top) - min(one.bottom, other.bottom)
    return high <= 2 * low and across <= gap and down <= gap


def _grown(area: Area) -> Area:
    """A plate that stands upright in the picture has its ends above and below."""
    line = min(area.width, area.height)
    ends, edges = _ENDS * line, _EDGES * line
    if area.width >= area.height:
        return area.grown(aside=ends, above=edges, below=edges)
    return area.grown(aside=edges, above=ends, below=ends)
