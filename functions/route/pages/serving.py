"""The routes of the desk: its page at `/desk/`, and each of its files by name."""

from collections.abc import Mapping
from typing import Any, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from functions.complaints.faults import NotFound
from functions.edge.codings import coding
from functions.edge.revalidation import unless_it_has
from functions.route.pages.files import CODINGS, INDEX, File

# The gateway keeps the body of an answer to HEAD back, and counts its length.
_ROUTE: Final[Mapping[str, Any]] = {
    "method": ["GET", "HEAD"],
    "include_in_schema": False,
    "enable_validation": False,
}


def desk(files: Mapping[str, File], *, header_fields: Mapping[str, str]) -> Router:
    """`header_fields` go with every file."""
    router = Router()

    @router.route("/desk", **_ROUTE)
    def without_its_slash() -> Response[Any]:
        # Relative, for whoever asks may know the API by another address than it does itself.
        return Response(
            status_code=308, headers={"location": "desk/", "cache-control": "public, max-age=86400"}
        )

    @router.route("/desk/", **_ROUTE)
    def page() -> Response[Any]:
        return sent(INDEX)

    @router.route("/desk/<name>", **_ROUTE)
    def file_of_the_desk(name: str) -> Response[Any]:
        return sent(name)

    def sent(name: str) -> Response[Any]:
        asked, file = router.current_event.headers, files.get(name)
        if file is None:
            raise NotFound(name)
        chosen = coding(
            asked.get("accept-encoding", ""), kept=[each for each in CODINGS if each in file.coded]
        )
        return unless_it_has(file.tag, asked=asked, response=_response(file, chosen, header_fields))

    return router


def _response(file: File, chosen: str | None, header_fields: Mapping[str, str]) -> Response[Any]:
    about_it = {
        # Under its name in lower case: what Powertools takes for JSON by the other, it would write as JSON once more.
        "content-type": file.content_type,
        "cache-control": file.cache_control,
        "vary": "accept-encoding",
    }
    if chosen is None:
        return Response(status_code=200, body=file.plain, headers={**header_fields, **about_it})
    fields = {**header_fields, **about_it, "content-encoding": chosen}
    return Response(status_code=200, body=file.coded[chosen], headers=fields)
