"""The receivers that integrators begin with, run as they stand: what the sender sends them they take, and nothing else."""

import json
import os
import re
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from functions.notify.webhooks.address import AddressPolicy
from functions.notify.webhooks.delivery import test_delivery as delivery_of_test
from functions.notify.webhooks.signature import new_secret, signed_headers
from functions.notify.webhooks.transport import attempt
from functions.notify.webhooks.verification import echoes
from infra.toolchain import ROOT, TOOLS, tool

RECEIVERS = ROOT / "web" / "receivers"
POLICY = AddressPolicy(allow_http=True, allow_private=True, ports=None)
SECRET = new_secret()
COMMANDS = {
    "Python": [sys.executable, str(RECEIVERS / "receiver.py"), "0"],
    "JavaScript": [tool(TOOLS / "node"), str(RECEIVERS / "receiver.mjs"), "0"],
    "make receiver": [sys.executable, "-m", "infra.local.receiver", "--port", "0"],
}


@dataclass
class Running:
    url: str
    lines: list[str] = field(default_factory=list)
    said: threading.Condition = field(default_factory=threading.Condition)

    def wait_for(self, text: str) -> None:
        with self.said:
            assert self.said.wait_for(lambda: any(text in line for line in self.lines), 20), self.lines


@contextmanager
def running(command: list[str]) -> Iterator[Running]:
    environment = os.environ | {"QAMQOR_SECRET": SECRET, "SECRET": SECRET, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    output = process.stdout
    try:
        found = re.search(r"http://127\.0\.0\.1:\d+/\w*", output.readline())
        assert found is not None
        receiver = Running(url=found[0])

        def read() -> None:
            for line in output:
                with receiver.said:
                    receiver.lines.append(line)
                    receiver.said.notify_all()

        thread = threading.Thread(target=read, daemon=True)
        thread.start()
        yield receiver
    finally:
        process.terminate()
        process.wait(10)
        thread.join(10)
        output.close()


@pytest.fixture(params=COMMANDS, scope="module")
def receiver(request: pytest.FixtureRequest) -> Iterator[Running]:
    with running(COMMANDS[request.param]) as started:
        yield started


def signed(
    body: bytes, *, at: datetime | None = None, secrets: tuple[str, ...] = (SECRET,)
) -> dict[str, str]:
    moment = at or datetime.now(UTC)
    name = f"msg_{int(moment.timestamp() * 1e6)}"
    return signed_headers(message_id=name, timestamp=moment, body=body, secrets=secrets)


def status_of(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    request = urllib.request.Request(url, data=body, headers=dict(headers), method="POST")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


TEST = delivery_of_test(
    agency_id="roads", subscription_id="01KJR9YAXN5V7C2M4T8W6QZ3HD", now=datetime.now(UTC)
).body.encode()


def test_it_echoes_the_challenge_as_the_sender_wants_it(receiver: Running) -> None:
    data = {"subscription_id": "01KJR9YAXN5V7C2M4T8W6QZ3HD", "challenge": "Қ-1"}
    body = json.dumps({"type": "subscription.verification", "data": data}, ensure_ascii=False).encode()
    made = attempt(receiver.url, body=body, headers=signed(body), policy=POLICY)
    assert made.outcome == "delivered"
    assert echoes(made.body, "Қ-1")
    assert status_of(receiver.url, body, signed(body, secrets=(new_secret(),))) == 401


def test_it_takes_what_the_sender_signs_and_prints_it(receiver: Running) -> None:
    for secrets in ((SECRET,), (new_secret(), SECRET)):
        made = attempt(receiver.url, body=TEST, headers=signed(TEST, secrets=secrets), policy=POLICY)
        assert (made.outcome, made.status) == ("delivered", 204)
    receiver.wait_for("subscription.test")


# Made when they are sent: what was of the future when the tests were gathered may be of the present by then.
WRONG: dict[str, Callable[[], tuple[bytes, Mapping[str, str]]]] = {
    "another body": lambda: (TEST.replace(b"test", b"rest"), signed(TEST)),
    "another secret": lambda: (TEST, signed(TEST, secrets=(new_secret(),))),
    "old": lambda: (TEST, signed(TEST, at=datetime.now(UTC) - timedelta(minutes=6))),
    "from the future": lambda: (TEST, signed(TEST, at=datetime.now(UTC) + timedelta(minutes=6))),
    "another name": lambda: (TEST, signed(TEST) | {"webhook-id": "msg_0"}),
    "another time": lambda: (
        TEST,
        signed(TEST) | {"webhook-timestamp": str(int(datetime.now(UTC).timestamp()) - 9)},
    ),
    "unsigned": lambda: (TEST, {}),
}


@pytest.mark.parametrize("what", WRONG)
def test_it_refuses_what_is_not_so(receiver: Running, what: str) -> None:
    body, headers = WRONG[what]()
    assert status_of(receiver.url, body, headers) == 401
    receiver.wait_for("refused")


def test_make_receiver_says_what_is_missing() -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMANDS["make receiver"][:3], "--port", "0", *arguments],
            cwd=ROOT, env={**os.environ, "SECRET": ""}, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            check=False, timeout=60,
        )  # fmt: skip

    wrong, none = run("--secret", "qk_1"), run()
    assert (wrong.returncode, none.returncode) == (1, 1)
    assert "whsec_" in wrong.stderr
    assert "SECRET=" in none.stderr
