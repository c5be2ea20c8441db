"""Streets as phones see them, each drawn from a number; and a photo of one of them as somebody doctors it."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import Random

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

SIZE = (480, 360)
_DRAWN = (720, 540)
"""More than is seen, so that whoever stands elsewhere sees more of it."""

type Colour = tuple[int, int, int]
type Doctoring = Callable[[Image.Image, Random], Image.Image]


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """From where it is seen, and on which day, against the first photo of the place: `aside` in widths of the picture, for
    what is near; `tilted` in degrees.
    """

    aside: float = 0.0
    nearer: float = 1.0
    tilted: float = 0.0
    light: float = 1.0
    day: int = 0
    littered: bool = True


def afterwards(random: Random) -> Standing:
    """As an honest officer stands there when it is done: at least a step from where the citizen stood."""
    return Standing(
        aside=random.choice((-1, 1)) * random.uniform(0.06, 0.3),
        nearer=random.uniform(0.75, 1.35),
        tilted=random.uniform(-4, 4),
        light=random.uniform(0.6, 1.5),
        day=random.randint(1, 1_000),
        littered=False,
    )


def street(place: int, standing: Standing | None = None) -> Image.Image:
    standing = standing or Standing()
    lasting, passing = Random(place), Random(f"{place} {standing.day}")
    width, height = _DRAWN
    horizon = lasting.randint(height // 4, height * 3 // 5)
    picture = _rough(passing, _DRAWN, _colour(passing, 140, 230), grain=256, contrast=0.3).convert("RGBA")
    shift = round(standing.aside * SIZE[0])
    far = _houses(lasting, horizon)
    near = _ground(lasting, horizon)
    _posts_and_trees(lasting, near, horizon)
    if standing.littered:
        _litter(lasting, near, horizon)
    # What is near moves more when one steps aside.
    picture.alpha_composite(_moved(far, shift // 3))
    picture.alpha_composite(_moved(near, shift))
    draw = ImageDraw.Draw(picture)
    for _ in range(passing.randint(0, 4)):
        x, foot = passing.randint(0, width), passing.randint(horizon - 10, height - 100)
        across, tall = passing.randint(20, 150), passing.randint(20, 80)
        draw.rectangle((x, foot - tall, x + across, foot), fill=_colour(passing, 20, 230))
    seen = picture.convert("RGB").rotate(standing.tilted, Image.Resampling.BICUBIC)
    across, tall = SIZE[0] / standing.nearer, SIZE[1] / standing.nearer
    left, upper = (width - across) / 2, (height - tall) / 2
    box = (left, upper, left + across, upper + tall)
    return ImageEnhance.Brightness(seen.resize(SIZE, Image.Resampling.BICUBIC, box=box)).enhance(
        standing.light
    )


def _colour(random: Random, darkest: int, lightest: int) -> Colour:
    tone = random.randint(darkest, lightest)
    red, green, blue = (max(0, min(255, tone + random.randint(-30, 30))) for _ in range(3))
    return red, green, blue


def _rough(
    random: Random, size: tuple[int, int], colour: Colour, *, grain: int, contrast: float
) -> Image.Image:
    """A surface as of asphalt, plaster or cloud: the coarse of it outweighs the fine."""
    noise = Image.new("L", size, 128)
    for octave in range(4):
        across, down = (max(2, side // (grain >> octave or 1)) for side in size)
        layer = Image.frombytes("L", (across, down), random.randbytes(across * down))
        noise = Image.blend(
            noise, layer.resize(size, Image.Resampling.BICUBIC), 0.6 if octave == 0 else 0.35 / (octave + 1)
        )
    return Image.blend(Image.new("RGB", size, colour), Image.merge("RGB", [noise] * 3), contrast)


def _houses(random: Random, horizon: int) -> Image.Image:
    layer = Image.new("RGBA", _DRAWN)
    draw, x = ImageDraw.Draw(layer), -40
    while x < _DRAWN[0]:
        across, tall, step = random.randint(50, 260), random.randint(30, 250), random.randint(18, 40)
        wall = _rough(random, (across, tall), _colour(random, 60, 200), grain=64, contrast=0.25)
        layer.paste(wall.convert("RGBA"), (x, horizon - tall))
        pane, has_windows = _colour(random, 20, 160), random.random() < 0.7
        for left in range(x + 8, x + across - 12, step) if has_windows else ():
            for upper in range(horizon - tall + 8, horizon - 14, step):
                lit = random.random() < 0.2
                box = (left, upper, left + step // 2, upper + step // 2)
                draw.rectangle(box, fill=_colour(random, 150, 240) if lit else pane)
        x += across + random.randint(-10, 60)
    return layer


def _ground(random: Random, horizon: int) -> Image.Image:
    width, height = _DRAWN
    layer = Image.new("RGBA", _DRAWN)
    grain, colour = random.choice((32, 64, 128)), _colour(random, 60, 170)
    layer.paste(_rough(random, (width, height - horizon), colour, grain=grain, contrast=0.45), (0, horizon))
    for _ in range(random.randint(2, 6)):
        there, here, broad = (
            random.randint(-200, width + 200),
            random.randint(-200, width + 200),
            random.randint(10, 140),
        )
        kerb = Image.new("L", (width, height - horizon))
        corners = [(there, 0), (there + broad // 4, 0), (here + broad, kerb.height), (here, kerb.height)]
        ImageDraw.Draw(kerb).polygon(corners, fill=190)
        layer.paste(_colour(random, 50, 220), (0, horizon), kerb)
    return layer


def _posts_and_trees(random: Random, layer: Image.Image, horizon: int) -> None:
    width, height = _DRAWN
    draw = ImageDraw.Draw(layer)
    for _ in range(random.randint(1, 5)):
        x, foot, tall = (
            random.randint(0, width),
            random.randint(horizon, height * 9 // 10),
            random.randint(60, 300),
        )
        if random.random() < 0.5:
            draw.rectangle((x, foot - tall, x + random.randint(4, 14), foot), fill=_colour(random, 30, 130))
            continue
        draw.rectangle((x - 4, foot - tall // 2, x + 4, foot), fill=_colour(random, 40, 90))
        for _ in range(12):
            at = x + random.randint(-45, 45), foot - tall + random.randint(-40, 50)
            draw.circle(at, random.randint(12, 45), fill=_colour(random, 40, 140))


def _litter(random: Random, layer: Image.Image, horizon: int) -> None:
    width, height = _DRAWN
    draw = ImageDraw.Draw(layer)
    for _ in range(random.randint(6, 30)):
        x, y = (
            random.randint(width // 4, width * 3 // 4),
            random.randint((horizon + height) // 2, height - 60),
        )
        size = random.randint(5, 40)
        draw.ellipse((x - size, y - size // 2, x + size, y + size // 2), fill=_colour(random, 20, 235))


def _moved(layer: Image.Image, by: int) -> Image.Image:
    """To the side; what comes into sight there is as what was at the edge."""
    if not by:
        return layer
    moved = Image.new("RGBA", layer.size)
    moved.paste(layer, (by, 0))
    moved.paste(ImageOps.mirror(layer), (by - layer.width if by > 0 else by + layer.width, 0))
    return moved


# --- Doctored ---


def fifth_replaced(photo: Image.Image, random: Random) -> Image.Image:
    """By a part of another street, in one piece."""
    across = random.randint(photo.width * 3 // 10, photo.width * 2 // 3)
    down = round(photo.width * photo.height / 5 / across)
    at = random.randint(0, photo.width - across), random.randint(0, photo.height - down)
    copy = photo.copy()
    copy.paste(_another(random.randrange(20)).crop((0, 0, across, down)), at)
    return copy


@cache
def _another(number: int) -> Image.Image:
    return street(10**6 + number)


def saved_again(photo: Image.Image, random: Random) -> Image.Image:
    file = io.BytesIO()
    photo.save(file, "JPEG", quality=random.randint(20, 60))
    return Image.open(file).convert("RGB")


def made_smaller(photo: Image.Image, random: Random) -> Image.Image:
    factor = random.uniform(0.3, 0.8)
    return photo.resize((round(photo.width * factor), round(photo.height * factor)))


def cut(photo: Image.Image, random: Random) -> Image.Image:
    """Up to 7 % off each side."""
    left, upper, right, lower = (random.uniform(0, 0.07) for _ in range(4))
    box = (photo.width * left, photo.height * upper, photo.width * (1 - right), photo.height * (1 - lower))
    return photo.crop((round(box[0]), round(box[1]), round(box[2]), round(box[3])))


def lit_otherwise(photo: Image.Image, random: Random) -> Image.Image:
    brighter = ImageEnhance.Brightness(photo).enhance(random.choice((0.6, 0.75, 1.3, 1.5)))
    return ImageEnhance.Contrast(brighter).enhance(random.uniform(0.7, 1.4))


def tinted(photo: Image.Image, random: Random) -> Image.Image:
    colour = Image.new("RGB", photo.size, random.choice(("orange", "navy", "grey")))
    return Image.blend(photo, colour, random.uniform(0.1, 0.35))


def blurred(photo: Image.Image, random: Random) -> Image.Image:
    return photo.filter(ImageFilter.GaussianBlur(random.uniform(1, 4)))


def mirrored(photo: Image.Image, random: Random) -> Image.Image:
    return ImageOps.mirror(photo)


def turned_a_little(photo: Image.Image, random: Random) -> Image.Image:
    return photo.rotate(random.choice((-1.5, -1, 1, 1.5)), Image.Resampling.BICUBIC)


def written_on(photo: Image.Image, random: Random) -> Image.Image:
    copy = photo.copy()
    for _ in range(3):
        at = random.randint(0, photo.width // 2), random.randint(0, photo.height)
        font = ImageFont.load_default(random.randint(14, 30))
        ImageDraw.Draw(copy).text(at, "12.11.2026 14:05 Орындалды", fill=(255, 230, 0), font=font)
    return copy


def shown_on_a_screen(photo: Image.Image, random: Random) -> Image.Image:
    """A screenshot: bars above and below, with a clock and buttons."""
    tall = round(photo.height * random.uniform(1.1, 1.6))
    screen = Image.new("RGB", (photo.width, tall), random.choice(("black", "white", (30, 30, 40))))
    screen.paste(photo, (0, round((tall - photo.height) * random.uniform(0.3, 0.7))))
    draw = ImageDraw.Draw(screen)
    draw.text((10, 2), "14:05   LTE  87%", fill="grey", font=ImageFont.load_default(12))
    for x in range(60, photo.width, 100):
        draw.circle((x, tall - 8), 6, fill="grey")
    return screen


def framed(photo: Image.Image, random: Random) -> Image.Image:
    margin = round(photo.width * random.uniform(0.01, 0.08))
    return ImageOps.expand(photo, margin, fill=random.choice(("white", "black", "grey")))


DOCTORINGS: tuple[tuple[Doctoring, ...], ...] = (
    (fifth_replaced,),
    (fifth_replaced, saved_again),
    (fifth_replaced, lit_otherwise, made_smaller),
    (saved_again,),
    (made_smaller,),
    (cut,),
    (cut, lit_otherwise, saved_again),
    (cut, written_on),
    (lit_otherwise,),
    (tinted, blurred),
    (mirrored,),
    (mirrored, made_smaller, saved_again),
    (mirrored, fifth_replaced),
    (turned_a_little,),
    (written_on,),
    (shown_on_a_screen,),
    (shown_on_a_screen, written_on, saved_again),
    (framed,),
    (framed, saved_again),
    (blurred, saved_again),
)


def doctored(photo: Image.Image, *steps: Doctoring, random: Random) -> Image.Image:
    for step in steps:
        photo = step(photo, random)
    return photo
