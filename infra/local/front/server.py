"""The front as a server on the loopback, for a block or for as long as its process lives.

python -m infra.local.front.server SETTING.json LISTENING_SOCKET_FD     (started by `infra.local.front.process`)
"""

import json
import logging
import signal
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from werkzeug.serving import WSGIRequestHandler, make_server

from infra.local.front.application import Front
from infra.local.front.officer import Officer
from infra.local.listening import LOOPBACK


@dataclass(frozen=True, kw_only=True)
class Setting:
    """`port` 0 takes a free one; `emulator` and `api` are addresses without a slash at the end."""

    port: int
    emulator: str
    api: str
    officers: Sequence[Officer] = ()

    def written(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> Self:
        fields = json.loads(text)
        return cls(**fields | {"officers": tuple(Officer(**each) for each in fields["officers"])})


class Quiet(WSGIRequestHandler):
    """Of requests nothing is written: what the API does with them stands in the emulator's log."""

    def log(self, type: str, message: str, *args: object) -> None:
        return


class Server:
    """As a context manager it serves until the end of the block. Raises OSError where the port is taken."""

    def __init__(self, setting: Setting, *, listening: int | None = None) -> None:
        """`listening`: the descriptor of a socket at the port, where there is one already."""
        front = Front(emulator=setting.emulator, api=setting.api, officers=setting.officers)
        self._server = make_server(
            LOOPBACK, setting.port, front, threaded=True, request_handler=Quiet, fd=listening
        )
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def origin(self) -> str:
        return f"http://{LOOPBACK}:{self._server.port}"

    @property
    def desk(self) -> str:
        """The address of the page."""
        return f"{self.origin}/desk/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def main(arguments: list[str]) -> int:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    ended = threading.Event()
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda number, frame: ended.set())
    with Server(Setting.read(Path(arguments[0]).read_text()), listening=int(arguments[1])):
        ended.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
