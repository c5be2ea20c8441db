"""What is looked at before a first deployment: everything that is well, each thing missing, and nothing changed."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from infra import preflight as module
from infra.preflight import Seen, preflight
from infra.region import RegionFile, load_region_file
from infra.region.schema import Cognito, Fcm, Issuer, Push, Webhooks

HERE, EDGE = "eu-central-1", "us-east-1"
REGION = replace(
    load_region_file("pavlodar"),
    identity=Cognito(provider="cognito", email="no-reply@example.org"),
    push=Push(fcm=Fcm(secret="qamqor/pavlodar/fcm")),
    webhooks=Webhooks(fixed_addresses=True),
    domain="api.example.org",
)
VERSION = {"Name": "/cdk-bootstrap/hnb659fds/version"}
OPEN = {"QuotaName": "Maximum number of open executions", "QuotaCode": "L-OPEN", "Value": 1e6}
OTHER = {"QuotaName": "Registered state machines", "QuotaCode": "L-OTHER", "Value": 1.0}


def limits(many: int, free: int | None = None) -> dict[str, Any]:
    return {
        "AccountLimit": {
            "ConcurrentExecutions": many,
            "UnreservedConcurrentExecutions": many if free is None else free,
        }
    }


def addresses(number: int) -> dict[str, Any]:
    return {"Addresses": [{"PublicIp": f"192.0.2.{each}"} for each in range(number)]}


def account_of_ses(production: bool) -> dict[str, Any]:
    return {"ProductionAccessEnabled": production, "SendQuota": {"Max24HourSend": 50_000.0}}


# Service, its AWS Region, operation: what AWS answers in an account in which all is well, or the code of its error.
WELL: dict[tuple[str, str, str], Any] = {
    ("sts", HERE, "get_caller_identity"): {"Account": REGION.account},
    ("lambda", HERE, "get_account_settings"): limits(1000),
    ("sesv2", HERE, "get_account"): account_of_ses(True),
    ("sesv2", HERE, "get_email_identity"): {"VerifiedForSendingStatus": True},
    ("service-quotas", HERE, "list_service_quotas"): {"Quotas": [OTHER, OPEN]},
    ("service-quotas", HERE, "get_service_quota"): {"Quota": {"Value": 5.0}},
    ("ec2", HERE, "describe_addresses"): addresses(3),
    ("ssm", HERE, "get_parameter"): {"Parameter": VERSION | {"Value": "30"}},
    ("ssm", EDGE, "get_parameter"): {"Parameter": VERSION | {"Value": "30"}},
    ("secretsmanager", HERE, "describe_secret"): {"Name": "qamqor/pavlodar/fcm"},
}
WRONG: dict[str, tuple[tuple[str, str, str], Any, str]] = {
    "a new account": (("lambda", HERE, "get_account_settings"), limits(10), "Lambda runs 10 calls"),
    "all reserved": (("lambda", HERE, "get_account_settings"), limits(1000, 300), "300 of them not reserved"),
    "a sandbox": (("sesv2", HERE, "get_account"), account_of_ses(False), "SES is in its sandbox"),
    "a domain that is not verified": (
        ("sesv2", HERE, "get_email_identity"),
        {"VerifiedForSendingStatus": False},
        "SES has not verified example.org",
    ),
    "a domain that SES does not know": (
        ("sesv2", HERE, "get_email_identity"),
        "NotFoundException",
        "SES has not verified example.org",
    ),
    "few executions": (
        ("service-quotas", HERE, "list_service_quotas"),
        {"Quotas": [OPEN | {"Value": 1000.0}]},
        "Step Functions keeps 1000 executions open",
    ),
    "no addresses left": (("ec2", HERE, "describe_addresses"), addresses(4), "4 of 5 Elastic IPs"),
    "no bootstrap": (("ssm", HERE, "get_parameter"), "ParameterNotFound", "eu-central-1 is not bootstrapped"),
    "an old bootstrap at the edge": (
        ("ssm", EDGE, "get_parameter"),
        {"Parameter": VERSION | {"Value": "5"}},
        "us-east-1 is not bootstrapped for the CDK, or by an old one (version 5)",
    ),
    "no secret": (
        ("secretsmanager", HERE, "describe_secret"),
        "ResourceNotFoundException",
        "no secret qamqor/pavlodar/fcm",
    ),
    "what may not be read": (
        ("ec2", HERE, "describe_addresses"),
        "UnauthorizedOperation",
        "Not known: fixed addresses. AWS refused DescribeAddresses",
    ),
}


@contextmanager
def answering(answers: dict[tuple[str, str, str], Any]) -> Iterator[module.Clients]:
    """AWS with these answers and no others: whatever else is called fails the test."""
    with ExitStack() as stack:
        made: dict[tuple[str, str], Any] = {}
        for (service, aws_region, operation), answer in answers.items():
            if (service, aws_region) not in made:
                client = boto3.client(
                    service, region_name=aws_region, aws_access_key_id="x", aws_secret_access_key="x"
                )
                made[service, aws_region] = client, stack.enter_context(Stubber(client))
            stub = made[service, aws_region][1]
            if isinstance(answer, str):
                stub.add_client_error(operation, answer)
            else:
                stub.add_response(operation, answer)
        yield lambda service, aws_region: made[service, aws_region][0]


def look(region: RegionFile = REGION, **wrong: Any) -> list[Seen]:
    answers = WELL | {key: value for key, value, _ in wrong.values()}
    with answering(answers) as clients:
        return list(preflight(region, clients))


def test_nothing_is_missing_in_an_account_that_has_everything() -> None:
    seen = look()
    assert [each for each in seen if not each.well] == []
    assert len(seen) == 9


@pytest.mark.parametrize("what", WRONG)
def test_each_thing_that_is_missing_is_said_alone_with_what_to_ask_for(what: str) -> None:
    missing = [each for each in look(wrong=WRONG[what]) if not each.well]
    (one,) = missing
    assert WRONG[what][2] in one.what
    assert one.ask


def test_more_is_asked_for_by_what_is_reserved_already() -> None:
    (one,) = [each for each in look(wrong=WRONG["all reserved"]) if not each.well]
    assert "--desired-value 1200" in one.ask


def test_of_another_account_nothing_is_read() -> None:
    other = {("sts", HERE, "get_caller_identity"): {"Account": "999999999999"}}
    with answering(other) as clients:
        (one,) = preflight(REGION, clients)
    assert not one.well
    assert "999999999999" in one.what


def test_what_a_region_does_not_use_is_not_looked_at() -> None:
    bare = replace(
        REGION,
        identity=Issuer(issuer="https://id.example.org", audience="phone"),
        push=Push(),
        webhooks=Webhooks(),
        domain=None,
    )
    used = {"get_caller_identity", "get_account_settings", "list_service_quotas", "get_parameter"}
    answers = {key: value for key, value in WELL.items() if key[2] in used and key[1] == HERE}
    with answering(answers) as clients:
        seen = list(preflight(bare, clients))
    assert [each for each in seen if not each.well] == []
    assert len(seen) == 4


def test_whatever_is_called_only_reads() -> None:
    assert all(operation.startswith(("get_", "list_", "describe_")) for _, _, operation in WELL)


def test_the_command_ends_with_one_where_something_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "load_region_file", lambda _: REGION)
    with answering(WELL) as clients:
        assert module.main(["--region", "pavlodar"], clients=clients) == 0
    assert capsys.readouterr().out.endswith("nothing is missing\n")
    key, value, _ = WRONG["a new account"]
    with answering(WELL | {key: value}) as clients:
        assert module.main(["--region", "pavlodar"], clients=clients) == 1
    told = capsys.readouterr().out
    assert "missing  Lambda runs 10 calls at a time in eu-central-1, 10 of them not reserved.\n" in told
    assert told.endswith("1 missing\n")
