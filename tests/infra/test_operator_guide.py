"""The operator's guide, walked in a checkout of its own: each command prints what the page shows."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from infra.toolchain import ROOT
from tests.e2e.guide import Shell, agrees, steps

MADE = (".venv", ".tools", ".venv-emulator", ".venv-checks", "web/node_modules")
"""What `make setup` makes: the checkout that is walked in has that of this one."""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "qamqor"
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    for name in MADE:
        if (ROOT / name).exists():
            (folder / name).symlink_to(ROOT / name)
    return folder


def test_the_operators_guide_can_be_walked(checkout: Path) -> None:
    with Shell(
        folder=checkout, environment={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"]}
    ) as shell:
        for step in steps((ROOT / "docs" / "operator.md").read_text()):
            printed = shell.run(step)
            assert step.shown or shell.status == 0, f"{step.line}: $ {step.command}\n{printed}"
            assert agrees(shown=step.shown, printed=printed), f"{step.line}: $ {step.command}\n{printed}"
