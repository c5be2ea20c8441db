"""The CDK app: one CDK stage for each region file. The only reader of context.

`-c stage=local` makes the regions of the local stage, for the emulator; otherwise those of the cloud. `-c regions=…` takes
them from another folder of region files.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import aws_cdk as cdk

from functions.complaints.region import region_from_dict
from infra.packaging.openapi import document
from infra.region import REGIONS, RegionFile, load_region_file, region_ids
from infra.region.document import document_of
from infra.stacks.deployment import Deployment
from infra.stacks.edge import Edge
from infra.stacks.service import Service
from infra.stacks.storage import Storage

# Here and not in cdk.json, so that every way to synthesise has them.
FLAGS = {
    # Access logs are let in by policy: the lists that S3 had for it before are off.
    "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy": True,
}


class RegionStage(cdk.Stage):
    """One region's stack set: what it keeps, and what works on it."""

    def __init__(self, scope: cdk.App, id: str, *, deployment: Deployment) -> None:
        region = deployment.region
        super().__init__(
            scope,
            id,
            env=cdk.Environment(account=region.account, region=region.aws_region),
        )
        storage = Storage(self, "storage", deployment=deployment)
        openapi = document(region_from_dict(json.loads(region.compiled)))
        service = Service(self, "service", deployment=deployment, storage=storage, openapi=openapi)
        if region.domain is not None:
            edge = Edge(self, "edge", deployment=deployment, domain=region.domain)
            edge.add_stack_dependency(service)
        for name, value in _tags(region).items():
            cdk.Tags.of(self).add(name, value)


def _tags(region: RegionFile) -> Mapping[str, str]:
    tags = {"project": "qamqor", "region": region.id, "stage": region.stage}
    asked = {"owner": region.owner, "cost-centre": region.cost_centre}
    return tags | {name: value for name, value in asked.items() if value is not None}


def empty_app(*, outdir: str | None = None) -> cdk.App:
    return cdk.App(
        outdir=outdir,
        analytics_reporting=False,
        # `make static` lints the templates, with more; here it takes a third of a synthesis.
        builtin_cloud_formation_validation=False,
        context=FLAGS,
    )


def build(*, stage: str, outdir: str | None = None, regions: Path = REGIONS) -> cdk.App:
    """`regions` is the folder of region files."""
    app = empty_app(outdir=outdir)
    wanted = app.node.try_get_context("stage") or stage
    folder = Path(app.node.try_get_context("regions") or regions)
    for region_id in region_ids(folder):
        if document_of(region_id, folder).stage != wanted:
            # Nor is it looked at further: a file that is being written is not in the way of the others.
            continue
        region = load_region_file(region_id, folder=folder)
        deployment = Deployment(region=region, target="host" if region.local else "arm64")
        RegionStage(app, deployment.name, deployment=deployment)
    return app


if __name__ == "__main__":
    build(stage="cloud").synth()
