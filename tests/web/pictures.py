"""The pictures of docs/desk.md and docs/public.md, taken of the pages themselves.

python -m tests.web.pictures     takes them anew
"""

import io
import tempfile
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Page

from infra.local.chromium import launched
from infra.toolchain import ROOT
from tests.web import public_files, test_map, test_public_page, test_site
from tests.web.front import front
from tests.web.opened import opened, show
from tests.web.people import ABOVE, BODY, file, settled
from tests.web.site_front import site_front

DESK: Final = ROOT / "docs" / "desk"
PUBLIC: Final = ROOT / "docs" / "public"
HEIGHTS: Final = {360: 760, 1280: 800}
_QUALITY: Final = 70
AROUND: Final = (
    ("rubbish", "Контейнеры переполнены.", 52.305, 76.941),
    ("rubbish", "Мусор не вывезли.", 52.306, 76.943),
    ("street_light", "Не горит фонарь у перехода.", 52.271, 76.986),
    ("open_manhole", "Люк сдвинут.", 52.318, 76.962),
    ("water_leak", "Вода на тротуаре.", 52.262, 76.951),
    ("illegal_dump", "Строительный мусор у реки.", 52.247, 76.972),
    ("street_light", "Темно во дворе.", 52.296, 76.925),
)
"""More of one body, in other places of its town."""


def take_desk(folder: Path) -> None:
    """Each as WebP, by its name."""
    with launched() as browser, tempfile.TemporaryDirectory() as name, settled(Path(name)) as here:
        manhole, escalated = here.ids["manhole"], here.ids["escalated"]
        with front(here.town) as served:
            with opened(browser, served, who=ABOVE, language="ru", maps=True) as page:
                _save(page, folder / "list.webp", width=1280)
                show(page, escalated)
                test_map.has_drawn(page)
                _save(page, folder / "complaint.webp", width=1280)
            with opened(browser, served, who=BODY, language="kk", width=360) as page:
                show(page, manhole, "answer")
                page.locator("form.move").scroll_into_view_if_needed()
                page.evaluate("document.querySelector('form.move').scrollIntoView()")
                _save(page, folder / "answer.webp", width=360)
            with opened(browser, served, who=BODY, language="en", width=360, scheme="dark") as page:
                _save(page, folder / "list-on-a-phone.webp", width=360)
            for category, comment, lat, lon in AROUND:
                file(here.town, category, comment, who="daniyar", place={"lat": lat, "lon": lon})
            with opened(browser, served, who=BODY, language="ru", maps=True) as page:
                test_map.on_the_map(page)
                page.locator("[data-id]").first.focus()
                page.locator(".mapped").evaluate("map => map.scrollIntoView()")
                _save(page, folder / "map.webp", width=1280)


def take_public(folder: Path) -> None:
    """The site of a made-up town, and the page of one complaint."""
    made = public_files.town(test_site.COMPLAINTS)
    with launched() as browser, site_front(made.files) as served:
        with test_site.opened(browser, served, maps=True) as page:
            test_site.has_drawn(page)
            _save(page, folder / "start.webp", width=1280)
        with test_site.opened(browser, served, f"/#/agencies/{test_site.BODY}", width=360) as page:
            page.locator("h1").wait_for()
            _save(page, folder / "body-on-a-phone.webp", width=360)
        document = test_public_page.made(test_public_page.Lives.disputed_and_overdue)
        with test_public_page.opened(browser, document, language="ru") as page:
            _save(page, folder / "complaint.webp", width=1280)


def _save(page: Page, file: Path, *, width: int) -> None:
    page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
    page.wait_for_load_state("networkidle")
    # A map comes to rest.
    page.wait_for_timeout(2_000)
    shot = Image.open(io.BytesIO(page.screenshot()))
    file.parent.mkdir(exist_ok=True)
    shot.save(file, "WEBP", quality=_QUALITY)


if __name__ == "__main__":
    take_desk(DESK)
    take_public(PUBLIC)
