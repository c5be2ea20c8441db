"""A locked package as an archive: installed for a target, without what the runtime never reads, compiled."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Literal

from infra.packaging.bytecode import RUNTIME
from infra.packaging.compiled import compiled
from infra.toolchain import UV, tool

type Target = Literal["arm64", "x86_64", "host"]

# Lambda's Python 3.13 runs on Amazon Linux 2023, which has glibc 2.34.
_PLATFORMS: Mapping[Target, str] = {"arm64": "aarch64-manylinux_2_28", "x86_64": "x86_64-manylinux_2_28"}


# What Babel reads for the languages of `functions.complaints.texts`: their own, and what these fall back to. All of the
# CLDR is 30 MB.
_LOCALES = {f"{locale}.dat" for locale in ("kk", "ru", "en_GB", "en_001", "en", "root")}


class NotInstallable(RuntimeError):
    """A locked package has no wheel for the target, or none with the locked hash."""


def locked(lock: Path) -> list[str]:
    """The lock's entries, each a requirement with the hashes of its files."""
    text = re.sub(r"^#.*\n", "", lock.read_text(), flags=re.MULTILINE)
    return [entry for entry in re.split(r"^(?=\S)", text, flags=re.MULTILINE) if entry.strip()]


def label(entry: str) -> str:
    """A short name for a lock's entry: "botocore-1.44.5"."""
    return entry.split()[0].replace("==", "-")


def package_archive(entry: str, *, target: Target, archive: Path) -> Path:
    """Write the package to `archive` unless it is there, and return its path. Raises `NotInstallable`,
    `NotCompiled`.

    Most packages are the same for every target: they are packed once, beside the targets' folders.
    """
    if not archive.exists():
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            _install(entry, folder, target=target)
            needed = {
                path.relative_to(folder).as_posix(): path.read_bytes()
                for path in folder.rglob("*")
                if path.is_file() and not _is_below_dead_weight(path.relative_to(folder))
            }
        made = compiled(needed, kept=archive.parent.parent / "compiled")
        archive.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            archive.hardlink_to(made)
    return archive


def _install(entry: str, folder: Path, *, target: Target) -> None:
    """From what was fetched before, where it is there: it is the same, by its hash, and a network is not asked for."""
    platform = [] if target == "host" else ["--python-platform", _PLATFORMS[target]]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as requirements:
        requirements.write(entry)
        requirements.flush()
        command = [
            *(tool(UV), "pip", "install", "--quiet", "--no-deps", "--require-hashes"),
            *("--only-binary", ":all:", "--python", sys.executable),
            *("--python-version", f"{RUNTIME[0]}.{RUNTIME[1]}", *platform),
            *("--target", str(folder), "--requirement", requirements.name),
        ]
        for asked in (["--offline"], []):
            done = subprocess.run([*command, *asked], capture_output=True, text=True, check=False)
            if done.returncode == 0:
                return
    raise NotInstallable(f"{label(entry)} cannot be installed for {target}:\n{done.stderr}")


def _is_below_dead_weight(path: Path) -> bool:
    return any(_is_dead_weight(each) for each in (path, *path.parents))


def _is_dead_weight(path: Path) -> bool:
    """Whether the runtime never reads this file or folder of an installed package."""
    match path.parts:
        case ("bin",) | (".lock",):
            return True
        case (info, file) if info.endswith(".dist-info"):
            return file not in (
                "METADATA",
                "entry_points.txt",
                "licenses",
                "LICENSE",
                "LICENSE.txt",
                "NOTICE",
            )
        case (*_, "swagger_ui", file):
            return file.endswith((".js", ".css"))
        case ("babel", "locale-data", file):
            return file.endswith(".dat") and file not in _LOCALES
        case (*_, "tests" | "__pycache__"):
            return True
        case (*_, file):
            return file.endswith((".pyi", ".pyc"))
    return False
