"""A place belongs to exactly one of the areas that share a border, on the border too."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from functions.complaints.geography import area_at, contains, covers, nearest_area

SIDE = 4
SQUARE = (((0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0), (0.0, 0.0)),)
HOLE = ((1.0, 1.0), (1.0, 3.0), (3.0, 3.0), (3.0, 1.0), (1.0, 1.0))


@dataclass(frozen=True)
class Cell:
    id: str
    polygons: tuple


def cells(points: dict[tuple[int, int], tuple[float, float]]) -> list[Cell]:
    """The quadrilaterals between the points of a grid that was shaken; neighbours share their corners."""
    found = []
    for x in range(SIDE):
        for y in range(SIDE):
            ring = [points[x, y], points[x + 1, y], points[x + 1, y + 1], points[x, y + 1], points[x, y]]
            found.append(Cell(id=f"{x}-{y}", polygons=((tuple(ring),),)))
    return found


def outline(points: dict[tuple[int, int], tuple[float, float]]) -> tuple:
    along = [(x, 0) for x in range(SIDE)] + [(SIDE, y) for y in range(SIDE)]
    back = [(x, SIDE) for x in range(SIDE, 0, -1)] + [(0, y) for y in range(SIDE, 0, -1)]
    ring = [points[corner] for corner in along + back]
    return (((*ring, ring[0]),),)


# Corners move by less than a quarter of a cell, so that no quadrilateral crosses itself.
shaken_grids = st.lists(
    st.tuples(st.floats(-0.24, 0.24), st.floats(-0.24, 0.24)),
    min_size=(SIDE + 1) ** 2,
    max_size=(SIDE + 1) ** 2,
).map(
    lambda moves: {
        # A city's coordinates, where neighbouring floats are some 1e-14 degrees apart.
        (x, y): (
            76.9 + (x + moves[x * (SIDE + 1) + y][0]) * 0.05,
            52.2 + (y + moves[x * (SIDE + 1) + y][1]) * 0.05,
        )
        for x in range(SIDE + 1)
        for y in range(SIDE + 1)
    }
)


@st.composite
def places(draw, points):
    """A corner, a place on an edge as far as floats can say so, or any place."""
    corner = st.tuples(st.integers(0, SIDE), st.integers(0, SIDE))
    kind = draw(st.sampled_from(["corner", "edge", "any"]))
    if kind == "any":
        return draw(st.floats(76.8, 77.2)), draw(st.floats(52.1, 52.5))
    x, y = draw(corner)
    if kind == "corner":
        return points[x, y]
    other = (
        points[(x + 1, y) if x < SIDE else (x - 1, y)]
        if draw(st.booleans())
        else points[(x, y + 1) if y < SIDE else (x, y - 1)]
    )
    here, along = points[x, y], draw(st.floats(0, 1))
    return here[0] + (other[0] - here[0]) * along, here[1] + (other[1] - here[1]) * along


def inside_by_fractions(ring: tuple, lon: float, lat: float) -> int | None:
    """1 inside, 0 outside, None on the line; by winding, in exact arithmetic: another way to the same answer."""
    point = Fraction(lon), Fraction(lat)
    winding = 0
    for start, end in pairwise([(Fraction(x), Fraction(y)) for x, y in ring]):
        cross = (end[0] - start[0]) * (point[1] - start[1]) - (point[0] - start[0]) * (end[1] - start[1])
        within = min(start[0], end[0]) <= point[0] <= max(start[0], end[0]) and min(
            start[1], end[1]
        ) <= point[1] <= max(start[1], end[1])
        if cross == 0 and within:
            return None
        if start[1] <= point[1] < end[1] and cross > 0:
            winding += 1
        elif end[1] <= point[1] < start[1] and cross < 0:
            winding -= 1
    return int(winding != 0)


@given(data=st.data(), points=shaken_grids)
def test_every_place_lies_in_one_area_and_no_more(data, points):
    lon, lat = data.draw(places(points))
    areas = cells(points)
    holding = [area.id for area in areas if contains(area.polygons, lat=lat, lon=lon)]
    expected = int(contains(outline(points), lat=lat, lon=lon))
    assert len(holding) == expected
    found = area_at(areas, lat=lat, lon=lon)
    assert (found is None) == (expected == 0)
    assert found is None or found.id == holding[0]


@given(data=st.data(), points=shaken_grids)
def test_inside_and_border_agree_with_exact_winding(data, points):
    lon, lat = data.draw(places(points))
    for area in cells(points):
        exact = inside_by_fractions(area.polygons[0][0], lon, lat)
        assert covers(area.polygons, lat=lat, lon=lon) == (exact != 0)
        if exact is not None:
            assert contains(area.polygons, lat=lat, lon=lon) == bool(exact)


@given(data=st.data(), points=shaken_grids)
def test_the_direction_and_the_first_point_of_a_ring_do_not_matter(data, points):
    lon, lat = data.draw(places(points))
    ring = cells(points)[0].polygons[0][0]
    turned = (*ring[2:], *ring[1:3])
    for other in (tuple(reversed(ring)), turned):
        assert contains(((other,),), lat=lat, lon=lon) == contains(((ring,),), lat=lat, lon=lon)


def test_a_hole_is_outside_and_its_border_covered():
    polygons = ((*SQUARE, HOLE),)
    assert contains(polygons, lat=0.5, lon=0.5)
    assert not contains(polygons, lat=2.0, lon=2.0)
    assert not covers(polygons, lat=2.0, lon=2.0)
    assert covers(polygons, lat=1.0, lon=2.0)


def test_a_hole_filled_by_another_area_leaves_no_place_between_them():
    areas = [Cell("ring", ((*SQUARE, HOLE),)), Cell("core", ((tuple(reversed(HOLE)),),))]
    for lon in (1.0, 2.0, 3.0):
        for lat in (1.0, 2.0, 3.0):
            assert sum(contains(area.polygons, lat=lat, lon=lon) for area in areas) == 1


def test_areas_of_several_parts_hold_each_part():
    far = tuple((lon + 10, lat) for lon, lat in SQUARE[0])
    polygons = (SQUARE, (far,))
    assert contains(polygons, lat=2.0, lon=2.0)
    assert contains(polygons, lat=2.0, lon=12.0)
    assert not contains(polygons, lat=2.0, lon=7.0)


def test_the_nearest_area_is_measured_on_the_ground_and_not_in_degrees():
    # At 60 degrees north a degree of longitude is half as long as one of latitude.
    east = Cell("east", (((((1.5, 60.0), (2.0, 60.0), (2.0, 60.1), (1.5, 60.0)),)),))
    north = Cell("north", (((((0.0, 61.0), (0.1, 61.0), (0.1, 61.1), (0.0, 61.0)),)),))
    assert nearest_area([north, east], lat=60.0, lon=0.0) == east


def test_of_two_equally_near_areas_the_first_is_taken():
    west = Cell("west", (SQUARE,))
    assert nearest_area([west, Cell("same", (SQUARE,))], lat=2.0, lon=9.0) == west
    assert nearest_area([], lat=0.0, lon=0.0) is None
