"""The region with everything that a region file can ask for, as it goes to AWS but for what no test can wait for or reach.

Its functions are built for this machine and not for arm64, and what they read of the region is a developer's machine's in
two things: terms of seconds, and webhooks to the loopback. The linter lets neither into a region file of the cloud.
"""

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import aws_cdk as cdk

from infra.app import FLAGS, RegionStage
from infra.checks.whole_region import write_whole_region
from infra.local import assembly
from infra.local.assembly import KEPT
from infra.local.region import LOCAL
from infra.local.story import CATEGORY
from infra.region import RegionFile, load_region_file
from infra.region.compile import to_json
from infra.stacks.deployment import Deployment
from infra.toolchain import ROOT, environment
from infra.toolchain import cdk as command_line

REGION_ID = "whole"
STAGE = f"qamqor-{REGION_ID}"
DOMAIN = "api.whole.example"
MORE = """\
backup: {account: "222233334444"}
quiet_hours: null
"""


def region_file(folder: Path) -> RegionFile:
    """The region of the cloud, written into `folder`, with the terms and webhooks of the local one."""
    folder.mkdir(parents=True, exist_ok=True)
    write_whole_region(folder)
    with (folder / f"{REGION_ID}.yaml").open("a") as file:
        file.write(MORE)
    region = load_region_file(REGION_ID, folder=folder)
    local = json.loads(load_region_file(LOCAL).compiled)
    compiled = json.loads(region.compiled) | {"webhooks": local["webhooks"]}
    compiled["categories"][CATEGORY] = local["categories"][CATEGORY]
    return replace(region, compiled=to_json(compiled))


def synthesised(folder: Path) -> Path:
    """The cloud assembly of the region, whose files go to `folder`; made again only when its sources have changed."""
    digest = hashlib.sha256((assembly._digest() + MORE + Path(__file__).read_text()).encode()).hexdigest()
    made = KEPT / f"whole-{digest[:16]}"
    if not (made / "manifest.json").exists():
        subprocess.run(
            command_line(
                *("synth", "--quiet", "--no-lookups", "--output", str(made)),
                *("--app", f"{sys.executable} -m tests.e2e.cloud_stage {folder}"),
            ),
            cwd=ROOT,
            env=environment(),
            check=True,
            capture_output=True,
            text=True,
        )
        assembly.forget_unused(KEPT, stage="whole")
    made.touch()
    return made


def main(folder: Path) -> None:
    app = cdk.App(analytics_reporting=False, context=FLAGS)
    deployment = Deployment(region=region_file(folder), target="host")
    RegionStage(app, deployment.name, deployment=deployment)
    app.synth()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
