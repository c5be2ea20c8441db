"""Perceptual hashes of photos: whether one is a copy of another, though it was cut, framed, mirrored, written on, or a part
of it replaced.

A hash is a difference hash (dHash: Neal Krawetz, "Kind of Like That", The Hacker Factor Blog, 2013) of 16 by 16 cells, with
every second difference taken downwards: a bit says whether a cell is lighter than the one beside it or below it. Light and
colour leave it as it is, a replaced part changes half of the bits of its own cells and no other, and no two scenes have
more in common than chance gives them. How the bits are made is the photo check's (`functions.intake.photos.differences`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

BITS: Final = 256
ALIKE_MOST: Final = 52
"""So many bits apart, a view of one photo and a hash of another are of the same picture. Measured with drawn streets, the
nearest of all views each: copies with a fifth replaced 35 in the middle and 44 at most, all doctored copies 49 at most; the
same place from a step aside on another day 70 at least, other scenes 90.
"""
_DIGITS: Final = BITS // 4


@dataclass(frozen=True, kw_only=True, slots=True)
class PerceptualHash:
    """Of the `whole` photo, and of its `core`, without a tenth on each side: a copy that was cut still has that."""

    whole: int
    core: int

    @classmethod
    def of(cls, kept: str) -> Self:
        """From what `kept` gave."""
        return cls(whole=int(kept[:_DIGITS], 16), core=int(kept[_DIGITS:], 16))

    @property
    def kept(self) -> str:
        """In hex."""
        return f"{self.whole:0{_DIGITS}x}{self.core:0{_DIGITS}x}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Views:
    """Hashes of parts of a photo, and of its mirror image: those that may be the `wholes` of another in a frame or between
    the bars of a screenshot, and those that may be the `cores` of another that was cut.
    """

    wholes: tuple[int, ...]
    cores: tuple[int, ...]


def is_copy(views: Views, of: PerceptualHash) -> bool:
    return _nearest(views.wholes, of.whole) <= ALIKE_MOST or _nearest(views.cores, of.core) <= ALIKE_MOST


def distance(views: Views, of: PerceptualHash) -> int:
    """In bits, of the view that is nearest."""
    return min(_nearest(views.wholes, of.whole), _nearest(views.cores, of.core))


def _nearest(views: Iterable[int], other: int) -> int:
    return min(((view ^ other).bit_count() for view in views), default=BITS)
