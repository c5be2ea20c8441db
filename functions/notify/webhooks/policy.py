"""What a stage allows of webhook addresses, by its region file."""

from collections.abc import Mapping
from typing import Any

from functions.notify.webhooks.address import AddressPolicy


def address_policy(webhooks: Mapping[str, Any]) -> AddressPolicy:
    """From the region file's `webhooks`: where private addresses are allowed, so is any port."""
    private = bool(webhooks.get("allow_private"))
    return AddressPolicy(
        allow_http=bool(webhooks.get("allow_http")),
        allow_private=private,
        ports=None if private else (443,),
    )
