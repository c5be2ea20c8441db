"""What the pipeline deploys, and in which order: `python -m infra.pipeline` prints a line for each wave, as GitHub reads
the outputs of a step: `test=[{"region": …, "account": …, "aws_region": …}]`.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import yaml

from infra.region import REGIONS, RegionFile, load_region_file, region_ids

FILE: Final = Path(__file__).with_name("waves.yaml")
NAMED: Final = ("test", "first")
LAST: Final = "others"

type Waves = Mapping[str, Sequence[RegionFile]]


class WavesFault(Exception):
    """The file names what is no region of the cloud, or one twice."""


def waves(file: Path = FILE, *, regions: Path = REGIONS) -> Waves:
    """Every region of the cloud, in one wave each. Raises WavesFault, RegionFault."""
    every = [load_region_file(region_id, folder=regions) for region_id in region_ids(regions)]
    cloud = {region.id: region for region in every if not region.local}
    said = yaml.safe_load(file.read_text(encoding="utf-8"))
    if set(said) != set(NAMED):
        raise WavesFault(f"{file.name} has the keys {', '.join(NAMED)} and no others.")
    named = [region_id for wave in NAMED for region_id in said[wave]]
    for region_id in named:
        if region_id not in cloud or named.count(region_id) > 1:
            raise WavesFault(f"{file.name}: {region_id!r} is no region of the cloud, or is named twice.")
    found = {wave: [cloud[region_id] for region_id in said[wave]] for wave in NAMED}
    return found | {LAST: [region for region in cloud.values() if region.id not in named]}


def main() -> int:
    try:
        planned = waves()
    except WavesFault as fault:
        print(fault, file=sys.stderr)
        return 1
    for wave, regions in planned.items():
        rows = [
            {"region": each.id, "account": each.account, "aws_region": each.aws_region} for each in regions
        ]
        print(f"{wave}={json.dumps(rows)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
