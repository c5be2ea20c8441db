"""Makes a Lambda function's asset: its own code, what all share, and the locked dependencies that it alone needs.

    asset = bundle(
        name="notify", sources=["functions/notify"], lock=ROOT / "requirements/functions/notify.txt",
        services=["dynamodb", "sns"], files={"region.json": region}, target="arm64",
    )

No Docker: the wheels are chosen for Lambda's platform, whatever the machine is. An asset is a zip file named by
a hash of what it is made from, which is the same on every machine: CDK is to take it for the asset's hash
(`Code.from_asset(str(asset), asset_hash=asset.stem)`). One that was made before is not made again, and neither
is a package's part of it, nor what all functions share of the code, nor a function's own code, which is the same in
every region.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from zipfile import ZipFile

from infra.packaging import archive, bytecode, dependency
from infra.packaging.archive import add_file, copy_entries, new_archive, unpack
from infra.packaging.bytecode import NotCompiled
from infra.packaging.compiled import compiled, digest
from infra.packaging.dependency import NotInstallable, Target, label, locked, package_archive
from infra.toolchain import ROOT

SHARED = ("functions/complaints", "functions/records", "functions/edge")
STORE = ROOT / ".build"

_KEPT = 100
_IN_USE_S = 3600
# Three generations of every function, of 17 to 64 MB each.
_KEPT_UNPACKED = 50


class PackagingError(RuntimeError):
    """An asset cannot be made from what was named, or does not hold what its handler needs."""


def bundle(
    *,
    name: str,
    sources: Sequence[str],
    lock: Path,
    target: Target,
    services: Collection[str] = (),
    files: Mapping[str, bytes] | None = None,
    root: Path = ROOT,
    store: Path = STORE,
) -> Path:
    """Return the zip file that is the function's asset, made now if its inputs have changed.

    `name` is for messages. `sources` are the function's own folders or files, relative to `root`; what all
    functions share and every `__init__.py` on the way to a source come by themselves. `services` are the AWS services
    that it calls, by botocore's names. `files` are further contents by their path in the asset. `target` is Lambda's
    architecture, or "host" for the emulator.

    Raises `PackagingError` for a source that is not there or does not compile, a service that botocore does not
    know, a dependency without a wheel for the target, or another Python than the runtime's.
    """
    try:
        shared, beside = dict(_sources(root, SHARED)), dict(files or {})
        own = {path: content for path, content in _sources(root, sources) if path not in shared}
        entries, all_files = locked(lock), shared | own | beside
        asset = store / "assets" / f"{_digest([target, *sorted(services), *entries], all_files)}.zip"
        if not asset.exists():
            parts = [
                *(_compiled(code, store=store) for code in (shared, own) if code),
                *(_package(entry, target=target, store=store) for entry in entries),
            ]
            _write(asset, files=beside, parts=parts, services=services)
            for kept in (store / "assets", store / "code"):
                _forget_unused(kept)
    except (NotInstallable, NotCompiled, FileNotFoundError, FileExistsError) as error:
        raise PackagingError(f"{name}: {error}") from error
    asset.touch()
    return asset


def unpacked(asset: Path, *, store: Path = STORE) -> Path:
    """The folder with the asset's contents as Lambda would lay them out."""
    folder = store / "unpacked" / asset.stem
    if not folder.exists():
        with ZipFile(asset) as packed:
            unpack(packed, folder)
        _forget_unused_folders(folder.parent)
    folder.touch()
    return folder


def modules_loaded(asset: Path, handler: str, *, environment: Mapping[str, str] | None = None) -> set[str]:
    """Names of the modules that importing `handler` ("functions.notify.push.handler") from the asset loads.

    `asset` is a zip file or a folder. The import runs in an interpreter of its own that sees the standard library,
    the asset and nothing else, with no environment but the one given. Raises `PackagingError` with the traceback
    if it fails.
    """
    folder = asset if asset.is_dir() else unpacked(asset)
    module, _, function = handler.rpartition(".")
    program = (
        f"import sys; sys.path.insert(0, {str(folder)!r}); before = set(sys.modules); import importlib, json;"
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
        raise PackagingError(f"{handler} does not import from its asset alone:\n{done.stderr}")
    return set(json.loads(done.stdout.splitlines()[-1]))


def _sources(root: Path, sources: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    for source in sources:
        path = root / source
        if not path.exists():
            raise FileNotFoundError(f"{source} is not there")
        for parent in path.relative_to(root).parents:
            init = root / parent / "__init__.py"
            if parent != Path() and init.exists():
                yield init.relative_to(root).as_posix(), init.read_bytes()
        for file in [path] if path.is_file() else path.rglob("*"):
            if file.is_file() and file.suffix != ".pyc" and not file.name.startswith("."):
                yield file.relative_to(root).as_posix(), file.read_bytes()


def _package(entry: str, *, target: Target, store: Path) -> Path:
    name = f"{label(entry)}-{_digest([target, entry], {})}.zip"
    return package_archive(entry, target=target, archive=store / "packages" / target / name)


def _compiled(code: Mapping[str, bytes], *, store: Path) -> Path:
    """The archive of what all functions share, or of what one has alone, with its bytecode."""
    made = compiled(code, kept=store / "code")
    made.touch()
    return made


def _write(
    asset: Path, *, files: Mapping[str, bytes], parts: Sequence[Path], services: Collection[str]
) -> None:
    with new_archive(asset) as packed:
        for path, content in sorted(files.items()):
            add_file(packed, path, content)
        for part in parts:
            copy_entries(part, packed, wanted=lambda path: _is_needed(path, services))
        carried = {path.split("/")[2] for path in packed.namelist() if path.startswith("botocore/data/")}
        if missing := set(services) - carried:
            raise FileNotFoundError(f"botocore in this lock has no service {', '.join(sorted(missing))}")


def _is_needed(path: str, services: Collection[str]) -> bool:
    """Whether a package's file goes into the asset: of all AWS services, the models of those that are called."""
    match path.split("/"):
        case ["botocore" | "boto3", "data", service, _, *_]:
            return service in services
    return True


def _forget_unused(folder: Path) -> None:
    """Each change of the core makes every asset anew: keep those that were used last, and those that an assembly which is
    being read may name.
    """
    ages = sorted((time.time() - asset.stat().st_mtime, asset) for asset in folder.glob("*.zip"))
    for age, asset in ages[_KEPT:]:
        if age > _IN_USE_S:
            asset.unlink(missing_ok=True)


def _forget_unused_folders(parent: Path) -> None:
    """Moved aside first: half a folder must not be taken for a whole one."""
    by_use = sorted(
        (folder for folder in parent.iterdir() if not folder.name.startswith("tmp")),
        key=lambda folder: folder.stat().st_mtime,
        reverse=True,
    )
    for folder in by_use[_KEPT_UNPACKED:]:
        with tempfile.TemporaryDirectory(dir=parent, ignore_cleanup_errors=True) as aside, suppress(OSError):
            folder.rename(Path(aside) / folder.name)


def _digest(inputs: Sequence[str], contents: Mapping[str, bytes]) -> str:
    return digest(contents, inputs=inputs, recipe=(archive, bytecode, dependency, sys.modules[__name__]))
