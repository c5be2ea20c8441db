"""What is asked at synthesis: three packs of cdk-nag over the constructs of every stack, and the rules of cfn-guard
over the templates: our own (`rules/`) and those of AWS Control Tower that its package brings.
"""

import json
import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import aws_cdk as cdk
import cdk_nag
from cdklabs.cdk_validator_cfnguard import CfnGuardValidator

from infra.app import build
from infra.checks.finding import CheckFailed, Finding, shortened

RULES: Final = Path(__file__).with_name("rules")
_TOOLS: Final = {"cdk-validator-cfnguard": "cfn-guard"}


def nag(regions: Path, outdir: Path) -> list[Finding]:
    """Synthesise the cloud stage of `regions` into `outdir`, with the packs as validation plugins.

    In a process that says nothing: the packs print every finding, explained or not, and their report is read instead.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_say_nothing) as apart:
        return apart.submit(_nag, regions, outdir).result()


def _say_nothing() -> None:
    """Of the process's own descriptors, which jsii's child has from it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for number in (1, 2):
        os.dup2(nowhere, number)


def _nag(regions: Path, outdir: Path) -> list[Finding]:
    app = build(stage="cloud", outdir=str(outdir), regions=regions)
    packs = (cdk_nag.AwsSolutionsChecks, cdk_nag.NIST80053R5Checks, cdk_nag.ServerlessChecks)
    guard = CfnGuardValidator(rules=[str(RULES)])
    plugins: list[Any] = [
        *[pack(app) for pack in packs],
        guard,
    ]  # guard's stubs name the interface's first version
    cdk.Validations.of(app).add_plugins(*plugins)
    try:
        app.synth()
    except RuntimeError as error:
        if "ValidationFailed" not in str(error):
            raise
    report = outdir / "validation-report.json"
    if not report.exists():
        raise CheckFailed("cdk-nag has left no report")
    found = []
    for plugin in json.loads(report.read_text())["pluginReports"]:
        for violation in plugin["violations"]:
            for construct in violation["violatingConstructs"]:
                found.append(
                    Finding(
                        tool=_TOOLS.get(plugin["pluginName"], "cdk-nag"),
                        rule=shortened(violation["ruleName"]),
                        at=construct["constructPath"].partition("/")[2].removesuffix("/Resource"),
                        text=violation["description"],
                    )
                )
    return found
