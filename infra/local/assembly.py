"""The synthesised stacks of the local stage, made again only when something they are made of has changed."""

import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from infra.toolchain import ROOT, cdk, environment

KEPT: Final = ROOT / ".local" / "assemblies"
_SOURCES: Final = ("functions", "infra", "requirements", "cdk.json")


def assembly(*, stage: str = "local") -> Path:
    """The folder of the cloud assembly; raises CalledProcessError with what `cdk synth` printed."""
    folder = KEPT / f"{stage}-{_digest()}"
    if not (folder / "manifest.json").exists():
        subprocess.run(
            cdk("synth", "--quiet", "--output", str(folder), "-c", f"stage={stage}"),
            cwd=ROOT,
            env=environment(),
            check=True,
            capture_output=True,
            text=True,
        )
    return folder


def is_made(*, stage: str = "local") -> bool:
    return (KEPT / f"{stage}-{_digest()}" / "manifest.json").exists()


def _digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(_files()):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _files() -> Iterator[Path]:
    for source in _SOURCES:
        path = ROOT / source
        files = [path] if path.is_file() else path.rglob("*")
        yield from (file for file in files if file.is_file() and "__pycache__" not in file.parts)
