"""The desk in a tab: opened, signed in, and what a test reads of it."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any, Final, Literal
from urllib.parse import urlencode

import boto3
from playwright.sync_api import Browser, Page, Route, expect

from tests.sweeps import WHOLE
from tests.web.front import PHOTOS, Front, challenge_of

ASKED: Final = "qamqor.signin"
"""Where the desk keeps what it asked for when it left for the sign-in page: `web/desk/session/session.ts`."""
WIDTHS: Final = (360, 1280)
LANGUAGES: Final = ("kk", "ru", "en")
SCREENS: Final = [*product(WIDTHS, LANGUAGES)] if WHOLE else [(360, "kk"), (1280, "ru"), (360, "en")]
"""For what takes long to draw: each width and each language, and by `make sweeps` each in each."""
type Scheme = Literal["light", "dark"]


@contextmanager
def opened(
    browser: Browser,
    served: Front,
    *,
    who: str,
    language: str = "en",
    width: int = 1280,
    scheme: Scheme = "light",
    maps: bool = False,
) -> Iterator[Page]:
    """A tab of its own, signed in as that body, with `maps` where a test is about them. Whatever its console complains of
    fails the test.
    """
    served.signs_in = who
    served.before = lambda method, path: None
    served.after = lambda method, path, reply: reply
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        locale=language,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    if not maps:
        without_maps(page)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    page.route(f"{PHOTOS}/**", lambda route: _storage(route, served))
    come_from_signing_in(page, served)
    try:
        yield page
    finally:
        context.close()
    assert complaints == []


def without_maps(page: Page) -> None:
    """None is drawn, as where none comes in view: to draw one takes more than all else of a page."""
    page.add_init_script("IntersectionObserver.prototype.observe = () => {}")


def come_from_signing_in(page: Page, served: Front) -> None:
    """As `sign_in` leaves it, without the page before it, which few tests are about."""
    asked = {"state": secrets.token_urlsafe(), "verifier": secrets.token_urlsafe(32), "at": ""}
    page.add_init_script(
        f"sessionStorage.getItem('{ASKED}') ?? (/[?&]code=/.test(location.search) && "
        f"sessionStorage.setItem('{ASKED}', {json.dumps(json.dumps(asked))}))"
    )
    back = {"code": served.code(challenge=challenge_of(asked["verifier"])), "state": asked["state"]}
    page.goto(f"{served.address}/desk/?{urlencode(back)}")
    page.locator("header.top").wait_for()


@contextmanager
def without_connection(page: Page) -> Iterator[None]:
    """On a machine that has no network itself the browser said so before, and has nothing new to say."""
    is_told = page.evaluate("navigator.onLine")
    page.context.set_offline(True)
    if not is_told:
        page.evaluate("dispatchEvent(new Event('offline'))")
    yield
    page.context.set_offline(False)
    if not is_told:
        page.evaluate("dispatchEvent(new Event('online'))")


def sign_in(page: Page) -> None:
    page.locator(".signin .primary").click()
    page.locator("header.top").wait_for()


def show(page: Page, complaint_id: str, move: str = "") -> None:
    """The complaint, or one of its forms."""
    at = f"#/complaints/{complaint_id}" + (f"/{move}" if move else "")
    page.evaluate("at => { location.hash = at }", at)
    expect(page.locator("article.complaint h1")).to_be_visible()


def events(served: Front, complaint_id: str, *, who: str) -> list[dict[str, Any]]:
    """What has happened to the complaint, as the body sees it."""
    with served.turn:
        found: list[dict[str, Any]] = served.town.agency(
            "GET", f"/v1/agency/complaints/{complaint_id}", who=who
        ).body["events"]
    return found


def _storage(route: Route, served: Front) -> None:
    """What S3 does with a presigned request, and what follows an upload."""
    request = route.request
    headers = {"access-control-allow-origin": "*"}
    if request.method == "PUT":
        upload = {"url": request.url, "headers": request.headers}
        with served.turn:
            served.town.upload(request.post_data_buffer or b"", upload)
        route.fulfill(status=200, headers=headers)
        return
    key = request.url.partition("?")[0].removeprefix(f"{PHOTOS}/")
    held = boto3.client("s3").get_object(Bucket="photos", Key=key)["Body"].read()
    route.fulfill(status=200, body=held, content_type="image/jpeg", headers=headers)
