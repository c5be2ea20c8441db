"""Where a region has a firewall before its API, requests must have come through it."""

import hmac
import json
import os
from collections.abc import Mapping
from typing import Any, Final

HEADER: Final = "x-qamqor-edge"
"""Set by CloudFront on every request to the origin, over whatever a caller put there."""

SHOWN: Final = "shown"
BEFORE: Final = "before"
"""The secret's two values: the one that CloudFront shows, and the one that it showed until it was changed."""
LEAST: Final = 20
"""Characters of a secret. What is shorter stands for none."""

_SECRET: Final = os.environ.get("EDGE_SECRET", "")
_SECRET_BEFORE: Final = os.environ.get("EDGE_SECRET_BEFORE", "")


def came_through(headers: Mapping[str, str], *, secret: str = _SECRET, before: str = _SECRET_BEFORE) -> bool:
    """True where the region has no edge. The names in `headers` are in lower case, as the gateway gives them."""
    if not secret:
        return True
    shown = headers.get(HEADER, "").encode()
    accepted = (each for each in (secret, before) if len(each) >= LEAST)
    return any(hmac.compare_digest(shown, each.encode()) for each in accepted)


def went_round() -> dict[str, Any]:
    """The answer to who did not: nothing is here."""
    return {
        "statusCode": 404,
        "headers": {"content-type": "application/problem+json", "cache-control": "no-store"},
        "body": json.dumps({"type": "about:blank", "title": "Not Found", "status": 404}),
    }
