"""The site with 50,000 complaints in a browser whose page runs four times slower than this machine."""

from collections.abc import Sequence
from typing import Final
from urllib.request import urlopen

from playwright.sync_api import Browser

from infra.local.chromium import launched
from tests.bench.report import Row, Table
from tests.web.public_files import town
from tests.web.site_front import SiteFront, site_front

POINTS: Final = 50_000
SLOWER: Final = 4
SECONDS_MOST: Final = 2.0
ROUNDS: Final = 5
_WATCH: Final = """
    const note = (name, found) => { if (found) (window.seen ??= {})[name] ??= performance.now() / 1000; };
    new MutationObserver(() => {
        note("list", document.querySelector(".listed .row"));
        note("points", document.querySelector("[data-standing=there]"));
    }).observe(document, {childList: true, subtree: true, attributes: true});
"""
_NAMES: Final = {"list": "the list and its counts", "points": "all points on the map"}


def measure(*, points: int = POINTS, rounds: int = ROUNDS) -> Sequence[Table]:
    made = town(points)
    with launched() as browser, site_front(made.files) as front:
        # Compressed once, as the bucket holds it.
        for path in made.files:
            with urlopen(f"{front.address}{path}") as read:
                read.read()
        took = [_opened(browser, front) for _ in range(rounds)]
    rows = [
        Row(name=name, cells=[f"{least:.2f} s"], value=least, target=SECONDS_MOST)
        for key, name in _NAMES.items()
        for least in [min(each[key] for each in took)]
    ]
    size = len(made.files["/open/complaints.geojson"]) / 1e6
    return [
        Table(
            title=f"The site with {points:,} complaints, {SLOWER} times slowed",
            against="nothing; from the address to what is seen, the quickest of "
            f"{rounds} as whatever else the machine does only adds",
            columns=("after",),
            rows=rows,
            notes=(
                f"`complaints.geojson` has {size:.0f} MB before compression. The browser slows the page's own thread; "
                "the workers beside it, which read the file and gather the points, run as fast as the machine lets them.",
            ),
        )
    ]


def _opened(browser: Browser, front: SiteFront) -> dict[str, float]:
    context = browser.new_context(viewport={"width": 360, "height": 740}, reduced_motion="reduce")
    try:
        page = context.new_page()
        page.add_init_script(_WATCH)
        slowed = context.new_cdp_session(page)
        slowed.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.goto(f"{front.address}/")
        page.wait_for_selector("[data-standing=there]", timeout=120_000)
        seen: dict[str, float] = page.evaluate("window.seen")
        return seen
    finally:
        context.close()
