"""What an operator is told where a command cannot begin: a sentence with what to do, and no traceback."""

import os
import subprocess
import sys

import pytest
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, NoCredentialsError

from infra.ops.__main__ import said
from infra.toolchain import ROOT


def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    nothing = dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), os.devnull)
    return subprocess.run(
        [sys.executable, *arguments],
        env=environment | nothing | {"AWS_EC2_METADATA_DISABLED": "true"} | more,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


def test_without_credentials_it_is_said_how_to_get_some() -> None:
    done = run("-m", "infra.ops", "--region", "pavlodar", "dead-letters", "list")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "aws sso login" in done.stderr


def test_of_the_local_region_the_emulator_is_asked_for_where_none_runs() -> None:
    done = run("-c", NO_EMULATOR)
    assert (done.returncode, "`make up`" in done.stderr) == (2, True), done.stderr


NO_EMULATOR = """
import sys
from infra.local import emulator
emulator.find = lambda: None
from infra.ops.__main__ import main
sys.exit(main(["--region", "local", "dead-letters", "list"]))
"""


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (NoCredentialsError(), "sign in"),
        (EndpointConnectionError(endpoint_url="http://127.0.0.1:1"), "nothing answers"),
        (
            ClientError(
                {"Error": {"Code": "ResourceNotFoundException", "Message": "no table"}}, "DescribeTable"
            ),
            "AWS refused DescribeTable: ResourceNotFoundException: no table",
        ),
        (BotoCoreError(), "AWS was not asked"),
    ],
    ids=["no credentials", "no network", "refused", "anything else"],
)
def test_what_aws_does_not_do_is_one_sentence(error: BotoCoreError | ClientError, part: str) -> None:
    assert part in said(error)
    assert "\n" not in said(error)


def test_a_reader_who_has_seen_enough_is_no_error() -> None:
    command = f"{sys.executable} -m infra.ops --help | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True)
    assert "Traceback" not in done.stderr
    where = "-m infra.region where --region pavlodar --lat 52.28 --lon 76.95 --category rubbish"
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} {where} | true"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.stderr == ""


def test_a_place_outside_the_region_is_said_and_is_a_failure() -> None:
    for lat, status in (("52.28", 0), ("10", 1)):
        done = run(
            *("-m", "infra.region", "where", "--region", "pavlodar", "--lat", lat),
            *("--lon", "76.95", "--category", "rubbish"),
        )
        assert done.returncode == status
        assert ("outside Pavlodar" in done.stdout) == bool(status)
