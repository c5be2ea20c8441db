"""The region with everything that a region file can ask for, as it goes to AWS but for what no test can wait for or reach.

Its functions are built for this machine and not for arm64, and what they read of the region is a developer's machine's in
two things: terms of seconds, and webhooks to the loopback. The linter lets neither into a region file of the cloud.
"""

import json
import sys
from dataclasses import replace
from pathlib import Path

from infra.app import RegionStage, empty_app
from infra.checks.whole_region import write_whole_region
from infra.local import assembly
from infra.local.region import LOCAL
from infra.local.story import CATEGORY
from infra.region import REGIONS, RegionFile, load_region_file
from infra.region.compile import to_json
from infra.stacks.deployment import Deployment

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
    digest = assembly.digest_of(REGIONS, MORE, Path(__file__).read_text())
    program = f"{sys.executable} -m tests.e2e.cloud_stage {folder}"
    return assembly.kept(REGION_ID, digest, "--no-lookups", "--app", program)


def main(folder: Path) -> None:
    app = empty_app()
    deployment = Deployment(region=region_file(folder), target="host")
    RegionStage(app, deployment.name, deployment=deployment)
    app.synth()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
