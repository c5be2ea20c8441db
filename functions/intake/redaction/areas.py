"""Parts of a picture, in its pixels, and what is done with several at once."""

from collections.abc import Iterable
from typing import NamedTuple, Self


class Area(NamedTuple):
    """From `left` and `top` up to `right` and `bottom`, which are outside of it; all may lie beside the picture."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def size(self) -> float:
        return max(0.0, self.width) * max(0.0, self.height)

    def grown(self, *, aside: float, above: float, below: float) -> Self:
        """By so many pixels at each side, above and below."""
        return type(self)(self.left - aside, self.top - above, self.right + aside, self.bottom + below)

    def scaled(self, by: float) -> Self:
        return type(self)(self.left * by, self.top * by, self.right * by, self.bottom * by)

    def common(self, other: "Area") -> float:
        """How many pixels lie in both."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, across) * max(0.0, down)


def without_repeats(areas: Iterable[Area], *, most: float) -> list[Area]:
    """The first of those that are the same: of what two have together, no more than the share `most` is common to both."""
    kept: list[Area] = []
    for area in areas:
        if all(area.common(other) <= most * (area.size + other.size - area.common(other)) for other in kept):
            kept.append(area)
    return kept


def not_within(areas: Iterable[Area]) -> list[Area]:
    """Those that do not lie in another as a whole, by size."""
    kept: list[Area] = []
    for area in sorted(set(areas), key=lambda each: (-each.size, each)):
        if all(area.common(other) < area.size for other in kept):
            kept.append(area)
    return kept
