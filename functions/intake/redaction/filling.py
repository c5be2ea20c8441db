"""Hides parts of a picture for good: nothing of what was there is left but a few mean colours, coarsely."""

import math
from collections.abc import Iterable
from typing import Final

from PIL import Image

from functions.intake.redaction.areas import Area

MOST_BLOCKS: Final = 5
"""Across and down each area."""
_LEAST_SIDE: Final = 16
"""Of a block, in pixels: a small area would else be left as it was."""
_STEP: Final = 32
"""Between two shades of red, green or blue. A blur can be undone, and of exact means a number plate be found by trying
which number has them: how much ink a character more or less makes is less than this."""


def hidden(picture: Image.Image, areas: Iterable[Area]) -> Image.Image:
    """A copy of an RGB picture: every pixel of the areas, also what they touch in part, is of its block's colour."""
    copy = picture.copy()
    for area in areas:
        left, top = max(0, math.floor(area.left)), max(0, math.floor(area.top))
        right, bottom = min(picture.width, math.ceil(area.right)), min(picture.height, math.ceil(area.bottom))
        if left >= right or top >= bottom:
            continue
        part = picture.crop((left, top, right, bottom))
        means = part.resize((_blocks(part.width), _blocks(part.height)), Image.Resampling.BOX)
        coarse = means.point(lambda shade: shade // _STEP * _STEP + _STEP // 2)
        copy.paste(coarse.resize(part.size, Image.Resampling.NEAREST), (left, top))
    return copy


def _blocks(side: int) -> int:
    return max(1, min(MOST_BLOCKS, side // _LEAST_SIDE))
