"""The names of districts on a map: each at one place within, and once in view however near one comes."""

import io
import json
import subprocess
from collections.abc import Sequence
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter
from playwright.sync_api import Browser, Page
from shapely import Point
from shapely.geometry import shape

from infra.region import compile_region, region_ids
from infra.toolchain import PAGES, TOOLS, tool
from tests.web import test_site
from tests.web.base_map import colour_of
from tests.web.public_files import REGION, town
from tests.web.site_front import site_front

MIDDLES = """
import { readFileSync } from "node:fs";
import { middleOf } from "./parts/map/names.ts";
console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(middleOf)));
"""


def middles_of(*outlines: Any) -> list[Point]:
    """Of multi-polygons, as the pages find them."""
    command = [tool(TOOLS / "node"), "--input-type=module", "--eval", MIDDLES]
    said = subprocess.run(
        command, input=json.dumps(outlines), cwd=PAGES, capture_output=True, check=True, text=True
    )
    return [Point(place) for place in json.loads(said.stdout)]


@pytest.mark.parametrize("region", region_ids())
def test_a_name_stands_within_its_district_well_away_from_the_border(region: str) -> None:
    raw = json.loads(compile_region(region))
    for district, middle in zip(
        raw["districts"], middles_of(*(each["polygons"] for each in raw["districts"])), strict=True
    ):
        outline = shape({"type": "MultiPolygon", "coordinates": district["polygons"]})
        assert outline.contains(middle)
        assert outline.boundary.distance(middle) > 0.2 * outline.area**0.5


def test_of_several_parts_it_stands_in_the_roomiest_and_in_no_hole() -> None:
    def ring(west: float, size: float) -> list[list[float]]:
        return [[west, 0], [west + size, 0], [west + size, size], [west, size], [west, 0]]

    hole = [[x + 0.1, y + 0.1] for x, y in ring(5.1, 0.8)]
    (middle,) = middles_of([[ring(0, 0.3)], [ring(5, 1.1), hole], [ring(9, 0.5)]])
    assert (round(middle.x, 2), round(middle.y, 2)) == (9.25, 0.25)


def names_in(picture: Image.Image) -> list[tuple[int, int]]:
    """Where one stands: whatever has their colour and is not far from one another is one name."""
    unlike = ImageChops.difference(picture, Image.new("RGB", picture.size, colour_of("name", dark=False)))
    red, green, blue = unlike.split()
    near = ImageChops.lighter(ImageChops.lighter(red, green), blue).point(lambda by: 255 if by <= 40 else 0)
    spots = near.filter(ImageFilter.MaxFilter(25))
    # To look for them takes less in a small picture, and each is wide enough to be seen in it.
    spots, found = spots.resize((spots.width // 5, spots.height // 5), Image.Resampling.NEAREST), []
    while spots.getbbox() is not None:
        y, x = divmod(spots.tobytes().index(255), spots.width)
        before = spots.copy()
        ImageDraw.floodfill(spots, (x, y), 0)
        left, top, right, bottom = ImageChops.difference(before, spots).getbbox() or (0, 0, 0, 0)
        found.append(((left + right) * 5 // 2, (top + bottom) * 5 // 2))
    return found


def at_rest(page: Page) -> Image.Image:
    """The map, without its buttons, once it no longer moves."""

    def shot() -> bytes:
        buttons = page.locator(".maplibregl-ctrl-group")
        return page.locator(".ground").screenshot(mask=[buttons], mask_color="#ffffff")

    before, now = b"", shot()
    while before != now:
        page.wait_for_timeout(400)
        before, now = now, shot()
    return Image.open(io.BytesIO(now)).convert("RGB")


def test_each_is_there_once_however_near_one_comes(browser: Browser) -> None:
    # Its one complaint is hidden, so that no mark covers a name.
    with site_front(town(1).files) as served, test_site.opened(browser, served, maps=True) as page:
        test_site.has_drawn(page)
        names = names_in(at_rest(page))
        assert len(names) == len(REGION.districts)
        seen: Sequence[int] = [len(names)]
        box = page.locator(".ground").bounding_box()
        assert box is not None
        x, y = min(names, key=lambda at: abs(at[0] - box["width"] / 2) + abs(at[1] - box["height"] / 2))
        for _ in range(4):
            page.mouse.dblclick(box["x"] + x, box["y"] + y)
            seen = [*seen, len(names_in(at_rest(page)))]
        assert seen[-1] == 1
        assert seen == sorted(seen, reverse=True)
