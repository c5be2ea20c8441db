"""What the detectors are made of: what hangs together, what is a plate, and that what is hidden stays hidden."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from functions.intake.redaction.areas import Area, not_within, without_repeats
from functions.intake.redaction.components import Bounds, components
from functions.intake.redaction.filling import MOST_BLOCKS, hidden
from functions.intake.redaction.plates import plates
from tests.sweeps import draws

PICTURE = Area(0, 0, 1600, 1200)
NUMBERS = st.integers(-20, 140)
AREAS = st.builds(
    lambda left, top, wide, tall: Area(left, top, left + wide, top + tall),
    NUMBERS,
    NUMBERS,
    st.integers(0, 90),
    st.integers(0, 90),
)


@st.composite
def masks(draw: st.DrawFn) -> np.ndarray:
    height, width = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    cells = draw(st.lists(st.booleans(), min_size=height * width, max_size=height * width))
    return np.array(cells).reshape(height, width)


@given(masks())
def test_pieces_are_what_a_flood_would_fill(mask: np.ndarray) -> None:
    assert sorted(components(mask)) == sorted(flooded(mask))


def flooded(mask: np.ndarray) -> list[Bounds]:
    left = {(int(y), int(x)) for y, x in zip(*np.nonzero(mask), strict=True)}
    found = []
    while left:
        edge, piece = [left.pop()], set[tuple[int, int]]()
        while edge:
            y, x = edge.pop()
            piece.add((y, x))
            near = {(y + down, x + aside) for down in (-1, 0, 1) for aside in (-1, 0, 1)} & left
            left -= near
            edge += near
        rows, columns = zip(*piece, strict=True)
        found.append((min(columns), min(rows), max(columns) + 1, max(rows) + 1))
    return found


@given(st.lists(AREAS, max_size=12))
def test_what_lies_in_another_is_hidden_with_it(areas: list[Area]) -> None:
    kept = not_within(areas)
    assert set(kept) <= set(areas)
    for area in areas:
        assert area.size == 0 or any(area.common(other) == area.size for other in kept)


@given(st.lists(AREAS, max_size=12))
def test_the_first_of_what_is_the_same_stays(areas: list[Area]) -> None:
    kept = without_repeats(areas, most=0.3)
    assert kept[:1] == areas[:1]
    assert without_repeats(kept, most=0.3) == kept


@settings(max_examples=draws(gate=25, whole=300))
@given(areas=st.lists(AREAS, max_size=4), seed=st.integers(0, 99))
def test_nothing_of_what_was_there_is_left(areas: list[Area], seed: int) -> None:
    """Nothing outside changes; inside there are 25 colours of 8 steps at the most, and they tell nothing of how the pixels
    lie within a block."""
    pixels = np.random.default_rng(seed).integers(0, 256, (100, 120, 3), dtype=np.uint8)
    result = np.asarray(hidden(Image.fromarray(pixels), areas))
    outside = np.ones((100, 120), bool)
    for area in areas:
        part = result[max(0, area.top) : max(0, area.bottom), max(0, area.left) : max(0, area.right)]
        outside[max(0, area.top) : max(0, area.bottom), max(0, area.left) : max(0, area.right)] = False
        assert ((part % 32) == 16).all()
        if part.size and len(areas) == 1:
            assert len(np.unique(part.reshape(-1, 3), axis=0)) <= MOST_BLOCKS**2
    assert (result[outside] == pixels[outside]).all()


def test_two_plates_that_differ_in_a_digit_are_hidden_alike() -> None:
    """A mosaic of exact means can be read by trying which number has them."""
    dark, light = np.full((40, 160, 3), 200, np.uint8), np.full((40, 160, 3), 200, np.uint8)
    dark[10:30, 20:30], light[10:30, 20:27] = 20, 20
    seen = [np.asarray(hidden(Image.fromarray(each), [Area(0, 0, 160, 40)])) for each in (dark, light)]
    assert (seen[0] == seen[1]).all()


def test_a_small_area_is_of_one_colour() -> None:
    """Else five blocks across would be its five pixels, as they were."""
    pixels = np.random.default_rng(1).integers(0, 256, (20, 20, 3), dtype=np.uint8)
    part = np.asarray(hidden(Image.fromarray(pixels), [Area(3, 3, 8, 8)]))[3:8, 3:8]
    assert len(np.unique(part.reshape(-1, 3), axis=0)) == 1


@pytest.mark.parametrize(
    ("lines", "covered"),
    [
        pytest.param([Area(100, 100, 200, 124)], Area(88, 92, 212, 132), id="one line"),
        pytest.param(
            [Area(100, 100, 180, 124), Area(195, 102, 225, 122)],
            Area(90, 94, 240, 130),
            id="the region behind its line",
        ),
        pytest.param(
            [Area(120, 100, 180, 124), Area(100, 134, 200, 158)],
            Area(90, 94, 210, 165),
            id="two lines of one plate",
        ),
        pytest.param([Area(100, 100, 124, 220)], Area(95, 90, 130, 225), id="upright"),
    ],
)
def test_a_plate_is_hidden_with_what_is_around_its_characters(lines: list[Area], covered: Area) -> None:
    found = plates(lines, picture=PICTURE)
    assert any(each.common(covered) == covered.size for each in found)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(Area(0, 300, 1500, 340), id="a banner"),
        pytest.param(Area(10, 10, 1590, 1190), id="all that is seen"),
        pytest.param(Area(200, 200, 260, 204), id="no higher than a hair"),
    ],
)
def test_what_has_no_plates_shape_is_left(line: Area) -> None:
    assert plates([line], picture=PICTURE) == []
