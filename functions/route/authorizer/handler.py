"""Lambda authorizer of the HTTP API (payload format 2.0, simple response): whose API key is this?

Scopes are not judged here: the gateway keeps an answer for every route that the same key calls. It keeps it for at
most ANSWER_KEPT_S, and nothing is kept in this function, so that a revoked key is out within that time.
"""

from collections.abc import Mapping
from typing import Any, Final

from functions.complaints.clock import utc_now
from functions.complaints.keys import bearer_token
from functions.edge.authorized import context_of
from functions.edge.origin import came_through
from functions.edge.settings import require
from functions.edge.telemetry import follow, logger
from functions.records.agencies.keys import caller_with

ENVIRONMENT: Final = ("AGENCIES_TABLE",)
ANSWER_KEPT_S: Final = 60

require(ENVIRONMENT)


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """`{isAuthorized, context: {agency_id, key_id, scopes}}`, `scopes` as words apart by a space."""
    follow(complaint_id=None, correlation_id=event["requestContext"]["requestId"])
    if not came_through(event.get("headers") or {}):
        return {"isAuthorized": False}
    token = bearer_token(next(iter(event.get("identitySource") or ()), None))
    caller = None if token is None else caller_with(token, now=utc_now())
    if caller is None:
        logger.info("key refused", extra={"key_id": None if token is None else token.key_id})
        return {"isAuthorized": False}
    return {"isAuthorized": True, "context": context_of(caller)}
