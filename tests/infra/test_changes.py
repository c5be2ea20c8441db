"""Whatever a region file comes to say, and from whatever it said before: what is kept stays, and the deployment is known
to go through or has its recipe in the runbook.
"""

import json
from collections.abc import Callable
from copy import deepcopy
from itertools import permutations
from pathlib import Path
from typing import Any

import boto3
import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER
from moto import mock_aws

from infra import changes
from infra.changes import KEPT, Kind, Templates, faults, service_may_go_first
from infra.toolchain import ROOT
from tests.infra import small_region
from tests.infra.synthesis import without_code

type Edit = tuple[str, str]

COGNITO = "{provider: cognito, email: no-reply@example.org}"
WEST = "  - {id: west_akim, kind: district_akimat, parent: city, name: {kk: а, ru: б, en: c}}\n"
OFFICERS_ELSEWHERE = (
    "{issuer: https://id.example.org, audience: desk, jwks_uri: https://id.example.org/keys, client_id: desk, "
    "authorization_endpoint: https://id.example.org/auth, token_endpoint: https://id.example.org/token, "
    "agency_claim: body, role_claim: role}"
)
PUSH = "push: {fcm: {secret: small/fcm}}"
COPIES = 'backup: {account: "222233334444"}\n'
# Everything that a region file can express and that a stack shows, in as few files as have no two values of one thing.
FILES: dict[str, tuple[Edit, ...]] = {
    "small": (),
    "issuer": (
        ("region: small\n", f"region: small\ndomain: api.example.org\nofficers: {OFFICERS_ELSEWHERE}\n"),
        (COGNITO, "{issuer: https://id.example.org, audience: phone}"),
    ),
    "domain": (
        ("region: small\n", "region: small\ndomain: api.example.org\nofficers: {provider: cognito}\n"),
        *small_region.WITH_TRIALS,
        ("canary: null", "canary: {category: trial}"),
        (PUSH, "push: {fcm: {secret: new/fcm, revision: 2}, apns: {secret: new/apns, sandbox: true}}"),
    ),
    "fixed": (
        ("region: small\n", "region: small\nsize: small\n"),
        ("allow_http: false", "fixed_addresses: true"),
        (PUSH, "push: null"),
    ),
    "other": (
        ("region: small\n", "region: small\nmalware_scan: true\nsize: oblast\nsnapstart: false\nbudget: 300\n" + COPIES),
        (PUSH, "push: {apns: {secret: new/apns}}"),
        (COGNITO, "{provider: cognito, email: codes@other.example}"),
        ("{logs: P90D}", "{photos: P400D, texts: P400D, withdrawn: P30D, logs: P180D, audit: P2000D}"),
        ("terms: {", "terms: {quarantine: P2D, "),
        ("{email: [duty@example.org]}", "{email: [night@example.org, office@example.org]}"),
        ('account: "111122223333"', 'account: "111122223333", owner: akimat, cost_centre: "4711"'),
        ("    contact_email: city@example.org\n", ""),
        ("  - {id: east_akim,", f"{WEST}  - {{id: east_akim,"),
    ),
}  # fmt: skip
PAIRS = list(permutations(FILES, 2))


def expected(before: str, after: str) -> set[tuple[str, Kind]]:
    """`(what begins with, kind)` of each fault; there is none that the runbook does not tell of."""
    found: set[tuple[str, Kind]] = set()
    if after == "issuer":
        found |= {("IdentityPool", "kept-removed"), ("ExportsOutputRefIdentityPool", "export-in-use")}
    if before == "domain":
        found |= {("OfficersPool", "kept-removed"), ("ExportsOutputRefOfficersPool", "export-in-use")}
        # By the role that makes their users.
        found |= {("ExportsOutputFnGetAttOfficersPool", "export-in-use")}
    if before == "fixed":
        found |= {("NetworkAddress", "kept-removed")}
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Templates]:
    """All of them in one assembly, under the one name."""
    folder = tmp_path_factory.mktemp("files")
    regions = folder / "regions"
    regions.mkdir()
    small_region.write(regions)
    (regions / "small.yaml").unlink()
    for number, (name, edits) in enumerate(FILES.items()):
        text = small_region.YAML
        own = (
            ("region: small\n", f"region: {name}\n"),
            ("SML", f"SM{'ABCDE'[number]}"),
            ("{kk: Шағын, ru: Малый, en: Small}", f"{{kk: {name}-kk, ru: {name}-ru, en: {name}}}"),
        )
        for old, new in (*edits, *own):
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        (regions / f"{name}.yaml").write_text(text)
    assembly = without_code(regions, folder).folder
    return {name: _as_one_region(changes.synthesised(assembly, name), name) for name in FILES}


