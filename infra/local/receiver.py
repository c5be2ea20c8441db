"""A body's webhook receiver: a real HTTP server on the loopback that believes only what is signed."""

import json
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from standardwebhooks.webhooks import Webhook, WebhookVerificationError


@dataclass(frozen=True, kw_only=True)
class Received:
    id: str
    type: str
    data: dict[str, Any]


class Receiver:
    """Answers 204 to what verifies and 401 to what does not; echoes the challenge of a new subscription.

    `secret` is set once the subscription has told it; until then only a challenge is answered.
    """

    def __init__(self) -> None:
        self.secret: str | None = None
        self.received: queue.Queue[Received] = queue.Queue()
        self.refused = 0
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/qamqor"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def wait_for(
        self, type: str, *, timeout: float, accept: Callable[[Received], bool] = lambda _: True
    ) -> Received:
        """The next event of this type; raises TimeoutError. Others that come before it are passed over."""
        while True:
            try:
                received = self.received.get(timeout=timeout)
            except queue.Empty:
                raise TimeoutError(f"no {type} within {timeout} s") from None
            if received.type == type and accept(received):
                return received

    def take(self, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """Status and body of the answer to one request."""
        if self.secret is None:
            message = json.loads(body)
            if message.get("type") != "subscription.verification":
                return 401, b""
            return 200, json.dumps({"challenge": message["data"]["challenge"]}).encode()
        try:
            message = Webhook(self.secret).verify(body, headers)
        except WebhookVerificationError:
            self.refused += 1
            return 401, b""
        self.received.put(Received(id=headers["webhook-id"], type=message["type"], data=message["data"]))
        return 204, b""


class _Server(ThreadingHTTPServer):
    # Of connections that wait to be taken; with the standard library's five a burst is refused.
    request_queue_size = 512


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, answer = receiver.take(body, headers)
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet: the story tells what came."""

    return Handler
