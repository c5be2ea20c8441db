"""The synthesised stacks of a stage, made again only when something they are made of has changed."""

import fcntl
import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from infra.region import REGIONS
from infra.toolchain import ROOT, cdk, environment

KEPT: Final = ROOT / ".local" / "assemblies"
# A change of the code makes a new one, of 90 MB.
_KEPT_OF_A_STAGE: Final = 3
_SOURCES: Final = ("functions", "infra", "requirements", "web", "cdk.json")
_MADE: Final = frozenset({"__pycache__", "node_modules"})


class SynthFailed(RuntimeError):
    """`cdk synth` ended with an error; the message is what it printed last."""


def assembly(*, stage: str = "local", regions: Path = REGIONS) -> Path:
    """The folder of the cloud assembly, of a folder of region files; raises SynthFailed."""
    return kept(stage, digest_of(regions), "-c", f"stage={stage}", "-c", f"regions={regions}")


def kept(stage: str, digest: str, *arguments: str) -> Path:
    """The folder of what `cdk synth` makes with these arguments, `digest` of what it is made of; raises SynthFailed."""
    folder = KEPT / f"{stage}-{digest}"
    with one_at_a_time():
        if not (folder / "manifest.json").exists():
            _synthesise(folder, *arguments)
            forget_unused(KEPT, stage=stage)
    folder.touch()
    return folder


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Whoever else synthesises into KEPT meanwhile waits, and then finds what was made."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def is_made(*, stage: str = "local", regions: Path = REGIONS) -> bool:
    return (KEPT / f"{stage}-{digest_of(regions)}" / "manifest.json").exists()


def _synthesise(folder: Path, *arguments: str) -> None:
    done = subprocess.run(
        cdk("synth", "--quiet", "--output", str(folder), *arguments),
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        printed = (done.stdout + done.stderr).strip().splitlines()
        raise SynthFailed("cdk synth failed:\n" + "\n".join(printed[-30:]))


def forget_unused(kept: Path, *, stage: str) -> None:
    """Remove a stage's assemblies but those that were used last."""
    by_use = sorted(kept.glob(f"{stage}-*"), key=lambda folder: folder.stat().st_mtime, reverse=True)
    for folder in by_use[_KEPT_OF_A_STAGE:]:
        shutil.rmtree(folder)


def digest_of(regions: Path = REGIONS, *more: str) -> str:
    """Of all that a synthesis reads, and of what is said to it beside."""
    digest = hashlib.sha256("".join(more).encode())
    for path in sorted(_files()):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    if regions != REGIONS:
        for path in sorted(file for file in regions.iterdir() if not file.is_symlink()):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _files() -> Iterator[Path]:
    for source in _SOURCES:
        path = ROOT / source
        files = [path] if path.is_file() else path.rglob("*")
        yield from (file for file in files if file.is_file() and not _MADE & {*file.parts})


def main() -> None:
    print(f"the local stage is in {assembly().relative_to(ROOT)}")


if __name__ == "__main__":
    main()
