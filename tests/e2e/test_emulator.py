"""The emulator starts clean, stops whole, and outlives nobody who did not ask for it."""

import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.local import down, emulator, process_group
from infra.local.front.process import start as start_front
from infra.local.front.server import Setting
from infra.local.listening import LOOPBACK
from infra.local.recording import calls
from infra.local.region import prepared
from infra.toolchain import ROOT

STUBBORN = """
import os, signal, time

signal.signal(signal.SIGTERM, signal.SIG_IGN)

def handler(event, context):
    if event.get("sleep"):
        time.sleep(event["sleep"])
    return dict(os.environ)
"""


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def wait_until(what: Callable[[], bool], *, seconds: float = 10) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if what():
            return True
        time.sleep(0.05)
    return False


def make_function(running: emulator.Emulator, source: str) -> Callable[[dict[str, Any]], Any]:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("stubborn.py", source)
    client = running.client("lambda")
    client.create_function(
        FunctionName="stubborn",
        Runtime="python3.13",
        Role="arn:aws:iam::000000000000:role/any",
        Handler="stubborn.handler",
        Timeout=60,
        Code={"ZipFile": packed.getvalue()},
    )
    client.get_waiter("function_active_v2").wait(FunctionName="stubborn")

    def invoke(event: dict[str, Any], *, kind: str = "RequestResponse") -> Any:
        answer = client.invoke(FunctionName="stubborn", InvocationType=kind, Payload=json.dumps(event))
        return json.loads(answer["Payload"].read() or "null")

    return invoke


@pytest.fixture
def ports() -> Iterator[set[int]]:
    """Ports that must be closed when the test is over."""
    used: set[int] = set()
    yield used
    assert [port for port in used if is_open(port)] == []


