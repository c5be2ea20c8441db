"""Number plates of Kazakhstan, drawn: СТ РК 986 in its forms since 2012, and the one before, which many cars still have."""

from collections.abc import Callable
from random import Random
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from tests.functions.streets import Colour

type Box = tuple[float, float, float, float]
type Drawn = tuple[Image.Image, Box]

_PX: Final = 2
"""To a millimetre of the plate."""
_LETTERS: Final = "ABCDEFGHKLMNOPRSTUVXYZ"
_BLACK: Final = (20, 20, 25)
_WHITE: Final = (238, 238, 232)
_BLUE: Final = (0, 150, 190)


def one_line(random: Random) -> Drawn:
    """`123 ABC | 14`, 520 x 112 mm: the flag and KZ at the left, the region behind a line at the right."""
    picture, draw = _blank(520, 112, _WHITE)
    _strip(draw, width=44, height=112)
    _line(draw, (430, 6), (430, 106))
    number = f"{_digits(random, 3)} {_some_letters(random, random.choice((2, 3)))}"
    written = [_write(draw, number, (56, 18, 422, 94)), _write(draw, _region(random), (438, 26, 508, 94))]
    return picture, _around(written)


def two_lines(random: Random) -> Drawn:
    """`123` above `14 ABC`, 280 x 202 mm: for cars with no room for a long one."""
    picture, draw = _blank(280, 202, _WHITE)
    _strip(draw, width=52, height=100)
    _line(draw, (6, 102), (274, 102))
    written = [
        _write(draw, _digits(random, 3), (70, 16, 262, 92)),
        _write(draw, f"{_region(random)} {_some_letters(random, 3)}", (16, 112, 264, 188)),
    ]
    return picture, _around(written)


def before_2012(random: Random) -> Drawn:
    """`A 123 BCD`, 520 x 112 mm: the region is a letter."""
    picture, draw = _blank(520, 112, _WHITE)
    number = f"{random.choice('ABCDEFHKLMNPSTXZ')} {_digits(random, 3)} {_some_letters(random, 3)}"
    return picture, _write(draw, number, (24, 18, 496, 94))


def foreigners(random: Random) -> Drawn:
    """`H 1234 14` on yellow: cars of foreign firms and persons."""
    picture, draw = _blank(520, 112, (236, 190, 40))
    _line(draw, (430, 6), (430, 106))
    number = f"{random.choice('HKMF')} {_digits(random, 4)}"
    written = [_write(draw, number, (24, 18, 422, 94)), _write(draw, _region(random), (438, 26, 508, 94))]
    return picture, _around(written)


FORMS: Final[tuple[Callable[[Random], Drawn], ...]] = (
    one_line,
    one_line,
    two_lines,
    before_2012,
    foreigners,
)


def _blank(width: int, height: int, colour: Colour) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    size = width * _PX, height * _PX
    picture = Image.new("RGB", size, colour)
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((2, 2, size[0] - 3, size[1] - 3), radius=14, outline=_BLACK, width=6)
    return picture, draw


def _strip(draw: ImageDraw.ImageDraw, *, width: int, height: int) -> None:
    left, right, middle = 8 * _PX, width * _PX, height * _PX // 2
    draw.rectangle((left, 16 * _PX, right, middle), fill=_BLUE)
    centre = (left + right) // 2, (16 * _PX + middle) // 2
    draw.circle(centre, 8 * _PX, fill=(250, 220, 60))
    _write(draw, "KZ", (10, height / 2 + 6, width, height - 14))


def _line(draw: ImageDraw.ImageDraw, start: tuple[int, int], end: tuple[int, int]) -> None:
    draw.line((start[0] * _PX, start[1] * _PX, end[0] * _PX, end[1] * _PX), fill=_BLACK, width=5)


def _write(draw: ImageDraw.ImageDraw, text: str, box: Box) -> Box:
    """As large as there is room for; in the picture's pixels."""
    left, top, right, bottom = (each * _PX for each in box)
    size = (bottom - top) * 1.4
    while True:
        font = ImageFont.load_default(size)
        stroke = max(1, round(size / 28))
        ink = draw.textbbox((0, 0), text, font=font, stroke_width=stroke)
        across, down = ink[2] - ink[0], ink[3] - ink[1]
        if across <= right - left and down <= bottom - top:
            break
        size *= 0.95
    at = (left + right - across) / 2, (top + bottom - down) / 2
    draw.text((at[0] - ink[0], at[1] - ink[1]), text, fill=_BLACK, font=font, stroke_width=stroke)
    return at[0], at[1], at[0] + across, at[1] + down


def _around(boxes: list[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _digits(random: Random, count: int) -> str:
    return "".join(random.choices("0123456789", k=count))


def _some_letters(random: Random, count: int) -> str:
    return "".join(random.choices(_LETTERS, k=count))


def _region(random: Random) -> str:
    return f"{random.randint(1, 20):02d}"
