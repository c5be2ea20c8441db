"""What a stage allows of webhook addresses, by its region file."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from functions.notify.webhooks.address import AddressPolicy


def policy_in(region_file: Path) -> AddressPolicy:
    """From the compiled region file, of which senders need nothing else."""
    return address_policy(json.loads(region_file.read_bytes())["webhooks"])


def address_policy(webhooks: Mapping[str, Any]) -> AddressPolicy:
    """From the region file's `webhooks`: where private addresses are allowed, so is any port."""
    private = bool(webhooks.get("allow_private"))
    return AddressPolicy(
        allow_http=bool(webhooks.get("allow_http")),
        allow_private=private,
        ports=None if private else (443,),
    )
