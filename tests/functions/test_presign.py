"""Presigned requests: what is pinned is signed, and for how long. S3's side of it is in tests/e2e."""

import hashlib
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
import time_machine

from functions.edge import clients
from functions.edge.presign import Upload, presigned_get, presigned_put

NOW = datetime(2026, 3, 3, 4, 5, 6, 789_000, tzinfo=UTC)
HOUR = timedelta(hours=1)
PHOTO = b"a photo"
ELSEWHERE = (
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_S3",
    "AWS_SESSION_TOKEN",
    "AWS_PROFILE",
)


@pytest.fixture(autouse=True)
def on_lambda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "_made", {})
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    for name in ELSEWHERE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")


def upload(
    *, expires_in: timedelta = HOUR, key: str = "quarantine/01J/01K", size: int = len(PHOTO)
) -> Upload:
    return presigned_put(
        bucket="photos",
        key=key,
        content_type="image/jpeg",
        size=size,
        sha256=hashlib.sha256(PHOTO).hexdigest(),
        expires_in=expires_in,
    )


def download(filename: str = "photo.jpg") -> str:
    return presigned_get(
        bucket="photos",
        key="photos/01J/01K.jpg",
        expires_in=HOUR,
        filename=filename,
        content_type="image/jpeg",
    )


def query(url: str) -> dict[str, str]:
    return {name: value for name, (value,) in parse_qs(urlsplit(url).query).items()}


def test_an_upload_pins_length_type_content_and_that_nothing_is_there() -> None:
    made = upload()
    assert made.method == "PUT"
    assert b64decode(made.headers["x-amz-checksum-sha256"]) == hashlib.sha256(PHOTO).digest()
    assert made.headers["content-length"] == "7"
    assert made.headers["content-type"] == "image/jpeg"
    assert made.headers["if-none-match"] == "*"
    assert query(made.url)["X-Amz-SignedHeaders"].split(";") == sorted({"host", *made.headers})


def test_it_is_valid_from_now_for_as_long_as_was_asked() -> None:
    """Signatures are dated to the second, so the end is that of the second in which it was made."""
    with time_machine.travel(NOW, tick=False):
        made = upload(expires_in=timedelta(minutes=15))
    assert made.expires_at == NOW.replace(microsecond=0) + timedelta(minutes=15)
    assert query(made.url)["X-Amz-Date"] == "20260303T040506Z"
    assert query(made.url)["X-Amz-Expires"] == "900"


def test_it_carries_the_token_of_the_functions_role(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token/with+signs=")
    for url in (upload().url, download()):
        assert query(url)["X-Amz-Security-Token"] == "token/with+signs="


@pytest.mark.parametrize("region", ["eu-central-1", "us-east-1", "me-central-1"])
def test_addresses_on_aws_are_the_buckets_own_in_its_region(
    region: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    for url in (upload(key="quarantine/01J/01K").url, download()):
        assert url.startswith(f"https://photos.s3.{region}.amazonaws.com/")
    assert upload(key="quarantine/01J/01K").url.partition("?")[0].endswith(".com/quarantine/01J/01K")


@pytest.mark.parametrize(
    ("named", "endpoint", "address"),
    [
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566/", "http://127.0.0.1:4566/photos/quarantine/01J/01K?"),
        ("AWS_ENDPOINT_URL", "http://localhost:4566", "http://localhost:4566/photos/quarantine/01J/01K?"),
        (
            "AWS_ENDPOINT_URL_S3",
            "https://s3.example.org",
            "https://s3.example.org/photos/quarantine/01J/01K?",
        ),
    ],
)
def test_addresses_elsewhere_are_path_style(
    named: str, endpoint: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(named, endpoint)
    assert upload().url.startswith(address)


def test_a_download_is_a_file_to_keep_of_a_fixed_type() -> None:
    parts = query(download())
    assert parts["response-content-disposition"] == 'attachment; filename="photo.jpg"'
    assert parts["response-content-type"] == "image/jpeg"
    assert parts["X-Amz-SignedHeaders"] == "host"


@pytest.mark.parametrize(
    ("filename", "disposition"),
    [
        ('a"b\\c.jpg', "attachment; filename=\"a_b_c.jpg\"; filename*=UTF-8''a%22b%5Cc.jpg"),
        ("жол.jpg", "attachment; filename=\"___.jpg\"; filename*=UTF-8''%D0%B6%D0%BE%D0%BB.jpg"),
        (
            "a\r\nSet-Cookie: b",
            "attachment; filename=\"a__Set-Cookie: b\"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20b",
        ),
    ],
)
def test_no_filename_breaks_out_of_its_header(filename: str, disposition: str) -> None:
    assert query(download(filename))["response-content-disposition"] == disposition


@pytest.mark.parametrize("expires_in", [timedelta(0), timedelta(seconds=-1), timedelta(days=7, seconds=1)])
def test_a_time_that_s3_does_not_grant_is_refused(expires_in: timedelta) -> None:
    with pytest.raises(ValueError, match="valid for"):
        upload(expires_in=expires_in)


def test_what_is_no_hash_or_no_size_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        upload(size=-1)
    with pytest.raises(ValueError, match="SHA-256"):
        presigned_put(bucket="b", key="k", content_type="image/png", size=1, sha256="00", expires_in=HOUR)
