"""A body's proof photo from its upload to what both sides are shown of it."""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from PIL import Image

from functions.complaints.complaint import Actor, ActorKind, Complaint, Photo, PhotoStatus
from functions.complaints.moves.assignment import assign
from functions.complaints.moves.declaration import expect_photos
from functions.complaints.moves.filing import DeclaredPhoto, Draft, file
from functions.complaints.perceptual_hash import Views
from functions.complaints.proof import Distance, Proof, Reused, Taken
from functions.complaints.visibility import Viewer
from functions.edge.clients import client
from functions.edge.uploads import photo_views
from functions.intake.photos.bucket import PhotoBucket
from functions.intake.photos.check import PhotoCheck
from functions.records import proofs
from functions.records.dynamodb import connection
from functions.records.erasure import erase_person, erase_words
from functions.records.move import move
from functions.records.photo_keys import quarantine_key
from functions.records.proofs import copied_from
from functions.records.store import ComplaintStore
from functions.records.tables import ComplaintsTable, ProofItem, proofs_pk
from tests.dynamodb import REGION as AWS_REGION
from tests.dynamodb import tables
from tests.functions import photo_corpus as corpus
from tests.functions.faults import When, aws_calls, number_of_calls, run_again_until_done
from tests.functions.streets import doctored, fifth_replaced, saved_again, street
from tests.region_fixture import WEST, region

pytestmark = pytest.mark.forks

NOW = datetime(2026, 6, 1, 5, tzinfo=UTC)
BUCKET = "photos"
HOUSING, ROADS = (Actor(kind=ActorKind.AGENCY, id=name) for name in ("housing", "roads"))
CITIZEN = Actor(kind=ActorKind.CITIZEN, id="person")
STRICT = region(proof={"strict": True})


@pytest.fixture(autouse=True)
def bucket() -> Iterator[None]:
    with tables():
        client("s3").create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": AWS_REGION}
        )
        yield


def photograph(
    picture: Image.Image,
    *,
    place: tuple[float, float] | None = None,
    taken: str | None = None,
    offset: str | None = None,
) -> bytes:
    """As a phone makes it; `taken` is as its clock says."""
    tags = Image.Exif()
    tags[0x8769] = {0x9003: taken, **({} if offset is None else {0x9011: offset})} if taken else {}
    if place is not None:
        tags[0x8825] = {key: value for key, value in corpus.gps(*place).items() if key not in (0x07, 0x1D)}
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90, exif=tags.tobytes())
    return out.getvalue()


@dataclass
class Given:
    """A complaint that a body has, submitted at NOW."""

    id: str = ""
    now: datetime = NOW + timedelta(hours=3)
    region: Any = field(default_factory=region)
    store: ComplaintStore = field(default_factory=ComplaintStore)

    def __post_init__(self) -> None:
        draft = Draft(category="rubbish", comment="Not collected", lat=WEST[0], lon=WEST[1])
        made = file(draft, region=self.region, reporter="person", now=NOW)
        self.store.write(made)
        self.id = made.after.id
        move(self.store, self.id, lambda each: assign(each, region=self.region, now=NOW))

    @property
    def complaint(self) -> Complaint:
        return self.store.get(self.id)

    def sends(self, content: bytes, *, by: Actor = HOUSING) -> str:
        """Declared and uploaded: the key in quarantine."""
        photo = DeclaredPhoto(
            content_type="image/jpeg", size=len(content), sha256=hashlib.sha256(content).hexdigest()
        )
        move(
            self.store,
            self.id,
            lambda each: expect_photos(each, (photo,), by=by, region=self.region, now=self.now),
        )
        key = quarantine_key(self.id, self.complaint.photos[-1].id)
        client("s3").put_object(Bucket=BUCKET, Key=key, Body=content)
        return key

    def check(self, key: str) -> None:
        PhotoCheck(
            store=self.store,
            bucket=PhotoBucket(BUCKET),
            region=self.region,
            scanned=False,
            now=lambda: self.now,
        )(key)

    def proves(self, content: bytes, *, by: Actor = HOUSING) -> Photo:
        self.check(self.sends(content, by=by))
        return self.complaint.photos[-1]


def kept(agency_id: str = "housing") -> list[ProofItem]:
    return list(ProofItem.query(proofs_pk(agency_id)))


def test_a_photo_from_the_place_after_the_complaint_is_said_to_be_that_and_no_coordinate_is_kept() -> None:
    given = Given()
    photo = given.proves(photograph(street(1), place=WEST, taken="2026:06:01 12:00:00", offset="+05:00"))
    assert photo.proof == Proof(distance=Distance.WITHIN_50, taken=Taken.AFTER)
    everything = str([item.attribute_values for item in ComplaintsTable.scan()])
    assert "2026:06:01" not in everything
    assert not list(ComplaintsTable.query(f"complaint#{given.id}", ComplaintsTable.sk.startswith("exif#")))
    (item,) = kept()
    assert (item.sk, item.complaint_id, item.expires) == (
        photo.id,
        given.id,
        NOW + timedelta(days=90, hours=3),
    )


@pytest.mark.parametrize(
    ("taken", "offset", "said"),
    [
        # 10:00 in the region is when it was submitted.
        ("2026:06:01 10:00:00", None, Taken.AFTER),
        ("2026:06:01 08:30:00", None, Taken.UNKNOWN),
        ("2026:06:01 07:59:00", None, Taken.BEFORE),
        ("2026:06:01 07:59:00", "+02:00", Taken.AFTER),
        ("2026:06:01 12:30:00", "+08:00", Taken.UNKNOWN),
        # No photo was taken tomorrow.
        ("2026:06:02 12:30:00", None, Taken.UNKNOWN),
        (None, None, Taken.UNKNOWN),
    ],
)
def test_a_time_without_an_offset_is_of_the_regions_zone(
    taken: str | None, offset: str | None, said: Taken
) -> None:
    photo = Given().proves(photograph(street(1), taken=taken, offset=offset))
    assert photo.proof == Proof(taken=said)


