"""The addresses that everybody may read: pages of complaints, open data, feeds, photos that may be shown, and the site."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from functions.complaints.faults import NotFound
from functions.complaints.ids import read_number
from functions.complaints.region import Region
from functions.edge import file_answers
from functions.edge.base_url import base_url
from functions.edge.packed_files import INDEX, File
from functions.edge.public_files import MAP, OPEN_DATA, page_key
from functions.notify.site.feeds import ATOM, JSON_FEED, Subject, Wanted, atom, json_feed
from functions.notify.site.objects import Objects

A_DAY: Final = "public, max-age=86400"
# The gateway keeps the body of an answer to HEAD back, and counts its length.
_ROUTE: Final[Mapping[str, Any]] = {
    "method": ["GET", "HEAD"],
    "include_in_schema": False,
    "enable_validation": False,
}


FIVE_MINUTES: Final = "public, max-age=300"
_FEEDS: Final[Mapping[str, tuple[str, Callable[..., bytes]]]] = {
    "atom": (ATOM, atom),
    "json": (JSON_FEED, json_feed),
}
"""By their endings."""


def public(
    files: Objects, *, region: Region, site: Mapping[str, File], header_fields: Mapping[str, str]
) -> Router:
    """`site`: what is packed beside the function, nothing where there is no site; `header_fields` go with its files."""
    router = Router()

    @router.route("/c/<number>", **_ROUTE)
    def page_of_a_complaint(number: str) -> Response[Any]:
        read = read_number(number)
        if read is None:
            raise NotFound(number)
        if read != number:
            # Relative, for whoever asks may know the API by another address than it does itself.
            return Response(status_code=308, headers={"location": read, "cache-control": A_DAY})
        return files.sent(page_key(read), asked=router.current_event.headers)

    @router.route("/open/<name>", **_ROUTE)
    def open_data(name: str) -> Response[Any]:
        return files.sent(f"{OPEN_DATA}{name}", asked=router.current_event.headers)

    @router.route("/feeds/<kind>/<name>", **_ROUTE)
    def feed(kind: str, name: str) -> Response[Any]:
        id, _, ending = name.rpartition(".")
        if kind not in set(Subject) or ending not in _FEEDS:
            raise NotFound(name)
        event = router.current_event
        asked = (event.query_string_parameters or {}).get("lang", "")
        wanted = Wanted(
            subject=Subject(kind),
            id=id,
            language=asked if asked in region.languages else region.languages[0],
            region=region,
            base_url=base_url(event.raw_event, domain=region.domain),
        )
        if not wanted.is_known:
            raise NotFound(name)
        content_type, rendered = _FEEDS[ending]
        return files.made_of(
            MAP,
            lambda lines: rendered(lines, wanted=wanted),
            about_it={"content-type": content_type, "cache-control": FIVE_MINUTES},
            asked=event.headers,
        )

    @router.route("/public/<complaint_id>/<name>", **_ROUTE)
    def photo_that_may_be_shown(complaint_id: str, name: str) -> Response[Any]:
        return files.sent(f"public/{complaint_id}/{name}", asked=router.current_event.headers)

    @router.route("/", **_ROUTE)
    def start() -> Response[Any]:
        return packed(INDEX)

    @router.route("/site/<name>", **_ROUTE)
    def file_of_the_site(name: str) -> Response[Any]:
        return packed(name)

    def packed(name: str) -> Response[Any]:
        file = site.get(name)
        if file is None:
            raise NotFound(name)
        return file_answers.sent(file, asked=router.current_event.headers, header_fields=header_fields)

    return router