def test_it_serves_on_the_loopback_and_nothing_is_left_when_it_is_stopped(
    tmp_path: Path, ports: set[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_PROFILE", "somebody")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    with emulator.start(state_dir=tmp_path) as running:
        ports.add(running.port)
        running.client("dynamodb").create_table(
            TableName="complaints",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        )
        assert running.client("dynamodb").list_tables()["TableNames"] == ["complaints"]

        invoke = make_function(running, STUBBORN)
        seen = invoke({})
        assert seen["AWS_ENDPOINT_URL"] == running.url
        assert seen["AWS_REGION"] == running.region
        assert seen["HOME"].startswith(str(tmp_path))
        assert not {"HTTPS_PROXY", "AWS_PROFILE", "PYTHONPATH"} & seen.keys()

        invoke({"sleep": 50}, kind="Event")
        assert wait_until(lambda: len(process_group.members(running.pid)) >= 2), (
            "the emulator and a busy worker"
        )
    assert process_group.members(running.pid) == set()
    assert not running.is_running()
    assert not (tmp_path / "tmp").exists()
    running.stop()  # A second time does nothing.


def test_every_call_is_recorded_with_its_parameters(tmp_path: Path, ports: set[int]) -> None:
    with emulator.start(state_dir=tmp_path) as running:
        ports.add(running.port)
        sns = running.client("sns")
        told = sns.create_topic(Name="told")["TopicArn"]
        for number in range(120):
            sns.publish(TopicArn=told, Message=str(number))
        running.client("dynamodb").list_tables(Limit=7)
        recorded = calls(running)
        assert [(call.service, call.action) for call in recorded] == [
            ("sns", "CreateTopic"),
            *[("sns", "Publish")] * 120,
            ("dynamodb", "ListTables"),
        ]
        assert [call.parameters["Message"] for call in recorded[1:-1]] == [
            str(number) for number in range(120)
        ]
        assert recorded[-1].parameters == {"Limit": 7}
        assert calls(running, since=recorded[-2].at) == recorded[-2:]


def test_tls_is_trusted_by_its_own_clients_and_by_lambda_code(tmp_path: Path, ports: set[int]) -> None:
    with emulator.start(state_dir=tmp_path, tls=True) as running:
        ports.add(running.port)
        assert running.url.startswith("https://")
        running.client("sqs").create_queue(QueueName="deliveries")
        calling = (
            "import boto3\nhandler = lambda event, context: boto3.client('sqs').list_queues()['QueueUrls']"
        )
        assert len(make_function(running, calling)({})) == 1


def test_policies_are_enforced_when_asked_for(tmp_path: Path, ports: set[int]) -> None:
    with emulator.start(state_dir=tmp_path, auth=True) as running:
        ports.add(running.port)
        user = running.client("iam")
        user.create_user(UserName="nobody")
        key = user.create_access_key(UserName="nobody")["AccessKey"]
        nobody = boto3.client(
            "sqs",
            endpoint_url=running.url,
            region_name=running.region,
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key["SecretAccessKey"],
        )
        with pytest.raises(ClientError, match="AccessDenied"):
            nobody.create_queue(QueueName="deliveries")


def test_two_may_not_share_their_state(tmp_path: Path, ports: set[int]) -> None:
    with emulator.start(state_dir=tmp_path) as running:
        ports.add(running.port)
        with pytest.raises(emulator.EmulatorError, match="already running"):
            emulator.start(state_dir=tmp_path)
        assert running.is_running()
        assert emulator.find(tmp_path) is None, "it is not one to join: it ends with who started it"
    with emulator.start(state_dir=tmp_path) as again:
        ports.add(again.port)


def test_a_taken_port_is_said_and_nothing_is_started(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        with pytest.raises(emulator.EmulatorError, match="is taken"):
            emulator.start(port=taken.getsockname()[1], state_dir=tmp_path)


def test_one_that_cannot_start_shows_its_log(tmp_path: Path) -> None:
    with pytest.raises(emulator.EmulatorError, match="not-a-number"):
        emulator.start(state_dir=tmp_path, extra_env={"MINISTACK_DOCKER_TIMEOUT": "not-a-number"})


def test_when_its_starter_is_killed_it_ends_with_all_its_workers(tmp_path: Path, ports: set[int]) -> None:
    program = f"""
import json, os, pathlib, signal
from infra.local import emulator
from tests.e2e.test_emulator import STUBBORN, make_function
running = emulator.start(state_dir=pathlib.Path({str(tmp_path)!r}))
make_function(running, STUBBORN)({{}})
print(json.dumps([running.pid, running.port]), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    group, port = json.loads(done.stdout)
    ports.add(port)
    assert wait_until(lambda: not process_group.members(group))


def test_a_detached_one_outlives_its_starter_and_is_found_and_stopped(
    tmp_path: Path, ports: set[int]
) -> None:
    program = f"""
import pathlib
from infra.local import emulator
print(emulator.start(state_dir=pathlib.Path({str(tmp_path)!r}), detached=True).pid)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    running = emulator.find(tmp_path)
    assert running is not None, done.stderr
    ports.add(running.port)
    try:
        assert running.pid == int(done.stdout)
        assert running.client("s3").list_buckets()["Buckets"] == []
        with pytest.raises(emulator.EmulatorError, match="already running"):
            emulator.start(state_dir=tmp_path)
    finally:
        running.stop()
    assert process_group.members(running.pid) == set()
    assert emulator.find(tmp_path) is None


@pytest.mark.parametrize("killed", [False, True], ids=["running", "killed"])
def test_make_down_leaves_neither_file_nor_process_nor_port(
    tmp_path: Path,
    ports: set[int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    killed: bool,
) -> None:
    monkeypatch.setattr(emulator, "STATE_DIR", tmp_path / "emulator")
    monkeypatch.setattr(down, "SHELL", tmp_path / "up.sh")
    running = emulator.start(state_dir=tmp_path / "emulator", detached=True)
    ports.add(running.port)
    try:
        prepared("karaganda", state_dir=running.state_dir)
        setting = Setting(port=0, emulator=running.url, api=running.url)
        front = start_front(setting, state_dir=running.state_dir)
        down.SHELL.write_text("export API=…")
        running.client("sqs").create_queue(QueueName="kept")
        if killed:
            os.killpg(running.pid, signal.SIGKILL)
            running._process.wait()
        assert down.main() == 0
    finally:
        running.stop()
    assert ("nothing is left of it" in capsys.readouterr().out) != killed
    assert list(tmp_path.iterdir()) == []
    assert process_group.members(running.pid) | process_group.members(front.pid) == set()
    assert down.main() == 0
    assert capsys.readouterr().out == "nothing is running\n"


def test_a_record_of_a_process_that_is_another_by_now_is_no_emulator(tmp_path: Path) -> None:
    record = {
        "port": 1,
        "pid": os.getpid(),
        "started": "an earlier one",
        "region": "eu-central-1",
        "account": "000000000000",
        "state_dir": str(tmp_path),
        "log_path": str(tmp_path / "log"),
        "certificate": None,
        "detached": True,
    }
    (tmp_path / "emulator.json").write_text(json.dumps(record))
    assert emulator.find(tmp_path) is None
