"""AWS clients, made at first use: a handler that never publishes never loads what publishing needs."""

from functools import cache
from typing import Any, Final

CONNECT_TIMEOUT_S: Final = 2
READ_TIMEOUT_S: Final = 5


@cache
def client(service: str) -> Any:
    """A client with bounded waits and the SDK's own retries with jitter."""
    # Imported here: boto3 adds a sixth to a cold start that may not need it.
    from boto3.session import Session  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    config = Config(
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=READ_TIMEOUT_S,
        retries={"mode": "standard", "max_attempts": 4},
    )
    return Session().client(service, config=config)