def _as_one_region(templates: Templates, name: str) -> Templates:
    """As if the file had been the region's own: names are all that differ by it."""
    text = json.dumps(templates).replace(f"qamqor-{name}", "qamqor-region")
    return json.loads(text)  # type: ignore[no-any-return]


@pytest.mark.slow
@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_what_is_kept_stays_whatever_a_region_file_comes_to_say(
    made: dict[str, Templates], before: str, after: str
) -> None:
    found = faults(made[before], made[after])
    wanted = expected(before, after)
    for fault in found:
        assert any(fault.what.startswith(what) and fault.kind == kind for what, kind in wanted), str(fault)
    for what, kind in wanted:
        assert any(fault.what.startswith(what) and fault.kind == kind for fault in found), what


@pytest.mark.slow
@pytest.mark.parametrize("before", [name for name in FILES if name != "issuer"])
def test_what_gives_exports_up_can_be_deployed_in_two_steps(made: dict[str, Templates], before: str) -> None:
    """First what uses them, alone: it needs nothing that is not there yet."""
    assert service_may_go_first(made[before], made["issuer"])


@pytest.mark.slow
def test_officers_are_given_up_in_two_steps_as_people_are(made: dict[str, Templates]) -> None:
    """To nobody, and to an issuer."""
    for after in ("small", "issuer"):
        assert service_may_go_first(made["domain"], made[after])


@pytest.mark.slow
def test_a_file_that_says_the_same_changes_nothing(made: dict[str, Templates]) -> None:
    for templates in made.values():
        assert faults(templates, templates) == []


# ------------------------------------------------------------------------------------- each kind, planted
STORAGE, SERVICE = "qamqor-region-storage", "qamqor-region-service"
INDEX: dict[str, Any] = {
    "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
    "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x", "y"]},
}


def planted() -> dict[str, Any]:
    table = {
        "TableName": None,
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "GlobalSecondaryIndexes": [{"IndexName": name, **deepcopy(INDEX)} for name in ("one", "two")],
    }
    return {
        STORAGE: {
            "Resources": {
                "Table": {"Type": "AWS::DynamoDB::Table", "Properties": table},
                "App": {
                    "Type": "Custom::PlatformApplication",
                    "Properties": {"Name": "a", "Platform": "GCM"},
                    "DeletionPolicy": "RetainExceptOnCreate",
                },
            },
            "Outputs": {"T": {"Value": "t", "Export": {"Name": f"{STORAGE}:T"}}},
        },
        SERVICE: {
            "Resources": {"F": {"Type": "X", "Properties": {"T": [{"Fn::ImportValue": f"{STORAGE}:T"}]}}}
        },
    }


def _table(templates: dict[str, Any]) -> dict[str, Any]:
    return templates[STORAGE]["Resources"]["Table"]["Properties"]  # type: ignore[no-any-return]


def _indexes(templates: dict[str, Any]) -> list[dict[str, Any]]:
    return _table(templates)["GlobalSecondaryIndexes"]  # type: ignore[no-any-return]


