"""The four API functions behind one WSGI application, which stands for API Gateway: it routes and lets in as that does.

`Authorization: Bearer person-…` is a person who is signed in, `Bearer qk_…` any key of the body `housing` with all scopes;
without the header the gateway refuses by itself.
"""

import base64
import gzip
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from infra.stacks.api import AGENCY, CITIZEN, LETTERS, OFFICERS, OPEN, SUBSCRIPTIONS

AGENCY_ID = "housing"
type Handler = Callable[[Mapping[str, Any], Any], Mapping[str, Any]]


class Context:
    """As much of Lambda's context as a handler asks for."""

    log_stream_name = "fuzz"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 20_000


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """`intake`, `route`, `subscriptions`, `officers`: the handlers of the four functions."""

    intake: Handler
    route: Handler
    subscriptions: Handler
    officers: Handler

    def __call__(self, environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        answer = self._answer(environ)
        body = answer.get("body") or ""
        raw = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
        headers = {str(name): str(value) for name, value in answer["headers"].items()}
        if headers.pop("content-encoding", None) == "gzip":
            # As every client does before anybody reads it; werkzeug's does not.
            raw = gzip.decompress(raw)
        start_response(f"{answer['statusCode']} ", [*headers.items(), ("content-length", str(len(raw)))])
        return [raw]

    def _answer(self, environ: Mapping[str, Any]) -> Mapping[str, Any]:
        path, method = _path(environ), str(environ["REQUEST_METHOD"])
        for table, handler, caller in (
            (OPEN, self.intake, None),
            (CITIZEN, self.intake, "person"),
            (AGENCY, self.route, "agency"),
            (SUBSCRIPTIONS, self.subscriptions, "agency"),
            (LETTERS, self.subscriptions, None),
            (OFFICERS, self.officers, "agency"),
        ):
            if leads(table, method, path):
                authorizer = _authorizer(environ.get("HTTP_AUTHORIZATION", ""), caller)
                if caller is not None and authorizer is None:
                    return _message(401, "Unauthorized")
                return handler(_event(environ, method=method, path=path, authorizer=authorizer), Context())
        return _message(404, "Not Found")


def _path(environ: Mapping[str, Any]) -> str:
    return str(environ["PATH_INFO"]).encode("latin-1").decode("utf-8", "replace")


def leads(table: Mapping[str, Any], method: str, path: str) -> bool:
    return any(
        method in [each.value for each in methods]
        and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", rule).replace(".", r"\."), path, re.DOTALL)
        for rule, methods in table.items()
    )


def _authorizer(authorization: str, caller: str | None) -> dict[str, Any] | None:
    token = authorization.removeprefix("Bearer ")
    if caller == "person" and token.startswith("person-"):
        return {"jwt": {"claims": {"sub": token}, "scopes": None}}
    if caller == "agency" and token.startswith("qk_"):
        context = {"agency_id": AGENCY_ID, "key_id": "0123456789abcdef", "scopes": "read write admin"}
        return {"lambda": context}
    return None


def _event(
    environ: Mapping[str, Any], *, method: str, path: str, authorizer: dict[str, Any] | None
) -> dict[str, Any]:
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_") or (name in ("CONTENT_TYPE", "CONTENT_LENGTH") and value)
    }
    raw = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    query: dict[str, str] = {}
    for name, value in parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True):
        query[name] = f"{query[name]},{value}" if name in query else value
    context: dict[str, Any] = {
        "http": {"method": method, "path": path, "sourceIp": "192.0.2.1"},
        "requestId": "fuzz",
        "domainName": "api.example.org",
        "stage": "$default",
    }
    if authorizer is not None:
        context["authorizer"] = authorizer
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": environ.get("QUERY_STRING", ""),
        "queryStringParameters": query,
        "headers": headers,
        "requestContext": context,
        "body": base64.b64encode(raw).decode() if raw else None,
        "isBase64Encoded": bool(raw),
    }


def _message(status: int, text: str) -> Mapping[str, Any]:
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json"},
        "body": json.dumps({"message": text}),
    }
