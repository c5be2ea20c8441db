"""Base maps as an operator may have them: a style of a single colour with its tiles and no fonts, and archives of tiles."""

import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Final

from PIL import Image
from playwright.sync_api import Locator, Page

from infra.toolchain import PAGES
from tests.web.archive import WHOLE, archive, vector_tile
from tests.web.loopback import serving

COLOUR: Final = (64, 224, 112)
MAKERS: Final = "© The makers of the map"
_LOOKS: Final = 150


@dataclass(kw_only=True)
class BaseMap:
    """`asked`: the paths that came, in turn; `whole`: those of them that were not asked for in parts."""

    address: str = ""
    asked: list[str] = field(default_factory=list)
    whole: set[str] = field(default_factory=set)

    @property
    def style(self) -> str:
        return f"{self.address}/style.json"

    @property
    def archive(self) -> str:
        """Of vector tiles; it does not say who made it."""
        return f"{self.address}/city.pmtiles"

    @property
    def pictures(self) -> str:
        """An archive of `COLOUR`."""
        return f"{self.address}/pictures.pmtiles"

    @property
    def unknown(self) -> str:
        """An archive of tiles that pages do not draw."""
        return f"{self.address}/unknown.pmtiles"

    @property
    def style_over_archive(self) -> str:
        """A style whose tiles are in `pictures`."""
        return f"{self.address}/over.json"

    def content(self, path: str) -> tuple[str, bytes] | None:
        self.asked.append(path)
        match path:
            case "/style.json":
                tiles = [f"{self.address}/{{z}}/{{x}}/{{y}}.png"]
                return "application/json", self._style({"tiles": tiles, "attribution": MAKERS})
            case "/over.json":
                return "application/json", self._style({"url": f"pmtiles://{self.pictures}"})
            case "/city.pmtiles":
                return "application/vnd.pmtiles", archive(_STREETS, "mvt", metadata={})
            case "/unknown.pmtiles":
                return "application/vnd.pmtiles", archive(_STREETS, "mlt", metadata={})
            case "/pictures.pmtiles":
                return "application/vnd.pmtiles", archive(_tile(), "png", metadata={"attribution": MAKERS})
        return ("image/png", _tile()) if path.endswith(".png") else None

    def _style(self, tiles: dict[str, object]) -> bytes:
        said = {
            "version": 8,
            "sources": {"streets": {"type": "raster", "tileSize": 256, **tiles}},
            "glyphs": f"{self.address}/{{fontstack}}/{{range}}.pbf",
            "layers": [{"id": "streets", "type": "raster", "source": "streets"}],
        }
        return json.dumps(said).encode()


@contextmanager
def base_map() -> Iterator[BaseMap]:
    """Its server, for as long as the context lasts."""
    made = BaseMap()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, content = made.content(self.path) or (None, b"")
            part = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("range", ""))
            if part:
                first, last = int(part[1]), min(int(part[2]), len(content) - 1)
                self.send_response(206)
                self.send_header("content-range", f"bytes {first}-{last}/{len(content)}")
                content = content[first : last + 1]
            else:
                made.whole.add(self.path)
                self.send_response(200 if kind else 404)
            self.send_header("access-control-allow-origin", "*")
            self.send_header("content-type", kind or "text/plain")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

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


def colour_of(name: str, *, dark: bool) -> tuple[int, int, int]:
    """By its name in what the pages' maps are drawn in."""
    said = (PAGES / "parts" / "map" / "colours.ts").read_text()
    red, green, blue = bytes.fromhex(re.findall(rf'{name}: "#(\w{{6}})"', said)[dark])
    return red, green, blue


_STREETS: Final = vector_tile(
    {
        "earth": [("earth", "area", WHOLE)],
        "landuse": [
            ("park", "area", ((0, 2048), (2048, 2048), (2048, 4096), (0, 4096))),
            ("industrial", "area", WHOLE),
        ],
        "water": [("lake", "area", ((2048, 2048), (4096, 2048), (4096, 4096), (2048, 4096)))],
        "roads": [
            ("major_road", "line", ((0, 1024), (4096, 1024))),
            ("path", "line", ((0, 512), (4096, 512))),
        ],
        "buildings": [("building", "area", ((1024, 1200), (1500, 1200), (1500, 1700), (1024, 1700)))],
        "pois": [("school", "area", WHOLE)],
    }
)
"""A park and a lake below, and above them a road, a path and a house, on land; beside, what is not drawn."""


def _tile() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (256, 256), COLOUR).save(made, "PNG")
    return made.getvalue()
