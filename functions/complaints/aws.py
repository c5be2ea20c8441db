"""AWS clients, made at first use: a handler that never publishes never loads what publishing needs.

They are botocore's, which boto3 hands out too: what boto3 adds to them is used nowhere here, and loading it takes longer
than making a client.
"""

from functools import cache
from threading import Lock
from typing import Any, Final

CONNECT_TIMEOUT_S: Final = 2
READ_TIMEOUT_S: Final = 5

_making: Final = Lock()
"""A session makes one client at a time."""


@cache
def session() -> Any:
    """The one session: it keeps what every client needs of credentials and endpoints, and reading that takes ten times
    as long as making a client of it.
    """
    # Imported here: a handler that asks AWS for nothing does not load it.
    from botocore.session import get_session  # noqa: PLC0415

    return get_session()


@cache
def client(service: str) -> Any:
    """A client with bounded waits and the SDK's own retries with jitter."""
    from botocore.config import Config  # noqa: PLC0415

    config = Config(
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=READ_TIMEOUT_S,
        retries={"mode": "standard", "max_attempts": 4},
    )
    with _making:
        return session().create_client(service, config=config)