def test_the_citizens_picture_is_no_proof_however_it_is_doctored() -> None:
    given = Given()
    assert given.proves(photograph(street(1)), by=CITIZEN).proof is None
    copy = doctored(street(1), fifth_replaced, saved_again, random=Random(1))
    assert given.proves(photograph(copy)).proof == Proof(reused=Reused.THIS_COMPLAINT)
    assert given.proves(photograph(street(2))).proof == Proof()
    # Ids of one moment are in any order.
    assert sorted(item.sk for item in kept()) == sorted(photo.id for photo in given.complaint.photos[1:])


def test_a_proof_is_shown_once_by_a_body_and_another_bodys_are_not_looked_at() -> None:
    first, second, third = Given(), Given(), Given()
    assert first.proves(photograph(street(1))).proof == Proof()
    assert second.proves(photograph(street(1).crop((9, 4, 470, 350)))).proof == Proof(
        reused=Reused.OTHER_COMPLAINT
    )
    move(
        third.store,
        third.id,
        lambda each: expect_photos(each, (), by=ROADS, region=third.region, now=third.now),
    )
    assert third.proves(photograph(street(1)), by=ROADS).proof == Proof()
    assert [item.complaint_id for item in kept("roads")] == [third.id]


def test_after_90_days_a_proof_is_forgotten_even_before_the_table_deletes_it() -> None:
    Given().proves(photograph(street(1)))
    late = Given(now=NOW + timedelta(days=90, hours=3))
    assert late.proves(photograph(street(1))).proof == Proof()
    assert len(kept()) == 2


def test_where_the_region_is_strict_a_copy_is_refused_in_words_and_nothing_of_it_is_kept() -> None:
    given = Given(region=STRICT)
    given.proves(photograph(street(1)))
    photo = given.proves(photograph(street(1), place=WEST))
    assert (photo.status, photo.reason) == (PhotoStatus.REFUSED, "proof_reused")
    listed = client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
    assert not [each for each in listed if photo.id in each["Key"]]
    assert len(kept()) == 1
    for language in ("kk", "ru", "en"):
        shown = photo_views(given.complaint, viewer=Viewer.IN_CHARGE, language=language, bucket=BUCKET)[-1]
        assert shown.reason_text
        assert "proof" not in shown.reason_text


def test_both_doors_show_the_three_facts_in_words_and_of_a_citizens_photo_none() -> None:
    given = Given()
    given.proves(photograph(street(1)), by=CITIZEN)
    given.proves(photograph(street(2), place=(WEST[0] + 0.01, WEST[1]), taken="2026:05:01 10:00:00"))
    theirs, proof = photo_views(given.complaint, viewer=Viewer.IN_CHARGE, language="en", bucket=BUCKET)
    assert theirs.proof is None
    assert proof.proof is not None
    assert proof.proof.model_dump() == {
        "distance": "far",
        "taken": "before",
        "reused": None,
        "text": "By the file's own data, the photo was taken more than 200 m from the place. It was taken before the "
        "complaint was submitted.",
    }


@pytest.mark.parametrize("when", ["before", "after"])
def test_whichever_call_fails_a_proof_is_kept_once(when: When) -> None:
    content = photograph(street(1), place=WEST)
    calm = Given()
    key = calm.sends(content)
    steps = number_of_calls(lambda: calm.check(key))
    for item in kept():
        item.delete()
    for number in range(steps):
        given = Given()
        key = given.sends(content)
        with aws_calls(fail=number, when=when) as calls:
            run_again_until_done(lambda given=given, key=key: given.check(key))
        photo = given.complaint.photos[-1]
        assert photo.proof == Proof(distance=Distance.WITHIN_50), calls.made
        (item,) = kept()
        assert item.sk == photo.id
        item.delete()


def test_a_plain_photo_is_compared_with_nothing() -> None:
    given = Given()
    night = Image.new("RGB", (640, 480), (3, 3, 5))
    assert given.proves(photograph(night), by=CITIZEN).proof is None
    assert given.proves(photograph(night)).proof == Proof()
    assert (given.complaint.photo_hashes, kept()) == ({}, [])


def test_erasing_the_words_or_the_person_erases_what_the_photos_look_like() -> None:
    given, other = Given(), Given()
    for each in (given, other):
        each.proves(photograph(street(1)), by=CITIZEN)
        assert len(each.complaint.photo_hashes) == 1
    erase_words(given.id, connection=connection())
    assert given.complaint.photo_hashes == {}
    erase_person("person", connection=connection(), going_on=lambda: True)
    assert other.complaint.photo_hashes == {}
    stored = str([item.attribute_values for item in ComplaintsTable.scan()])
    assert "photo_hashes" not in stored.replace("'photo_hashes': None", "")


def test_a_busy_body_costs_no_more_than_its_newest_proofs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs, "LOOKED_AT", 3)
    picture = "0" * 128
    for number in range(5):
        ProofItem(
            proofs_pk("housing"),
            f"{number}",
            complaint_id=f"complaint-{number}",
            photo_hash=picture,
            expires=NOW + timedelta(days=1),
        ).save()
    with aws_calls() as calls:
        found = copied_from("housing", Views(wholes=(0,), cores=()), photo_id="4", now=NOW)
    assert found == {"complaint-3", "complaint-2"}
    assert calls.made == ["Query"]
