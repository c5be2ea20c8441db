"""What the pages ask for beside themselves: their looks, the little that runs in them, and a picture for each state.

The files lie in this folder, and are read as they are published; their names do not change, for a page is written anew only
when its complaint changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from functions.complaints.public_state import Tone

_FOLDER: Final = Path(__file__).parent
_TYPES: Final[Mapping[str, str]] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
}
_NAMES: Final = ("page.css", "page.js", *(f"state-{tone}.png" for tone in Tone))


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """A file as it is served."""

    content_type: str
    body: bytes


def beside_pages() -> Mapping[str, Beside]:
    """By their keys in the public bucket."""
    return {
        f"open/{name}": Beside(
            content_type=_TYPES[Path(name).suffix], body=_FOLDER.joinpath(name).read_bytes()
        )
        for name in _NAMES
    }


def looks_of_pages() -> bytes:
    """What every page is made by: where it changes, all of them are to be written anew."""
    return _FOLDER.joinpath("page.html").read_bytes()
