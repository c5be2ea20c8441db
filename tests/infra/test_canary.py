"""A canary comes to nobody who has other work, signs in as nobody else can, and rings when it fails or is silent."""

import io
import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from PIL import Image

from functions.intake.canary.trial import PHOTO
from infra.packaging.bundle import modules_loaded
from infra.region.lint import lint_regions
from infra.stacks.canary import CANARY, files
from infra.toolchain import ROOT
from tests.infra import small_region
from tests.infra.synthesis import without_code
from tests.infra.template import Assembly, Template, flat
from tests.infra.test_assets_wiring import COMMON, declared
from tests.infra.test_iam import rights_of

type Edit = tuple[str, str]

FAULTS: dict[str, tuple[tuple[Edit, ...], str]] = {
    "it is other": ((("{category: trial}", "{category: other}"),), "canary: {category"),
    "it is retired": ((("danger: false,\n", "danger: false, retired: {since: 2027-01-01},\n"),), "canary: {category"),
    "everybody sees it": ((("danger: false,\n", "danger: false, public: {place: rounded},\n"),), "  - {id: trial"),
    "it asks for no photo": ((("danger: false,\n", "danger: false, max_photos: 0,\n"),), "  - {id: trial"),
    "it asks": (
        (
            (
                "danger: false,\n",
                "danger: false, questions: [{id: q, kind: text, required: true, text: {kk: а, ru: б, en: c}}],\n",
            ),
        ),
        "  - {id: trial",
    ),
    "a body has it": ((("{default: trials}", "{default: city}"),), "     responsible: {default: city}}"),
    "one above it has other work": (
        (("id: trials, kind: department, parent: operator", "id: trials, kind: department, parent: city"),),
        "     responsible: {default: trials}}",
    ),
    "there is no pool": (
        (("{provider: cognito, email: no-reply@example.org}", "{issuer: https://id.example.org, audience: app}"),),
        "identity:",
    ),
}  # fmt: skip


def yaml(*edits: Edit) -> str:
    text = small_region.YAML
    for old, new in (*small_region.WITH_TRIALS, ("canary: null", "canary: {category: trial}"), *edits):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def test_a_canary_of_the_operators_own_has_no_findings(tmp_path: Path) -> None:
    small_region.write(tmp_path, yaml=yaml())
    assert lint_regions(tmp_path) == []


@pytest.mark.parametrize("case", FAULTS)
def test_what_would_touch_somebody_or_cannot_be_filed_is_found(tmp_path: Path, case: str) -> None:
    edits, at = FAULTS[case]
    text = yaml(*edits)
    small_region.write(tmp_path, yaml=text)
    (found,) = [each for each in lint_regions(tmp_path) if each.rule == "canary"]
    assert text.splitlines()[found.line - 1].startswith(at)


def test_the_photo_is_one() -> None:
    ((_, photo),) = files().items()
    assert Image.open(io.BytesIO(photo)).format == "JPEG"
    assert len(photo) < 10_000
    assert files() == files()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    regions = tmp_path_factory.mktemp("regions")
    small_region.write(regions, yaml=yaml())
    return without_code(regions, tmp_path_factory.mktemp("made"), but_of="canary")


@pytest.fixture
def service(made: Assembly) -> Template:
    return made["qamqor-small-service"]


@pytest.mark.slow
def test_it_may_read_what_it_signs_in_with_and_nothing_else(service: Template) -> None:
    assert rights_of(service)["Canary"] == {"{CanarySecret}": {"secretsmanager:GetSecretValue"}}


@pytest.mark.slow
def test_its_asset_has_what_it_needs_and_its_environment_too(made: Assembly, service: Template) -> None:
    canary = service.functions()["canary"]
    environment = canary["Environment"]["Variables"]
    assert (
        declared(ROOT / "functions" / "intake" / "canary" / "handler.py", "ENVIRONMENT")
        == set(environment) - COMMON
    )
    asset = asset_of(made, canary["Code"]["S3Key"].removesuffix(".zip"))
    modules = modules_loaded(asset, CANARY.handler, environment=dict.fromkeys(set(environment) - COMMON, "x"))
    assert "functions.intake.canary.trial" in modules
    with ZipFile(asset) as packed:
        assert PHOTO in packed.namelist()


def asset_of(made: Assembly, digest: str) -> Path:
    (path,) = {
        file.parent / assets[digest]["source"]["path"]
        for file in made.folder.rglob("*.assets.json")
        if digest in (assets := json.loads(file.read_text())["files"])
    }
    return path


@pytest.mark.slow
def test_its_client_takes_no_password_over_the_network(service: Template) -> None:
    client = service.one("AWS::Cognito::UserPoolClient")["Properties"]
    assert sorted(client["ExplicitAuthFlows"]) == [
        "ALLOW_ADMIN_USER_PASSWORD_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
    ]
    (people,) = (
        each["Properties"]["JwtConfiguration"]
        for each in service.of("AWS::ApiGatewayV2::Authorizer").values()
        if "JwtConfiguration" in each["Properties"]
    )
    assert "{CanaryClient}" in map(flat, people["Audience"])
    functions = service.functions()
    known = functions["intakeapi"]["Environment"]["Variables"]["CANARY_CLIENT_ID"]
    assert known == functions["canary"]["Environment"]["Variables"]["CANARY_CLIENT_ID"]


@pytest.mark.slow
def test_it_rings_when_it_failed_twice_or_was_not_there(service: Template) -> None:
    (alarm,) = (
        each["Properties"]
        for each in service.of("AWS::CloudWatch::Alarm").values()
        if each["Properties"]["AlarmName"].endswith("CanaryFails")
    )
    assert (alarm["MetricName"], alarm["Statistic"], alarm["Period"]) == ("Errors", "Sum", 900)
    assert (alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"], alarm["Threshold"]) == (2, 2, 0)
    assert alarm["TreatMissingData"] == "breaching"
    _, _, section = alarm["AlarmDescription"].partition("docs/runbook.md#")
    assert f"\n## {section}\n" in (ROOT / "docs" / "runbook.md").read_text()
    (rule,) = (
        each["Properties"]
        for each in service.of("AWS::Events::Rule").values()
        if each["Properties"].get("ScheduleExpression") == "cron(7/15 * * * ? *)"
    )
    assert rule["Targets"][0]["RetryPolicy"] == {"MaximumRetryAttempts": 0}
    once = [each["Properties"] for each in service.of("AWS::Lambda::EventInvokeConfig").values()]
    assert [each["MaximumRetryAttempts"] for each in once] == [0]
