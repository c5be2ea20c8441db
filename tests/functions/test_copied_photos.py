"""Copies of a photo are told from other photos, however they are doctored; and an honest one is not called a copy."""

from functools import cache
from itertools import product
from random import Random

import pytest
from PIL import Image

from functions.complaints.perceptual_hash import ALIKE_MOST, BITS, PerceptualHash, Views, distance, is_copy
from functions.intake.photos.differences import photo_hash, views_of
from tests.functions.streets import (
    DOCTORINGS,
    Standing,
    afterwards,
    doctored,
    fifth_replaced,
    mirrored,
    saved_again,
    shown_on_a_screen,
    street,
)
from tests.sweeps import draws

PAIRS = draws(gate=80, whole=200)
STREETS = draws(gate=20, whole=40)
"""That the copies are of: drawing one takes longer than all else."""


@cache
def drawn(place: int) -> Image.Image:
    return street(place)


@cache
def hash_of(place: int) -> PerceptualHash:
    found = photo_hash(drawn(place))
    assert found is not None
    return found


def whole_bits(one: Image.Image, other: Image.Image) -> int:
    """Between the plain hashes of both."""
    first, second = photo_hash(one), photo_hash(other)
    assert first is not None
    assert second is not None
    return (first.whole ^ second.whole).bit_count()


def test_of_doctored_copies_95_in_100_are_told() -> None:
    told, missed = 0, []
    for number in range(PAIRS):
        place, steps = number % STREETS, DOCTORINGS[number % len(DOCTORINGS)]
        copy = doctored(drawn(place), *steps, random=Random(number))
        if is_copy(views_of(copy), of=hash_of(place)):
            told += 1
        else:
            missed.append(
                (number, [step.__name__ for step in steps], distance(views_of(copy), hash_of(place)))
            )
    assert told >= 0.95 * PAIRS, missed


@cache
def seen_afterwards(place: int) -> tuple[Standing, Views]:
    standing = afterwards(Random(place))
    return standing, views_of(street(place, standing))


def test_of_honest_pairs_at_most_one_in_100_is_called_a_copy() -> None:
    """Half of them are of the same place, before and after; half of places that have nothing to do with each other."""
    called = []
    for place in range(PAIRS // 2):
        standing, after = seen_afterwards(place)
        for before in (place, (place + 1) % (PAIRS // 2)):
            if is_copy(after, of=hash_of(before)):
                called.append((place, before, standing, distance(after, hash_of(before))))
    assert len(called) <= 0.01 * PAIRS, called


def test_no_scene_is_called_a_copy_of_any_of_many_others() -> None:
    """A body with 10,000 proofs has each new one held against all of them: what is rare in a pair is not rare there."""
    nearest = min(
        distance(seen_afterwards(number)[1], hash_of(place))
        for number, place in product(range(12), range(PAIRS // 2))
        if number != place
    )
    assert nearest > ALIKE_MOST + 24


def test_a_fifth_that_is_replaced_changes_its_own_bits_and_other_scenes_change_half_of_all() -> None:
    copies, others = [], []
    for place in range(STREETS):
        photo = drawn(place)
        copies.append(whole_bits(photo, fifth_replaced(photo, Random(place))))
        others += [(hash_of(place).whole ^ hash_of(other).whole).bit_count() for other in range(place)]
    assert sorted(copies)[len(copies) // 2] <= 39
    assert max(copies) <= ALIKE_MOST
    assert sorted(others)[len(others) // 2] == pytest.approx(BITS / 2, abs=4)
    assert min(others) > ALIKE_MOST + 24


@pytest.mark.parametrize("colour", ["black", "white", (120, 121, 119)])
def test_what_shows_nothing_is_no_copy_of_anything(colour: str | tuple[int, int, int]) -> None:
    plain = Image.new("RGB", (640, 480), colour)
    plain.paste((200, 190, 180), (40, 40, 140, 200))
    assert photo_hash(plain) is None


def test_a_photo_of_any_form_has_a_hash_and_is_a_copy_of_itself() -> None:
    tall = street(1).resize((90, 1200))
    found = photo_hash(tall)
    assert found is not None
    assert distance(views_of(tall), found) == 0
    assert PerceptualHash.of(found.kept) == found
    assert len(found.kept) == 128


def test_the_mirror_image_of_a_screenshot_is_told_too() -> None:
    copy = doctored(street(3), shown_on_a_screen, mirrored, saved_again, random=Random(3))
    assert is_copy(views_of(copy), of=hash_of(3))
