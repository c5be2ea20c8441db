"""The desk's page: what is packed into the asset of the function that hands it out."""

from collections.abc import Mapping
from typing import Final

from infra.packaging.built import TooLarge, before_the_map, built, loaded

SIZE_MOST: Final = 150_000
"""Bytes that a phone on a bad network loads before it can answer a complaint, compressed: without the map, which comes
where one is in view.
"""


def desk() -> Mapping[str, bytes]:
    """The files by name. Raises MissingTool where `make setup` has not been run, TooLarge."""
    files = built("desk")
    if (size := loaded(before_the_map(files))) > SIZE_MOST:
        raise TooLarge(f"the desk is {size:,} bytes compressed before the map, and may be {SIZE_MOST:,}")
    return files
