"""Places: cells cover what is near, distances are right."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.complaints.places import ROUNDED_BY_M, cell, cells_within, distance_m, rounded

# Kazakhstan, and a good way around it.
points = st.tuples(st.floats(35, 60), st.floats(45, 90))
radii = st.floats(1, 2000)


@given(points, radii, st.floats(0, 1), st.floats(0, 2 * math.pi))
def test_whatever_is_within_the_radius_lies_in_a_cell_that_is_read(
    point: tuple[float, float], radius: float, share: float, angle: float
) -> None:
    lat, lon = point
    reach = radius * share / 111_195
    other = lat + reach * math.sin(angle), lon + reach * math.cos(angle) / math.cos(math.radians(lat))
    if distance_m(point, other) <= radius:
        assert cell(*other) in cells_within(lat, lon, radius_m=radius)


@given(points)
def test_a_rounded_place_is_not_far_from_the_exact_one(point: tuple[float, float]) -> None:
    lat, lon = point
    assert distance_m(point, (rounded(lat), rounded(lon))) <= ROUNDED_BY_M


@given(points)
def test_a_small_radius_reads_four_cells_at_the_most(point: tuple[float, float]) -> None:
    cells = cells_within(*point, radius_m=249)
    assert 1 <= len(cells) <= 4
    assert len(set(cells)) == len(cells)
    assert cell(*point) in cells


@given(points, points)
def test_distance_is_symmetric_and_none_to_oneself(a: tuple[float, float], b: tuple[float, float]) -> None:
    assert distance_m(a, b) == pytest.approx(distance_m(b, a))
    assert distance_m(a, a) == 0


def test_a_degree_of_the_meridian_and_a_known_pair() -> None:
    assert distance_m((52, 76), (53, 76)) == pytest.approx(111_195, rel=1e-4)
    # Pavlodar to Karaganda: some 388 km as the crow flies.
    assert distance_m((52.287, 76.967), (49.806, 73.085)) == pytest.approx(388_000, rel=0.02)


def test_cells_are_the_same_on_every_machine() -> None:
    assert cell(52.2873, 76.9674) == "10457:7696"
    assert cell(-0.001, -0.001) == "-1:-1"
