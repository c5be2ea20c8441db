"""The perceptual hash of a photo, and of the parts of it that may be another whole photo (`complaints.perceptual_hash`)."""

from array import array
from collections.abc import Iterable, Iterator
from itertools import product
from operator import gt, itemgetter
from typing import Final

from PIL import Image

from functions.complaints.perceptual_hash import BITS, PerceptualHash, Views

type Box = tuple[float, float, float, float]
"""Left, upper, right and lower edge, as shares of the photo's width and height."""

_SIDE: Final = 128
"""A photo is made grey and this large first: what is cut out of that costs 20 microseconds."""
_CELLS: Final = 16
_ACROSS: Final = _CELLS + 1
_PLACES: Final = tuple(
    (row * _ACROSS + column, (row + column) % 2) for row, column in product(range(_CELLS), repeat=2)
)
_PAIRS: Final = tuple((at, at + 1 if beside else at + _ACROSS) for at, beside in _PLACES)
_FROM: Final = itemgetter(*(at for at, _ in _PAIRS))
_TO: Final = itemgetter(*(to for _, to in _PAIRS))
_MIRRORED: Final = tuple(
    row * _ACROSS + _ACROSS - 1 - column for row, column in product(range(_ACROSS), repeat=2)
)
_MIRRORED_FROM: Final = itemgetter(*(_MIRRORED[at] for at, _ in _PAIRS))
_MIRRORED_TO: Final = itemgetter(*(_MIRRORED[to] for _, to in _PAIRS))
_DIGITS: Final = b"01" + bytes(254)

_WHOLE: Final[Box] = (0, 0, 1, 1)
_CORE: Final[Box] = (0.1, 0.1, 0.9, 0.9)
_EDGES: Final = (0.025, 0.06, 0.1)
"""Where the core's edge lies in a copy of which up to 8 % were cut off at that side."""
_CUT: Final[tuple[Box, ...]] = tuple(
    (left, upper, 1 - right, 1 - lower) for left, upper, right, lower in product(_EDGES, repeat=4)
)
_BARS: Final = (0, 0.04, 0.08, 0.12, 0.16, 0.2, 0.24, 0.28)
_MARGINS: Final = (0.02, 0.04, 0.06, 0.08, 0.1, 0.12)
_FRAMED: Final[tuple[Box, ...]] = (
    *((0, upper, 1, 1 - lower) for upper, lower in product(_BARS, repeat=2)),
    *((left, 0, 1 - right, 1) for left, right in product(_BARS, repeat=2) if left or right),
    *((margin, margin, 1 - margin, 1 - margin) for margin in _MARGINS),
)

_TELLS: Final = 0.25
"""Cells that differ by less, of 256 shades, look the same."""
_TELLING_LEAST: Final = BITS // 2


def photo_hash(photo: Image.Image) -> PerceptualHash | None:
    """None for a photo that is too plain to be told from others: at night, of snow, of the inside of a pocket."""
    grey = _grey(photo)
    cells = _cells(grey, _WHOLE)
    telling = sum(abs(one - other) >= _TELLS for one, other in zip(_FROM(cells), _TO(cells), strict=True))
    if telling < _TELLING_LEAST:
        return None
    return PerceptualHash(whole=_bits(cells), core=_bits(_cells(grey, _CORE)))


def views_of(photo: Image.Image) -> Views:
    grey = _grey(photo)
    return Views(wholes=tuple(_hashes(grey, _FRAMED)), cores=tuple(_hashes(grey, _CUT)))


def _hashes(grey: Image.Image, boxes: Iterable[Box]) -> Iterator[int]:
    """Of each box and of its mirror image: that of every box is the mirror image's of another one's."""
    for box in boxes:
        cells = _cells(grey, box)
        yield _bits(cells)
        yield _digits(map(gt, _MIRRORED_TO(cells), _MIRRORED_FROM(cells)))


def _grey(photo: Image.Image) -> Image.Image:
    """With fractions of shades, which many pixels together have."""
    return photo.convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX, reducing_gap=2.0).convert("F")


def _cells(grey: Image.Image, box: Box) -> array[float]:
    left, upper, right, lower = box
    within = (left * _SIDE, upper * _SIDE, right * _SIDE, lower * _SIDE)
    return array("f", grey.resize((_ACROSS, _ACROSS), Image.Resampling.BOX, box=within).tobytes())


def _bits(cells: array[float]) -> int:
    return _digits(map(gt, _TO(cells), _FROM(cells)))


def _digits(bits: Iterable[bool]) -> int:
    return int(bytes(bits).translate(_DIGITS), 2)
