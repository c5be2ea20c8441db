"""From a clean photo to the copy that everybody may see; no copy where anything fails, and none where it may not be."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from functions.complaints.complaint import Actor, ActorKind, Complaint, Photo, PhotoStatus, Status
from functions.complaints.moves import citizen
from functions.complaints.moves.assignment import assign
from functions.complaints.moves.filing import DeclaredPhoto, Draft, file
from functions.complaints.moves.photos import add_photo
from functions.complaints.moves.publicity import redact
from functions.complaints.redaction import Box
from functions.edge.clients import client
from functions.edge.public_copies import NotDeleted, forget
from functions.intake.photos.child import Crashed, Failed, TookTooLong, TookTooMuchMemory
from functions.intake.redaction.areas import Area
from functions.intake.redaction.bucket import CopiesBucket
from functions.intake.redaction.copying import Detect, PublicCopy, copied
from functions.intake.redaction.redacting import NotReady, Overtaken, Redacting
from functions.records.dynamodb import connection
from functions.records.erasure import erase_person
from functions.records.move import move
from functions.records.photo_keys import (
    clean_key,
    public_key,
    public_thumbnail_key,
    redact_key,
    thumbnail_key,
)
from functions.records.store import ComplaintStore
from functions.route.copies import PublicCopies
from infra.packaging.weights import unpacked_weights
from infra.stacks.functions import REDACTION
from tests.bench.redaction import MEMORY, MEMORY_MOST, cost_of, largest
from tests.dynamodb import REGION, tables
from tests.functions.api_client import load, person
from tests.functions.faults import (
    When,
    aws_calls,
    between_calls,
    calls_of,
    failing_differently,
    run_again_until_done,
)
from tests.region_fixture import WEST, region

pytestmark = pytest.mark.forks

NOW = datetime(2026, 6, 1, 5, tzinfo=UTC)
BUCKET = "photos"
REPORTER = Actor(kind=ActorKind.CITIZEN, id="reporter")
SEEN = Area(8, 8, 40, 24)
"""What the detector finds in the picture: what it really finds, other tests say."""
SIZE = (64, 48)


@pytest.fixture(autouse=True)
def bucket() -> Iterator[None]:
    with tables():
        client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        yield


def noise() -> bytes:
    pixels = np.random.default_rng(7).integers(0, 256, (*SIZE[::-1], 3), dtype=np.uint8)
    out = BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=95)
    return out.getvalue()


def sees(picture: Image.Image) -> list[Area]:
    assert picture.size == SIZE
    return [SEEN]


@dataclass
class Shown:
    """A complaint with a body, and its photo."""

    private: bool = False
    ready: bool = True
    detect: Detect = sees
    seconds: float = 20
    memory: int = 256 * 2**20
    store: ComplaintStore = field(default_factory=ComplaintStore)
    id: str = field(init=False)
    photo_id: str = field(init=False)

    def __post_init__(self) -> None:
        declared = DeclaredPhoto(content_type="image/jpeg", size=10, sha256="0" * 64)
        lat, lon = WEST
        draft = Draft(
            category="rubbish",
            comment="Not collected",
            lat=lat,
            lon=lon,
            photos=(declared,),
            photos_private=self.private,
        )
        change = file(draft, region=region(), reporter="reporter", now=NOW)
        self.store.write(change)
        self.id, self.photo_id = change.after.id, change.after.photos[0].id
        for key in (clean_key(self.id, self.photo_id), thumbnail_key(self.id, self.photo_id)):
            client("s3").put_object(Bucket=BUCKET, Key=key, Body=noise())
        if self.ready:
            self.made_ready()

    def made_ready(self) -> None:
        self.moved(
            lambda each: add_photo(
                each, self.photo_id, width=SIZE[0], height=SIZE[1], clean_sha256="1" * 64, now=NOW
            )
        )
        self.moved(lambda each: assign(each, region=region(), now=NOW))

    def moved(self, decide: Callable[[Complaint], object]) -> None:
        move(self.store, self.id, decide)  # type: ignore[arg-type]

    @property
    def now(self) -> Complaint:
        return self.store.get(self.id)

    @property
    def photo(self) -> Photo:
        return self.now.photos[0]

    def by_body(self, *boxes: Box) -> None:
        agency = self.now.agency_id
        assert agency is not None
        by = Actor(kind=ActorKind.AGENCY, id=agency)
        self.moved(lambda each: redact(each, self.photo_id, boxes=boxes, by=by, now=NOW))

    def withdrawn(self) -> None:
        self.moved(lambda each: citizen.withdraw(each, by=REPORTER, reason=None, region=region(), now=NOW))

    def redacting(self) -> Redacting:
        def make(photo: bytes, boxes: tuple[Box, ...] | None) -> PublicCopy:
            return copied(photo, boxes=boxes, detect=self.detect, seconds=self.seconds, memory=self.memory)

        return Redacting(store=self.store, bucket=CopiesBucket(name=BUCKET), copied=make, now=lambda: NOW)

    def landed(self) -> None:
        self.redacting().landed(clean_key(self.id, self.photo_id))

    def asked(self) -> None:
        client("s3").put_object(Bucket=BUCKET, Key=redact_key(self.id, self.photo_id), Body=b"")
        self.redacting().asked(redact_key(self.id, self.photo_id))

    def copies(self, revision: int) -> set[str]:
        return {
            public_key(self.id, self.photo_id, revision=revision),
            public_thumbnail_key(self.id, self.photo_id, revision=revision),
        }

    def public(self) -> set[str]:
        return {key for key in keys() if key.startswith(f"public/{self.id}/")}

    def events(self) -> list[str]:
        _, history, _ = self.store.with_history(self.id)
        return [event.type.value.removeprefix("complaint.") for event in history]


def keys() -> set[str]:
    return {each["Key"] for each in client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", [])}


def picture(key: str) -> np.ndarray:
    got = client("s3").get_object(Bucket=BUCKET, Key=key)
    return np.asarray(Image.open(BytesIO(got["Body"].read())).convert("RGB")).astype(int)


def flat(part: np.ndarray) -> bool:
    """Whether noise is no longer in it, but for what JPEG brings from beside."""
    return bool(part.std(axis=(0, 1)).max() < 40)


BOX = Box(x=0.5, y=0.5, w=0.4, h=0.4)


def test_a_clean_photo_gets_its_copy_and_the_complaint_says_what_is_hidden() -> None:
    shown = Shown()
    shown.landed()
    assert shown.public() == shown.copies(1)
    redaction = shown.photo.redaction
    assert redaction is not None
    assert (redaction.revision, redaction.by) == (1, ActorKind.SYSTEM)
    assert redaction.boxes == (Box(x=0.125, y=0.1666, w=0.5, h=0.3334),)
    copy = picture(public_key(shown.id, shown.photo_id, revision=1))
    clear = picture(clean_key(shown.id, shown.photo_id))
    assert flat(copy[10:22, 10:38])
    assert not flat(clear[10:22, 10:38])
    assert not flat(copy[30:, 44:])
    assert shown.events().count("photo_redacted") == 1


def test_the_thumbnail_is_of_the_copy() -> None:
    shown = Shown()
    shown.landed()
    assert flat(picture(public_thumbnail_key(shown.id, shown.photo_id, revision=1))[10:22, 10:38])


def test_the_same_photo_gives_the_same_bytes() -> None:
    made = [copied(noise(), boxes=None, detect=sees, seconds=20, memory=256 * 2**20) for _ in range(2)]
    assert made[0] == made[1]


def test_called_again_nothing_more_happens() -> None:
    shown = Shown()
    shown.landed()
    before = shown.now
    shown.landed()
    shown.asked()
    assert shown.now == before
    assert shown.public() == shown.copies(1)


def test_a_thumbnail_is_no_photo_to_look_at() -> None:
    shown = Shown()
    shown.redacting().landed(thumbnail_key(shown.id, shown.photo_id))
    assert shown.public() == set()
    assert shown.photo.redaction is None


def hangs(_: Image.Image) -> list[Area]:
    time.sleep(30)
    return []


def dies(_: Image.Image) -> list[Area]:
    os.abort()


def errs(_: Image.Image) -> list[Area]:
    raise ValueError


def hungers(_: Image.Image) -> list[Area]:
    return [SEEN] * len(bytearray(2**31))


@pytest.mark.parametrize(
    ("detect", "fault"),
    [(hangs, TookTooLong), (dies, Crashed), (errs, Failed), (hungers, TookTooMuchMemory)],
    ids=["no verdict", "killed", "an error", "too much memory"],
)
def test_without_a_verdict_there_is_no_copy_until_there_is_one(
    detect: Detect, fault: type[Exception]
) -> None:
    shown = Shown(detect=detect, seconds=1 if detect is hangs else 20)
    for _ in range(2):
        with pytest.raises(fault):
            shown.landed()
        assert shown.public() == set()
        assert shown.photo.redaction is None
    shown.detect, shown.seconds = sees, 20
    shown.landed()
    assert shown.public() == shown.copies(1)


def test_a_photo_that_the_complaint_does_not_know_to_be_good_waits() -> None:
    shown = Shown(ready=False)
    with pytest.raises(NotReady):
        shown.landed()
    assert shown.public() == set()
    shown.made_ready()
    shown.landed()
    assert shown.public() == shown.copies(1)


def test_a_photo_that_is_known_to_be_good_while_it_is_looked_through_waits_for_nothing() -> None:
    shown = Shown(ready=False)

    def sees_while_it_becomes_good(photo: bytes, boxes: tuple[Box, ...] | None) -> PublicCopy:
        shown.made_ready()
        return copied(photo, boxes=boxes, detect=sees, seconds=20, memory=256 * 2**20)

    replace(shown.redacting(), copied=sees_while_it_becomes_good).landed(clean_key(shown.id, shown.photo_id))
    assert shown.public() == shown.copies(1)
    assert shown.photo.redaction is not None


def test_what_its_reporter_shows_to_nobody_has_no_copy() -> None:
    shown = Shown(private=True)
    shown.landed()
    assert shown.public() == set()
    assert shown.photo.redaction is None


def test_a_body_says_what_is_hidden_and_the_older_copy_goes() -> None:
    shown = Shown()
    shown.landed()
    shown.by_body(BOX)
    shown.asked()
    assert shown.public() == shown.copies(2)
    copy = picture(public_key(shown.id, shown.photo_id, revision=2))
    assert flat(copy[28:40, 36:54])
    assert not flat(copy[:20, :30])
    assert redact_key(shown.id, shown.photo_id) not in keys()


def test_a_body_that_looks_before_the_detector_has_its_way() -> None:
    shown = Shown()
    shown.by_body(BOX)
    shown.landed()
    redaction = shown.photo.redaction
    assert redaction is not None
    assert (redaction.boxes, redaction.by) == ((BOX,), ActorKind.AGENCY)
    assert shown.public() == shown.copies(1)
    assert flat(picture(public_key(shown.id, shown.photo_id, revision=1))[28:40, 36:54])


@pytest.mark.parametrize("at", range(12))
def test_whenever_a_body_looks_while_the_detector_does_its_copy_stays(at: int) -> None:
    """It may come before any of the steps; the mark that its word leaves is dealt with at once, or last."""
    for mark_at_once in (True, False):
        shown = Shown()

        def happens(number: int, *, shown: Shown = shown, mark_at_once: bool = mark_at_once) -> None:
            if number == at:
                shown.by_body(BOX)
                if mark_at_once:
                    shown.asked()

        with between_calls(happens):
            shown.landed()
        redaction = shown.photo.redaction
        assert redaction is not None
        if redaction.by == ActorKind.AGENCY:
            shown.asked()
            assert shown.public() == shown.copies(redaction.revision)
            copy = picture(public_key(shown.id, shown.photo_id, revision=redaction.revision))
            assert flat(copy[28:40, 36:54])
            assert not flat(copy[:20, :30])
        else:
            assert shown.public() == shown.copies(1)


def withdraws(shown: Shown) -> None:
    shown.withdrawn()
    shown.asked()


def erases(shown: Shown) -> None:
    erase_person(
        "reporter",
        connection=connection(),
        going_on=lambda: True,
        forget_copies=partial(forget, bucket=BUCKET),
    )


@pytest.mark.parametrize("end", [withdraws, erases])
@pytest.mark.parametrize("at", [*range(12), None])
def test_nothing_is_left_of_what_was_withdrawn_or_erased_whenever_that_was(
    at: int | None, end: Callable[[Shown], None]
) -> None:
    shown = Shown()
    done = False

    def happens(number: int) -> None:
        nonlocal done
        if number == at and not done:
            done = True
            end(shown)

    with between_calls(happens):
        shown.landed()
    if not done:
        end(shown)
    assert shown.public() == set()
    assert clean_key(shown.id, shown.photo_id) in keys()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", ["landed", "asked"])
def test_whichever_call_fails_the_end_is_the_same(step: str, when: When) -> None:
    def ready() -> Shown:
        shown = Shown()
        if step == "asked":
            shown.landed()
            shown.by_body(BOX)
        return shown

    calm = ready()
    calls = calls_of(getattr(calm, step))
    assert len(calls) >= 5
    for number in failing_differently(calls, when):
        shown = ready()
        with aws_calls(fail=number, when=when) as made:
            run_again_until_done(getattr(shown, step))
        assert shown.photo.redaction == calm.photo.redaction, made.made
        redaction = shown.photo.redaction
        assert redaction is not None
        assert shown.public() == shown.copies(redaction.revision), made.made
        assert shown.events() == calm.events()
        assert redact_key(shown.id, shown.photo_id) not in keys()


def test_a_body_that_never_rests_is_left_for_another_try() -> None:
    shown = Shown()
    shown.landed()
    turn = 0

    def happens(_: int) -> None:
        nonlocal turn
        turn += 1
        shown.by_body(replace(BOX, x=turn % 40 / 100))

    with between_calls(happens), pytest.raises(Overtaken):
        shown.redacting().asked(redact_key(shown.id, shown.photo_id))
    shown.asked()
    redaction = shown.photo.redaction
    assert redaction is not None
    assert shown.public() == shown.copies(redaction.revision)


def test_the_photo_of_a_complaint_that_is_not_there_is_nobodys() -> None:
    shown = Shown()
    shown.redacting().landed(clean_key("01J" + "0" * 23, shown.photo_id))
    assert keys() == {clean_key(shown.id, shown.photo_id), thumbnail_key(shown.id, shown.photo_id)}


def test_a_complaint_that_was_withdrawn_has_its_photo_still() -> None:
    """The bodies have it in their history; only what everybody could see is gone."""
    shown = Shown()
    shown.landed()
    withdraws(shown)
    assert shown.now.status == Status.WITHDRAWN
    assert shown.photo.status == PhotoStatus.READY
    assert shown.public() == set()


# --- Who causes it ---


def test_a_persons_leaving_takes_the_copies_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Shown()
    shown.landed()
    api = load("functions.intake.api.handler", folder=tmp_path, monkeypatch=monkeypatch)
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: 60_000)
    answer = person(lambda event, _: api.handler(event, context), "reporter")("DELETE", "/v1/me")
    assert answer.status == 200
    assert shown.public() == set()


def test_what_is_kept_no_longer_takes_the_copies_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = Shown()
    shown.landed()
    # Before the mark was dealt with, the time is over.
    shown.withdrawn()
    handler = load("functions.route.retention.handler", folder=tmp_path, monkeypatch=monkeypatch)
    monkeypatch.setattr(handler, "utc_now", lambda: NOW + region().withdrawn_kept.elapsed + timedelta(days=1))
    handler.handler({}, SimpleNamespace(get_remaining_time_in_millis=lambda: 60_000))
    assert shown.public() == set()


def test_copies_that_are_not_deleted_leave_the_person_to_be_erased_again() -> None:
    shown = Shown()
    shown.landed()

    def denied(_: Complaint) -> None:
        raise NotDeleted(shown.id)

    with pytest.raises(NotDeleted):
        erase_person("reporter", connection=connection(), going_on=lambda: True, forget_copies=denied)
    assert shown.now.reporter == "reporter"
    erases(shown)
    assert shown.public() == set()


def test_a_mark_is_what_the_function_is_called_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The function itself, with the networks: a body asks for its own boxes, and then the photo lands again."""
    shown = Shown()
    monkeypatch.setenv("WEIGHTS_FOLDER", str(unpacked_weights()))
    handler = load("functions.intake.redaction.handler", folder=tmp_path, monkeypatch=monkeypatch)

    def called(key: str) -> None:
        handler.handler({"id": "event", "detail": {"object": {"key": key}}}, None)

    called(clean_key(shown.id, shown.photo_id))
    assert shown.public() == shown.copies(1)
    shown.by_body(BOX)
    PublicCopies(bucket=BUCKET).changed(shown.id, shown.photo_id)
    called(redact_key(shown.id, shown.photo_id))
    called(clean_key(shown.id, shown.photo_id))
    assert shown.public() == shown.copies(2)
    assert redact_key(shown.id, shown.photo_id) not in keys()


def test_the_largest_photo_takes_three_fifths_of_the_memory_at_most() -> None:
    cost = cost_of(largest())
    assert cost.memory <= MEMORY_MOST * MEMORY
    assert REDACTION.memory == MEMORY
