"""A page's files for an asset: each as it is, and beside it what it is compressed, where that is smaller.

Brotli is what Node has of it, as what builds the page does.
"""

import gzip
import hashlib
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from functions.edge.packed_files import CODINGS, DESK, TYPES
from infra.packaging.bundle import STORE
from infra.packaging.desk import desk
from infra.toolchain import NODE, environment, tool

_BROTLI: Final = """
const { readdirSync, readFileSync, writeFileSync } = require("node:fs");
const { brotliCompressSync } = require("node:zlib");
for (const name of readdirSync(".")) writeFileSync(name, brotliCompressSync(readFileSync(name)));
"""
_KEPT: Final = STORE / "compressed"


class UnknownKind(ValueError):
    """A file whose kind the function that hands it out does not know."""


def pages(files: Mapping[str, bytes] | None = None, *, folder: str = DESK) -> Mapping[str, bytes]:
    """By path in the asset; of the desk, where no other files are given. Raises MissingTool, UnknownKind."""
    plain = desk() if files is None else files
    if unknown := sorted(name for name in plain if Path(name).suffix not in TYPES):
        raise UnknownKind(f"of no known kind: {', '.join(unknown)}")
    return {f"{folder}/{name}": content for name, content in _with_compressed(plain)}


def _with_compressed(plain: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    by_coding = {
        "br": _brotli(plain),
        "gzip": {name: gzip.compress(content, mtime=0) for name, content in plain.items()},
    }
    for name, content in plain.items():
        yield name, content
        for coding, ending in CODINGS.items():
            if len(smaller := by_coding[coding][name]) < len(content):
                yield f"{name}{ending}", smaller


def _brotli(plain: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """What was compressed before is not again: it takes seconds, and every synthesis asks for the same."""
    kept = {name: _KEPT / hashlib.sha256(content).hexdigest() for name, content in plain.items()}
    _compress([(plain[name], file) for name, file in kept.items() if not file.exists()])
    return {name: file.read_bytes() for name, file in kept.items()}


def _compress(wanted: Sequence[tuple[bytes, Path]]) -> None:
    """Each content into its file, which others may be writing too."""
    if not wanted:
        return
    _KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_KEPT) as folder:
        for content, file in wanted:
            Path(folder, file.name).write_bytes(content)
        subprocess.run([tool(NODE), "-e", _BROTLI], cwd=folder, env=environment(), check=True)
        for _, file in wanted:
            Path(folder, file.name).replace(file)
