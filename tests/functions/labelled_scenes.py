"""Scenes as phones photograph them, each drawn from a number, with what in them must be hidden: number plates and faces."""

import io
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

from functions.intake.redaction.areas import Area
from tests.functions.number_plates import FORMS, Box
from tests.functions.streets import Colour, street

SIZE: Final = (1600, 1200)
FACES: Final = Path(__file__).parent / "faces"
# From the brow to the chin, and from cheek to cheek, in the pixels of each picture.
_PEOPLE: Final[tuple[tuple[str, Box], ...]] = (
    ("collins.jpg", (46, 75, 140, 188)),
    ("hopper.jpg", (32, 128, 238, 322)),
)
_SIGNS: Final = ("DUKEN", "APTEKA 24", "Shashtaraz", "PRODUKTY", "Kafe", "Lombard", "STOP", "50", "7A")

type Point = tuple[float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Marked:
    """What must be hidden: a plate's characters, or a face without its hair. `height` in pixels, of the whole plate."""

    corners: tuple[Point, ...]
    height: float

    def hidden(self, areas: Iterable[Area]) -> float:
        """The share of it that the areas cover."""
        left, top = (math.floor(min(each)) for each in zip(*self.corners, strict=True))
        right, bottom = (math.ceil(max(each)) for each in zip(*self.corners, strict=True))
        size = right - left + 1, bottom - top + 1
        mine, covered = Image.new("1", size), Image.new("1", size)
        ImageDraw.Draw(mine).polygon([(x - left, y - top) for x, y in self.corners], fill=1)
        draw = ImageDraw.Draw(covered)
        for area in areas:
            box = (area.left - left, area.top - top, area.right - left - 1, area.bottom - top - 1)
            if box[2] >= box[0] and box[3] >= box[1]:
                draw.rectangle(box, fill=1)
        wanted = np.asarray(mine)
        return float((wanted & np.asarray(covered)).sum() / wanted.sum())


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    picture: Image.Image
    plates: tuple[Marked, ...] = ()
    faces: tuple[Marked, ...] = ()


def parked(number: int) -> Scene:
    """Cars in a street, each with its plate, 24 to 200 px high."""
    random = Random(f"parked {number}")
    picture, plates = _background(random), []
    columns = ((800,), (430, 1170), (270, 800, 1330))[number % 3]
    for column in columns:
        most = 200 if len(columns) == 1 else 70
        height = math.exp(random.uniform(math.log(24), math.log(most)))
        middle = column + random.uniform(-60, 60), random.uniform(650, 950)
        _car(picture, random, middle=middle, wide=random.uniform(0.7, 1.2) * min(900, 1300 / len(columns)))
        plates.append(_plate(picture, random, middle=middle, height=height))
    return Scene(picture=_photographed(picture, random), plates=tuple(plates))


def crowded(number: int) -> Scene:
    """People in a street, each with a face of 20 to 400 px."""
    random = Random(f"crowded {number}")
    picture, faces = _background(random), []
    count = random.choice((1, 2, 3, 4))
    for column in range(count):
        most = 400 if count == 1 else 120
        height = math.exp(random.uniform(math.log(20), math.log(most)))
        left, right = SIZE[0] * column / count, SIZE[0] * (column + 1) / count
        corners = _person(picture, random, face_height=height, between=(left, right))
        faces.append(Marked(corners=corners, height=height))
    return Scene(picture=_photographed(picture, random), faces=tuple(faces))


def empty(number: int) -> Scene:
    """Nothing to be hidden: houses, signs, litter, cars that show no plate."""
    random = Random(f"empty {number}")
    picture = _background(random)
    if random.random() < 0.5:
        _car(picture, random, middle=(random.uniform(300, 1300), 800.0), wide=random.uniform(250, 900))
    return Scene(picture=_photographed(picture, random))


# --- What is in them ---


def _background(random: Random) -> Image.Image:
    picture = street(random.randint(1, 10**6)).resize(SIZE, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(picture)
    for _ in range(random.randint(0, 2)):
        _sign(draw, random)
    if random.random() < 0.3:
        _fence(draw, random)
    return picture


def _sign(draw: ImageDraw.ImageDraw, random: Random) -> None:
    font = ImageFont.load_default(random.randint(26, 70))
    text, at = random.choice(_SIGNS), (random.randint(0, 1300), random.randint(20, 420))
    left, top, right, bottom = draw.textbbox(at, text, font=font)
    draw.rectangle((left - 20, top - 14, right + 20, bottom + 14), fill=_colour(random, 20, 130))
    draw.text(at, text, font=font, fill=_colour(random, 200, 250))


def _fence(draw: ImageDraw.ImageDraw, random: Random) -> None:
    top, height, step = random.randint(450, 700), random.randint(80, 220), random.randint(14, 40)
    colour = _colour(random, 30, 200)
    for x in range(random.randint(0, 300), random.randint(700, 1600), step):
        draw.rectangle((x, top, x + step // 3, top + height), fill=colour)
    draw.line((0, top + 10, 1600, top + 10), fill=colour, width=8)


def _plate(picture: Image.Image, random: Random, *, middle: Point, height: float) -> Marked:
    plate, written = random.choice(FORMS)(random)
    plate = ImageEnhance.Brightness(plate).enhance(random.uniform(0.55, 1.0))
    # Twice as fine as it is seen, and no finer: what is between its pixels would be lost else.
    factor = max(1, round(plate.height / height / 2))
    seen = plate.reduce(factor)
    length = height * plate.width / plate.height
    corners = _seen_at_an_angle(random, middle=middle, length=length, height=height)
    matrix = _projection(corners, _corners_of((0, 0, *seen.size)))
    warped = seen.transform(
        SIZE, Image.Transform.PERSPECTIVE, tuple(matrix.flatten()[:8]), Image.Resampling.BICUBIC
    )
    mask = Image.new("L", SIZE)
    ImageDraw.Draw(mask).polygon(corners, fill=255)
    picture.paste(warped, mask=mask)
    back = np.linalg.inv(matrix)
    return Marked(
        corners=tuple(_projected(back, (x / factor, y / factor)) for x, y in _corners_of(written)),
        height=height,
    )


def _car(picture: Image.Image, random: Random, *, middle: Point, wide: float) -> None:
    x, y = middle
    draw, tall = ImageDraw.Draw(picture), wide * random.uniform(0.55, 0.8)
    paint = _colour(random, 20, 230)
    left, right, floor = x - wide / 2, x + wide / 2, y + tall * 0.25
    for wheel in (left + wide * 0.05, right - wide * 0.2):
        draw.rectangle((wheel, floor - 10, wheel + wide * 0.15, floor + tall * 0.15), fill=(25, 25, 25))
    roof = [
        (x - wide * 0.35, floor - tall),
        (x + wide * 0.35, floor - tall),
        (right - 8, y - tall * 0.3),
        (left + 8, y - tall * 0.3),
    ]
    draw.polygon(roof, fill=paint)
    glass = [(px + (x - px) * 0.12, py + (y - tall * 0.5 - py) * 0.15) for px, py in roof]
    draw.polygon(glass, fill=_colour(random, 40, 120))
    draw.rounded_rectangle((left, y - tall * 0.32, right, floor), radius=wide * 0.05, fill=paint)
    bumper = tuple(max(0, each - 35) for each in paint)
    draw.rounded_rectangle((left, y + tall * 0.02, right, floor), radius=wide * 0.04, fill=bumper)
    for lamp in (left + wide * 0.03, right - wide * 0.2):
        box = (lamp, y - tall * 0.25, lamp + wide * 0.17, y - tall * 0.1)
        draw.rounded_rectangle(box, radius=8, fill=random.choice(((170, 25, 25), (230, 230, 210))))


def _seen_at_an_angle(random: Random, *, middle: Point, length: float, height: float) -> tuple[Point, ...]:
    """Turned to the side, so that it is shorter and one end is further away, and not quite level."""
    half = length * random.uniform(0.6, 1.0) / 2
    nearer = random.uniform(0.85, 1.15)
    roll = math.radians(random.uniform(-12, 12))
    level = (
        (-half, -height / 2 / nearer),
        (half, -height / 2 * nearer),
        (half, height / 2 * nearer),
        (-half, height / 2 / nearer),
    )
    cos, sin = math.cos(roll), math.sin(roll)
    return tuple((middle[0] + x * cos - y * sin, middle[1] + x * sin + y * cos) for x, y in level)


def _person(
    picture: Image.Image, random: Random, *, face_height: float, between: tuple[float, float]
) -> tuple[Point, ...]:
    """The corners of an oval within the face."""
    name, face = random.choice(_PEOPLE)
    head = Image.open(FACES / name).convert("RGB")
    if random.random() < 0.5:
        head = ImageOps.mirror(head)
        face = (head.width - face[2], face[1], head.width - face[0], face[3])
    scale = face_height / (face[3] - face[1])
    turn = random.uniform(-15, 15)
    head = ImageEnhance.Brightness(head).enhance(random.uniform(0.55, 1.35))
    head = ImageEnhance.Color(head).enhance(random.uniform(0.3, 1.2))
    size = max(1, round(head.width * scale)), max(1, round(head.height * scale))
    if scale < 0.5:
        head = head.reduce(max(1, int(0.5 / scale)))
    head = head.resize(size, Image.Resampling.BICUBIC)
    soft = Image.new("L", size)
    ImageDraw.Draw(soft).ellipse((0, -size[1] * 0.1, size[0], size[1] * 1.15), fill=255)
    soft = soft.filter(ImageFilter.GaussianBlur(max(1, face_height / 25)))
    head, soft = (each.rotate(turn, Image.Resampling.BICUBIC) for each in (head, soft))
    x = random.uniform(between[0] + size[0] * 0.1, max(between[0] + size[0] * 0.1 + 1, between[1] - size[0]))
    x = min(max(x, 0), SIZE[0] - size[0])
    y = random.uniform(60, max(61, min(700, SIZE[1] - size[1] - 20)))
    shoulders = (x - size[0] * 0.5, y + size[1] * 0.85, x + size[0] * 1.5, y + size[1] * 3.5)
    ImageDraw.Draw(picture).rounded_rectangle(shoulders, radius=size[0] * 0.5, fill=_colour(random, 20, 220))
    picture.paste(head, (round(x), round(y)), soft)
    middle = size[0] / 2, size[1] / 2
    angle = math.radians(-turn)
    centre = (face[0] + face[2]) / 2 * scale, (face[1] + face[3]) / 2 * scale
    half = (face[2] - face[0]) / 2 * scale, (face[3] - face[1]) / 2 * scale
    oval = []
    for step in range(24):
        around = math.tau * step / 24
        dx = centre[0] + half[0] * math.cos(around) - middle[0]
        dy = centre[1] + half[1] * math.sin(around) - middle[1]
        oval.append(
            (
                round(x) + middle[0] + dx * math.cos(angle) - dy * math.sin(angle),
                round(y) + middle[1] + dx * math.sin(angle) + dy * math.cos(angle),
            )
        )
    return tuple(oval)


def _photographed(picture: Image.Image, random: Random) -> Image.Image:
    """By a phone: light, a little out of focus, noise, and JPEG."""
    picture = ImageEnhance.Brightness(picture).enhance(random.uniform(0.5, 1.4))
    picture = ImageEnhance.Contrast(picture).enhance(random.uniform(0.7, 1.2))
    picture = picture.filter(ImageFilter.GaussianBlur(random.uniform(0.2, 1.1)))
    noise = np.random.default_rng(random.randint(0, 2**31)).normal(0, random.uniform(1, 9), (*SIZE[::-1], 1))
    noisy = np.clip(np.asarray(picture) + noise, 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(noisy).save(file, "JPEG", quality=random.randint(60, 92))
    return Image.open(file).convert("RGB")


def _colour(random: Random, darkest: int, lightest: int) -> Colour:
    red, green, blue = (random.randint(darkest, lightest) for _ in range(3))
    return red, green, blue


# --- Perspective ---


def _corners_of(box: Box) -> tuple[Point, ...]:
    left, top, right, bottom = box
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def _projection(seen: Sequence[Point], flat: Sequence[Point]) -> np.ndarray:
    """The 3 x 3 matrix that takes each point as it is seen to where it is on the flat thing."""
    rows, wanted = [], []
    for (x, y), (u, v) in zip(seen, flat, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        wanted += [u, v]
    return np.append(np.linalg.solve(np.array(rows), np.array(wanted)), 1).reshape(3, 3)


def _projected(matrix: np.ndarray, point: Point) -> Point:
    x, y, w = matrix @ np.array([*point, 1.0])
    return float(x / w), float(y / w)


# --- A part of one ---


def window(scene: Scene, of: Callable[[Scene], Sequence[Marked]]) -> tuple[Image.Image, Marked]:
    """What is around the scene's first mark, a sixth of the whole, and the mark as it lies there."""
    mark = of(scene)[0]
    size = 640, 480
    lefts, tops = zip(*mark.corners, strict=True)
    middle = (min(lefts) + max(lefts)) / 2, (min(tops) + max(tops)) / 2
    left, top = (
        round(min(max(0, at - side / 2), whole - side))
        for at, side, whole in zip(middle, size, SIZE, strict=True)
    )
    corners = tuple((x - left, y - top) for x, y in mark.corners)
    return scene.picture.crop((left, top, left + size[0], top + size[1])), Marked(
        corners=corners, height=mark.height
    )
