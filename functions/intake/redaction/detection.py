"""What is to be hidden in a picture: faces and number plates."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image

from functions.intake.redaction.areas import Area, not_within
from functions.intake.redaction.faces import FaceDetector
from functions.intake.redaction.lettering import LetteringDetector
from functions.intake.redaction.plates import plates

FACES: Final = "centerface.onnx"
LETTERING: Final = "lettering.onnx"
_FACES_AT: Final = (1, 2, 4)
_LETTERING_AT: Final = (1, 2)
"""How much smaller the picture is looked at, too: what fills it is found there, as the networks learned of small things."""
_MOST_PIXELS: Final = 2048 * 1536
"""What a network is shown at once, for the sake of its memory: the largest clean photo, but for square ones."""


@dataclass(frozen=True, kw_only=True)
class Detector:
    """The same picture gives the same areas."""

    face: FaceDetector
    lettering: LetteringDetector

    def faces(self, picture: Image.Image) -> list[Area]:
        return not_within(_at_sizes(self.face, picture, sizes=_FACES_AT))

    def plates(self, picture: Image.Image) -> list[Area]:
        written = _at_sizes(self.lettering, picture, sizes=_LETTERING_AT)
        return plates(written, picture=Area(0, 0, *picture.size))

    def __call__(self, picture: Image.Image) -> list[Area]:
        """Of an RGB picture."""
        return not_within([*self.faces(picture), *self.plates(picture)])


def load(weights: Path) -> Detector:
    """Of a folder that has both files."""
    return Detector(face=FaceDetector(weights / FACES), lettering=LetteringDetector(weights / LETTERING))


def _at_sizes(
    find: Callable[[Image.Image], list[Area]], picture: Image.Image, *, sizes: Iterable[int]
) -> list[Area]:
    """What is found in the picture and in smaller ones of it, where it is in the picture itself."""
    scale = min(1.0, math.sqrt(_MOST_PIXELS / (picture.width * picture.height)))
    whole = picture if scale == 1.0 else _resized(picture, scale)
    return [
        area.scaled(picture.width / seen.width)
        for size in sizes
        for seen in (whole if size == 1 else whole.reduce(size),)
        for area in find(seen)
    ]


def _resized(picture: Image.Image, scale: float) -> Image.Image:
    size = max(1, int(picture.width * scale)), max(1, int(picture.height * scale))
    return picture.resize(size, Image.Resampling.LANCZOS)
