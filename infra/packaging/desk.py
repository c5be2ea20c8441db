"""The desk's page, built by web/build.mjs: what is packed into the asset of the function that hands it out."""

import gzip
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from infra.toolchain import PAGES, TOOLS, environment, tool

SIZE_MOST: Final = 150_000
"""Bytes that a phone on a bad network loads before it can answer a complaint, compressed."""


class TooLarge(ValueError):
    """The page has outgrown what it may weigh."""


def desk() -> Mapping[str, bytes]:
    """The files by name: `index.html`, and what it asks for under names that follow the content. Raises MissingTool where
    `make setup` has not been run, TooLarge.
    """
    tool(PAGES / "node_modules" / "esbuild")
    with tempfile.TemporaryDirectory() as folder:
        command = [tool(TOOLS / "node"), str(PAGES / "build.mjs"), folder]
        subprocess.run(command, env=environment(), check=True)
        files = {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}
    if (size := loaded(files)) > SIZE_MOST:
        raise TooLarge(f"the desk is {size:,} bytes compressed, and may be {SIZE_MOST:,}")
    return files


def loaded(files: Mapping[str, bytes]) -> int:
    """What a browser loads of them, compressed."""
    return sum(
        len(gzip.compress(content, mtime=0)) for name, content in files.items() if not name.endswith(".txt")
    )
