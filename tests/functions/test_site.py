"""What everybody may read, as the gateway asks for it: out of the bucket, in the caller's coding, once."""

import base64
import gzip
import importlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from functions.complaints.public_record import PublicRecord
from functions.edge.clients import client
from functions.notify.publisher.lines import map_file
from functions.notify.site.policy import header_fields
from tests.core.story import START
from tests.dynamodb import tables
from tests.functions.faults import TRANSIENT, aws_calls
from tests.region_fixture import RAW

BUCKET = "public"
NUMBER = "TST-26-7K3M9T"
PAGE = b"<!doctype html>"
FEATURES = b'{"type":"FeatureCollection","features":[]}'
TABLE = b"PAR1\x00\xff\xfePAR1"
SOON = "public, max-age=60"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An asset with the region and a site."""
    made = tmp_path_factory.mktemp("asset")
    (made / "region.json").write_text(json.dumps(RAW))
    (made / "site").mkdir()
    (made / "site" / "index.html").write_text("<!doctype html><title>Qamqor</title>")
    (made / "site" / "app-ABCDEFGH.js").write_text("0")
    return made


@pytest.fixture
def site(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.setenv("REGION_FILE", str(folder / "region.json"))
    monkeypatch.setenv("PUBLIC_BUCKET", BUCKET)
    with tables():
        client("s3").create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        put(f"c/{NUMBER}", PAGE, "text/html; charset=utf-8")
        put(
            "open/complaints.geojson", gzip.compress(FEATURES), "application/geo+json", ContentEncoding="gzip"
        )
        put("open/2026-06.csv.gz", gzip.compress(b"number\n"), "text/csv; charset=utf-8")
        put("open/2026-06.parquet", TABLE, "application/vnd.apache.parquet")
        put("public/01ABC/01DEF.1.jpg", b"\xff\xd8", "image/jpeg")
        yield importlib.reload(importlib.import_module("functions.notify.site.handler"))


def put(key: str, body: bytes, content_type: str, **more: str) -> None:
    client("s3").put_object(
        Bucket=BUCKET, Key=key, Body=body, ContentType=content_type, CacheControl=SOON, **more
    )


def asked(
    site: ModuleType, path: str, *, method: str = "GET", headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    event = {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "headers": dict(headers or {}),
        "requestContext": {
            "requestId": "request",
            "domainName": "api.example.org",
            "stage": "$default",
            "http": {"method": method, "path": path, "sourceIp": "127.0.0.1"},
        },
        "isBase64Encoded": False,
    }
    answer: dict[str, Any] = site.handler(event, None)
    return answer


def body(answer: Mapping[str, Any]) -> bytes:
    if answer["isBase64Encoded"]:
        return base64.b64decode(answer["body"])
    text: str = answer["body"]
    return text.encode()


def test_a_base_map_may_be_loaded_from_its_origin_and_from_nowhere_else() -> None:
    def policy(base_map: str | None) -> dict[str, str]:
        said = header_fields(files="https://public.example", base_map=base_map)["content-security-policy"]
        return dict(each.split(" ", 1) for each in said.split("; "))

    without, there = policy(None), policy("https://maps.example.org")
    added = {name: there[name].removeprefix(without[name]) for name in there if there[name] != without[name]}
    assert added == dict.fromkeys(("img-src", "connect-src"), " https://maps.example.org")


@pytest.mark.parametrize("kind", ["style", "pmtiles"])
def test_the_region_says_which_base_map_that_is(
    site: ModuleType, folder: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    named = {kind: "https://maps.example.org/of/city"}
    (folder / "with.json").write_text(json.dumps(RAW | {"base_map": named}))
    monkeypatch.setenv("REGION_FILE", str(folder / "with.json"))
    made = importlib.reload(site)
    assert " https://maps.example.org;" in asked(made, "/")["headers"]["content-security-policy"]


def test_a_page_is_what_lies_in_the_bucket(site: ModuleType) -> None:
    answer = asked(site, f"/c/{NUMBER}")
    assert (answer["statusCode"], body(answer)) == (200, PAGE)
    assert answer["headers"]["content-type"] == "text/html; charset=utf-8"
    assert answer["headers"]["cache-control"] == SOON
    assert "default-src 'none'" in answer["headers"]["content-security-policy"]
    assert "unsafe" not in answer["headers"]["content-security-policy"]
    assert answer["headers"]["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("typed", ["tst-26-7k3m9t", "TST267K3M9T", "TST.26.7K3M9T"])
def test_a_number_may_be_typed_as_people_do(site: ModuleType, typed: str) -> None:
    answer = asked(site, f"/c/{typed}")
    assert (answer["statusCode"], answer["headers"]["location"]) == (308, NUMBER)


@pytest.mark.parametrize(
    "path",
    [
        "/c/TST-26-AAAAAA",
        "/c/hello",
        "/open/2031-01.csv.gz",
        "/open/..",
        "/public/01ABC/01DEF.2.jpg",
        "/public/01ABC",
        "/site/nothing.js",
        "/nothing",
    ],
)
def test_what_is_not_there_is_not_found(site: ModuleType, path: str) -> None:
    answer = asked(site, path)
    assert answer["statusCode"] == 404
    assert answer["headers"]["content-type"] == "application/problem+json"


def test_the_map_comes_as_the_caller_takes_it(site: ModuleType) -> None:
    packed = asked(site, "/open/complaints.geojson", headers={"accept-encoding": "gzip, br"})
    assert packed["headers"]["content-encoding"] == "gzip"
    assert gzip.decompress(body(packed)) == FEATURES
    plain = asked(site, "/open/complaints.geojson")
    assert "content-encoding" not in plain["headers"]
    assert body(plain) == FEATURES
    assert plain["headers"]["vary"] == packed["headers"]["vary"] == "accept-encoding"


def test_a_packed_file_stays_one(site: ModuleType) -> None:
    answer = asked(site, "/open/2026-06.csv.gz", headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in answer["headers"]
    assert gzip.decompress(body(answer)) == b"number\n"


def test_a_table_is_its_bytes(site: ModuleType) -> None:
    answer = asked(site, "/open/2026-06.parquet", headers={"accept-encoding": "gzip"})
    assert answer["headers"]["content-type"] == "application/vnd.apache.parquet"
    assert "content-encoding" not in answer["headers"]
    assert body(answer) == TABLE


@pytest.mark.parametrize(
    "path",
    [
        f"/c/{NUMBER}",
        "/open/complaints.geojson",
        "/open/2026-06.parquet",
        "/public/01ABC/01DEF.1.jpg",
        "/",
        "/site/app-ABCDEFGH.js",
    ],
)
def test_whoever_has_it_is_told_so(site: ModuleType, path: str) -> None:
    first = asked(site, path)
    assert first["statusCode"] == 200
    again = asked(site, path, headers={"if-none-match": first["headers"]["etag"]})
    assert (again["statusCode"], again["body"]) == (304, "")
    assert again["headers"]["cache-control"] == first["headers"]["cache-control"]
    assert asked(site, path, headers={"if-none-match": '"other"'})["statusCode"] == 200


def test_a_file_that_no_answer_can_hold_is_had_from_where_it_lies(
    site: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.notify.site.objects.ANSWERED_MOST", 10)
    answer = asked(site, "/open/complaints.geojson", headers={"accept-encoding": "gzip"})
    assert (answer["statusCode"], answer["headers"]["cache-control"]) == (307, "no-store")
    address = urlsplit(answer["headers"]["location"])
    assert address.path.endswith("open/complaints.geojson")
    assert parse_qs(address.query)["X-Amz-Expires"] == ["300"]
    assert f"https://{address.netloc}" in answer["headers"]["content-security-policy"]


def test_the_site_is_what_is_packed_beside_it(site: ModuleType) -> None:
    assert b"Qamqor" in body(asked(site, "/"))
    assert "immutable" in asked(site, "/site/app-ABCDEFGH.js")["headers"]["cache-control"]


def test_head_is_answered_and_nothing_else(site: ModuleType) -> None:
    assert asked(site, f"/c/{NUMBER}", method="HEAD")["statusCode"] == 200
    assert asked(site, f"/c/{NUMBER}", method="POST")["statusCode"] == 405


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("district/west.atom", "application/atom+xml; charset=utf-8"),
        ("agency/housing.json", "application/feed+json"),
        ("category/rubbish.json", "application/feed+json"),
    ],
)
def test_a_feed_is_made_of_the_map_alone_and_once_for_whoever_has_it(
    site: ModuleType, name: str, content_type: str
) -> None:
    record = PublicRecord(
        number=NUMBER,
        status="assigned",
        category="rubbish",
        district="west",
        agency="housing",
        submitted_at=START,
        updated_at=START,
    )
    put("open/complaints.geojson", map_file(None, {NUMBER: record}, since=START), "application/geo+json")
    with aws_calls() as calls:
        answer = asked(site, f"/feeds/{name}")
    assert calls.made == ["GetObject"]
    assert answer["headers"]["content-type"] == content_type
    assert answer["headers"]["cache-control"] == "public, max-age=300"
    assert f"https://api.example.org/c/{NUMBER}".encode() in body(answer)
    tag = answer["headers"]["etag"]
    assert asked(site, f"/feeds/{name}", headers={"if-none-match": tag})["statusCode"] == 304


@pytest.mark.parametrize(
    "name", ["district/north.atom", "agency/housing.rss", "person/aigerim.json", "agency/housing"]
)
def test_there_is_no_feed_of_anything_else(site: ModuleType, name: str) -> None:
    assert asked(site, f"/feeds/{name}")["statusCode"] == 404


@pytest.mark.parametrize("failure", sorted(TRANSIENT))
def test_while_the_bucket_is_busy_another_try_is_asked_for(site: ModuleType, failure: str) -> None:
    with aws_calls(fail=0, error=TRANSIENT[failure]):
        answer = asked(site, f"/c/{NUMBER}")
    assert (answer["statusCode"], answer["headers"]["retry-after"]) == (503, "1")


def test_it_asks_for_one_object_and_no_table(site: ModuleType) -> None:
    with aws_calls() as calls:
        asked(site, f"/c/{NUMBER}")
        asked(site, "/open/complaints.geojson")
        asked(site, "/")
    assert calls.made == ["GetObject", "GetObject"]
