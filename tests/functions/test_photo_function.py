"""From an upload in quarantine to a photo that may be shown, or a reason why not; whatever fails on the way."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from functions.complaints.complaint import Actor, ActorKind, Complaint, Photo, PhotoStatus, Status
from functions.complaints.moves import citizen
from functions.complaints.moves.filing import DeclaredPhoto, Draft, file
from functions.edge.clients import client
from functions.intake.photos.bucket import VERDICT_TAG, PhotoBucket
from functions.intake.photos.check import NotScanned, PhotoCheck
from functions.records.move import move
from functions.records.photo_keys import clean_key, quarantine_key, thumbnail_key
from functions.records.store import ComplaintStore
from tests.dynamodb import REGION, tables
from tests.functions import photo_corpus as corpus
from tests.functions.api_client import load
from tests.functions.faults import When, aws_calls, number_of_calls, run_again_until_done
from tests.region_fixture import RAW, WEST, region

pytestmark = pytest.mark.forks

NOW = datetime(2026, 6, 1, 5, tzinfo=UTC)
BUCKET = "photos"
REPORTER = Actor(kind=ActorKind.CITIZEN, id="reporter")


@pytest.fixture(autouse=True)
def bucket() -> Iterator[None]:
    with tables():
        client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        yield


@dataclass
class Upload:
    """A complaint with one declared photo, and the file that was uploaded for it."""

    content: bytes
    declared_type: str = "image/jpeg"
    declared_as: bytes | None = None
    complaint: Complaint = field(init=False)
    store: ComplaintStore = field(default_factory=ComplaintStore)

    def __post_init__(self) -> None:
        declared = self.declared_as if self.declared_as is not None else self.content
        photo = DeclaredPhoto(
            content_type=self.declared_type,
            size=max(1, len(declared)),
            sha256=hashlib.sha256(declared).hexdigest(),
        )
        lat, lon = WEST
        draft = Draft(category="rubbish", comment="Not collected", lat=lat, lon=lon, photos=(photo,))
        change = file(draft, region=region(), reporter="reporter", now=NOW)
        self.store.write(change)
        self.complaint = change.after
        self.put()

    @property
    def photo_id(self) -> str:
        return self.complaint.photos[0].id

    @property
    def key(self) -> str:
        return quarantine_key(self.complaint.id, self.photo_id)

    @property
    def now(self) -> Complaint:
        return self.store.get(self.complaint.id)

    @property
    def photo(self) -> Photo:
        return self.now.photos[0]

    def put(self) -> None:
        client("s3").put_object(Bucket=BUCKET, Key=self.key, Body=self.content)

    def scanned(self, verdict: str) -> None:
        client("s3").put_object_tagging(
            Bucket=BUCKET, Key=self.key, Tagging={"TagSet": [{"Key": VERDICT_TAG, "Value": verdict}]}
        )

    def check(self, *, scanned: bool = False, judged: bool = False) -> None:
        PhotoCheck(
            store=self.store,
            bucket=PhotoBucket(BUCKET),
            region=region(),
            scanned=scanned,
            now=lambda: NOW,
        )(self.key, judged=judged)

    @property
    def events(self) -> list[str]:
        _, history, _ = self.store.with_history(self.complaint.id)
        return [event.type.value.removeprefix("complaint.") for event in history]


def objects() -> dict[str, Any]:
    listed = client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", [])
    return {each["Key"]: client("s3").get_object(Bucket=BUCKET, Key=each["Key"]) for each in listed}


def good() -> bytes:
    return corpus.with_every_metadata("JPEG")


@pytest.mark.parametrize("kind", corpus.KINDS)
@pytest.mark.parametrize("declared_type", [*corpus.TYPES.values(), "image/heif"])
def test_a_good_photo_is_kept_clean_and_the_complaint_goes_on(kind: str, declared_type: str) -> None:
    # Phones declare what they meant to send: an iPhone's HEIC comes as image/jpeg.
    upload = Upload(corpus.with_every_metadata(kind), declared_type)
    upload.check()
    kept = objects()
    assert set(kept) == {
        clean_key(upload.complaint.id, upload.photo_id),
        thumbnail_key(upload.complaint.id, upload.photo_id),
    }
    for each in kept.values():
        assert each["ContentType"] == "image/jpeg"
        assert each["ContentDisposition"] == "attachment"
        assert each["CacheControl"].startswith("private")
        content = each["Body"].read()
        assert corpus.CANARY not in content
        assert Image.open(BytesIO(content)).format == "JPEG"
    assert upload.photo.status == PhotoStatus.READY
    assert (upload.photo.width, upload.photo.height) == (96, 64)
    assert upload.now.status == Status.ASSIGNED
    assert upload.events == ["submitted", "photo_added", "assigned"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 not a picture", "not_an_image"),
        (corpus.picture("JPEG")[:-200], "truncated"),
        (corpus.picture("GIF"), "unsupported_type"),
    ],
)
def test_a_bad_photo_is_refused_with_its_reason_and_nothing_of_it_stays(content: bytes, reason: str) -> None:
    upload = Upload(content)
    upload.check()
    assert objects() == {}
    assert (upload.photo.status, upload.photo.reason) == (PhotoStatus.REFUSED, reason)
    assert upload.now.status == Status.AWAITING_PHOTOS
    assert upload.events == ["submitted", "photo_refused"]


def test_a_file_longer_than_declared_is_not_read_to_its_end() -> None:
    upload = Upload(good() + b"x" * 10_000, declared_as=good())
    upload.check()
    assert (upload.photo.status, upload.photo.reason) == (PhotoStatus.REFUSED, "too_many_bytes")


def test_another_file_of_the_same_length_is_not_the_one_that_was_declared() -> None:
    content = corpus.picture("JPEG")
    upload = Upload(content[:-1] + b"\x00", declared_as=content)
    upload.check()
    assert (upload.photo.status, upload.photo.reason) == (PhotoStatus.REFUSED, "corrupt")


def test_duplicate_events_change_nothing() -> None:
    upload = Upload(good())
    for _ in range(3):
        upload.check()
    assert upload.events == ["submitted", "photo_added", "assigned"]
    assert len(objects()) == 2


def test_an_upload_after_the_end_of_the_complaint_is_discarded() -> None:
    upload = Upload(good())
    move(
        upload.store,
        upload.complaint.id,
        lambda each: citizen.withdraw(each, by=REPORTER, reason=None, region=region(), now=NOW),
    )
    upload.check()
    assert objects() == {}
    assert upload.photo.status == PhotoStatus.EXPECTED


def test_a_complaint_that_ends_while_its_photo_is_cleaned_keeps_no_file() -> None:
    upload = Upload(good())
    kept = PhotoBucket.keep

    def keep(bucket: PhotoBucket, *arguments: Any) -> None:
        kept(bucket, *arguments)
        move(
            upload.store,
            upload.complaint.id,
            lambda each: citizen.withdraw(each, by=REPORTER, reason=None, region=region(), now=NOW),
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PhotoBucket, "keep", keep)
        upload.check()
    assert objects() == {}


def test_what_nobody_declared_is_discarded() -> None:
    upload = Upload(good())
    client("s3").delete_object(Bucket=BUCKET, Key=upload.key)
    stray = quarantine_key(upload.complaint.id, "0" * 26)
    client("s3").put_object(Bucket=BUCKET, Key=stray, Body=good())
    check = PhotoCheck(
        store=upload.store,
        bucket=PhotoBucket(BUCKET),
        region=region(),
        scanned=False,
        now=lambda: NOW,
    )
    check(stray)
    unknown = quarantine_key("0" * 26, "0" * 26)
    client("s3").put_object(Bucket=BUCKET, Key=unknown, Body=good())
    check(unknown)
    assert objects() == {}


def test_an_upload_that_is_gone_is_no_error() -> None:
    upload = Upload(good())
    client("s3").delete_object(Bucket=BUCKET, Key=upload.key)
    upload.check()
    assert upload.photo.status == PhotoStatus.EXPECTED


def test_where_uploads_are_scanned_nothing_happens_before_the_verdict() -> None:
    upload = Upload(good())
    upload.check(scanned=True)
    assert upload.photo.status == PhotoStatus.EXPECTED
    assert set(objects()) == {upload.key}
    upload.scanned("NO_THREATS_FOUND")
    upload.check(scanned=True)
    assert upload.photo.status == PhotoStatus.READY


@pytest.mark.parametrize("verdict", ["THREATS_FOUND", "UNSUPPORTED"])
def test_a_harmful_upload_is_refused_unread(verdict: str) -> None:
    upload = Upload(good())
    upload.scanned(verdict)
    with aws_calls() as calls:
        upload.check(scanned=True)
    assert "GetObject" not in calls.made
    assert (upload.photo.status, upload.photo.reason) == (PhotoStatus.REFUSED, "malware")
    assert objects() == {}


@pytest.mark.parametrize("verdict", ["FAILED", "ACCESS_DENIED"])
def test_a_scan_that_failed_is_an_operators_matter_and_shows_nothing(verdict: str) -> None:
    upload = Upload(good())
    upload.scanned(verdict)
    with pytest.raises(NotScanned):
        upload.check(scanned=True)
    assert set(objects()) == {upload.key}


def test_a_verdict_whose_tag_is_not_there_yet_is_tried_again() -> None:
    upload = Upload(good())
    with pytest.raises(NotScanned):
        upload.check(scanned=True, judged=True)
    assert upload.photo.status == PhotoStatus.EXPECTED
    assert set(objects()) == {upload.key}
    upload.scanned("NO_THREATS_FOUND")
    upload.check(scanned=True, judged=True)
    assert upload.photo.status == PhotoStatus.READY
    upload.check(scanned=True, judged=True)


def test_the_handler_tells_a_verdict_from_an_upload(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    module = load(
        "functions.intake.photos.handler",
        folder=tmp_path,
        monkeypatch=monkeypatch,
        raw=RAW | {"malware_scan": True},
    )
    upload = Upload(good())
    module.handler({"id": "1", "detail": {"bucket": {"name": BUCKET}, "object": {"key": upload.key}}}, None)
    with pytest.raises(NotScanned):
        module.handler({"id": "2", "detail": {"s3ObjectDetails": {"objectKey": upload.key}}}, None)


def test_the_event_names_the_key_whoever_sends_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    handler = load("functions.intake.photos.handler", folder=tmp_path, monkeypatch=monkeypatch).handler
    created, scan = Upload(good()), Upload(good())
    handler(
        {"id": "1", "detail": {"bucket": {"name": BUCKET}, "object": {"key": created.key, "size": 1}}}, None
    )
    handler({"id": "2", "detail": {"s3ObjectDetails": {"bucketName": BUCKET, "objectKey": scan.key}}}, None)
    assert created.photo.status == scan.photo.status == PhotoStatus.READY


def _end_state(upload: Upload) -> Any:
    return (
        upload.events,
        upload.photo.status,
        upload.photo.reason,
        sorted(key.rpartition("/")[2].removeprefix(upload.photo_id) for key in objects()),
    )


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("content", [good(), b"not a picture"])
def test_whichever_call_fails_the_end_is_the_same(content: bytes, when: When) -> None:
    calm = Upload(content)
    steps = number_of_calls(calm.check)
    expected = _end_state(calm)
    for key in objects():
        client("s3").delete_object(Bucket=BUCKET, Key=key)
    assert steps >= 4
    for number in range(steps):
        upload = Upload(content)
        with aws_calls(fail=number, when=when) as calls:
            run_again_until_done(upload.check)
        assert _end_state(upload) == expected, calls.made
        for key in objects():
            client("s3").delete_object(Bucket=BUCKET, Key=key)
