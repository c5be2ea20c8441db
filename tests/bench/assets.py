"""The assets that are measured: every function's as the local stage deploys it, and the bare handler's."""

import ast
import compileall
import json
import os
import py_compile
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import botocore

from functions.complaints.region import region_from_dict
from infra.docs_page import page
from infra.openapi import document
from infra.packaging.botocore_data import ENDPOINTS, MODEL
from infra.packaging.bundle import SHARED, STORE, bundle, unpacked
from infra.packaging.dependency import Target, locked
from infra.region import load_region_file
from infra.stacks import functions
from infra.stacks.directory import DIRECTORY
from infra.stacks.function import Code
from infra.stacks.notification import PLATFORM_APPLICATIONS
from infra.toolchain import ROOT

BENCH: Final = STORE / "bench"
LOCKS: Final = ROOT / "requirements" / "functions"
# What boto3 needs, and nothing else.
BARE_PACKAGES: Final = ("boto3", "botocore", "jmespath", "python-dateutil", "s3transfer", "six", "urllib3")
ZIP_DATE: Final = 315_532_800.0
"""1 January 1980: the date of every file in a zip that CDK makes."""


@dataclass(frozen=True, kw_only=True)
class Asset:
    """`folder` is the archive unpacked; `memory` what the function is configured with, in MiB."""

    name: str
    handler: str
    archive: Path
    folder: Path
    memory: int
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
    "release pushes": functions.RELEASE,
    "requeue": functions.REQUEUE,
    "archive": functions.ARCHIVE,
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
    archive = archived(name, target="host")
    return Asset(
        name=name,
        handler=code.handler,
        archive=archive,
        folder=unpacked(archive),
        memory=code.memory,
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
        files |= {"openapi.json": openapi, "docs.html": page(openapi)}
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
    """The bare handler with boto3 above the same botocore, from the same bundler, with the models of the same services."""
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
        services=["dynamodb", "sns", "sqs", "stepfunctions"],
        target="host",
        root=root,
    )
    return Asset(
        name="bare",
        handler="functions.bare.handler",
        archive=archive,
        folder=unpacked(archive),
        memory=256,
        environment=_ENVIRONMENT,
    )


def with_botocore_as_it_comes(built: Asset) -> Path:
    """The same files, but with what botocore itself says of services, which our bundler shortens."""
    folder = BENCH / "as-it-comes" / built.folder.name
    if not folder.exists():
        shutil.copytree(built.folder, folder)
        whole = Path(botocore.__file__).parent / "data"
        shutil.copy(whole / "endpoints.json", folder / ENDPOINTS)
        for model in (folder / "botocore" / "data").rglob(MODEL):
            shutil.copy(
                whole / model.parent.relative_to(folder / "botocore" / "data") / f"{MODEL}.gz", model.parent
            )
            model.unlink()
    return folder


def as_plainly_packaged(built: Asset) -> Path:
    """The same files as `pip install` and CDK's own zipping leave them: bytecode that is bound to the date of its source,
    and a source of another date.
    """
    folder = BENCH / "plain" / built.folder.name
    if not folder.exists():
        shutil.copytree(built.folder, folder)
        compileall.compile_dir(
            folder,
            quiet=2,
            force=True,
            workers=2,
            invalidation_mode=py_compile.PycInvalidationMode.TIMESTAMP,
        )
        for source in folder.rglob("*.py"):
            os.utime(source, (ZIP_DATE, ZIP_DATE))
    return folder
