"""`make setup` on a machine without the Python that is needed."""

import shutil
import subprocess
from pathlib import Path

import pytest

from infra.toolchain import ROOT

# What the script calls before it has an interpreter.
COMMANDS = ("bash", "cat", "cksum", "dirname", "tr")
COPIED = (
    ".python-version",
    "infra/local/setup.sh",
    "requirements/tools.txt",
    "requirements/node/package.json",
    "requirements/node/package-lock.json",
)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in COPIED:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A PATH on which `python3` is of another version, and nothing else can give one."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for command in COMMANDS:
        (folder / command).symlink_to(str(shutil.which(command)))
    (folder / "python3").write_text("#!/bin/sh\nexit 1\n")
    (folder / "python3").chmod(0o755)
    return folder


def test_it_names_the_version_and_every_way_to_one_and_makes_nothing(checkout: Path, path: Path) -> None:
    done = subprocess.run(
        ["bash", str(checkout / "infra/local/setup.sh")],
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )
    version = (ROOT / ".python-version").read_text().strip()
    assert done.returncode == 1
    assert f"needs Python {version}" in done.stderr
    for way in ("pyenv install", "uv python install", "apt install", "brew install", "make setup PYTHON="):
        assert way in done.stderr
    assert done.stdout == ""
    assert not (checkout / ".tools").exists()
