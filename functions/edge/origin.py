"""Where a region has a firewall before its API, requests must have come through it."""

import hmac
import json
import os
from collections.abc import Mapping
from typing import Any, Final

HEADER: Final = "x-qamqor-edge"
"""Set by CloudFront on every request to the origin, over whatever a caller put there."""

_SECRET: Final = os.environ.get("EDGE_SECRET", "")


def came_through(headers: Mapping[str, str], *, secret: str = _SECRET) -> bool:
    """True where the region has no edge. The names in `headers` are in lower case, as the gateway gives them."""
    return not secret or hmac.compare_digest(headers.get(HEADER, "").encode(), secret.encode())


def went_round() -> dict[str, Any]:
    """The answer to who did not: nothing is here."""
    return {
        "statusCode": 404,
        "headers": {"content-type": "application/problem+json", "cache-control": "no-store"},
        "body": json.dumps({"type": "about:blank", "title": "Not Found", "status": 404}),
    }
