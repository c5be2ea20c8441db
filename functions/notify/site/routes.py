"""The addresses that everybody may read: pages of complaints, open data, the photos that may be shown, and the site."""

from collections.abc import Mapping
from typing import Any, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from functions.complaints.faults import NotFound
from functions.complaints.ids import read_number
from functions.edge import file_answers
from functions.edge.packed_files import INDEX, File
from functions.notify.site.objects import Objects

A_DAY: Final = "public, max-age=86400"
# The gateway keeps the body of an answer to HEAD back, and counts its length.
_ROUTE: Final[Mapping[str, Any]] = {
    "method": ["GET", "HEAD"],
    "include_in_schema": False,
    "enable_validation": False,
}


def public(files: Objects, *, site: Mapping[str, File], header_fields: Mapping[str, str]) -> Router:
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
        return files.sent(f"c/{read}", asked=router.current_event.headers)

    @router.route("/open/<name>", **_ROUTE)
    def open_data(name: str) -> Response[Any]:
        return files.sent(f"open/{name}", asked=router.current_event.headers)

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
