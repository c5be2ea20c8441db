"""What stands before the site in these tests: its files and the public ones under the policy that they are served with."""

import gzip
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Final

from functions.complaints.region import BaseMap
from functions.edge.page_policy import origin_of_map
from functions.notify.site.policy import header_fields
from infra.packaging.site import site
from tests.web.loopback import serving

FILES: Final = "https://public.s3.eu-central-1.amazonaws.com"
_KINDS: Final = {
    "css": "text/css",
    "geojson": "application/geo+json",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript",
    "json": "application/json",
    "txt": "text/plain",
}


@dataclass(kw_only=True)
class SiteFront:
    """`public` by path; `asked`: the paths that came, in turn. What is in `refused` is not handed out."""

    public: Mapping[str, bytes]
    files: Mapping[str, bytes]
    address: str = ""
    asked: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    def content(self, path: str) -> tuple[str, bytes] | None:
        self.asked.append(path)
        if path in self.refused or any(path.startswith(each) for each in self.refused if each.endswith("-")):
            return None
        if path.startswith("/c/"):
            return "html", f"<!doctype html><title>{path}</title><h1>{path}</h1>".encode()
        if path.startswith("/open/"):
            found = self.public.get(path)
        else:
            found = self.files.get("index.html" if path == "/" else path.removeprefix("/site/"))
        ending = "html" if path == "/" else path.rpartition(".")[2]
        return None if found is None else (ending, found)


@contextmanager
def site_front(public: Mapping[str, bytes]) -> Iterator[SiteFront]:
    """The server, for as long as the context lasts."""
    made = SiteFront(public=public, files=site())
    named = json.loads(public["/open/region.json"])["base_map"]
    base_map = BaseMap.from_dict(named) if named else None
    policy = header_fields(files=FILES, base_map=origin_of_map(base_map))
    packed: dict[bytes, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found = made.content(self.path.partition("?")[0])
            if found is None:
                self.send_response(404)
                self.send_header("content-length", "0")
                self.end_headers()
                return
            ending, content = found
            if content not in packed:
                packed[content] = gzip.compress(content, compresslevel=6)
            body = packed[content]
            self.send_response(200)
            self.send_header("content-type", _KINDS[ending])
            self.send_header("content-encoding", "gzip")
            for name, value in policy.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with serving(Handler) as address:
        made.address = address
        yield made
