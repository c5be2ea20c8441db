"""A new version over a running one, with complaints in flight: nothing is lost, and no open watch breaks."""

import hashlib
import json
import threading
import time
import uuid
from contextlib import suppress
from pathlib import Path
from zipfile import ZipFile

import pytest

from infra.local.altered import Template, altered
from infra.local.assembly import assembly
from infra.local.deployed import deploy
from infra.local.story import CATEGORY, COMMENT, PLACE, Cast, wait_until
from infra.packaging.archive import add_file, copy_entries, new_archive
from tests.e2e.waiting import until_everybody_knows, wait_for

pytestmark = pytest.mark.timeout(900)

NEWS = "second version"
PATIENCE_S = 240.0
MOST = 20
"""Complaints in flight: of a deployment that takes minutes, more would show nothing new."""


def test_complaints_in_flight_go_on_under_a_new_version(players: Cast, tmp_path: Path) -> None:
    deployed = players.deployed
    newer = changed(assembly(), tmp_path / "newer")
    before_code = code_of(players)
    before = _filed(players)
    until_everybody_knows(players, before)

    failures: list[BaseException] = []
    deploying = threading.Thread(
        target=lambda: _quietly(lambda: deploy(deployed.emulator, folder=newer, bootstrapped=True), failures)
    )
    deploying.start()
    during = []
    while deploying.is_alive():
        if len(during) < MOST:
            during.append(_filed(players))
        deploying.join(timeout=2)
    assert failures == []
    code = code_of(players)
    assert code.keys() == before_code.keys()
    assert [name for name, digest in code.items() if digest == before_code[name]] == []

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
    for part in ("IntakeApi", "AgencyApi", "Assignment", "Outbox", "Escalation"):
        # What a function prints comes into its log after its answer.
        wait_for(lambda part=part: said_by(players, part), what=f"{part} is the new version")


def changed(made: Path, folder: Path) -> Path:
    """The same stacks with new code in every function, which says so when it starts, and a new state machine."""
    archives = folder.with_name("archives")
    archives.mkdir()
    renamed = dict(_with_new_code(archive, archives) for archive in made.glob("asset.*.zip"))
    altered(made, folder, _with_new_versions, renamed=renamed)
    for archive in archives.iterdir():
        archive.rename(folder / archive.name)
    return folder


def _with_new_versions(template: Template) -> Template:
    """New code is a new version, by another name in the template: `live` then leads to it."""
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::StepFunctions::StateMachine":
            definition = json.loads(resource["Properties"]["DefinitionString"])
            definition["Comment"] += " Second version."
            resource["Properties"]["DefinitionString"] = json.dumps(definition)
    text = json.dumps(template)
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Lambda::Version":
            text = text.replace(name, f"{name}2")
    return dict(json.loads(text))


def _with_new_code(archive: Path, folder: Path) -> tuple[str, str]:
    """An asset with other code, in `folder`: the hash that named the one before, and the new one."""
    made, first = folder / archive.name, "functions/__init__.py"
    with new_archive(made) as new:
        with ZipFile(archive) as old:
            add_file(new, first, old.read(first) + f"\nprint({NEWS!r})\n".encode())
        compiled = "functions/__pycache__/__init__."
        copy_entries(archive, new, wanted=lambda path: path != first and not path.startswith(compiled))
    before, after = archive.stem.partition(".")[2], hashlib.sha256(made.read_bytes()).hexdigest()
    made.rename(folder / f"asset.{after}.zip")
    return before, after


def code_of(players: Cast) -> dict[str, str]:
    """The hash of the code of every function, by name."""
    client = players.deployed.emulator.client("lambda")
    functions = client.get_paginator("list_functions").paginate()
    return {
        each["FunctionName"]: each["CodeSha256"]
        for page in functions
        for each in page["Functions"]
        if each["FunctionName"].startswith("qamqor-local-service-")
    }


def said_by(players: Cast, part: str) -> bool:
    """Whether the function has said since its start that it is the new version."""
    logs = players.deployed.emulator.client("logs")
    groups = logs.get_paginator("describe_log_groups").paginate()
    return any(
        NEWS in event["message"]
        for page in groups
        for each in page["logGroups"]
        if f"qamqor-local-service/Functions{part}Logs" in each["logGroupName"]
        for event in logs.filter_log_events(logGroupName=each["logGroupName"])["events"]
    )


def _filed(players: Cast) -> str:
    """As an app files: where no answer comes, again with the same key, which is one complaint."""
    key, end = str(uuid.uuid4()), time.monotonic() + PATIENCE_S
    while True:
        # The emulator ends a function that it replaces together with what it was answering, and takes no other
        # connection meanwhile.
        with suppress(OSError):
            answer = players.citizen.post(
                "/v1/complaints", {"category": CATEGORY, "comment": COMMENT, "location": PLACE}, key=key
            )
            if answer.status < 500:
                assert answer.status == 201, answer.body
                return str(answer.body["id"])
        assert time.monotonic() < end, "not answered"
        time.sleep(1)


def _quietly(what: object, failures: list[BaseException]) -> None:
    assert callable(what)
    try:
        what()
    except BaseException as error:
        failures.append(error)
