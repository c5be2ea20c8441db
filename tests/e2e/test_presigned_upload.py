"""The presigned upload against a server that checks it: the declared file once, and nothing else ever."""

import hashlib
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import Message
from pathlib import Path

import boto3
import pytest

from functions.edge import clients
from functions.edge.presign import Upload, presigned_get, presigned_put
from infra.local import emulator

pytestmark = pytest.mark.e2e

BUCKET = "photos"
PHOTO = b"\xff\xd8\xff" + bytes(range(256)) * 4
OTHER = bytes(reversed(PHOTO))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[emulator.Emulator]:
    with emulator.start(state_dir=Path(tmp_path_factory.mktemp("emulator"))) as started:
        started.client("s3").create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": started.region}
        )
        yield started


@pytest.fixture(autouse=True)
def environment(running: emulator.Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in running.variables().items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3", raising=False)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    monkeypatch.setattr(clients, "_made", {})
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


@pytest.fixture
def key(request: pytest.FixtureRequest) -> str:
    return f"quarantine/{request.node.name}"


def presign(key: str, *, expires_in: timedelta = timedelta(minutes=5)) -> Upload:
    return presigned_put(
        bucket=BUCKET,
        key=key,
        content_type="image/jpeg",
        size=len(PHOTO),
        sha256=hashlib.sha256(PHOTO).hexdigest(),
        expires_in=expires_in,
    )


def answer(running: emulator.Emulator, request: urllib.request.Request) -> tuple[int, bytes, Message]:
    try:
        with running.opener().open(request, timeout=10) as response:
            return response.status, response.read(), response.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers


def send(
    running: emulator.Emulator, upload: Upload, body: bytes = PHOTO, **headers: str
) -> tuple[int, bytes]:
    """Sends the upload with the body given, and the headers named (`_` for `-`) changed or `dropped`."""
    sent = {**upload.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
    sent = {name: value for name, value in sent.items() if value != "dropped"}
    request = urllib.request.Request(upload.url, data=body, headers=sent, method=upload.method)
    return answer(running, request)[:2]


def is_stored(running: emulator.Emulator, key: str) -> bool:
    listed = running.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=key)
    return bool(listed["KeyCount"])


def test_the_declared_file_is_taken_once_and_never_overwritten(running: emulator.Emulator, key: str) -> None:
    upload = presign(key)
    assert send(running, upload)[0] == 200
    stored = running.client("s3").get_object(Bucket=BUCKET, Key=key)
    assert stored["Body"].read() == PHOTO
    assert stored["ContentType"] == "image/jpeg"
    status, body = send(running, upload)
    assert (status, b"PreconditionFailed" in body) == (412, True)


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (PHOTO + b"more", {"content_length": str(len(PHOTO) + 4)}, 403, b"SignatureDoesNotMatch"),
        (PHOTO[:-1], {"content_length": str(len(PHOTO) - 1)}, 403, b"SignatureDoesNotMatch"),
        (PHOTO, {"content_type": "text/html"}, 403, b"SignatureDoesNotMatch"),
        (PHOTO, {"if_none_match": "dropped"}, 403, b"SignatureDoesNotMatch"),
        (PHOTO, {"x_amz_checksum_sha256": "dropped"}, 403, b"SignatureDoesNotMatch"),
        (OTHER, {"x_amz_checksum_sha256": "A" * 43 + "="}, 403, b"SignatureDoesNotMatch"),
        (OTHER, {}, 400, b"BadDigest"),
    ],
    ids=["longer", "shorter", "type", "overwriting", "unchecked", "other checksum", "other bytes"],
)
def test_any_other_file_is_refused(
    running: emulator.Emulator, key: str, body: bytes, headers: dict[str, str], status: int, code: bytes
) -> None:
    answered, text = send(running, presign(key), body, **headers)
    assert (answered, code in text) == (status, True), text
    assert not is_stored(running, key)


def test_no_other_key_bucket_or_method_is_granted(running: emulator.Emulator, key: str) -> None:
    upload = presign(key)
    for url in (
        upload.url.replace("/quarantine/", "/photos/"),
        upload.url.replace(f"{key}?", f"{key}x?"),
        upload.url.replace("X-Amz-Expires=300", "X-Amz-Expires=90000"),
        upload.url[:-1] + ("0" if upload.url[-1] != "0" else "1"),
    ):
        assert url != upload.url
        assert send(running, replace(upload, url=url))[0] == 403, url
    for method in ("GET", "DELETE", "POST"):
        assert send(running, replace(upload, method=method))[0] in (400, 403), method
    assert not is_stored(running, "photos/")
    assert not is_stored(running, key)


def test_an_upload_that_has_expired_is_refused(running: emulator.Emulator, key: str) -> None:
    brief = presign(key, expires_in=timedelta(seconds=1))
    time.sleep(2.1)
    assert send(running, brief)[0] == 403
    assert not is_stored(running, key)


def test_a_download_comes_as_a_file_of_the_type_that_was_signed(running: emulator.Emulator, key: str) -> None:
    running.client("s3").put_object(Bucket=BUCKET, Key=key, Body=PHOTO, ContentType="text/html")
    url = presigned_get(
        bucket=BUCKET,
        key=key,
        expires_in=timedelta(minutes=5),
        filename="жол.jpg",
        content_type="image/jpeg",
    )
    status, body, headers = answer(running, urllib.request.Request(url))
    assert (status, body, headers["content-type"]) == (200, PHOTO, "image/jpeg")
    assert headers["content-disposition"].startswith("attachment;")
    for changed in (
        url.replace("image%2Fjpeg", "text%2Fhtml"),
        url.replace("attachment", "inline"),
        url.replace(key, "other"),
    ):
        assert changed != url
        assert answer(running, urllib.request.Request(changed))[0] == 403
