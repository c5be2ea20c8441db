"""`/v1/letters/{token}`: what the link in a letter leads to. Open: who has the letter may end the letters.

A mail programme ends them with a POST by itself (RFC 8058); who follows the link is asked first, for what looks into links
before people do must not end anything.
"""

from collections.abc import Callable
from datetime import datetime
from html import escape
from typing import Annotated, Any, Final

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Path

from functions.complaints.letter_links import agency_named_in
from functions.complaints.texts import text
from functions.edge.operations import naming
from functions.records.agencies.letter_links import turn_off, written_to

PATH: Final = "/v1/letters/"
_TAG: Final = ["Letters"]
_TOKEN_MOST: Final = 64 + 1 + 64
_HEADERS: Final = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_PAGE: Final[dict[int, Any]] = {
    200: {"description": "Here it is.", "content": {content_types.TEXT_HTML: {"schema": {"type": "string"}}}}
}

Token = Annotated[
    str,
    Path(description="As the link in the letter has it.", json_schema_extra={"maxLength": _TOKEN_MOST}),
    naming(agency_named_in),
]


def letters(*, now: Callable[[], datetime]) -> Router:
    router = Router()

    @router.get(
        "/v1/letters/<token>",
        operation_id="showLetters",
        tags=_TAG,
        summary="Ask whether letters shall end",
        description="A page for who follows the link in a letter; nothing ends by it.",
        responses=_PAGE,
    )
    def show(token: Token) -> Response[str]:
        language = written_to(token).language
        return _page(language, text("unsubscribe.ask", language), button=text("unsubscribe.button", language))

    @router.post(
        "/v1/letters/<token>",
        operation_id="endLetters",
        tags=_TAG,
        summary="End the letters to an address",
        description="One press, without signing in (RFC 8058). Another address in the region file is written to again.",
        responses=_PAGE,
    )
    def end(token: Token) -> Response[str]:
        written = written_to(token)
        turn_off(written.agency_id, address=written.address, now=now())
        return _page(written.language, text("unsubscribe.done", written.language))

    return router


def _page(language: str, said: str, *, button: str | None = None) -> Response[str]:
    title = escape(text("unsubscribe.title", language))
    form = "" if button is None else f'<form method="post"><button>{escape(button)}</button></form>'
    body = (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>'
        f"<main><h1>{title}</h1><p>{escape(said)}</p>{form}</main></html>"
    )
    headers: dict[str, Any] = dict(_HEADERS)
    return Response(status_code=200, body=body, headers=headers)
