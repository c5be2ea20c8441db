"""The files of a page as they lie in an asset: packed at the build, each beside its compressed forms.

All are read at the start, so that a name is one of these or of nothing: no path is ever made of what somebody asks for.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

DESK: Final = "desk"
SITE: Final = "site"
"""Folders in the asset: of the desk, and of the site for everybody."""
INDEX: Final = "index.html"
CODINGS: Final[Mapping[str, str]] = {"br": ".br", "gzip": ".gz"}
"""In which a file may be kept besides, the smaller first, and what its name then ends with."""
TYPES: Final[Mapping[str, str]] = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
_HASHED: Final = re.compile(r".+-[A-Z0-9]{8}(\.[a-z0-9]+)+")
"""As esbuild names what it makes, by its content. Source: https://esbuild.github.io/api/#entry-names"""
_FOR_GOOD: Final = "public, max-age=31536000, immutable"
_ASKED_AGAIN: Final = "no-cache"
_DIGITS: Final = 32


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """`coded`: its bytes by the codings that it is kept in; `tag` names its content (RFC 9110, section 8.8.3)."""

    content_type: str
    plain: bytes
    coded: Mapping[str, bytes]
    tag: str
    cache_control: str


def files_in(folder: Path) -> Mapping[str, File]:
    """By name. Raises KeyError for a file of a kind that TYPES does not know."""
    endings = tuple(CODINGS.values())
    return {path.name: _file(path) for path in sorted(folder.iterdir()) if not path.name.endswith(endings)}


def _file(path: Path) -> File:
    plain = path.read_bytes()
    kept = {coding: path.with_name(path.name + ending) for coding, ending in CODINGS.items()}
    return File(
        content_type=TYPES[path.suffix],
        plain=plain,
        coded={coding: beside.read_bytes() for coding, beside in kept.items() if beside.exists()},
        # Weak: compressed or not, it says the same.
        tag=f'W/"{hashlib.sha256(plain).hexdigest()[:_DIGITS]}"',
        cache_control=_FOR_GOOD if _HASHED.fullmatch(path.name) else _ASKED_AGAIN,
    )
