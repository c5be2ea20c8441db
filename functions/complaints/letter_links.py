"""The link in a letter that ends all letters to its address, by one press and without signing in."""

import hashlib
import hmac
import re
from typing import Final

_TOKEN: Final = re.compile(r"([a-z0-9_-]{1,64})\.[0-9a-f]{64}", re.ASCII)


def link_token(agency_id: str, *, address: str, secret: str) -> str:
    """Good for this body and this address alone: another one in the region file is written to again."""
    signed = hmac.new(secret.encode(), f"no letters {agency_id} {address}".encode(), hashlib.sha256)
    return f"{agency_id}.{signed.hexdigest()}"


def agency_named_in(token: str) -> str | None:
    """Whose token it says it is; None for what is none."""
    match = _TOKEN.fullmatch(token)
    return None if match is None else match[1]


def is_token_of(token: str, agency_id: str, *, address: str, secret: str) -> bool:
    return hmac.compare_digest(token, link_token(agency_id, address=address, secret=secret))
