"""Presigned requests: what is pinned is signed, and signed as botocore signs it. S3's side of it is in tests/e2e."""

import hashlib
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import botocore.auth
import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from functions.edge.presign import Upload, presigned_get, presigned_put

NOW = datetime(2026, 3, 3, 4, 5, 6, 789_000, tzinfo=UTC)
HOUR = timedelta(hours=1)
PHOTO = b"a photo"
ELSEWHERE = (
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_S3",
    "AWS_DEFAULT_REGION",
    "AWS_SESSION_TOKEN",
    "AWS_PROFILE",
)


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ELSEWHERE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")


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
        now=NOW,
    )


def download(filename: str = "photo.jpg") -> str:
    return presigned_get(
        bucket="photos",
        key="photos/01J/01K.jpg",
        expires_in=HOUR,
        now=NOW,
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
    made = upload(expires_in=timedelta(minutes=15))
    assert made.expires_at == NOW + timedelta(minutes=15)
    assert query(made.url)["X-Amz-Date"] == "20260303T040506Z"
    assert query(made.url)["X-Amz-Expires"] == "900"


def test_the_signature_is_the_one_botocore_makes_at_that_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token/with+signs=")
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: NOW.replace(tzinfo=None))
    held = Credentials("AKIDEXAMPLE", "not-a-secret", "token/with+signs=")
    for url, method, headers in ((upload().url, "PUT", upload().headers), (download("Ә b.jpg"), "GET", {})):
        parts = query(url)
        own = {name: value for name, value in parts.items() if not name.startswith("X-Amz-")}
        request = AWSRequest(method=method, url=url.partition("?")[0], headers=dict(headers), params=own)
        S3SigV4QueryAuth(held, "s3", "eu-central-1", expires=3600).add_auth(request)
        assert query(request.url) == parts
        assert parts["X-Amz-Security-Token"] == "token/with+signs="


def test_addresses_are_virtual_hosted_on_aws_and_path_style_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert upload().url.startswith("https://photos.s3.eu-central-1.amazonaws.com/quarantine/01J/01K?")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566/")
    assert upload().url.startswith("http://127.0.0.1:4566/photos/quarantine/01J/01K?")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "https://s3.example.org")
    assert upload().url.startswith("https://s3.example.org/photos/quarantine/01J/01K?")


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
        presigned_put(
            bucket="b", key="k", content_type="image/png", size=1, sha256="00", expires_in=HOUR, now=NOW
        )


def test_without_a_region_or_credentials_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")
    with pytest.raises(LookupError, match="AWS_REGION"):
        upload()
