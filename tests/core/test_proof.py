"""What is kept of a body's proof photo: three facts, no coordinate, and nothing that is not known held against anybody."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from functions.complaints.complaint import PhotoStatus
from functions.complaints.moves import citizen
from functions.complaints.moves.declaration import expect_photos
from functions.complaints.moves.photos import add_photo
from functions.complaints.perceptual_hash import ALIKE_MOST, PerceptualHash, Views, is_copy
from functions.complaints.personal import with_photo_hash, without_words, words_erased
from functions.complaints.places import distance_m
from functions.complaints.proof import (
    CLOCK_WRONG_BY,
    Distance,
    Found,
    Proof,
    Reused,
    Taken,
    distance_of,
    refusal,
    taken_of,
)
from functions.complaints.texts import LANGUAGES, has_text, text
from functions.complaints.verification import complaint_fault
from tests.core.story import HOUSING, NEIGHBOUR, REPORTER, START, Story, assigned
from tests.core.test_moves import PHOTO
from tests.region_fixture import WEST, with_category

REGION = with_category("rubbish", max_photos=20)
ONE = PerceptualHash(whole=0, core=(1 << 256) - 1)
M = 1 / 111_195
"""A metre, in degrees of latitude."""


def north(metres: float) -> tuple[float, float]:
    return WEST[0] + metres * M, WEST[1]


def bits(count: int) -> int:
    return (1 << count) - 1


def declared(story: Story) -> str:
    story.then(lambda each: expect_photos(each, (PHOTO,), by=HOUSING, region=story.region, now=story.now))
    return story.complaint.photos[-1].id


def proven(
    story: Story, found: Found | None, *, looks: PerceptualHash | None = None, strict: bool = False
) -> Proof | None:
    photo = declared(story)
    event = story.then(
        lambda each: add_photo(
            each,
            photo,
            width=1,
            height=1,
            clean_sha256="0" * 64,
            photo_hash=None if looks is None else looks.kept,
            found=found,
            strict=strict,
            now=story.now,
        )
    )
    kept = story.complaint.photo(photo)
    assert kept is not None
    if kept.proof is not None:
        told = {"distance": kept.proof.distance, "taken": kept.proof.taken, "reused": kept.proof.reused}
        assert event.data["proof"] == told
    return kept.proof


@pytest.mark.parametrize(
    ("metres", "error_m", "said"),
    [
        (0, 0, Distance.WITHIN_50),
        (49.9, 0, Distance.WITHIN_50),
        (51, 0, Distance.WITHIN_200),
        (199, 0, Distance.WITHIN_200),
        (201, 0, Distance.FAR),
        (201, 5, Distance.WITHIN_200),
        (70, 25, Distance.WITHIN_50),
        (100_000, 0, Distance.FAR),
        (100_000, 200, Distance.FAR),
        (0, 201, Distance.UNKNOWN),
        (100_000, 5_000, Distance.UNKNOWN),
    ],
)
def test_how_far_it_was_taken_is_said_in_steps_and_what_may_be_nearer_is_not_called_far(
    metres: float, error_m: float, said: Distance
) -> None:
    assert distance_of(Found(place=north(metres), error_m=error_m), WEST) == said
    assert distance_m(north(metres), WEST) == pytest.approx(metres, rel=0.001)


def test_what_is_not_known_is_unknown() -> None:
    assert distance_of(Found(), WEST) == Distance.UNKNOWN
    assert distance_of(Found(place=WEST), None) == Distance.UNKNOWN
    assert taken_of(Found(), START) == Taken.UNKNOWN
    assert refusal(Proof()) is None


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (timedelta(), Taken.AFTER),
        (timedelta(days=3), Taken.AFTER),
        (-timedelta(seconds=1), Taken.UNKNOWN),
        (-CLOCK_WRONG_BY, Taken.UNKNOWN),
        (-CLOCK_WRONG_BY - timedelta(seconds=1), Taken.BEFORE),
        (-timedelta(days=300), Taken.BEFORE),
    ],
)
def test_a_clock_that_is_a_little_slow_accuses_nobody(after: timedelta, said: Taken) -> None:
    assert taken_of(Found(taken_at=START + after), START) == said


def test_only_what_is_known_to_be_wrong_is_a_reason() -> None:
    for distance, taken, reused in product(Distance, Taken, (None, *Reused)):
        reason = refusal(Proof(distance=distance, taken=taken, reused=reused))
        wrong = distance == Distance.FAR or taken == Taken.BEFORE or reused is not None
        assert (reason is not None) is wrong
        if reason is not None:
            assert has_text(f"photo.{reason}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fact_is_a_sentence(language: str) -> None:
    facts = [*(f"distance.{each}" for each in Distance), *(f"taken.{each}" for each in Taken)]
    facts += [f"reused.{each}" for each in Reused]
    said = [text(f"proof.{fact}", language) for fact in facts]
    assert all(each.endswith(".") and "proof" not in each for each in said)
    assert len(set(said)) == len(said)


def test_a_bodys_photo_has_three_facts_and_its_event_no_coordinate() -> None:
    story = assigned(REGION)
    taken_at = story.now + timedelta(hours=1)
    story.now = taken_at
    proof = proven(story, Found(place=north(60), taken_at=taken_at, error_m=3.0))
    assert proof == Proof(distance=Distance.WITHIN_200, taken=Taken.AFTER)
    assert str(north(60)[0])[:7] not in str(story.events[-1])
    assert story.complaint.photos[-1].agency_id == "housing"


def test_a_citizens_photo_proves_nothing() -> None:
    story = assigned(REGION)
    story.then(lambda each: expect_photos(each, (PHOTO,), by=REPORTER, region=REGION, now=story.now))
    photo = story.complaint.photos[-1]
    far = Found(place=north(5_000), views=Views(wholes=(0,), cores=()), copied_from=frozenset({"another"}))
    event = story.then(
        lambda each: add_photo(
            each, photo.id, width=1, height=1, clean_sha256="0", found=far, strict=True, now=story.now
        )
    )
    assert "proof" not in event.data
    assert story.complaint.photos[-1].status == PhotoStatus.READY
    assert (story.complaint.photos[-1].proof, photo.agency_id) == (None, None)


def test_a_picture_of_this_complaint_is_told_whoever_sent_it() -> None:
    story = assigned(REGION)
    same, other = (
        Views(wholes=(bits(ALIKE_MOST),), cores=()),
        Views(wholes=(bits(ALIKE_MOST + 1),), cores=(0,)),
    )
    first = proven(story, Found(views=same), looks=ONE)
    assert first == Proof()
    again = proven(story, Found(views=same), looks=ONE)
    assert again == Proof(reused=Reused.THIS_COMPLAINT)
    assert proven(story, Found(views=other), looks=ONE) == Proof()
    elsewhere = frozenset({"another"})
    assert proven(story, Found(views=other, copied_from=elsewhere)) == Proof(reused=Reused.OTHER_COMPLAINT)
    both = Found(views=same, copied_from=elsewhere)
    assert proven(story, both) == Proof(reused=Reused.THIS_COMPLAINT)
    known = Found(copied_from=frozenset({story.complaint.id}))
    assert proven(story, known) == Proof(reused=Reused.THIS_COMPLAINT)


def test_a_copy_is_told_by_its_core_as_by_the_whole() -> None:
    assert is_copy(Views(wholes=(), cores=(ONE.core,)), of=ONE)
    assert not is_copy(Views(wholes=(ONE.core,), cores=(ONE.whole,)), of=ONE)
    assert not is_copy(Views(wholes=(), cores=()), of=ONE)


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (Found(place=north(201)), "proof_far"),
        (Found(taken_at=START - timedelta(days=1)), "proof_before"),
        (Found(copied_from=frozenset({"another"})), "proof_reused"),
    ],
)
def test_where_the_region_is_strict_it_is_refused_with_the_reason_and_elsewhere_shown(
    found: Found, reason: str
) -> None:
    strict, lenient = assigned(REGION), assigned(REGION)
    assert proven(strict, found, looks=ONE, strict=True) is None
    photo = strict.complaint.photos[-1]
    assert (photo.status, photo.reason) == (PhotoStatus.REFUSED, reason)
    assert strict.complaint.photo_hashes == {}
    assert proven(lenient, found, looks=ONE) != Proof()
    assert lenient.complaint.photos[-1].status == PhotoStatus.READY
    for unknown in (None, Found(), Found(place=north(30), taken_at=START)):
        assert proven(strict, unknown, strict=True) is not None


def test_of_a_complaint_without_its_exact_place_no_distance_is_said() -> None:
    story = assigned(REGION)
    story.complaint = without_words(story.complaint)
    assert proven(story, Found(place=WEST)) == Proof()
    left = assigned(REGION)
    left.then(lambda each: citizen.join(each, by=NEIGHBOUR, now=left.now))
    left.then(lambda each: citizen.withdraw(each, by=REPORTER, reason="Gone", region=REGION, now=left.now))
    assert left.complaint.left_to_joiners
    assert proven(left, Found(place=WEST)) == Proof()


def test_what_photos_look_like_goes_with_the_words_and_the_history_stays_whole() -> None:
    story = assigned(REGION)
    proven(story, Found(), looks=ONE)
    assert complaint_fault(story.complaint, story.events) is None
    wrong = replace(story.complaint, photo_hashes={story.complaint.photos[-1].id: "00" * 64})
    assert complaint_fault(wrong, story.events) is not None
    story.complaint = without_words(story.complaint)
    assert story.complaint.photo_hashes == {}
    assert complaint_fault(story.complaint, story.events) is None
    proven(story, Found(), looks=ONE)
    assert story.complaint.photo_hashes == {}
    assert words_erased(with_photo_hash(story.complaint, "1", "00" * 64))
    assert complaint_fault(story.complaint, story.events) is None
