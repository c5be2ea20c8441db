"""Makes a Lambda function's asset: its own code, the core, and the locked dependencies that it alone needs.

    asset = bundle(
        name="notify", sources=["functions/notify"], lock=ROOT / "requirements/functions/notify.txt",
        services=["dynamodb", "sns"], files={"functions/region.json": region}, target="arm64",
    )

No Docker: the wheels are chosen for Lambda's platform, whatever the machine is. What is made depends on the
inputs alone: the same ones give the same bytes, and an asset that was made before is not made again.

Two things are stored under `.build`: every locked package, installed and compiled once for each platform, and
the assets, which are hard links into those. Both folders are named by a hash of what went into them.

CDK dates every file in a zip 1980, so bytecode that is checked against its source's time is always stale on
Lambda and each cold start would compile everything again. Hence `unchecked-hash`, which is not checked at all
(PEP 552).
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from infra.toolchain import ROOT, UV, tool

type Target = Literal["arm64", "x86_64", "host"]

RUNTIME = (3, 13)
CORE = "functions/complaints"

# Lambda's Python 3.13 runs on Amazon Linux 2023, which has glibc 2.34.
_PLATFORMS: Mapping[Target, str] = {"arm64": "aarch64-manylinux_2_28", "x86_64": "x86_64-manylinux_2_28"}

_LANGUAGES = ("en", "kk", "ru")

# What zip files call the beginning of time.
_DATE = 315532800


class PackagingError(RuntimeError):
    """An asset cannot be made from what was named."""


def bundle(
    *,
    name: str,
    sources: Sequence[str],
    lock: Path,
    target: Target,
    services: Collection[str] = (),
    files: Mapping[str, bytes] | None = None,
    root: Path = ROOT,
    store: Path = ROOT / ".build",
) -> Path:
    """Return the folder that is the function's asset, made now if its inputs have changed.

    `sources` are the function's own folders or files, relative to `root`; the core and every `__init__.py`
    on the way to a source come by themselves. `services` are the AWS services that it calls, by botocore's
    names. `files` are further contents by their path in the asset. `target` is Lambda's architecture, or
    "host" for the emulator.

    Raises `PackagingError` for a source that is not there, a service that botocore does not know, a
    dependency without a wheel for the target, or another Python than the runtime's.
    """
    if sys.version_info[:2] != RUNTIME:
        raise PackagingError(
            f"bytecode must be made by Python {RUNTIME[0]}.{RUNTIME[1]}, this is {sys.version}"
        )
    contents = dict(_sources(root, [CORE, *sources])) | dict(files or {})
    packages = [_package(entry, target=target, store=store) for entry in _locked(lock)]
    inputs = [target, *sorted(services), *(package.name for package in packages)]
    asset = store / "assets" / f"{name}-{_digest(inputs, contents)}"
    if not asset.exists():
        with _made_whole(asset) as folder:
            _write(contents, folder)
            _compile(folder)
            for package in packages:
                _link(package, folder, services=services)
            _refuse_unknown(services, folder)
    return asset


def modules_loaded(asset: Path, handler: str, *, environment: Mapping[str, str] | None = None) -> set[str]:
    """Names of the modules that importing `handler` ("functions.notify.push.handler") from the asset loads.

    It runs in an interpreter of its own that sees the standard library, the asset and nothing else, with no
    environment but the one given. Raises `PackagingError` with the traceback if the import fails.
    """
    module, _, function = handler.rpartition(".")
    program = (
        f"import sys; sys.path.insert(0, {str(asset)!r}); before = set(sys.modules); import importlib, json;"
        f"getattr(importlib.import_module({module!r}), {function!r});"
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", program],
        env=dict(environment or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PackagingError(f"{handler} does not import from {asset.name} alone:\n{done.stderr}")
    return set(json.loads(done.stdout.splitlines()[-1]))


# -------------------------------------------------------------------------------------------------- sources


def _sources(root: Path, sources: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    for source in sources:
        path = root / source
        if not path.exists():
            raise PackagingError(f"{source} is not there")
        for parent in path.relative_to(root).parents:
            init = root / parent / "__init__.py"
            if parent != Path() and init.exists():
                yield init.relative_to(root).as_posix(), init.read_bytes()
        for file in [path] if path.is_file() else path.rglob("*"):
            if file.is_file() and file.suffix != ".pyc" and not file.name.startswith("."):
                yield file.relative_to(root).as_posix(), file.read_bytes()


def _write(contents: Mapping[str, bytes], folder: Path) -> None:
    for path, content in contents.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


# ------------------------------------------------------------------------------------------------- packages


def _locked(lock: Path) -> list[str]:
    """The lock's entries, each a requirement with the hashes of its files."""
    text = re.sub(r"^#.*\n", "", lock.read_text(), flags=re.MULTILINE)
    return [entry for entry in re.split(r"^(?=\S)", text, flags=re.MULTILINE) if entry.strip()]


