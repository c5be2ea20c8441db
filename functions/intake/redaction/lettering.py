"""Where something is written: the text detector of PP-OCR, which is a DBNet.

Source: https://arxiv.org/abs/1911.08947 (the network and how its map is read), weights of the wheel `rapidocr`
(Apache-2.0).
"""

from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from functions.intake.redaction.areas import Area
from functions.intake.redaction.components import components
from functions.intake.redaction.model import Model, Numbers

INPUT: Final = "x"
_LEAST_SURE: Final = 0.3
_SURE_OF_ONE: Final = 0.6
_SURE_OF_ALL: Final = 0.45
"""How sure it is of a piece's surest pixel, and of all that are in it together: clouds and gravel are neither."""
_UNCLIPPED: Final = 1.6
"""The network marks the middle of a line: section 3.4, "unclip ratio"."""


class LetteringDetector:
    def __init__(self, weights: Path) -> None:
        self._model = Model(weights, name=INPUT)

    def __call__(self, picture: Image.Image) -> list[Area]:
        """Of an RGB picture: one area for each line, or piece of one, upright."""
        pixels = np.asarray(picture, dtype=np.float32)[:, :, ::-1] / 127.5 - 1
        (map_,) = self._model(pixels)
        likely = map_[0, : picture.height, : picture.width]
        pieces = (Area(*bounds) for bounds in components(likely > _LEAST_SURE))
        return [_unclipped(each) for each in pieces if _is_sure(_within(likely, each))]


def _within(likely: Numbers, piece: Area) -> Numbers:
    part: Numbers = likely[int(piece.top) : int(piece.bottom), int(piece.left) : int(piece.right)]
    return part[part > _LEAST_SURE]


def _is_sure(pixels: Numbers) -> bool:
    return bool(pixels.max() > _SURE_OF_ONE and pixels.mean() > _SURE_OF_ALL)


def _unclipped(area: Area) -> Area:
    by = _UNCLIPPED * area.size / (2 * (area.width + area.height))
    return area.grown(aside=by, above=by, below=by)
