"""Answers that are kept, and that whoever keeps them asks about again: nothing is sent twice that is the same.

RFC 9110, sections 8.8.3 (ETag), 13.1.2 (If-None-Match) and 15.4.5 (304).
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import ApiGatewayResolver
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware

from functions.edge.operations import HEADERS, KEPT
from functions.edge.resolver import to_json

REVALIDATED: Final[dict[str, Any]] = {
    KEPT: True,
    HEADERS: {
        "Cache-Control": "How long it may be kept without asking.",
        "ETag": "Names this answer: sent as `If-None-Match`, it saves sending the same again.",
    },
}
"""What such an operation says of itself."""
_DIGITS: Final = 32
_OF_THE_BODY: Final = ("content-type", "content-encoding")


def revalidated(app: ApiGatewayResolver, next_middleware: NextMiddleware) -> Response[Any]:
    """A middleware of a route that answers JSON: 304 where the caller has this very answer."""
    response = next_middleware(app)
    response.body = to_json(response.body)
    # Weak: compressed or not, it says the same.
    tag = f'W/"{hashlib.sha256(response.body.encode()).hexdigest()[:_DIGITS]}"'
    return unless_it_has(tag, asked=app.current_event.headers, response=response)


def unless_it_has(tag: str, *, asked: Mapping[str, str], response: Response[Any]) -> Response[Any]:
    """The response under its tag; 304 where the caller has it. `asked`: the request's header fields."""
    response.headers["etag"] = tag
    if _names(asked.get("if-none-match", ""), tag):
        kept = {name: value for name, value in response.headers.items() if name.lower() not in _OF_THE_BODY}
        return Response(status_code=304, headers=kept)
    return response


def _names(listed: str, tag: str) -> bool:
    """Whether the field is of this tag, compared weakly as section 13.1.2 has it."""
    opaque = tag.removeprefix("W/")
    return listed.strip() == "*" or opaque in {each.strip().removeprefix("W/") for each in listed.split(",")}
