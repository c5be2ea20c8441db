"""Tokens of officers: JSON Web Tokens of the region's pool of officers, or of the issuer that the region file names.

Checked as RFC 8725 advises: algorithms and issuer are pinned, and whose token it is and what for is said in it. The
issuer's keys are fetched by the first token and kept for as long as this process lives, KEYS_KEPT_S at most; a key that is
not among them is looked for anew. While they cannot be had, no officer is let in who needs them.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final
from urllib.parse import urljoin

import jwt

from functions.complaints.complaint import Role
from functions.complaints.keys import Caller
from functions.edge.settings import region_file
from functions.edge.telemetry import logger
from functions.records.agencies.officers import caller_signed_in, caller_with_claims, id_with_issuer

POOL: Final = ("OFFICERS_ISSUER", "OFFICERS_CLIENT_ID", "OFFICERS_KEYS")
"""In the environment, where the region has a pool of officers; the address of the keys may be a path at the endpoint of the
environment's AWS.
"""
ALGORITHMS: Final = ("RS256", "ES256")
LEEWAY_S: Final = 30
KEYS_KEPT_S: Final = 3600
FETCH_TIMEOUT_S: Final = 2
_NEEDED: Final = ("exp", "iat", "iss", "sub")

type Claims = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Issuer:
    """Whose tokens are believed, and where its keys are. A token must name `audience`, or in a pool of ours, where it is
    None, the client.
    """

    name: str
    keys: str
    audience: str | None


def officer_with(token: str, *, now: datetime) -> Caller | None:
    """Whose token this is, or None where it lets nobody in. Raises what the agencies table raises."""
    said = _region().get("officers")
    if said is None:
        return None
    pool = "issuer" not in said
    issuer = _pool(os.environ) if pool else _issuer(said)
    claims = None if issuer is None else claims_in(token, issuer=issuer)
    if issuer is None or claims is None:
        return None
    if pool:
        return _of_pool(claims, client_id=os.environ["OFFICERS_CLIENT_ID"], now=now)
    agency_id, role = claims.get(said["agency_claim"]), claims.get(said["role_claim"])
    known = isinstance(agency_id, str) and agency_id in _region()["agencies"]
    if not known or role not in list(Role):
        return None
    name = claims.get("name")
    return caller_with_claims(
        id_with_issuer(issuer.name, claims["sub"]),
        agency_id=str(agency_id),
        role=Role(role),
        name=name if isinstance(name, str) else None,
        now=now,
    )


def claims_in(token: str, *, issuer: Issuer) -> Claims | None:
    """What the issuer says in the token; None where it did not say it, or not to us, or not now."""
    try:
        unproven = jwt.decode_complete(token, options={"verify_signature": False})
        key_id = unproven["header"].get("kid")
        if unproven["payload"].get("iss") != issuer.name or not isinstance(key_id, str):
            # Nothing is asked of anybody for a token that cannot be good.
            return None
        claims: Claims = jwt.decode(
            token,
            key=keys_at(issuer.keys).get_signing_key(key_id),
            algorithms=list(ALGORITHMS),
            issuer=issuer.name,
            audience=issuer.audience,
            leeway=LEEWAY_S,
            options={"require": list(_NEEDED), "verify_aud": issuer.audience is not None},
        )
    except (jwt.PyJWTError, ValueError, OSError) as error:
        logger.info("token refused", extra={"failure": type(error).__name__})
        return None
    return claims


@cache
def keys_at(address: str) -> jwt.PyJWKClient:
    """The issuer's keys."""
    return jwt.PyJWKClient(address, lifespan=KEYS_KEPT_S, timeout=FETCH_TIMEOUT_S)


def _of_pool(claims: Claims, *, client_id: str, now: datetime) -> Caller | None:
    """An access token names the client and no audience.
    Source: https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
    """
    name, signed_in = claims.get("username"), claims.get("auth_time")
    is_access = claims.get("token_use") == "access" and claims.get("client_id") == client_id
    if not is_access or not isinstance(name, str) or not isinstance(signed_in, int):
        return None
    # A pool that knows no case may have made small letters of it.
    return caller_signed_in(name.upper(), signed_in_at=datetime.fromtimestamp(signed_in, UTC), now=now)


def _pool(environment: Mapping[str, str]) -> Issuer | None:
    if not all(environment.get(each) for each in POOL):
        return None
    return Issuer(
        name=environment["OFFICERS_ISSUER"],
        keys=urljoin(environment.get("AWS_ENDPOINT_URL", ""), environment["OFFICERS_KEYS"]),
        audience=None,
    )


def _issuer(said: Mapping[str, Any]) -> Issuer:
    return Issuer(name=said["issuer"], keys=said["jwks_uri"], audience=said["audience"])


@cache
def _region() -> Mapping[str, Any]:
    """The compiled region file, as JSON has it: of all that it says, the bodies and their officers are asked for."""
    region: Mapping[str, Any] = json.loads(region_file().read_bytes())
    return region
