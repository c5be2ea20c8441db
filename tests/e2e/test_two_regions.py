"""Two regions side by side in one account and one Region: no name clashes, and neither knows of the other."""

import subprocess
from itertools import islice
from pathlib import Path

import pytest

from infra.local.altered import Template, altered
from infra.local.cast import AGENCY
from infra.local.citizen import Caller, sign_in
from infra.local.deployed import Deployed, deploy
from infra.local.story import CATEGORY, COMMENT, PLACE, Cast, wait_until
from infra.toolchain import ROOT, cdk
from tests.e2e.other_stages import synthesised

pytestmark = pytest.mark.timeout(900)


def test_a_second_region_is_deployed_beside_the_first(players: Cast, tmp_path: Path) -> None:
    first = players.deployed
    made = synthesised(tmp_path / "regions")
    second = deploy(first.emulator, folder=made, stage="qamqor-second", bootstrapped=True)
    assert diff(first, made) == 0, "what was just deployed is what the templates say"
    assert diff(first, altered(made, tmp_path / "edited", retained_longer)) == 1
    for name in ("complaints_table", "agencies_table", "people_table", "photos_bucket", "state_machine_arn"):
        assert getattr(first, name) != getattr(second, name)
    there = sign_in(second, "resident")
    filed = there.post("/v1/complaints", {"category": CATEGORY, "comment": COMMENT, "location": PLACE})
    assert filed.status == 201, filed.body
    assert filed.body["number"].startswith("SCN-")
    in_second = Cast(
        deployed=second,
        citizen=there,
        scene=players.scene,
        agency=players.agency,
        agency_hook=players.agency_hook,
        supervisor_hook=players.supervisor_hook,
    )
    shown = wait_until(in_second, filed.body["id"], lambda it: it["escalation_level"] >= 1)
    assert shown["agency"]["id"] == AGENCY

    here = players.citizen.post(
        "/v1/complaints", {"category": CATEGORY, "comment": COMMENT, "location": PLACE}
    )
    assert here.body["number"].startswith("LCL-")
    wait_until(players, here.body["id"], lambda it: it["status"] == "assigned")
    assert ids(second) == {filed.body["id"]}
    assert filed.body["id"] not in ids(first)
    # A key and a token are good in the region that gave them, and nowhere else.
    assert Caller(base=second.api_url, token=players.agency.token).get("/v1/agency/complaints").status in (
        401,
        403,
    )
    assert Caller(base=second.api_url, token=players.citizen.token).get("/v1/complaints").status == 401


def diff(deployed: Deployed, made: Path) -> int:
    """The status of `cdk diff`: 1 where the stacks differ from the templates."""
    asked = ("--fail", "--method", "template", "--app", str(made))
    return subprocess.run(
        cdk("diff", "qamqor-second/*", *asked),
        cwd=ROOT,
        env=deployed.emulator.environment(CDK_DISABLE_CLI_TELEMETRY="true"),
        capture_output=True,
        check=False,
    ).returncode


def retained_longer(template: Template) -> Template:
    """With one term of one queue changed."""
    queues = (each for each in template["Resources"].values() if each["Type"] == "AWS::SQS::Queue")
    for queue in islice(queues, 1):
        queue["Properties"]["MessageRetentionPeriod"] = 86_400
    return template


def ids(deployed: Deployed) -> set[str]:
    items = deployed.emulator.client("dynamodb").scan(TableName=deployed.complaints_table)["Items"]
    return {item["id"]["S"] for item in items if item.get("kind", {}).get("S") == "complaint"}
