"""What the detectors find: windows of our own scenes, the whole of which `make bench` looks at."""

from collections.abc import Callable

import pytest

from functions.intake.redaction.areas import Area
from functions.intake.redaction.detection import Detector, load
from infra.packaging.weights import unpacked_weights
from tests.functions.labelled_scenes import Marked, Scene, crowded, empty, parked, window

# As the bench has it.
HIDDEN = 0.95


@pytest.fixture(scope="module")
def detector() -> Detector:
    return load(unpacked_weights())


@pytest.mark.parametrize("number", range(4))
def test_number_plates_are_hidden(number: int, detector: Detector) -> None:
    picture, plate = window(parked(number), lambda scene: scene.plates)
    assert plate.hidden(detector(picture)) >= HIDDEN


@pytest.mark.parametrize("number", range(4))
def test_faces_are_hidden(number: int, detector: Detector) -> None:
    picture, face = window(crowded(number), lambda scene: scene.faces)
    assert face.hidden(detector(picture)) >= HIDDEN


def test_the_same_picture_gives_the_same_areas(detector: Detector) -> None:
    picture, _ = window(parked(5), lambda scene: scene.plates)
    first = detector(picture)
    assert first
    assert load(unpacked_weights())(picture) == first


def test_a_street_without_either_is_left_as_it_is(detector: Detector) -> None:
    """But for what is written in it."""
    picture = empty(1).picture.crop((100, 700, 740, 1180))
    assert detector(picture) == []


@pytest.mark.parametrize("size", [(1, 1), (3, 700), (700, 3), (33, 31)])
def test_a_picture_may_be_as_small_as_it_likes(size: tuple[int, int], detector: Detector) -> None:
    assert detector(empty(1).picture.resize(size)) == []


def test_what_is_hidden_counts_by_what_the_areas_cover() -> None:
    mark = Marked(corners=((10, 10), (110, 10), (110, 30), (10, 30)), height=20)
    assert mark.hidden([]) == 0
    assert mark.hidden([Area(0, 0, 200, 200)]) == 1
    assert mark.hidden([Area(0, 0, 60, 200), Area(60, 0, 111, 31)]) == 1
    assert mark.hidden([Area(0, 0, 60.5, 200)]) == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("draw", [parked, crowded, empty])
def test_a_scene_is_drawn_from_its_number(draw: Callable[[int], Scene]) -> None:
    one, same, other = draw(3), draw(3), draw(4)
    assert one.picture.tobytes() == same.picture.tobytes() != other.picture.tobytes()
    assert one.plates == same.plates
    assert one.faces == same.faces
