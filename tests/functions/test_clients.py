"""AWS is asked as the SDK asks, with bounds: one client for each service, whose waits and tries come to an end."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from functions.edge import clients
from functions.edge.clients import client

GET = {"TableName": "any", "Key": {"pk": {"S": "any"}}}


@pytest.fixture(autouse=True)
def made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "_made", {})


@pytest.mark.parametrize("service", ["s3", "secretsmanager", "sns", "sqs", "stepfunctions"])
def test_waits_and_tries_have_an_end_whatever_is_asked(service: str) -> None:
    config = client(service).meta.config
    assert (config.connect_timeout, config.read_timeout) == (2, 5)
    assert config.retries == {"mode": "standard", "total_max_attempts": 4}
    assert config.max_pool_connections == 10


def test_all_threads_share_one_client() -> None:
    with ThreadPoolExecutor(10) as pool:
        assert len({id(made) for made in pool.map(client, ["sns", "sqs"] * 20)}) == 2


def test_the_sdk_says_by_itself_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its version and its platform: AWS's support and the SDK's own metrics go by it."""
    with _server() as (url, agents):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        client("dynamodb").get_item(**GET)
    (agent,) = agents
    assert agent.startswith("Boto3/")
    assert "md/Botocore#" in agent


@contextmanager
def _server() -> Iterator[tuple[str, list[str]]]:
    """On the loopback; with the `User-Agent` of each request."""
    agents: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            agents.append(self.headers["User-Agent"])
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
            yield f"http://127.0.0.1:{server.server_port}", agents
        finally:
            server.shutdown()
            thread.join()
