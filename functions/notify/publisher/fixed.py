"""The public files that a deployment alone changes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from functions.complaints.region import Region
from functions.notify.publisher.bucket import Kind
from functions.notify.publisher.publication import Fixed
from functions.notify.publisher.regional import REGION, regional

_HOUR: Final = "public, max-age=3600"
_JSON: Final = Kind(content_type="application/json", cache_control=_HOUR)
_CSS: Final = Kind(content_type="text/css; charset=utf-8", cache_control=_HOUR)
_JS: Final = Kind(content_type="text/javascript; charset=utf-8", cache_control=_HOUR)
_BESIDE: Final[Mapping[str, Kind]] = {"page.css": _CSS, "page.js": _JS}
"""What the pages ask for: it lies beside them in the asset."""


def fixed_files(region: Region, *, base_url: str) -> Mapping[str, Fixed]:
    """By their keys."""
    here = Path(__file__).parent
    beside = {
        f"open/{name}": Fixed(body=(here / name).read_bytes(), kind=kind) for name, kind in _BESIDE.items()
    }
    return {REGION: Fixed(body=regional(region, base_url=base_url), kind=_JSON), **beside}
