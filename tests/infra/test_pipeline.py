"""The pipeline as files: what is deployed was checked and synthesised, is of the main branch, and goes out in waves."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from moto import mock_aws

from infra.checks.tools import cfn_lint
from infra.pipeline import smoke
from infra.pipeline.__main__ import LAST, WavesFault, main, waves
from infra.region import region_ids
from infra.toolchain import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ROLES = ROOT / "infra" / "pipeline" / "roles.yaml"
MAKEFILE = (ROOT / "Makefile").read_text()


def read(path: Path) -> dict[Any, Any]:
    return yaml.safe_load(path.read_text())  # type: ignore[no-any-return]


DEPLOY, REGION = (read(ROOT / ".github" / "workflows" / name) for name in ("deploy.yml", "deploy-region.yml"))
# YAML 1.1 reads the word `on` so.
ON: Any = True


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in WORKFLOWS:
        for name, job in read(path)["jobs"].items():
            yield f"{path.name}: {name}", job


def steps() -> Iterator[dict[str, Any]]:
    for _, job in jobs():
        yield from job.get("steps", ())


# ------------------------------------------------------------------------------------------- the workflow
def test_what_others_wrote_is_pinned_by_its_commit_with_its_version_beside_it() -> None:
    for path in WORKFLOWS:
        for line in path.read_text().splitlines():
            if "uses:" in line and "uses: ./" not in line:
                assert re.search(r"uses: [a-z-]+/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


def test_no_key_is_stored_and_no_right_is_given_to_all_jobs() -> None:
    for path in WORKFLOWS:
        assert read(path)["permissions"] == {"contents": "read"}
        assert "secrets." not in path.read_text()
        assert "secrets: inherit" not in path.read_text()
    for name, job in jobs():
        signed_in = "id-token" in job.get("permissions", {})
        assert signed_in == ("check" not in name and "synth" not in name), name


def test_words_of_others_are_never_run() -> None:
    """What a pull request brings (its title, its branch's name) comes into no command but by a variable."""
    for step in steps():
        assert "${{" not in step.get("run", ""), step
        assert "${{" not in step.get("with", {}).get("script", ""), step


def test_whatever_is_run_is_there() -> None:
    for step in steps():
        for made in re.findall(r"^make (.+)$", step.get("run", ""), flags=re.MULTILINE):
            for target in made.split():
                assert re.search(rf"^{target}:", MAKEFILE, flags=re.MULTILINE), target
        for module in re.findall(r"python -m ([\w.]+)", step.get("run", "")):
            path = ROOT.joinpath(*module.split("."))
            assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module
        for script in re.findall(r"bash (\S+\.sh)", step.get("run", "")):
            assert (ROOT / script).exists(), script
    done = subprocess.run(["bash", "-n", str(ROOT / "infra" / "pipeline" / "diff.sh")], check=False)
    assert done.returncode == 0


def test_only_what_was_checked_and_synthesised_once_is_deployed_and_only_of_the_main_branch() -> None:
    assert DEPLOY[ON]["push"] == {"branches": ["main"]}
    waves_of = [name for name in DEPLOY["jobs"] if name.startswith("deploy-")]
    assert waves_of == ["deploy-test", "deploy-first", "deploy-others"]
    for number, name in enumerate(waves_of):
        job = DEPLOY["jobs"][name]
        assert job["needs"] == ["check", "synth", *waves_of[:number]], name
        assert "github.event_name == 'push'" in job["if"], name
        # Whatever overrides "all before has gone well" says so itself, of each.
        if "cancelled()" in job["if"]:
            assert all(f"needs.{each}.result" in job["if"] for each in job["needs"]), name
    deployed = [step.get("run", "") for step in REGION["jobs"]["deploy"]["steps"]]
    assert not [run for run in deployed if "synth" in run]
    assert sum("--app cdk.out" in run for run in deployed) == 2


def test_a_region_waits_for_who_approves_it_and_is_compared_before_and_asked_after() -> None:
    job = REGION["jobs"]["deploy"]
    assert job["environment"] == "${{ inputs.region }}"
    runs = [step["run"] for step in job["steps"] if "run" in step]
    order = [
        next(n for n, run in enumerate(runs) if part in run)
        for part in ("infra.changes", "/storage", "/*", "pipeline.smoke")
    ]
    assert order == sorted(order)


def test_a_pull_request_of_somebody_else_gets_no_token() -> None:
    assert "head.repo.full_name == github.repository" in DEPLOY["jobs"]["diff"]["if"]
    assert DEPLOY["jobs"]["diff"]["permissions"] == {
        "contents": "read",
        "id-token": "write",
        "pull-requests": "write",
    }


# ------------------------------------------------------------------------------------------------- waves
def test_every_region_of_the_cloud_is_in_one_wave() -> None:
    found = [region.id for regions in waves().values() for region in regions]
    assert sorted(found) == [region_id for region_id in region_ids() if region_id != "local"]


@pytest.mark.parametrize(
    "said",
    [
        "test: [local]\nfirst: []",
        "test: [pavlodar]\nfirst: [pavlodar]",
        "test: [nowhere]\nfirst: []",
        "test: []",
    ],
)
def test_what_is_no_region_of_the_cloud_is_in_no_wave(tmp_path: Path, said: str) -> None:
    (tmp_path / "waves.yaml").write_text(said)
    with pytest.raises(WavesFault):
        waves(tmp_path / "waves.yaml")


def test_the_waves_are_told_as_the_workflow_reads_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0
    told = dict(line.split("=", 1) for line in capsys.readouterr().out.splitlines())
    assert set(told) == set(DEPLOY["jobs"]["synth"]["outputs"])
    inputs = set(REGION[ON]["workflow_call"]["inputs"])
    rows = [row for wave in told.values() for row in json.loads(wave)]
    assert rows
    assert all(set(row) == inputs for row in rows)
    assert json.loads(told[LAST]) == [row for row in rows if row["region"] == "karaganda"]


# ------------------------------------------------------------------------------------------------- roles
class _Cloudformation(yaml.SafeLoader):
    pass


def _short(loader: yaml.SafeLoader, function: str, node: yaml.Node) -> dict[str, Any]:
    """`!Sub text` as `{Sub: text}`."""
    if isinstance(node, yaml.ScalarNode):
        return {function: loader.construct_scalar(node)}
    assert isinstance(node, yaml.SequenceNode)
    return {function: loader.construct_sequence(node, deep=True)}


_Cloudformation.add_multi_constructor("!", _short)


def roles() -> dict[str, Any]:
    found = yaml.load(ROLES.read_text(), _Cloudformation)["Resources"]
    return {id: each["Properties"] for id, each in found.items() if each["Type"] == "AWS::IAM::Role"}


def test_the_template_of_the_roles_has_no_findings() -> None:
    assert cfn_lint("pipeline", ROLES, region="eu-central-1") == []


@pytest.mark.parametrize(
    ("role", "subject"),
    [("Deployer", "repo:${Repository}:environment:${Region}"), ("Reader", "repo:${Repository}:pull_request")],
)
def test_a_role_is_assumed_from_one_repository_and_for_one_purpose(role: str, subject: str) -> None:
    (statement,) = roles()[role]["AssumeRolePolicyDocument"]["Statement"]
    issuer = "token.actions.githubusercontent.com"
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert statement["Condition"] == {
        "StringEquals": {f"{issuer}:aud": "sts.amazonaws.com", f"{issuer}:sub": {"Sub": subject}}
    }
    assert roles()[role]["RoleName"] == {"Sub": f"qamqor-{role.lower()}-${{Region}}"}
    assert set(roles()) == {"Deployer", "Reader"}


def test_who_reads_changes_nothing_and_who_deploys_does_so_by_the_bootstraps_roles() -> None:
    allowed = {
        role: [
            (action, json.dumps(statement["Resource"]))
            for policy in properties["Policies"]
            for statement in policy["PolicyDocument"]["Statement"]
            for action in (
                [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
            )
        ]
        for role, properties in roles().items()
    }
    assert {action for action, _ in allowed["Reader"]} == {
        "cloudformation:DescribeStacks",
        "cloudformation:GetTemplate",
    }
    assert {action for action, _ in allowed["Deployer"]} == {
        *("cloudformation:DescribeStacks", "cloudformation:GetTemplate"),
        *("cloudwatch:DescribeAlarms", "sts:AssumeRole"),
    }
    for each in allowed.values():
        for action, resources in each:
            if action != "cloudwatch:DescribeAlarms":
                assert "${AWS::AccountId}" in resources, action
                assert (
                    "cdk-${Qualifier}-" if action == "sts:AssumeRole" else "qamqor-${Region}-"
                ) in resources


def test_the_workflow_assumes_the_roles_of_the_template() -> None:
    (signing_in,) = [
        step
        for step in REGION["jobs"]["deploy"]["steps"]
        if "configure-aws-credentials" in step.get("uses", "")
    ]
    assert signing_in["with"]["role-to-assume"].endswith(":role/qamqor-deployer-${{ inputs.region }}")
    assert ":role/qamqor-reader-$region" in (ROOT / "infra" / "pipeline" / "diff.sh").read_text()


# ------------------------------------------------------------------------------------------------- smoke
WELL: dict[str, tuple[int, bytes]] = {
    "/v1/categories": (200, b'{"items": [{"id": "rubbish"}, {"id": "other"}]}'),
    "/openapi.json": (200, b"{}"),
    "/v1/me": (401, b""),
    "/v1/complaints": (401, b""),
    "/v1/agency/complaints": (403, b""),
}
BROKEN: dict[str, tuple[int, bytes]] = {
    "/v1/categories": (200, b"<html>"),
    "/openapi.json": (500, b""),
    "/v1/me": (200, b"{}"),
    "/v1/complaints": (404, b""),
    "/v1/agency/complaints": (502, b""),
}


def test_a_deployment_that_answers_has_nothing_wrong() -> None:
    assert list(smoke.wrong_answers("", lambda address: WELL[address])) == []


@pytest.mark.parametrize("path", BROKEN)
def test_each_answer_that_is_not_as_it_must_be_is_said(path: str) -> None:
    answers = WELL | {path: BROKEN[path]}
    (one,) = smoke.wrong_answers("", lambda address: answers[address])
    assert one.startswith(path)


@pytest.mark.parametrize("rings", [False, True])
def test_a_deployment_whose_alarms_ring_has_not_gone_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], rings: bool
) -> None:
    monkeypatch.setattr(smoke, "_get", lambda address: WELL[address.removeprefix("https://api.example.org")])
    template = {
        "Resources": {"T": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {"ApiUrl": {"Value": "https://api.example.org"}},
    }
    with mock_aws():
        boto3.client("cloudformation", region_name="eu-central-1").create_stack(
            StackName="qamqor-pavlodar-service", TemplateBody=json.dumps(template)
        )
        cloudwatch = boto3.client("cloudwatch", region_name="eu-central-1")
        for name in ("qamqor-pavlodar-StreamAge", "qamqor-karaganda-StreamAge"):
            cloudwatch.put_metric_alarm(
                AlarmName=name,
                MetricName="m",
                Namespace="n",
                Period=60,
                Statistic="Sum",
                EvaluationPeriods=1,
                Threshold=0,
                ComparisonOperator="GreaterThanThreshold",
            )
        ringing = "qamqor-pavlodar-StreamAge" if rings else "qamqor-karaganda-StreamAge"
        cloudwatch.set_alarm_state(AlarmName=ringing, StateValue="ALARM", StateReason="planted")
        assert smoke.main(["--region", "pavlodar"]) == int(rings)
    assert ("1 alarms ring: qamqor-pavlodar-StreamAge." in capsys.readouterr().out) == rings


def test_the_diff_of_no_region_is_empty(tmp_path: Path) -> None:
    done = subprocess.run(
        ["bash", str(ROOT / "infra" / "pipeline" / "diff.sh"), "[]"],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == ""
