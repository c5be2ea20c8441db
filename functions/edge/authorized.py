"""What the gateway's authorizers hand on with a request: a token's claims, or an agency's key, or its officer, or a
partner's key, with what each may.
"""

from collections.abc import Mapping
from typing import Any

from functions.complaints.complaint import Role
from functions.complaints.faults import NotFound
from functions.complaints.keys import FILE, SCOPES, Caller


def claims_of(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The claims of the token that the gateway checked; empty where there was none."""
    authorizer = (event.get("requestContext") or {}).get("authorizer") or {}
    claims: Mapping[str, Any] = (authorizer.get("jwt") or {}).get("claims") or {}
    return claims


def context_of(caller: Caller) -> dict[str, str]:
    """What the authorizer hands on. Texts alone, for these pass through every gateway unchanged."""
    context = {
        "agency_id": caller.agency_id,
        "key_id": caller.key_id,
        "scopes": " ".join(scope for scope in (*SCOPES, FILE) if scope in caller.scopes),
    }
    if caller.officer_id is None or caller.role is None:
        return context
    return context | {"officer_id": caller.officer_id, "role": str(caller.role)}


def caller_of(event: Mapping[str, Any]) -> Caller:
    """The caller of an HTTP API event (payload 2.0). Raises NotFound where no authorizer let it in."""
    authorizer = (event.get("requestContext") or {}).get("authorizer") or {}
    context = authorizer.get("lambda") or {}
    if not context.get("agency_id"):
        raise NotFound
    return Caller(
        agency_id=context["agency_id"],
        key_id=context["key_id"],
        scopes=frozenset(str(context.get("scopes") or "").split()),
        officer_id=context.get("officer_id") or None,
        role=Role(context["role"]) if context.get("role") else None,
    )
