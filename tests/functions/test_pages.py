"""The desk's page and its files: what is handed out, as what, how long it is kept, and that there is nothing else."""

import base64
import gzip
import json
import string
import subprocess
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.edge import clients
from functions.edge.packed_files import CODINGS, DESK, INDEX, TYPES, files_in
from functions.edge.presign import presigned_get
from functions.route.pages.policy import header_fields, photos_origin
from infra.packaging.desk import desk
from infra.packaging.pages import UnknownKind, pages
from infra.toolchain import NODE
from tests.functions.api_client import Client, anybody, load
from tests.region_fixture import RAW

SCRIPT = "app-AB12CD34.js"
FILES = {
    INDEX: f'<!doctype html><title>Жұмыс үстелі</title><script type="module" src="{SCRIPT}"></script>'.encode(),
    SCRIPT: b"console.log(0);\n" * 200,
    "licences.txt": b"MIT\n" * 100,
    "dot.svg": b"<svg/>",
}


@pytest.fixture(scope="module")
def asset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As Lambda lays one out: the region beside what is handed out, and a folder where nothing is looked for."""
    return laid_out(pages(FILES), tmp_path_factory.mktemp("asset"))


def laid_out(packed: Mapping[str, bytes], folder: Path) -> Path:
    (folder / DESK).mkdir()
    for path, content in packed.items():
        (folder / path).write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def handler(asset: Path) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        yield load("functions.route.pages.handler", folder=asset, monkeypatch=patch).handler


@pytest.fixture(scope="module")
def client(handler: Any) -> Client:
    return anybody(handler)


def body(handler: Any, name: str, accepted: str) -> tuple[bytes, Mapping[str, str]]:
    """What is sent for it, before anybody decodes it."""
    kept: list[Mapping[str, Any]] = []

    def recorded(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
        kept.append(handler(event, context))
        # Compressed bytes are no text, which is what the client makes of an answer.
        return {**kept[-1], "body": "", "isBase64Encoded": False}

    answer = Client(handler=recorded)("GET", f"/desk/{name}", accept_encoding=accepted)
    assert answer.status == 200
    # The gateway takes bytes in no other form.
    assert kept[-1]["isBase64Encoded"] is True
    return base64.b64decode(kept[-1]["body"]), answer.headers


# ------------------------------------------------------------------------------------ what is sent
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("accepted", ["", "gzip", "br", "gzip, deflate, br"])
def test_a_file_is_the_same_however_it_is_sent(handler: Any, name: str, accepted: str) -> None:
    sent, headers = body(handler, name, accepted)
    plain = {None: lambda raw: raw, "gzip": gzip.decompress, "br": unbrotli}[headers.get("content-encoding")]
    assert plain(sent) == FILES[name]
    assert headers["content-type"] == TYPES[Path(name).suffix]
    assert headers["vary"] == "accept-encoding"


def unbrotli(raw: bytes) -> bytes:
    program = "process.stdout.write(require('zlib').brotliDecompressSync(require('fs').readFileSync(0)))"
    return subprocess.run([NODE, "-e", program], input=raw, capture_output=True, check=True).stdout


def test_the_smaller_coding_is_sent_to_who_takes_both_and_none_that_is_larger_than_the_file(
    handler: Any,
) -> None:
    assert body(handler, SCRIPT, "gzip, br")[1]["content-encoding"] == "br"
    assert body(handler, SCRIPT, "gzip")[1]["content-encoding"] == "gzip"
    assert "content-encoding" not in body(handler, "dot.svg", "gzip, br")[1]


def test_the_page_stands_at_the_address_with_the_slash_and_is_looked_for_again_each_time(
    client: Client,
) -> None:
    page = client("GET", "/desk/")
    assert page.text.encode() == FILES[INDEX]
    assert page.headers["cache-control"] == "no-cache"
    moved = client("GET", "/desk")
    # Relative: behind CloudFront the API has another name than its own, and locally a path before it.
    assert (moved.status, moved.headers["location"]) == (308, "desk/")


def test_what_is_named_by_its_content_is_kept_for_good_and_nothing_else(client: Client) -> None:
    kept = {name: client("GET", f"/desk/{name}").headers["cache-control"] for name in FILES}
    assert kept == {
        **dict.fromkeys(FILES, "no-cache"),
        SCRIPT: "public, max-age=31536000, immutable",
    }


@pytest.mark.parametrize("name", ["", SCRIPT])
def test_what_the_caller_has_is_not_sent_again(client: Client, name: str) -> None:
    first = client("GET", f"/desk/{name}", accept_encoding="")
    tag = first.headers["etag"]
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = client("GET", f"/desk/{name}", if_none_match=known, accept_encoding="gzip")
        assert (again.status, again.text) == (304, "")
        assert again.headers["etag"] == tag
        assert again.headers["cache-control"] == first.headers["cache-control"]
        assert not {"content-type", "content-encoding"} & again.headers.keys()
    assert client("GET", f"/desk/{name}", if_none_match='"other"').status == 200


@pytest.mark.parametrize("path", ["/desk", "/desk/", f"/desk/{SCRIPT}"])
def test_head_says_what_get_would(client: Client, path: str) -> None:
    got, asked = client("GET", path), client("HEAD", path)
    assert (asked.status, asked.headers) == (got.status, got.headers)


def test_no_other_method_is_taken(client: Client) -> None:
    for path in ("/desk", "/desk/", f"/desk/{SCRIPT}"):
        refused = client("POST", path, {})
        assert (refused.status, refused.slug) == (405, "method-not-allowed")
        assert refused.headers["allow"] == "GET, HEAD"


# ------------------------------------------------------------------------------- what is not there
@pytest.mark.parametrize(
    "path",
    [
        *(
            "/",
            "/v1/nothing",
            "/desk//",
            "/desk/../region.json",
            "/desk/%2e%2e/region.json",
            "/desk/region.json",
        ),
        *("/desk/index.html.br", f"/desk/{SCRIPT}.gz", "/desk/Index.html", "/desk/index.html/", "/DESK/"),
    ],
)
def test_there_is_nothing_else(client: Client, path: str) -> None:
    answer = client("GET", path)
    assert (answer.status, answer.slug) == (404, "not-found")
    # What is not there today may be there tomorrow.
    assert answer.headers["cache-control"] == "no-store"


def test_it_is_said_in_the_callers_language(handler: Any) -> None:
    said = {
        language: Client(handler=handler)("GET", "/desk/none", accept_language=language).json["detail"]
        for language in ("kk", "ru", "en")
    }
    assert len(set(said.values())) == 3


NAMES = st.text(max_size=30) | st.text(alphabet="./\\%2eF~index.htmlregion" + string.whitespace, max_size=30)


@given(name=NAMES, quoted=st.booleans())
def test_no_name_leads_out_of_the_folder(handler: Any, name: str, quoted: bool) -> None:
    sent = quote(name, safe="") if quoted else name.encode("utf-8", "replace").decode()
    answer = Client(handler=handler)("GET", f"/desk/{sent}")
    if answer.status == 200:
        assert answer.text.encode() == FILES[sent or INDEX]
    else:
        assert answer.slug == "not-found"


# ---------------------------------------------------------------------------------- what it may do
def test_every_file_says_what_a_browser_may_do_with_it(client: Client) -> None:
    for name in FILES:
        headers = client("GET", f"/desk/{name}").headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        policy = dict(each.split(" ", 1) for each in headers["content-security-policy"].split("; "))
        photos = "https://photos.s3.eu-central-1.amazonaws.com"
        assert policy == {
            "default-src": "'none'",
            "script-src": "'self'",
            "style-src": "'self'",
            "font-src": "'self'",
            "worker-src": "'self'",
            "manifest-src": "'self'",
            "img-src": f"'self' blob: data: {photos}",
            "connect-src": f"'self' {photos}",
            "form-action": "'none'",
            "frame-ancestors": "'none'",
            "base-uri": "'none'",
        }


def test_tokens_may_be_had_at_an_origin_of_their_own() -> None:
    policy = header_fields(photos="https://photos.example", tokens="https://id.example", base_map=None)[
        "content-security-policy"
    ]
    assert "connect-src 'self' https://photos.example https://id.example;" in policy


@pytest.mark.parametrize("kind", ["style", "pmtiles"])
def test_a_base_map_may_be_loaded_from_its_origin_and_from_nowhere_else(
    asset: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    def policy(raw: Mapping[str, Any]) -> dict[str, str]:
        made = load("functions.route.pages.handler", folder=asset, monkeypatch=monkeypatch, raw=raw)
        said = Client(handler=made.handler)("GET", "/desk/").headers["content-security-policy"]
        return dict(each.split(" ", 1) for each in said.split("; "))

    without = policy(RAW)
    there = policy(RAW | {"base_map": {kind: "https://maps.example.org:8443/of/city"}})
    added = {name: there[name].removeprefix(without[name]) for name in there if there[name] != without[name]}
    assert added == dict.fromkeys(("img-src", "connect-src"), " https://maps.example.org:8443")


@pytest.mark.parametrize("aws_region", ["eu-central-1", "us-east-1"])
@pytest.mark.parametrize("endpoint", ["", "http://127.0.0.1:4566"])
def test_photos_may_be_shown_from_where_their_addresses_lead(
    monkeypatch: pytest.MonkeyPatch, aws_region: str, endpoint: str
) -> None:
    monkeypatch.setattr(clients, "_made", {})
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    environment = {
        "AWS_DEFAULT_REGION": aws_region,
        "PHOTOS_BUCKET": "photos-1",
        "AWS_ENDPOINT_URL": endpoint,
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    if not endpoint:
        monkeypatch.delenv("AWS_ENDPOINT_URL")
    address = urlsplit(
        presigned_get(
            bucket="photos-1",
            key="photos/1",
            expires_in=timedelta(minutes=1),
            filename="1.jpg",
            content_type="image/jpeg",
        )
    )
    assert photos_origin(environment) == f"{address.scheme}://{address.netloc}"


# ------------------------------------------------------------------------------------ how it is made
def test_what_is_built_can_be_handed_out(tmp_path: Path) -> None:
    built = desk()
    files = files_in(laid_out(pages(), tmp_path) / DESK)
    assert files.keys() == built.keys()
    assert INDEX in files
    for file in files.values():
        assert file.coded.keys() <= CODINGS.keys()


def test_a_file_of_no_known_kind_is_refused_when_it_is_packed() -> None:
    with pytest.raises(UnknownKind, match=r"page\.exe"):
        pages({"page.exe": b""})


def test_the_same_files_are_packed_as_the_same_bytes() -> None:
    assert json.dumps([*map(str, pages(FILES).items())]) == json.dumps([*map(str, pages(FILES).items())])
