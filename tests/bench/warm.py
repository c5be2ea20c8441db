"""CPU time of a warm `POST /v1/complaints`, against the bare handler making the same requests.

Both ask a server on the loopback that answers at once what moto answered when the complaint was filed there: they wait
for the same, and what is left to compare is their own work.
"""

import json
import tempfile
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from botocore import xform_name
from botocore.client import BaseClient

from infra.region import load_region_file
from tests.bench.assets import asset, bare
from tests.bench.measure import Compared, probed
from tests.bench.report import Row, Table
from tests.flow.town import context, town
from tests.functions.api_client import person

MOST: Final = 2.5
REPEAT: Final = 150
_BODY: Final = {
    "category": "open_manhole",
    "comment": "An open manhole beside the school gate, no cover, no fence.",
    "location": {"lat": 52.2873, "lon": 76.9674, "address": "Lermontov street 44, Pavlodar"},
}


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request of DynamoDB, and what was answered."""

    operation: str
    parameters: Mapping[str, Any]
    answer: Mapping[str, Any]


def measure(*, rounds: int, repeat: int = REPEAT) -> Sequence[Table]:
    event, calls = filing()
    same = {"calls": [[xform_name(call.operation), call.parameters] for call in calls]}
    compared = Compared()
    with answering(calls) as url:
        for _ in range(rounds):
            mine, its = (
                probed(built, event=asked, repeat=repeat, environment={"AWS_ENDPOINT_URL": url})
                for built, asked in ((asset("intake API"), event), (bare(), same))
            )
            if mine["answer"]["statusCode"] != 201:
                raise RuntimeError(f"the complaint was not taken: {mine['answer']}")
            compared.add(mine["warm"], its["warm"])
    return [
        Table(
            title="CPU of a warm invocation",
            against="the bare handler making the same requests, with the same parameters, with boto3's client",
            columns=("requests", "ratio (quartiles)", "ms / ms"),
            rows=[
                Row(
                    name="POST /v1/complaints",
                    cells=[str(len(calls)), *compared.cells],
                    value=compared.ratio,
                    target=MOST,
                )
            ],
            notes=(f"{rounds} rounds of {repeat} invocations, each in fresh processes.",),
        )
    ]


def filing() -> tuple[Mapping[str, Any], Sequence[Call]]:
    """The event of a complaint that is filed, and the requests that it leads to in a container that served one before."""
    raw = json.loads(load_region_file("local").compiled)
    events: list[Mapping[str, Any]] = []
    # The functions write their logs and metrics to standard output.
    with (
        redirect_stdout(StringIO()),
        tempfile.TemporaryDirectory() as folder,
        town(Path(folder), start=datetime.now(UTC), raw=raw) as here,
        recorded() as calls,
    ):

        def handler(event: Mapping[str, Any], _: object) -> Any:
            events.append(event)
            return here.handlers["intake"].handler(event, context())

        for _ in range(2):
            calls.clear()
            answer = person(handler, locale="ru")("POST", "/v1/complaints", _BODY, key=str(uuid.uuid4()))
            assert answer.status == 201, answer.text
    return events[-1], calls


@contextmanager
def recorded() -> Iterator[list[Call]]:
    """The requests that this process makes while the context lasts."""
    found: list[Call] = []
    original = BaseClient._make_api_call

    def call(self: Any, operation: str, parameters: dict[str, Any]) -> Any:
        answer = original(self, operation, parameters)
        assert self.meta.service_model.service_name == "dynamodb", "the bare handler has no other client"
        said = {name: value for name, value in answer.items() if name != "ResponseMetadata"}
        found.append(Call(operation=operation, parameters=parameters, answer=said))
        return answer

    with patch.object(BaseClient, "_make_api_call", call):
        yield found


@contextmanager
def answering(calls: Sequence[Call]) -> Iterator[str]:
    """The address of a server that answers each operation as the last of its kind among `calls` was answered."""
    answers = {call.operation: json.dumps(call.answer).encode() for call in calls}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            answer = answers[self.headers["x-amz-target"].rpartition(".")[2]]
            self.send_response(200)
            self.send_header("content-type", "application/x-amz-json-1.0")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
