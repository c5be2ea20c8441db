"""A server on the loopback that answers calls of AWS at once with what was answered before, to whoever asks.

So two programs that make the same calls wait for the same answers, and what is left to compare is their own work. It
runs in a process of its own, and ends when its standard input does:

    python -m tests.bench.instant      # prints its port

`POST /_answers` sets the answers, `GET /_count` tells how many calls came since; `/hook` is a webhook's receiver.
"""

import asyncio
import hashlib
import http.client
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Final
from urllib.parse import parse_qs

from infra.toolchain import ROOT
from tests.bench.calls import Call

_JSON: Final = "application/x-amz-json-1.0"


@dataclass(frozen=True, kw_only=True)
class Instant:
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return {"AWS_ENDPOINT_URL": self.url}

    def answer_as(self, calls: Sequence[Call]) -> None:
        """Answer from now on as these calls were answered: a read exactly as the same read, anything else as the last
        of its kind.
        """
        answers: dict[str, list[Any]] = {}
        for call in calls:
            if call.status < 300:
                target = _TARGETS[call.service] + call.operation if call.service in _TARGETS else ""
                names = _names(target, call.sent)
                kind = _JSON if target else "text/xml"
                answers |= {name: [call.status, kind, call.answer.decode()] for name in names}
        self._ask("POST", "/_answers", json.dumps(answers))

    def count(self) -> int:
        """Calls since the last time that it was asked."""
        return int(self._ask("GET", "/_count"))

    def _ask(self, method: str, path: str, body: str | None = None) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body)
            return connection.getresponse().read()
        finally:
            connection.close()


_OF_UPDATES: Final = ("UpdateExpression", "ConditionExpression", "ExpressionAttributeNames")
_TARGETS: Final = {
    "dynamodb": "DynamoDB_20120810.",
    "sqs": "AmazonSQS.",
    "stepfunctions": "AWSStepFunctions.",
}


@contextmanager
def instant() -> Iterator[Instant]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.instant"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        try:
            yield Instant(port=int(process.stdout.readline()))
        finally:
            process.terminate()


def _names(target: str, sent: str) -> list[str]:
    """By what the answer to a request is looked up, the most particular first."""
    if not target:
        body = json.loads(sent) if sent.startswith("{") else {k: v[0] for k, v in parse_qs(sent).items()}
        return [f"query {body.get('Action')}"]
    body = json.loads(sent)
    items = body.get("TransactItems")
    table = next(iter(items[0].values()))["TableName"] if items else body.get("TableName", "")
    # A read is known by all of it; an update, which has times in it, by what it updates.
    told = body if target.endswith(("GetItem", "Query")) else {k: body.get(k) for k in _OF_UPDATES}
    whole = json.dumps(told, sort_keys=True)
    return [f"{target} {table} {hashlib.sha256(whole.encode()).hexdigest()}", f"{target} {table}"]


class _Server(asyncio.Protocol):
    answers: ClassVar[dict[str, list[Any]]] = {}
    count = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._waiting = b""

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while b"\r\n\r\n" in self._waiting:
            head, _, rest = self._waiting.partition(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")
            headers = {
                name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
            }
            length = int(headers.get("content-length", 0))
            if len(rest) < length:
                if "100-continue" in headers.get("expect", ""):
                    self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                return
            self._waiting = rest[length:]
            self._answer(first.split()[1], headers, rest[:length].decode())

    def _answer(self, path: str, headers: dict[str, str], body: str) -> None:
        status, kind, text = 200, "text/plain", ""
        if path == "/_answers":
            _Server.answers, _Server.count = json.loads(body), 0
        elif path == "/_count":
            text, _Server.count = str(_Server.count), 0
        elif path.startswith("/hook"):
            status = 204
        else:
            _Server.count += 1
            names = _names(headers.get("x-amz-target", ""), body)
            status, kind, text = next(
                (self.answers[name] for name in names if name in self.answers), (200, _JSON, "{}")
            )
        raw = text.encode()
        self._transport.write(
            f"HTTP/1.1 {status} OK\r\nContent-Type: {kind}\r\nContent-Length: {len(raw)}\r\n\r\n".encode()
            + raw
        )


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Server, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.buffer.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve())
