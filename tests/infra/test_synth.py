"""The same commit gives the same templates, whatever process makes them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.toolchain import ROOT
from tests.infra.template import Assembly

STAGES = ("local", "cloud")
AGAIN = """\
import sys
from infra.app import build
for stage in sys.argv[2:]:
    build(stage=stage, outdir=f"{sys.argv[1]}/{stage}").synth()
"""


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The assemblies that another process makes, by stage: to start one takes half as long as a synthesis."""
    folder = tmp_path_factory.mktemp("again")
    subprocess.run(
        [sys.executable, "-c", AGAIN, str(folder), *STAGES],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "4711", "PYTHONPATH": str(ROOT), "TZ": "Asia/Almaty"},
        check=True,
    )
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("stage", STAGES)
def test_two_syntheses_of_one_commit_are_identical(
    stage: str, local: Assembly, cloud: Assembly, again: Path
) -> None:
    first = local if stage == "local" else cloud
    second = Assembly(again / stage)
    assert second.stacks.keys() == first.stacks.keys()
    for name, template in first.stacks.items():
        assert second[name].text == template.text, name
