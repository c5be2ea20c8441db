"""Where a bucket is for a browser, and what S3 says of what is not there. No client is needed for it: none is loaded."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

MISSING: Final = frozenset({"NoSuchKey", "404"})
"""S3's error codes for an object that is not there."""


def origin_of(bucket: str, *, environment: Mapping[str, str]) -> str:
    """Where presigned addresses of the bucket lead to: as `functions.edge.clients` has S3 called."""
    elsewhere = environment.get("AWS_ENDPOINT_URL_S3") or environment.get("AWS_ENDPOINT_URL")
    if elsewhere:
        parts = urlsplit(elsewhere)
        return f"{parts.scheme}://{parts.netloc}"
    return f"https://{bucket}.s3.{environment['AWS_DEFAULT_REGION']}.amazonaws.com"
