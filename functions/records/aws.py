"""AWS clients, made at first use: a handler that never publishes never loads what publishing needs.

They are botocore's, which boto3 hands out too: what boto3 adds to them is used nowhere here, and loading it takes longer
than making a client.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from threading import Lock
from typing import Any, Final

CONNECT_TIMEOUT_S: Final = 2
READ_TIMEOUT_S: Final = 5
USER_AGENT: Final = "qamqor"
"""The SDK's own, which tells its version, its platform and how it is used, is put together twice for each request, and
takes a fifth of all that a request takes.
"""

_making: Final = Lock()
"""A session makes one client at a time."""


@cache
def session() -> Any:
    """The one session, whose clients have bounded waits and the SDK's own retries with jitter.

    It keeps what every client needs of credentials and endpoints, and reading that takes ten times as long as making a
    client of it.
    """
    # Imported here: a handler that asks AWS for nothing does not load them.
    from botocore.config import Config  # noqa: PLC0415
    from botocore.session import get_session  # noqa: PLC0415

    made = get_session()
    made.set_default_client_config(
        Config(
            user_agent=USER_AGENT,
            connect_timeout=CONNECT_TIMEOUT_S,
            read_timeout=READ_TIMEOUT_S,
            retries={"mode": "standard", "max_attempts": 4},
        )
    )
    return made


@cache
def client(service: str) -> Any:
    with _making:
        return session().create_client(service)


def rehearse(client: Any, operation: str, parameters: Mapping[str, Any], *, answer: bytes) -> None:
    """Make a request whole and read `answer` as its answer, but send nothing.

    What a client does for the first time takes several times as long: Lambda gives a starting function a whole core,
    and its first request only its share of one. What is missing for it, a request will say.
    """
    from botocore.awsrequest import AWSResponse  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415

    def unsent(request: Any, **_: Any) -> Any:
        return AWSResponse(request.url, 200, {}, _Raw(answer))

    client.meta.events.register_first("before-send", unsent)
    try:
        with suppress(BotoCoreError):
            getattr(client, operation)(**parameters)
    finally:
        client.meta.events.unregister("before-send", unsent)


class _Raw:
    """As much of urllib3's response as botocore reads."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> Iterator[bytes]:
        yield self._body
