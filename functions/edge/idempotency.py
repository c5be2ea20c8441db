"""Requests under an Idempotency-Key: draft-ietf-httpapi-idempotency-key-header-07.

What such a request did is found again by its key, which is written in the change's own transaction (`records.store`): a
library that keeps answers beside it could lose one of the two, and would keep what a person wrote.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Final

from aws_lambda_powertools.event_handler.openapi.params import Header
from pydantic import BeforeValidator

from functions.edge.fields import fault
from functions.edge.request_body import raw_body
from functions.edge.validation import IDEMPOTENCY_KEY
from functions.records.requests import Request

KEY_MAX: Final = 255
_SAID: Final = (
    "A new key for each new thing, the same one when it is sent again: a request that is repeated with its key within 31 "
    "days does nothing, and answers with what the first one did."
)
_HEADER: Final = Header(
    alias=IDEMPOTENCY_KEY,
    description=_SAID,
    json_schema_extra={"minLength": 1, "maxLength": KEY_MAX, "pattern": "^[ -~]+$"},
)


def _key(value: object) -> str:
    key = str(value)
    if not key:
        raise fault("missing")
    if len(key) > KEY_MAX:
        raise fault("too_long", max=KEY_MAX)
    if not (key.isascii() and key.isprintable()):
        raise fault("wrong_form")
    return key


def _key_if_any(value: object) -> str | None:
    return _key(value) if value else None


RequiredKey = Annotated[str, _HEADER, BeforeValidator(_key)]
TakenKey = Annotated[str | None, _HEADER, BeforeValidator(_key_if_any)]


def request_of(event: Mapping[str, Any], *, caller: str, key: str) -> Request:
    """The request under its key: the same for the same caller, method, address and JSON, however that is spelt."""
    http = event["requestContext"]["http"]
    what = f"{http['method']} {event['rawPath']}\n".encode() + canonical(raw_body(event))
    return Request(caller=caller, key=key, digest=hashlib.sha256(what).hexdigest())


def canonical(raw: bytes) -> bytes:
    """The same bytes for two spellings of one JSON value; what is not JSON stays as it is."""
    try:
        return json.dumps(json.loads(raw), sort_keys=True, separators=(",", ":")).encode()
    except (ValueError, RecursionError):
        return raw
