"""The same commit gives the same templates, whatever process makes them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.toolchain import ROOT
from tests.infra.template import Assembly

AGAIN = """\
import sys
from infra.app import build
build(stage=sys.argv[1], outdir=sys.argv[2]).synth()
"""


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["local", "cloud"])
def test_two_syntheses_of_one_commit_are_identical(
    stage: str, local: Assembly, cloud: Assembly, tmp_path: Path
) -> None:
    subprocess.run(
        [sys.executable, "-c", AGAIN, stage, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "4711", "PYTHONPATH": str(ROOT), "TZ": "Asia/Almaty"},
        check=True,
    )
    first = local if stage == "local" else cloud
    again = Assembly(tmp_path)
    assert again.stacks.keys() == first.stacks.keys()
    for name, template in first.stacks.items():
        assert again[name].text == template.text, name
