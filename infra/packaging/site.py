"""The public site: `index.html` stands at `/`, and what it asks for under `/site/`."""

from collections.abc import Mapping
from typing import Final

from infra.packaging.built import TooLarge, before_the_map, built, loaded

SIZE_MOST: Final = 200_000
"""Bytes that are loaded before the list stands, compressed."""


def site() -> Mapping[str, bytes]:
    """The files by name. Raises MissingTool where `make setup` has not been run, TooLarge."""
    files = built("site")
    if (size := loaded(before_the_map(files))) > SIZE_MOST:
        raise TooLarge(f"the site is {size:,} bytes compressed before the map, and may be {SIZE_MOST:,}")
    return files
