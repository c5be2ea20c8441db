"""The HTTP edge that every API function shares: JSON in, JSON out, and each error as a problem document."""

import base64
import hashlib
import json
import traceback
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from pynamodb.exceptions import PynamoDBException

from functions.complaints.complaint import Actor, ActorKind
from functions.complaints.faults import NotFound, invalid
from functions.complaints.ids import is_id
from functions.complaints.keys import Caller, caller_of
from functions.complaints.texts import Language, language_of
from functions.edge.origin import came_through, went_round
from functions.edge.problems import CONTENT_TYPE, Problem, problem_of
from functions.edge.router import Response, Router, Unmatched
from functions.edge.schema import Schema, check
from functions.edge.telemetry import follow, logger
from functions.records.store import Request

BODY_MAX: Final = 64 * 1024
KEY_MAX: Final = 255
PAGE_SIZE: Final = 25
PAGE_MOST: Final = 100
JSON_TYPE: Final = "application/json"
_KEY_VALUE_MAX: Final = 500
_DIGITS_MOST: Final = 300
_SAFE_HEADERS: Final = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
# What DynamoDB answers while it is busy, after the SDK's own retries.
_BUSY: Final = frozenset(
    {
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)


class Api(Router):
    """A router of HTTP API events (payload 2.0) that answers every failure with a problem document."""

    def __init__(
        self, *, default_language: str = "kk", chosen_language: Callable[[str], str | None] | None = None
    ) -> None:
        """`chosen_language`: what the person with this subject chose, read at most once for a request."""
        super().__init__()
        self._default_language = cast(Language, default_language)
        self._chosen_language = chosen_language
        self._known: tuple[str | None] | None = None

    @property
    def language(self) -> str:
        """The caller's language: what the person chose first, then what the identity says, the request otherwise."""
        return self._chosen() or self.requested_language

    @property
    def requested_language(self) -> str:
        """The language of the app that asks, whatever the person chose."""
        return language_of(
            self.header("accept-language"),
            preferred=self._claims.get("locale"),
            default=self._default_language,
        )

    @property
    def person(self) -> str:
        """The opaque subject of the person who is signed in."""
        subject = self._claims.get("sub")
        if not subject:
            raise Problem("unauthenticated")
        return str(subject)

    def chose(self, language: str | None) -> None:
        """What the person chose is known: it need not be read again."""
        self._known = (language,)

    @property
    def caller(self) -> Caller:
        """The agency whose key was shown, with the key's scopes."""
        return caller_of(self.current_event.raw_event)

    def agency(self, *, scope: str) -> Actor:
        """The agency whose key was shown; raises Problem where the key lacks the scope."""
        caller = self.caller
        caller.require(scope)
        return Actor(kind=ActorKind.AGENCY, id=caller.agency_id)

    def header(self, name: str) -> str | None:
        headers: Mapping[str, str] = self.current_event.raw_event.get("headers") or {}
        return headers.get(name)

    def parameter(self, name: str) -> str | None:
        parameters = self.current_event.raw_event.get("queryStringParameters") or {}
        value: str | None = parameters.get(name)
        return value

    def page_size(self, *, default: int = PAGE_SIZE, most: int = PAGE_MOST) -> int:
        text = self.parameter("limit")
        if text is None:
            return default
        digits = text.isascii() and text.isdigit() and len(text) <= len(str(most))
        if not digits or not 1 <= int(text) <= most:
            raise invalid("limit", "not_in_range", min=1, max=most)
        return int(text)

    def cursor(self, *names: str, **fixed: str) -> str | None:
        """The parameter `cursor`, if it is one of this list: an object of exactly these names, some with a fixed
        value. Raises Invalid for another: it was made up, or belongs to another list.
        """
        text = self.parameter("cursor")
        if text is None:
            return None
        key = _cursor_key(text)
        if set(key) != {*names, *fixed} or any(key[name] != value for name, value in fixed.items()):
            raise invalid("cursor", "wrong_form")
        return text

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
        """The request's JSON, checked; raises Problem where it is none, and Invalid with every fault."""
        value = self.json_body()
        check(value, schema)
        return value

    def json_body(self) -> Any:
        """The request's JSON as it came; an absent body counts as an empty object. Raises Problem."""
        raw = self._raw_body()
        if not raw.strip():
            return {}
        media_type = (self.header("content-type") or JSON_TYPE).partition(";")[0].strip().lower()
        if media_type != JSON_TYPE:
            raise Problem("unsupported-media-type")
        return _parsed(raw)

    def idempotency(self, *, caller: str, required: bool) -> Request | None:
        """The request under its Idempotency-Key; raises Problem where a required one is missing."""
        key = self.header("idempotency-key")
        if not key:
            if required:
                raise Problem("idempotency-key-missing")
            return None
        if len(key) > KEY_MAX:
            raise invalid("Idempotency-Key", "too_long", max=KEY_MAX)
        if not (key.isascii() and key.isprintable()):
            raise invalid("Idempotency-Key", "wrong_form")
        event = self.current_event
        what = f"{event.http_method} {event.path}\n".encode() + canonical(self._raw_body())
        return Request(caller=caller, key=key, digest=hashlib.sha256(what).hexdigest())

    def serve(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        follow(complaint_id=None, correlation_id=event["requestContext"]["requestId"])
        self._known = None
        if not came_through(event.get("headers") or {}):
            return went_round()
        return self.resolve(event, context)

    def _chosen(self) -> str | None:
        known = self._known
        if known is None:
            person, read = self._claims.get("sub"), self._chosen_language
            known = self._known = (read(str(person)) if read is not None and person else None,)
        return known[0]

    @property
    def _claims(self) -> Mapping[str, Any]:
        authorizer = self.current_event.raw_event["requestContext"].get("authorizer") or {}
        claims: Mapping[str, Any] = (authorizer.get("jwt") or {}).get("claims") or {}
        return claims

    def _raw_body(self) -> bytes:
        raw_event = self.current_event.raw_event
        text = raw_event.get("body") or ""
        if raw_event.get("isBase64Encoded"):
            try:
                raw = base64.b64decode(text)
            except ValueError as error:
                raise Problem("malformed-json") from error
        else:
            raw = text.encode("utf-8", "surrogatepass")
        if len(raw) > BODY_MAX:
            raise Problem("body-too-large", max=BODY_MAX)
        return raw

    def failed(self, error: Exception) -> Response[str]:
        problem = _problem_of(error)
        if problem.status >= 500:
            logger.error("request failed", extra={"failure": _without_words(error)})
            # Whoever cannot be served must be told so, even if what they chose cannot be read either.
            self._known = self._known or (None,)
        document = to_json(problem.document(self._language_of_errors(), instance=self.current_event.path))
        return Response(
            status_code=problem.status,
            content_type=CONTENT_TYPE,
            # A name in the request may hold half a surrogate pair, which no answer in UTF-8 can carry.
            body=document.encode("utf-8", "replace").decode(),
            headers=_SAFE_HEADERS | dict(problem.headers),
        )

    def _language_of_errors(self) -> str:
        try:
            return self.language
        except Exception as error:
            logger.warning("language unread", extra={"failure": _without_words(error)})
            return self.requested_language


def answer(body: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response[str]:
    """`body` as JSON; None has none, as a 204 must."""
    if body is None:
        return Response(status_code=status, headers=_SAFE_HEADERS | dict(headers or {}))
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
        return json.dumps(json.loads(raw), sort_keys=True, separators=(",", ":")).encode()
    except (ValueError, RecursionError):
        return raw


def existing_id(text: str) -> str:
    """A complaint's id from an address; raises NotFound for what cannot be one."""
    if not is_id(text):
        raise NotFound(text)
    return text


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw, parse_constant=_refuse_constant, parse_int=_integer)
    except (ValueError, RecursionError) as error:
        raise Problem("malformed-json") from error


def _refuse_constant(name: str) -> None:
    # Python reads NaN and Infinity, which are not JSON.
    raise ValueError(name)


def _integer(digits: str) -> int | float:
    # A longer one has no value as a float, and is in no field's range.
    return int(digits) if len(digits) <= _DIGITS_MOST else float(digits)


def _cursor_key(text: str) -> dict[str, str]:
    """The attributes that a cursor names, empty where it cannot be one."""
    try:
        key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        return {}
    if not isinstance(key, dict):
        return {}
    texts: dict[str, str] = {}
    for name, value in key.items():
        held = value.get("S") if isinstance(value, dict) else value
        if not isinstance(held, str) or not 0 < len(held) <= _KEY_VALUE_MAX:
            return {}
        texts[name] = held
    return texts


def _problem_of(error: Exception) -> Problem:
    if isinstance(error, Unmatched):
        # RFC 9110, section 15.5.6: with the methods that the address has.
        return Problem("method-not-allowed", allow=error.methods) if error.methods else Problem("not-found")
    if isinstance(error, PynamoDBException) and _is_busy(error):
        return Problem("unavailable", retry_after=1)
    return problem_of(error)


def _is_busy(error: PynamoDBException) -> bool:
    """DynamoDB said so, or did not answer at all."""
    if error.cause is None:
        return False
    # Of a request that was not answered botocore has no response, or None for one.
    response = getattr(error.cause, "response", None)
    return not response or response.get("Error", {}).get("Code") in _BUSY


def _without_words(error: BaseException) -> dict[str, Any]:
    """What happened and where, without the messages, in which there may be what a person wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    failure: dict[str, Any] = {
        "type": type(error).__name__,
        "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    response = getattr(error, "response", None)
    if isinstance(response, Mapping):
        failure["code"] = response.get("Error", {}).get("Code")
    cause = error.__cause__ or error.__context__
    return failure | ({"cause": _without_words(cause)} if cause is not None else {})
