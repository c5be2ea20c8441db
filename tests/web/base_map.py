"""A base map as an operator may have one, of a single colour: a style, its tiles, and no fonts."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Final

from PIL import Image
from playwright.sync_api import Locator, Page

from tests.web.loopback import serving

COLOUR: Final = (64, 224, 112)
MAKERS: Final = "© The makers of the map"
_LOOKS: Final = 150


@dataclass(kw_only=True)
class BaseMap:
    """`asked`: the paths that came, in turn."""

    address: str = ""
    asked: list[str] = field(default_factory=list)

    @property
    def style(self) -> str:
        return f"{self.address}/style.json"

    def content(self, path: str) -> tuple[str, bytes] | None:
        self.asked.append(path)
        if path == "/style.json":
            return "application/json", json.dumps(self._style()).encode()
        return ("image/png", _tile()) if path.endswith(".png") else None

    def _style(self) -> dict[str, object]:
        tiles = {
            "type": "raster",
            "tiles": [f"{self.address}/{{z}}/{{x}}/{{y}}.png"],
            "tileSize": 256,
            "attribution": MAKERS,
        }
        return {
            "version": 8,
            "sources": {"streets": tiles},
            "glyphs": f"{self.address}/{{fontstack}}/{{range}}.pbf",
            "layers": [{"id": "streets", "type": "raster", "source": "streets"}],
        }


@contextmanager
def base_map() -> Iterator[BaseMap]:
    """Its server, for as long as the context lasts."""
    made = BaseMap()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = made.content(self.path)
            self.send_response(200 if found else 404)
            self.send_header("access-control-allow-origin", "*")
            if found:
                self.send_header("content-type", found[0])
            self.end_headers()
            if found:
                self.wfile.write(found[1])

        def log_message(self, format: str, *args: object) -> None:
            pass

    with serving(Handler) as address:
        made.address = address
        yield made


def becomes(is_so: Callable[[], bool], page: Page) -> bool:
    """Whether it is, as soon as it is: what is drawn takes its time beside other tests."""
    for _ in range(_LOOKS):
        if is_so():
            return True
        page.wait_for_timeout(100)
    return False


def share_of(colour: tuple[int, int, int], shown: Locator) -> float:
    """How much of what is on the screen has this colour, or nearly."""
    picture = Image.open(io.BytesIO(shown.screenshot())).convert("RGB")
    near = sum(
        count
        for count, seen in picture.getcolors(picture.width * picture.height)
        if all(abs(one - other) <= 6 for one, other in zip(seen, colour, strict=True))
    )
    return near / (picture.width * picture.height)


def _tile() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (256, 256), COLOUR).save(made, "PNG")
    return made.getvalue()
