"""AWS clients are ready before the first request, and nothing is sent to make them so."""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError

from functions.records import aws
from infra.toolchain import ROOT
from tests.dynamodb import ENVIRONMENT

GET = {"TableName": "any", "Key": {"pk": {"S": "any"}}}


def test_a_rehearsal_sends_nothing_and_leaves_nothing_behind() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        client = aws.session().create_client(
            "dynamodb",
            region_name="eu-central-1",
            endpoint_url=f"http://127.0.0.1:{free.getsockname()[1]}",
            config=Config(retries={"total_max_attempts": 1}),
        )
        told: list[dict[str, object]] = []
        client.meta.events.register("after-call", lambda parsed, **_: told.append(parsed))
        aws.rehearse(client, "get_item", GET, answer=b'{"Item": {"pk": {"S": "any"}}}')
        assert [each["Item"] for each in told] == [{"pk": {"S": "any"}}]
        with pytest.raises(EndpointConnectionError):
            client.get_item(**GET)


def test_a_rehearsal_without_credentials_leaves_the_word_to_the_first_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from botocore.session import Session

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    client = Session().create_client("dynamodb", region_name="eu-central-1")
    aws.rehearse(client, "get_item", GET, answer=b"{}")


def test_the_first_request_loads_no_module_and_is_the_only_one() -> None:
    """In a process of its own, against a server on the loopback."""
    code = (
        "import sys\n"
        "from functions.records.dynamodb import connect, connection\n"
        "connect()\n"
        "loaded = set(sys.modules)\n"
        f"connection().client.get_item(**{GET!r})\n"
        "print(sorted(set(sys.modules) - loaded))\n"
    )
    with _server() as (url, asked):
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**ENVIRONMENT, "AWS_ENDPOINT_URL": url, "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        )
    assert done.stdout == "[]\n"
    assert asked == ["DynamoDB_20120810.GetItem"]


def test_every_client_says_who_asks_and_not_what_it_is_made_of() -> None:
    sent: list[str] = []
    client = aws.session().create_client("dynamodb", region_name="eu-central-1")

    def seen(request: object, **_: object) -> None:
        sent.append(request.headers["User-Agent"].decode())  # type: ignore[attr-defined]

    client.meta.events.register_first("before-send", seen)
    aws.rehearse(client, "get_item", GET, answer=b"{}")
    assert sent
    for agent in sent:
        # Powertools, where it is loaded, adds a word about itself.
        assert agent.split()[0] == aws.USER_AGENT
        assert "Botocore" not in agent


@contextmanager
def _server() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.headers["X-Amz-Target"])
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()
