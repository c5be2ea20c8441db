"""The HTTP edge that every API function shares: JSON in, JSON out, and each error as a problem document."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from functions.complaints.complaint import Actor, ActorKind
from functions.complaints.faults import NotFound, invalid
from functions.complaints.problems import CONTENT_TYPE, Problem, problem_of
from functions.complaints.schema import Schema, check
from functions.complaints.store import Request
from functions.complaints.telemetry import follow, logger
from functions.complaints.texts import language_of

BODY_MAX: Final = 64 * 1024
KEY_MAX: Final = 255
JSON_TYPE: Final = "application/json"
_SAFE_HEADERS: Final = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


class Api(APIGatewayHttpResolver):
    """A resolver of HTTP API events (payload 2.0) that answers every failure with a problem document."""

    def __init__(self) -> None:
        super().__init__(serializer=to_json)
        self.exception_handler(Exception)(self._failed)
        self.not_found(self._failed)

    @property
    def language(self) -> str:
        """The caller's language: what the identity says first, the request otherwise."""
        return language_of(self.header("accept-language"), preferred=self._claims.get("locale"))

    @property
    def person(self) -> str:
        """The opaque subject of the person who is signed in."""
        return str(self._claims["sub"])

    def agency(self, *, scope: str) -> Actor:
        """The agency whose key was shown; raises Problem where the key lacks the scope."""
        authorizer = self.current_event.raw_event["requestContext"].get("authorizer") or {}
        context: Mapping[str, Any] = authorizer.get("lambda") or {}
        if scope not in str(context.get("scopes", "")).split():
            raise Problem("forbidden", scope=scope)
        return Actor(kind=ActorKind.AGENCY, id=str(context["agency_id"]))

    def header(self, name: str) -> str | None:
        headers: Mapping[str, str] = self.current_event.raw_event.get("headers") or {}
        return headers.get(name)

    def parameter(self, name: str) -> str | None:
        parameters = self.current_event.raw_event.get("queryStringParameters") or {}
        value: str | None = parameters.get(name)
        return value

    def page_size(self, *, default: int = 25, most: int = 100) -> int:
        text = self.parameter("limit")
        if text is None:
            return default
        if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= most:
            raise invalid("limit", "not_in_range", min=1, max=most)
        return int(text)

    def number(self, name: str, *, least: float, most: float) -> float:
        """A required query parameter; raises Invalid."""
        text = self.parameter(name)
        if text is None:
            raise invalid(name, "missing")
        try:
            value = float(text)
        except ValueError as error:
            raise invalid(name, "wrong_type", expected="number") from error
        if not least <= value <= most:
            raise invalid(name, "not_in_range", min=least, max=most)
        return value

    def body(self, schema: Schema) -> Any:
        """The request's JSON, checked; an absent body counts as an empty object."""
        raw = self._raw_body()
        if not raw.strip():
            value: Any = {}
        else:
            media_type = (self.header("content-type") or JSON_TYPE).partition(";")[0].strip().lower()
            if media_type != JSON_TYPE:
                raise Problem("unsupported-media-type")
            value = _parsed(raw)
        check(value, schema)
        return value

    def idempotency(self, *, caller: str, required: bool) -> Request | None:
        """The request under its Idempotency-Key; raises Problem where a required one is missing."""
        key = self.header("idempotency-key")
        if not key:
            if required:
                raise Problem("idempotency-key-missing")
            return None
        if len(key) > KEY_MAX:
            raise invalid("Idempotency-Key", "too_long", max=KEY_MAX)
        event = self.current_event
        what = f"{event.http_method} {event.path}\n".encode() + canonical(self._raw_body())
        return Request(caller=caller, key=key, digest=hashlib.sha256(what).hexdigest())

    def serve(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        follow(complaint_id=None, correlation_id=event["requestContext"]["requestId"])
        return self.resolve(dict(event), context)

    @property
    def _claims(self) -> Mapping[str, Any]:
        authorizer = self.current_event.raw_event["requestContext"].get("authorizer") or {}
        claims: Mapping[str, Any] = (authorizer.get("jwt") or {}).get("claims") or {}
        return claims

    def _raw_body(self) -> bytes:
        raw_event = self.current_event.raw_event
        text = raw_event.get("body") or ""
        raw = (
            base64.b64decode(text)
            if raw_event.get("isBase64Encoded")
            else text.encode("utf-8", "surrogatepass")
        )
        if len(raw) > BODY_MAX:
            raise Problem("body-too-large", max=BODY_MAX)
        return raw

    def _failed(self, error: Exception) -> Response[str]:
        cause: Exception = NotFound() if isinstance(error, NotFoundError) else error
        problem = problem_of(cause)
        if problem.status >= 500:
            logger.exception("request failed")
        return Response(
            status_code=problem.status,
            content_type=CONTENT_TYPE,
            body=to_json(problem.document(self.language, instance=self.current_event.path)),
            headers=_SAFE_HEADERS | dict(problem.headers),
        )


def answer(body: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response[str]:
    return Response(
        status_code=status,
        content_type=JSON_TYPE,
        body=to_json(body),
        headers=_SAFE_HEADERS | dict(headers or {}),
    )


def to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def canonical(raw: bytes) -> bytes:
    """The same bytes for two spellings of one JSON value; what is not JSON stays as it is."""
    try:
        value = json.loads(raw)
    except ValueError:
        return raw
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Problem("malformed-json") from error


def _refuse_constant(name: str) -> None:
    # Python reads NaN and Infinity, which are not JSON.
    raise ValueError(name)


type Handler = Callable[[Mapping[str, Any], Any], dict[str, Any]]
