"""Lambda authorizer of the HTTP API (payload format 2.0, simple response): whose API key is this, an agency's or a
partner's, or which officer's token?

Scopes and roles are not judged here: the gateway keeps an answer for every route that the same key or token calls. It keeps
it for at most ANSWER_KEPT_S, and of keys and officers nothing is kept in this function, so that a revoked key, and an
officer who left, is out within that time.
"""

from collections.abc import Mapping
from typing import Any, Final

from functions.complaints.clock import utc_now
from functions.complaints.keys import Caller, Token, bearer_credentials, read_token
from functions.edge.authorized import context_of
from functions.edge.origin import came_through
from functions.edge.settings import require
from functions.edge.telemetry import follow, logger
from functions.records.agencies.keys import caller_with

ENVIRONMENT: Final = ("AGENCIES_TABLE",)
OPTIONAL_ENVIRONMENT: Final = ("OFFICERS_ISSUER", "OFFICERS_CLIENT_ID", "OFFICERS_KEYS")
"""What a region may do without: a pool of officers."""
ANSWER_KEPT_S: Final = 60
_JWT_PARTS: Final = 3

require(ENVIRONMENT)


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """`{isAuthorized, context: {agency_id, key_id, scopes}}`, `scopes` as words apart by a space; of an officer also
    `officer_id` and `role`. A partner stands as an `agency_id` that no agency has, with the scope `file` alone.
    """
    follow(complaint_id=None, correlation_id=event["requestContext"]["requestId"])
    if not came_through(event.get("headers") or {}):
        return {"isAuthorized": False}
    credentials = bearer_credentials(next(iter(event.get("identitySource") or ()), None))
    caller = None if credentials is None else _caller(credentials)
    return (
        {"isAuthorized": False} if caller is None else {"isAuthorized": True, "context": context_of(caller)}
    )


def _caller(credentials: str) -> Caller | None:
    key = read_token(credentials)
    if key is not None:
        caller = caller_with(key, now=utc_now()) or _partner(key)
        if caller is None:
            logger.info("key refused", extra={"key_id": key.key_id})
        return caller
    if credentials.count(".") != _JWT_PARTS - 1:
        return None
    # Most who come have a key, and need none of what reads tokens.
    from functions.route.authorizer.tokens import officer_with  # noqa: PLC0415

    return officer_with(credentials, now=utc_now())


def _partner(key: Token) -> Caller | None:
    # There are a handful, who come to see to their subscriptions.
    from functions.records.agencies.partners import caller_of_partner  # noqa: PLC0415

    return caller_of_partner(key, now=utc_now())