CHANGES: dict[str, tuple[Callable[[dict[str, Any]], Any], list[Kind]]] = {
    "nothing": (lambda t: None, []),
    "another order of attributes": (
        lambda t: _indexes(t)[0]["Projection"].update(NonKeyAttributes=["y", "x"]),
        [],
    ),
    "one index more": (lambda t: _indexes(t).append({"IndexName": "three", **INDEX}), []),
    "one index less": (lambda t: _indexes(t).pop(), []),
    "one for another": (lambda t: _indexes(t)[0].update(IndexName="three"), ["two-index-changes"]),
    "two indexes less": (lambda t: _indexes(t).clear(), ["two-index-changes"]),
    "another projection": (
        lambda t: _indexes(t)[0]["Projection"].update(NonKeyAttributes=["x"]),
        ["index-changed"],
    ),
    "another key of an index": (
        lambda t: _indexes(t)[0].update(KeySchema=[{"AttributeName": "b", "KeyType": "HASH"}]),
        ["index-changed"],
    ),
    "another key": (lambda t: _table(t).update(KeySchema=[]), ["kept-replaced"]),
    "a fixed name": (lambda t: _table(t).update(TableName="t"), ["kept-replaced"]),
    "another logical id": (
        lambda t: t[STORAGE]["Resources"].update(Tables=t[STORAGE]["Resources"].pop("Table")),
        ["kept-removed"],
    ),
    "another type": (lambda t: t[STORAGE]["Resources"]["Table"].update(Type="X"), ["kept-removed"]),
    "no application": (lambda t: t[STORAGE]["Resources"].pop("App"), []),
    "another name of an application": (
        lambda t: t[STORAGE]["Resources"]["App"]["Properties"].update(Name="b"),
        ["kept-replaced"],
    ),
    "no export, which is used": (
        lambda t: (t[STORAGE]["Outputs"].clear(), t[SERVICE]["Resources"].clear()),
        ["export-in-use"],
    ),
    "no storage at all": (lambda t: t.pop(STORAGE), []),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_what_cannot_be_deployed_is_found(change: str) -> None:
    do, kinds = CHANGES[change]
    before, after = planted(), planted()
    do(after)
    assert [fault.kind for fault in faults(before, after)] == kinds


def test_an_application_that_would_not_stay_is_not_given_up() -> None:
    before, after = planted(), planted()
    del before[STORAGE]["Resources"]["App"]["DeletionPolicy"]
    del after[STORAGE]["Resources"]["App"]
    assert [fault.kind for fault in faults(before, after)] == ["kept-removed"]


def test_a_change_that_gives_up_and_brings_in_is_two_changes() -> None:
    before, after = planted(), planted()
    after[STORAGE]["Outputs"] = {"U": {"Value": "u", "Export": {"Name": f"{STORAGE}:U"}}}
    after[SERVICE]["Resources"]["F"]["Properties"]["T"] = {"Fn::ImportValue": f"{STORAGE}:U"}
    assert [fault.kind for fault in faults(before, after)] == ["export-in-use"]
    assert not service_may_go_first(before, after)
    after[SERVICE]["Resources"]["F"]["Properties"]["T"] = "none"
    assert service_may_go_first(before, after)


@pytest.mark.parametrize("type", [type for type in KEPT if type.startswith("AWS::")])
def test_whatever_the_registry_calls_create_only_is_watched(type: str) -> None:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("eu-central-1", type).schema
    named = [*schema.get("createOnlyProperties", ()), *schema.get("conditionalCreateOnlyProperties", ())]
    assert {name.removeprefix("/properties/") for name in named} <= KEPT[type]


# ------------------------------------------------------------------------------------------- the command
def assembled(folder: Path, templates: dict[str, Any]) -> Path:
    nested = folder / "assembly-qamqor-pavlodar"
    nested.mkdir()
    artifacts = {}
    for name, template in templates.items():
        name = name.replace("region", "pavlodar")
        (nested / f"{name}.json").write_text(json.dumps(template).replace("qamqor-region", "qamqor-pavlodar"))
        properties = {"stackName": name, "templateFile": f"{name}.json"}
        artifacts[name] = {"type": "aws:cloudformation:stack", "properties": properties}
    (nested / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    return folder


def test_what_is_deployed_is_compared_with_what_was_synthesised(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table: dict[str, Any] = {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
        },
    }
    asked = ["--region", "pavlodar", "--assembly", str(tmp_path)]
    with mock_aws():
        assert changes.main(asked) == 2
        assembled(tmp_path, {STORAGE: {"Resources": {"Other": table}, "Outputs": {}}})
        assert changes.main(asked) == 0
        assert capsys.readouterr().out == "nothing is deployed yet\n"
        boto3.client("cloudformation", region_name="eu-central-1").create_stack(
            StackName="qamqor-pavlodar-storage", TemplateBody=json.dumps({"Resources": {"Table": table}})
        )
        assert changes.main(asked) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("qamqor-pavlodar-storage: Table: this AWS::DynamoDB::Table is given up.")
    assert told[-1] == changes.RECIPE


def test_the_runbook_has_the_recipes() -> None:
    runbook = (ROOT / "docs" / "runbook.md").read_text()
    section = changes.RUNBOOK.partition("#")[2]
    headings = {line.lstrip("# ").lower().replace(" ", "-") for line in runbook.splitlines()}
    assert section in headings
