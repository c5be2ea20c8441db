"""A page of web/, built by web/build.mjs: what is packed into the asset of the function that hands it out."""

import gzip
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

from infra.toolchain import PAGES, TOOLS, environment, tool

type Page = Literal["desk", "site"]

_OF_THE_MAP: Final = "map-"
"""Files so named come once the rest stands."""


class TooLarge(ValueError):
    """The page has outgrown what it may weigh."""


def built(page: Page) -> Mapping[str, bytes]:
    """The files by name: `index.html`, and what it asks for under names that follow the content. Raises MissingTool where
    `make setup` has not been run.
    """
    tool(PAGES / "node_modules" / "esbuild")
    with tempfile.TemporaryDirectory() as folder:
        command = [tool(TOOLS / "node"), str(PAGES / "build.mjs"), page, folder]
        subprocess.run(command, env=environment(), check=True)
        return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}


def before_the_map(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    return {name: content for name, content in files.items() if not name.startswith(_OF_THE_MAP)}


def loaded(files: Mapping[str, bytes]) -> int:
    """What a browser loads of them, compressed."""
    return sum(
        len(gzip.compress(content, mtime=0)) for name, content in files.items() if not name.endswith(".txt")
    )
