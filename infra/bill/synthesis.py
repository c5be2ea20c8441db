"""The templates that the page is reckoned from: a region as it is and as it might ask for more, synthesised at once."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from typing import Any, Final

from infra.bill.fixed import Fixed, fixed
from infra.region import REGIONS

BASE: Final = "karaganda"
_FILE: Final = """\
region: {id}
extends: base
name: {{kk: Баға {letter}, ru: Цена {letter}, en: Price {letter}}}
number_prefix: BL{letter}
stage: cloud
{asked}
"""


def synthesised(asked: Mapping[str, str]) -> dict[str, Fixed]:
    """By name, what a region of BASE's file costs that asks for this besides, in lines of a region file."""
    from infra.app import build

    ids = {name: f"bill{chr(ord('a') + number)}" for number, name in enumerate(asked)}
    with TemporaryDirectory() as folder:
        regions, out = Path(folder) / "regions", Path(folder) / "out"
        regions.mkdir()
        for suffix in (".geojson", ".places.csv"):
            copy(REGIONS / f"{BASE}{suffix}", regions)
        # Present to be extended, and not synthesised itself.
        base = (REGIONS / f"{BASE}.yaml").read_text().replace(f"region: {BASE}\n", "region: base\n", 1)
        (regions / "base.yaml").write_text(base + "\nstage: local\n")
        for name, lines in asked.items():
            text = _FILE.format(id=ids[name], letter=ids[name][-1].upper(), asked=lines)
            (regions / f"{ids[name]}.yaml").write_text(text)
        build(stage="cloud", outdir=str(out), regions=regions).synth()
        return {name: fixed(templates(out, id)) for name, id in ids.items()}


def templates(assembly: Path, region_id: str) -> Sequence[Mapping[str, Any]]:
    """Of all stacks of one region, in an assembly's folder."""
    found = sorted(assembly.glob(f"assembly-qamqor-{region_id}/*.template.json"))
    return [json.loads(file.read_text()) for file in found]
