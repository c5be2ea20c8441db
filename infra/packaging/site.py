"""The public site: `index.html` stands at `/`, and what it asks for under `/site/`."""

from collections.abc import Mapping
from typing import Final

from infra.packaging.built import TooLarge, built, loaded

SIZE_MOST: Final = 200_000
"""Bytes that are loaded before the list stands, compressed."""
_OF_THE_MAP: Final = "map-"
"""Files so named come once the list stands."""


def site() -> Mapping[str, bytes]:
    """The files by name. Raises MissingTool where `make setup` has not been run, TooLarge."""
    files = built("site")
    if (size := loaded(before_the_map(files))) > SIZE_MOST:
        raise TooLarge(f"the site is {size:,} bytes compressed before the map, and may be {SIZE_MOST:,}")
    return files


def before_the_map(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    return {name: content for name, content in files.items() if not name.startswith(_OF_THE_MAP)}
