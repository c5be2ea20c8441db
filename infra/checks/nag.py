"""cdk-nag: three packs of rules over the constructs of every stack."""

import json
from pathlib import Path

import aws_cdk as cdk
import cdk_nag

from infra.app import build
from infra.checks.finding import CheckFailed, Finding, shortened


def nag(regions: Path, outdir: Path) -> list[Finding]:
    """Synthesise the cloud stage of `regions` into `outdir`, with the packs as validation plugins."""
    app = build(stage="cloud", outdir=str(outdir), regions=regions)
    packs = (cdk_nag.AwsSolutionsChecks, cdk_nag.NIST80053R5Checks, cdk_nag.ServerlessChecks)
    cdk.Validations.of(app).add_plugins(*[pack(app) for pack in packs])
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
                        tool="cdk-nag",
                        rule=shortened(violation["ruleName"]),
                        at=construct["constructPath"].partition("/")[2].removesuffix("/Resource"),
                        text=violation["description"],
                    )
                )
    return found
