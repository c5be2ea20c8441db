"""The pictures that social networks show of a complaint without a photo: its state, as a sign on its colour.

python -m infra.local.cards     draws them anew
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from functions.complaints.public_state import Tone
from infra.toolchain import ROOT

FOLDER: Final = ROOT / "functions" / "notify" / "publisher"
WIDTH: Final = 1200
HEIGHT: Final = 630
"""As Open Graph's readers show it uncut: 1.91 to 1."""
_FINER: Final = 2
"""Drawn larger, and made smaller: edges are smooth."""
_COLOURS: Final = 32
_PAPER: Final = "#ffffff"
_GROUND: Final[Mapping[Tone, str]] = {
    Tone.OVERDUE: "#a8180f",
    Tone.UNDER_WAY: "#00617a",
    Tone.ANSWERED: "#1a6535",
    Tone.DECLINED: "#7a4b00",
    Tone.ENDED: "#4b5d67",
}


def card(tone: Tone) -> Image.Image:
    picture = Image.new("RGB", (WIDTH * _FINER, HEIGHT * _FINER), _GROUND[tone])
    draw = ImageDraw.Draw(picture)
    _SIGNS[tone](draw)
    draw.text((60 * _FINER, 500 * _FINER), "Qamqor", fill=_PAPER, font=ImageFont.load_default(72 * _FINER))
    small = picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    return small.quantize(_COLOURS, dither=Image.Dither.NONE)


def file_of(tone: Tone, *, folder: Path = FOLDER) -> Path:
    return folder / f"state-{tone}.png"


def _at(*numbers: int) -> list[int]:
    return [each * _FINER for each in numbers]


def _ring(draw: ImageDraw.ImageDraw) -> None:
    draw.ellipse(_at(440, 105, 760, 425), outline=_PAPER, width=24 * _FINER)


def _line(draw: ImageDraw.ImageDraw, *corners: int) -> None:
    draw.line(_at(*corners), fill=_PAPER, width=28 * _FINER, joint="curve")
    for x, y in zip(corners[::2], corners[1::2], strict=True):
        draw.ellipse(_at(x - 14, y - 14, x + 14, y + 14), fill=_PAPER)


def _exclamation(draw: ImageDraw.ImageDraw) -> None:
    draw.rounded_rectangle(_at(576, 90, 624, 330), radius=24 * _FINER, fill=_PAPER)
    draw.ellipse(_at(570, 370, 630, 430), fill=_PAPER)


def _clock(draw: ImageDraw.ImageDraw) -> None:
    _ring(draw)
    _line(draw, 600, 175, 600, 265, 660, 310)


def _tick(draw: ImageDraw.ImageDraw) -> None:
    _ring(draw)
    _line(draw, 530, 270, 580, 320, 675, 215)


def _cross(draw: ImageDraw.ImageDraw) -> None:
    _ring(draw)
    _line(draw, 545, 210, 655, 320)
    _line(draw, 655, 210, 545, 320)


def _bar(draw: ImageDraw.ImageDraw) -> None:
    _ring(draw)
    _line(draw, 530, 265, 670, 265)


_SIGNS: Final[Mapping[Tone, Callable[[ImageDraw.ImageDraw], None]]] = {
    Tone.OVERDUE: _exclamation,
    Tone.UNDER_WAY: _clock,
    Tone.ANSWERED: _tick,
    Tone.DECLINED: _cross,
    Tone.ENDED: _bar,
}


if __name__ == "__main__":
    for each in Tone:
        card(each).save(file_of(each), optimize=True)
        print("wrote", file_of(each).relative_to(ROOT))
