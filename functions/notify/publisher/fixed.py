"""The public files that a deployment alone changes."""

from collections.abc import Mapping
from typing import Final

from functions.complaints.region import Region
from functions.edge.public_files import REGION
from functions.notify.publisher.beside import beside_pages
from functions.notify.publisher.bucket import Kind
from functions.notify.publisher.publication import Fixed
from functions.notify.publisher.record_schema import SCHEMA, record_schema
from functions.notify.publisher.regional import regional

_HOUR: Final = "public, max-age=3600"


def fixed_files(region: Region, *, base_url: str) -> Mapping[str, Fixed]:
    """By their keys."""
    return {
        REGION: _kept(regional(region, base_url=base_url), "application/json"),
        SCHEMA: _kept(record_schema(base_url=base_url), "application/schema+json"),
        **{key: _kept(file.body, file.content_type) for key, file in beside_pages().items()},
    }


def _kept(body: bytes, content_type: str) -> Fixed:
    return Fixed(body=body, kind=Kind(content_type=content_type, cache_control=_HOUR))
