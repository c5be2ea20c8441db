"""The address that an API was called at, as whoever called can use it again: nothing of it is taken from a header."""

import os
from collections.abc import Mapping
from typing import Any, Final

_EMULATOR: Final = os.environ.get("AWS_ENDPOINT_URL", "")
_DEFAULT_STAGE: Final = "$default"


def base_url(event: Mapping[str, Any], *, domain: str | None, emulator: str = _EMULATOR) -> str:
    """Of the event of an HTTP API (payload 2.0), without a slash at its end.

    `domain` is the region's own, where it has one: CloudFront calls by another name then. API Gateway gives the name that
    it was called by only where it answers to it; what a `Host` header says may be anything, and would stay in every cache.
    `emulator` is where AWS is emulated: APIs are found below a path there.
    """
    if domain:
        return f"https://{domain}"
    context = event["requestContext"]
    if emulator:
        return f"{emulator}/_aws/execute-api/{context['apiId']}/{context['stage']}"
    stage = "" if context["stage"] == _DEFAULT_STAGE else f"/{context['stage']}"
    return f"https://{context['domainName']}{stage}"
