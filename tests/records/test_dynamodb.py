"""How the tables are asked: with how many clients, and for how long at most."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from infra.toolchain import ROOT
from tests.dynamodb import ENVIRONMENT

# In a process of its own: clients are kept for as long as it lives.
PROGRAM = """
import json
from botocore.session import Session

made, create = [], Session.create_client

def counted(session, service, *arguments, config, **named):
    made.append({
        "connect_s": config.connect_timeout,
        "read_s": config.read_timeout,
        "retries": config.retries,
        "connections": config.max_pool_connections,
    })
    return create(session, service, *arguments, config=config, **named)

Session.create_client = counted
from functions.notify.feed import HeadItem
from functions.notify.webhooks.tables import LaneItem
from functions.records.agencies.keys import keys_of
from functions.records.agencies.subscriptions import subscriptions_of
from functions.records.dynamodb import connection
from functions.records.people.devices import device_of
from functions.records.people.person import person_of
from functions.records.people.profiles import profile_of
from functions.records.requests import Request
from functions.records.tables import ComplaintItem
from functions.records.store import ComplaintStore
from functions.route.directory.tables import DirectoryItem
at_first = len(made)
list(subscriptions_of("roads"))
keys_of("roads")
list(DirectoryItem.query("directory"))
profile_of("anybody")
device_of("anybody", "phone")
person_of("anybody", now=None)
list(HeadItem.query("feed#roads#0"))
list(LaneItem.query("lane#1#1"))
kept = ComplaintStore()
list(kept.followers("1"))
kept.seen(Request(caller="anybody", key="key", digest=""))
list(ComplaintItem.by_person.query("anybody"))
connection().client
print(json.dumps([at_first, made]))
"""


def test_the_models_of_a_table_share_one_client_made_at_the_first_request_whose_waits_are_bounded() -> None:
    with _empty_table() as (url, asked):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            cwd=ROOT,
            env={**ENVIRONMENT, "AWS_ENDPOINT_URL": url, "PATH": ""},
            capture_output=True,
            text=True,
            check=False,
        )
    assert not done.returncode, done.stderr
    at_first, made = json.loads(done.stdout)
    assert at_first == 0
    assert len(asked) == 11
    # Four tables, and transactions over several of them.
    settings = {"connect_s": 2, "read_s": 5, "connections": 10}
    assert made == [settings | {"retries": {"mode": "standard", "total_max_attempts": 5}}] * 5


@contextmanager
def _empty_table() -> Iterator[tuple[str, list[str]]]:
    """A DynamoDB on the loopback in which nothing is found, and what it was asked."""
    asked: list[str] = []
    nothing = json.dumps({"Items": [], "Count": 0, "ScannedCount": 0}).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.headers["X-Amz-Target"])
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", str(len(nothing)))
            self.end_headers()
            self.wfile.write(nothing)

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()