def _package(entry: str, *, target: Target, store: Path) -> Path:
    """The folder with one locked package, installed for the target, pruned and compiled."""
    label = re.sub(r"==", "-", entry.split()[0])
    folder = store / "packages" / target / f"{label}-{_digest([entry], {})}"
    if not folder.exists():
        with _made_whole(folder) as fresh:
            _install(entry, fresh, target=target)
            for path in sorted(fresh.rglob("*")):
                if _is_dead_weight(path.relative_to(fresh)):
                    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            _compile(fresh)
    return folder


def _install(entry: str, folder: Path, *, target: Target) -> None:
    platform = [] if target == "host" else ["--python-platform", _PLATFORMS[target]]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as requirements:
        requirements.write(entry)
        requirements.flush()
        done = subprocess.run(
            [
                *(tool(UV), "pip", "install", "--quiet", "--no-deps", "--require-hashes"),
                *("--only-binary", ":all:", "--link-mode", "copy", "--python", sys.executable),
                *("--python-version", f"{RUNTIME[0]}.{RUNTIME[1]}", *platform),
                *("--target", str(folder), "--requirement", requirements.name),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise PackagingError(f"{entry.split()[0]} cannot be installed for {target}:\n{done.stderr}")


def _is_dead_weight(path: Path) -> bool:
    """Whether the runtime never reads this file or folder of an installed package."""
    match path.parts:
        case ("bin",) | (".lock",) | ("boto3", "examples"):
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
        case ("babel", "locale-data", locale):
            return not re.fullmatch(rf"root|({'|'.join(_LANGUAGES)})(_.*)?", Path(locale).stem)
        case (*_, "tests" | "__pycache__"):
            return True
        case (*_, file):
            return file.endswith((".pyi", ".pyc"))
    return False


def _link(package: Path, folder: Path, *, services: Collection[str]) -> None:
    for file in sorted(package.rglob("*")):
        path = file.relative_to(package)
        if file.is_dir() or _is_other_service(path, services):
            continue
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists():
            raise PackagingError(f"{package.name} would write {path} over another package's")
        try:
            place.hardlink_to(file)
        except OSError:
            shutil.copy2(file, place)


def _is_other_service(path: Path, services: Collection[str]) -> bool:
    match path.parts:
        case ("botocore", "data", service, _, *file):
            return service not in services or file == ["examples-1.json"]
        case ("boto3", "data", service, *_):
            return service not in services
    return False


def _refuse_unknown(services: Collection[str], folder: Path) -> None:
    models = folder / "botocore" / "data"
    for service in services:
        if not (models / service).is_dir():
            raise PackagingError(f"botocore in this lock has no service {service!r}")


# --------------------------------------------------------------------------------------------- what is made


def _compile(folder: Path) -> None:
    """Compile every module below. The seed and the one worker make the bytes repeatable."""
    done = subprocess.run(
        [
            *(sys.executable, "-s", "-P", "-m", "compileall", "-q", "-j", "1", "-s", str(folder)),
            *("--invalidation-mode", "unchecked-hash", str(folder)),
        ],
        capture_output=True,
        text=True,
        env={"PYTHONHASHSEED": "0"},
        check=False,
    )
    if done.returncode:
        raise PackagingError(f"cannot be compiled:\n{done.stdout}")


@contextmanager
def _made_whole(folder: Path) -> Iterator[Path]:
    """A folder that appears under its name only when it is complete, whoever else makes the same then."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".making-", dir=folder.parent))
    try:
        yield fresh
        for path in [*fresh.rglob("*"), fresh]:
            path.chmod(0o755 if path.is_dir() else 0o644)
            os.utime(path, (_DATE, _DATE))
        try:
            fresh.rename(folder)
        except OSError:
            if not folder.exists():
                raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _digest(inputs: Sequence[str], contents: Mapping[str, bytes]) -> str:
    recipe = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    digest = hashlib.sha256(json.dumps([recipe, sys.version, inputs, sorted(contents)]).encode())
    for path in sorted(contents):
        digest.update(hashlib.sha256(contents[path]).digest())
    return digest.hexdigest()[:24]
