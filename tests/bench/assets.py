"""The assets that are measured: every function's as the local stage deploys it, and the bare handler's."""

import ast
import json
import os
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from functions.complaints.region import region_from_dict
from infra.packaging.bundle import SHARED, STORE, bundle, unpacked
from infra.packaging.dependency import Target, locked
from infra.packaging.openapi import document
from infra.packaging.viewer import documentation
from infra.region import load_region_file
from infra.stacks import functions
from infra.stacks.directory import DIRECTORY
from infra.stacks.function import Code
from infra.stacks.push import PLATFORM_APPLICATIONS
from infra.toolchain import ROOT

BENCH: Final = STORE / "bench"
LOCKS: Final = ROOT / "requirements" / "functions"
# What boto3 needs, and nothing else.
BARE_PACKAGES: Final = ("boto3", "botocore", "jmespath", "python-dateutil", "s3transfer", "six", "urllib3")


@dataclass(frozen=True, kw_only=True)
class Asset:
    """`folder` is the archive unpacked."""

    name: str
    handler: str
    folder: Path
    environment: Mapping[str, str]


FUNCTIONS: Final[Mapping[str, Code]] = {
    "intake API": functions.INTAKE_API,
    "agency API": functions.AGENCY_API,
    "assignment": functions.ASSIGNMENT,
    "escalation": functions.ESCALATION,
    "outbox": functions.OUTBOX,
    "webhooks": functions.WEBHOOKS,
    "photos": functions.PHOTOS,
    "subscriptions": functions.SUBSCRIPTIONS,
    "sweep": functions.SWEEP,
    "authorizer": functions.AUTHORIZER,
    "officers": functions.OFFICERS_API,
    "release pushes": functions.RELEASE,
    "requeue": functions.REQUEUE,
    "archive": functions.ARCHIVE,
    "retention": functions.RETENTION,
    "push failures": functions.FAILURES,
    "platform applications": PLATFORM_APPLICATIONS,
    "directory loader": DIRECTORY,
}

_ENVIRONMENT: Final = {
    "AWS_LAMBDA_FUNCTION_NAME": "function",
    "AWS_REGION": "eu-central-1",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "COMPLAINTS_TABLE": "complaints",
    "AGENCIES_TABLE": "agencies",
    "PEOPLE_TABLE": "people",
    "DELIVERIES_TABLE": "deliveries",
    "PHOTOS_BUCKET": "photos",
    "USER_POOL_ISSUER": "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_pool",
    "USER_POOL_CLIENT_ID": "app",
    "OFFICERS_CLIENT_ID": "desk",
    "CHAIN_HEADS_BUCKET": "chain-heads",
    "DELIVERIES_QUEUE_URL": "https://sqs.eu-central-1.amazonaws.com/123456789012/deliveries",
    "WARNINGS_TOPIC_ARN": "arn:aws:sns:eu-central-1:123456789012:warnings",
    "STATE_MACHINE_ARN": "arn:aws:states:eu-central-1:123456789012:stateMachine:watch",
    "SWEEP_GRACE_SECONDS": "60",
    "POWERTOOLS_SERVICE_NAME": "bench",
    "POWERTOOLS_LOG_LEVEL": "INFO",
    "POWERTOOLS_METRICS_NAMESPACE": "qamqor",
    "PYTHONTZPATH": "",
}


@cache
def asset(name: str) -> Asset:
    """The function of this name in FUNCTIONS, built now if anything it is made of has changed."""
    code = FUNCTIONS[name]
    return Asset(
        name=name,
        handler=code.handler,
        folder=unpacked(archived(name, target="host")),
        environment={
            name: value
            for name, value in _ENVIRONMENT.items()
            if not name.endswith("_TABLE") or name in _declared(code.handler)
        },
    )


def _declared(handler: str) -> Collection[str]:
    """The variables that a handler's module says it needs, in its ENVIRONMENT."""
    module = ast.parse((ROOT / handler.rpartition(".")[0].replace(".", "/")).with_suffix(".py").read_text())
    declared = [
        each.value
        for each in module.body
        if isinstance(each, ast.AnnAssign) and ast.unparse(each.target) == "ENVIRONMENT" and each.value
    ]
    return [name for value in declared for name in ast.literal_eval(value)]


@cache
def archived(name: str, *, target: Target) -> Path:
    """The function's zip file for Lambda's architecture, with what its stack puts beside the code."""
    code = FUNCTIONS[name]
    region = load_region_file("local").compiled
    files = {"region.json": region}
    if code is functions.INTAKE_API:
        openapi = document(region_from_dict(json.loads(region)))
        files |= documentation(openapi)
    return bundle(
        name=name,
        sources=code.sources,
        lock=LOCKS / f"{code.lock}.txt",
        services=code.services,
        files=files,
        target=target,
    )


@cache
def bare() -> Asset:
    """The bare handler with boto3 above the same botocore, from the same bundler, with DynamoDB's model alone."""
    root = BENCH / "bare"
    for folder in ("functions", *SHARED):
        (root / folder).mkdir(parents=True, exist_ok=True)
        (root / folder / "__init__.py").touch()
    shutil.copy(Path(__file__).with_name("bare.py"), root / "functions" / "bare.py")
    lock = root / "lock.txt"
    entries = locked(ROOT / "requirements" / "dev.txt")
    lock.write_text("\n".join(entry for entry in entries if entry.partition("==")[0] in BARE_PACKAGES))
    archive = bundle(
        name="bare",
        sources=["functions/bare.py"],
        lock=lock,
        services=["dynamodb"],
        target="host",
        root=root,
    )
    return Asset(
        name="bare",
        handler="functions.bare.handler",
        folder=unpacked(archive),
        environment=_ENVIRONMENT,
    )
