"""A new version over a running one, with complaints in flight: nothing is lost, and no open watch breaks."""

import json
import os
import shutil
import threading
from pathlib import Path

import pytest

from infra.local.assembly import assembly
from infra.local.deployed import deploy
from infra.local.story import CATEGORY, COMMENT, PLACE, Cast, wait_until

pytestmark = pytest.mark.timeout(300)


def test_complaints_in_flight_go_on_under_a_new_version(players: Cast, tmp_path: Path) -> None:
    deployed = players.deployed
    newer = changed(assembly(), tmp_path / "newer")
    versions = versions_of(players)
    before = _filed(players)
    wait_until(players, before, lambda it: it["status"] == "assigned")

    failures: list[BaseException] = []
    deploying = threading.Thread(
        target=lambda: _quietly(lambda: deploy(deployed.emulator, folder=newer), failures)
    )
    deploying.start()
    during = []
    while deploying.is_alive():
        during.append(_filed(players))
        deploying.join(timeout=2)
    assert failures == []
    assert versions_of(players) != versions, "every function runs the new version"
    assert {each.get("VERSION") for each in versions_of(players)} == {"2"}

    after = _filed(players)
    for complaint_id in (before, *during, after):
        shown = wait_until(players, complaint_id, lambda it: it["escalation_level"] >= 1)
        types = [line["type"] for line in shown["timeline"]]
        assert types.count("complaint.submitted") == types.count("complaint.assigned") == 1
        levels = [line for line in types if line == "complaint.escalated"]
        assert len(levels) == shown["escalation_level"]
        players.agency.post(f"/v1/agency/complaints/{complaint_id}/acknowledge")
        told = players.agency.get(f"/v1/agency/complaints/{complaint_id}").body
        assert told["events"][-1]["hash"] == told["chain_head"]
    watched = deployed.emulator.client("stepfunctions").describe_execution(
        executionArn=deployed.state_machine_arn.replace(":stateMachine:", ":execution:") + f":{before}-1-0"
    )
    assert watched["status"] in ("RUNNING", "SUCCEEDED"), "the watch that began under the old version"


def changed(made: Path, folder: Path) -> Path:
    """The same stacks with new code for every function, as far as CloudFormation can tell, and a new state machine."""
    shutil.copytree(made, folder, copy_function=os.link)
    for path in folder.rglob("*.template.json"):
        template = json.loads(path.read_text())
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::Lambda::Function":
                environment = resource["Properties"].setdefault("Environment", {})
                environment.setdefault("Variables", {})["VERSION"] = "2"
            if resource["Type"] == "AWS::StepFunctions::StateMachine":
                definition = json.loads(resource["Properties"]["DefinitionString"])
                definition["Comment"] += " Second version."
                resource["Properties"]["DefinitionString"] = json.dumps(definition)
        path.unlink()
        path.write_text(json.dumps(template))
    return folder


def versions_of(players: Cast) -> list[dict[str, str]]:
    client = players.deployed.emulator.client("lambda")
    functions = client.get_paginator("list_functions").paginate()
    return [
        each["Environment"]["Variables"]
        for page in functions
        for each in page["Functions"]
        if each["FunctionName"].startswith("qamqor-local-service-Functions")
    ]


def _filed(players: Cast) -> str:
    answer = players.citizen.post(
        "/v1/complaints", {"category": CATEGORY, "comment": COMMENT, "location": PLACE}
    )
    assert answer.status == 201, answer.body
    return str(answer.body["id"])


def _quietly(what: object, failures: list[BaseException]) -> None:
    assert callable(what)
    try:
        what()
    except BaseException as error:
        failures.append(error)
