"""README and the guides, walked: each command is given as it is written, and prints what its page shows."""

import os
from pathlib import Path

import pytest

from infra.local.story import Cast
from infra.toolchain import ROOT
from tests.e2e.guide import Shell, agrees, steps

PAGES = ("README.md", "docs/app.md", "docs/agency.md")


@pytest.mark.parametrize("page", PAGES)
def test_a_guide_can_be_walked_from_an_empty_folder(page: str, players: Cast, tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "API": players.deployed.api_url,
        "TOKEN": players.citizen.token or "",
        "KEY": players.agency.token or "",
        "CHECKOUT": str(ROOT),
    }
    with Shell(folder=tmp_path, environment=environment) as shell:
        for step in steps((ROOT / page).read_text()):
            printed = shell.run(step)
            assert step.shown or shell.status == 0, f"{step.line}: $ {step.command}\n{printed}"
            assert agrees(shown=step.shown, printed=printed), (
                f"{page}:{step.line}\n$ {step.command}\n{printed}"
            )
