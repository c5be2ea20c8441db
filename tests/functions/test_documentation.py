"""`/docs`, its files and `/openapi.json`: what is handed out, as what, and that nothing comes from elsewhere."""

import gzip
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from functions.intake.api.documentation import OPENAPI, PAGE, TYPES, file
from infra.packaging.openapi import document
from infra.packaging.viewer import documentation
from tests.functions.api_client import Client, anybody, load
from tests.region_fixture import region

# AWS: at most 6 MB from a function, what is base64 counted as it is, and 10 MB through an HTTP API.
MOST = 6 * 1024 * 1024
SERVER = "https://api.example.org"


@pytest.fixture(scope="module")
def asset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("asset")
    for path, content in documentation(document(region())).items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def client(asset: Path) -> Iterator[Client]:
    with pytest.MonkeyPatch.context() as patch:
        yield anybody(load("functions.intake.api.handler", folder=asset, monkeypatch=patch).handler)


class Reader(HTMLParser):
    """Every element with its attributes, and the text of scripts and styles that stand in the page itself."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inline = ""
        self._within = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._within = tag
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self._within in {"script", "style"}:
            self.inline += data.strip()


def test_the_asset_holds_every_file_that_is_handed_out_and_no_other(asset: Path) -> None:
    assert {path.name for path in (asset / "docs").iterdir()} == {f"{name}.gz" for name in TYPES}


@pytest.mark.parametrize("name", TYPES)
def test_a_file_is_the_same_whether_it_is_sent_compressed_or_not(asset: Path, name: str) -> None:
    packed = file(name, folder=asset, accepted="gzip, deflate, br", server=SERVER)
    plain = file(name, folder=asset, accepted="", server=SERVER)
    assert packed
    assert plain
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers == plain.headers | {"content-encoding": "gzip"}
    assert len(plain.body) * 4 / 3 < MOST


@pytest.mark.parametrize(
    ("accepted", "compressed"),
    [
        ("gzip", True),
        ("br, GZip ; q=0.5", True),
        ("deflate;q=0, gzip;q=1.0", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, br", False),
        ("br", False),
        ("x-gzip", False),
        ("", False),
    ],
)
def test_it_is_compressed_for_who_takes_that(asset: Path, accepted: str, compressed: bool) -> None:
    found = file(PAGE, folder=asset, accepted=accepted, server=SERVER)
    assert found
    assert ("content-encoding" in found.headers) is compressed


@pytest.mark.parametrize("name", ["", "..", "region.json", "../region.json", "start.js.gz", "Index.html"])
def test_there_is_no_other_name(asset: Path, name: str) -> None:
    assert file(name, folder=asset, accepted="gzip", server=SERVER) is None


def test_the_page_asks_for_its_own_files_alone_and_holds_nothing_that_runs(asset: Path) -> None:
    found = file(PAGE, folder=asset, accepted="", server=SERVER)
    assert found
    reader = Reader(found.body.decode())
    assert not reader.inline
    assert not [
        name for _, held in reader.elements for name in held if name.startswith("on") or name == "style"
    ]
    addresses = {
        address
        for _, held in reader.elements
        for name in ("src", "href")
        if (address := held.get(name)) and address != "data:,"
    }
    assert addresses - {OPENAPI} <= {f"docs/{name}" for name in TYPES}
    assert {"docs/start.js", "docs/page.css", "docs/swagger-ui-bundle.js", "docs/swagger-ui.css"} <= addresses


@pytest.mark.parametrize("name", ["swagger-ui.css", "page.css"])
def test_a_style_sheet_brings_nothing_from_elsewhere(asset: Path, name: str) -> None:
    found = file(name, folder=asset, accepted="", server=SERVER)
    assert found
    assert not re.search(rb"@import|url\((?![\"']?data:)", found.body)


@pytest.mark.parametrize(
    ("path", "name"), [("/docs", PAGE), ("/openapi.json", OPENAPI), ("/docs/start.js", "start.js")]
)
def test_it_is_open_to_everybody(client: Client, path: str, name: str) -> None:
    answer = client("GET", path)
    assert answer.status == 200
    assert answer.headers["content-type"] == TYPES[name]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "public, max-age=3600"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; ")
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", ["/openapi.json", "/docs/openapi.json"])
def test_the_description_is_the_one_that_was_made_with_the_address_it_was_fetched_from(
    client: Client, path: str
) -> None:
    fetched = client("GET", path).json
    assert fetched == json.loads(document(region())) | {"servers": [{"url": SERVER}]}
    assert list(OpenAPIV31SpecValidator(fetched).iter_errors()) == []


def test_no_header_changes_the_address_that_others_are_told_from_a_cache(client: Client) -> None:
    evil = {"host": "evil.example", "x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}
    answer = client("GET", "/openapi.json", **evil)
    assert answer.json["servers"] == [{"url": SERVER}]
    assert "evil.example" not in answer.text


def test_what_is_not_there_is_not_found(client: Client) -> None:
    answer = client("GET", "/docs/region.json")
    assert (answer.status, answer.slug) == (404, "not-found")
