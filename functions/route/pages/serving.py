"""The routes of the desk: its page at `/desk/`, and each of its files by name."""

from collections.abc import Mapping
from typing import Any, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from functions.complaints.faults import NotFound
from functions.edge import file_answers
from functions.edge.packed_files import INDEX, File

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
        file = files.get(name)
        if file is None:
            raise NotFound(name)
        return file_answers.sent(file, asked=router.current_event.headers, header_fields=header_fields)

    return router
