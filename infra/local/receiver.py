"""A body's webhook receiver: a real HTTP server on the loopback that believes only what is signed.

`make receiver` runs one and prints what comes; the tests and the demo read what came.
"""

import argparse
import contextlib
import json
import os
import queue
import sys
import threading
import time
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
    """Answers 204 to what verifies and 401 to what does not; echoes the challenge of a subscription.

    `secret` is set once the answer to the subscription has told it; before that nothing can be verified, nor is.
    `write` is given a line of what comes, and of what is refused.
    """

    def __init__(self, *, port: int = 0, write: Callable[[str], None] = lambda _: None) -> None:
        self.secret: str | None = None
        self.received: queue.Queue[Received] = queue.Queue()
        self.refused = 0
        self._write = write
        self._server = _Server(("127.0.0.1", port), _handler(self))
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
            return self._refuse("there is no secret yet to verify it with")
        try:
            message = Webhook(self.secret).verify(body, headers)
        except WebhookVerificationError as error:
            return self._refuse(str(error))
        if message["type"] == "subscription.verification":
            self._write("asked to echo, and echoed: the subscription is active now")
            return 200, json.dumps({"challenge": message["data"]["challenge"]}).encode()
        received = Received(id=headers["webhook-id"], type=message["type"], data=message["data"])
        self._write(f"{received.type}  {json.dumps(received.data, ensure_ascii=False)}  ({received.id})")
        self.received.put(received)
        return 204, b""

    def _refuse(self, why: str) -> tuple[int, bytes]:
        self.refused += 1
        self._write(f"refused: {why}")
        return 401, b""


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


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.local.receiver", description=__doc__)
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument(
        "--secret", default=os.environ.get("SECRET"), help="whsec_…; without it, it is asked for"
    )
    options = parser.parse_args(arguments)
    if options.secret and not _is_secret(options.secret):
        print("A secret begins with whsec_, and is in the answer to the subscription.", file=sys.stderr)
        return 1
    try:
        receiver = Receiver(port=options.port, write=_print)
    except OSError:
        print(f"Something listens at port {options.port} already: PORT=8091 takes another.", file=sys.stderr)
        return 1
    with receiver, contextlib.suppress(KeyboardInterrupt):
        receiver.secret = options.secret
        print(f"listening at {receiver.url}; Ctrl-C ends it", flush=True)
        receiver.secret = receiver.secret or _asked()
        if receiver.secret is None:
            print("Nothing can be verified without a secret: SECRET=whsec_… gives it.", file=sys.stderr)
            return 1
        threading.Event().wait()
    return 0


def _asked() -> str | None:
    """The secret that is typed, None where nobody is there to do so. What comes meanwhile is refused, and comes again."""
    print("the secret, from the answer to your subscription: ", end="", flush=True)
    for line in sys.stdin:
        if _is_secret(line.strip()):
            return line.strip()
        print("it begins with whsec_: ", end="", flush=True)
    return None


def _is_secret(text: str) -> bool:
    try:
        Webhook(text)
    except ValueError:
        return False
    return text.startswith("whsec_")


def _print(line: str) -> None:
    print(time.strftime("%H:%M:%S"), line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
