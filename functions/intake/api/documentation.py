"""The page at `/docs` and its files, and `/openapi.json`: made with the asset, compressed there, handed out as they are,
but for the address that the document is fetched from, which is known then alone.

The page is Swagger UI (`infra.packaging.viewer` says why). Everything comes from here, nothing runs or is styled inline.
"""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.event_handler.api_gateway import Router

from functions.complaints.faults import NotFound
from functions.edge.base_url import base_url
from functions.edge.codings import coding

FOLDER: Final = "docs"
"""Of the files, in the asset: each under its name and `.gz`."""
PAGE: Final = "index.html"
OPENAPI: Final = "openapi.json"
TYPES: Final[Mapping[str, str]] = {
    PAGE: "text/html; charset=utf-8",
    OPENAPI: "application/json",
    "start.js": "text/javascript; charset=utf-8",
    "page.css": "text/css; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "swagger-ui.css": "text/css; charset=utf-8",
    "LICENSE": "text/plain; charset=utf-8",
    "NOTICE": "text/plain; charset=utf-8",
    "swagger-ui-bundle.js.LICENSE.txt": "text/plain; charset=utf-8",
}
"""What there is, and of which type: no other name is looked for."""
_POLICY: Final = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        # The viewer's icons stand in its style sheet.
        "img-src 'self' data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
_HEADERS: Final = {
    "cache-control": "public, max-age=3600",
    "content-security-policy": _POLICY,
    "referrer-policy": "no-referrer",
    "vary": "accept-encoding",
    "x-content-type-options": "nosniff",
}
_TAG: Final = ["Open data"]


@dataclass(frozen=True, kw_only=True)
class File:
    """`body` as it is sent, in the coding that `headers` name."""

    content_type: str
    body: bytes
    headers: Mapping[str, str]


def documentation(folder: Path, *, domain: str | None) -> Router:
    """The routes; `folder` is the asset's root, `domain` the region's own."""
    router = Router()

    @router.get(
        "/openapi.json",
        operation_id="describe",
        tags=_TAG,
        summary="This description, for programs",
        description="This OpenAPI document: the region's own, with its limits, and with the address that it was fetched "
        "from as its server.",
        responses=_described(content_types.APPLICATION_JSON, {"type": "object"}),
        enable_validation=False,
    )
    def openapi() -> Response[Any]:
        return sent(OPENAPI)

    @router.get(
        "/docs",
        operation_id="document",
        tags=_TAG,
        summary="This description, for people",
        description="The same document as a page, to read and to try.",
        responses=_described(content_types.TEXT_HTML, {"type": "string"}),
        enable_validation=False,
    )
    def docs() -> Response[Any]:
        return sent(PAGE)

    @router.get("/docs/<name>", include_in_schema=False, enable_validation=False)
    def file_of_docs(name: str) -> Response[Any]:
        return sent(name)

    def sent(name: str) -> Response[Any]:
        found = file(
            name,
            folder=folder,
            accepted=router.current_event.headers.get("accept-encoding", ""),
            server=base_url(router.current_event.raw_event, domain=domain),
        )
        if found is None:
            raise NotFound(name)
        # Under its name in lower case: what Powertools takes for JSON by the other, it would write as JSON once more.
        return Response(
            status_code=200, body=found.body, headers={"content-type": found.content_type, **found.headers}
        )

    return router


def _described(media_type: str, schema: dict[str, Any]) -> dict[int, Any]:
    return {200: {"description": "Here it is.", "content": {media_type: {"schema": schema}}}}


def file(name: str, *, folder: Path, accepted: str, server: str) -> File | None:
    """A file of the page; None where there is none of this name.

    `folder` is the asset's root; `accepted` is the request's Accept-Encoding (RFC 9110, section 12.5.3); `server` the
    address of the API.
    """
    if name not in TYPES:
        return None
    path = folder / FOLDER / f"{name}.gz"
    body = _served_at(server, path) if name == OPENAPI else path.read_bytes()
    if coding(accepted, kept=("gzip",)):
        return File(content_type=TYPES[name], body=body, headers=_HEADERS | {"content-encoding": "gzip"})
    return File(content_type=TYPES[name], body=gzip.decompress(body), headers=_HEADERS)


@lru_cache(maxsize=2)
def _served_at(server: str, path: Path) -> bytes:
    """The document, compressed, with its server. An API has one address, or two."""
    made = json.loads(gzip.decompress(path.read_bytes())) | {"servers": [{"url": server}]}
    return gzip.compress(json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode(), mtime=0)
