"""From which network address somebody calls who has not signed in."""

import ipaddress
import os
from collections.abc import Mapping
from typing import Any, Final

_HAS_FRONT: Final = bool(os.environ.get("EDGE_SECRET", ""))
_HOME_BITS: Final = 64
"""Of an address of IPv6: what a household is given; the rest its devices choose by themselves."""


def address_of(event: Mapping[str, Any], *, has_front: bool = _HAS_FRONT) -> str:
    """The caller's address; of IPv6 the network that it is in. Behind the front, the last but one of those that
    `x-forwarded-for` names: CloudFront adds who called it, and the gateway CloudFront; what a caller wrote stands before.
    """
    direct = str(event["requestContext"]["http"]["sourceIp"])
    through = str(event["headers"].get("x-forwarded-for", "")).split(",")
    found = through[-2].strip() if has_front and len(through) > 1 else direct
    try:
        address = ipaddress.ip_address(found)
    except ValueError:
        return direct
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, _HOME_BITS), strict=False))
