import base64
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any


def verified(headers: Mapping[str, str], body: bytes, secret: str) -> Any:
    """The message, if its sender knows the secret and it is new; `body` as it came, before any parser."""
    message_id, timestamp = headers["webhook-id"], headers["webhook-timestamp"]
    if abs(time.time() - int(timestamp)) > 300:
        raise ValueError("too old, or from the future")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    if not any(hmac.compare_digest(expected, given) for given in headers["webhook-signature"].split()):
        raise ValueError("the signature does not fit")
    return json.loads(body)
