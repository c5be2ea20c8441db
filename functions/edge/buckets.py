"""Where a bucket is for a browser. No client of S3 is needed for that, and none is loaded."""

from collections.abc import Mapping
from urllib.parse import urlsplit


def origin_of(bucket: str, *, environment: Mapping[str, str]) -> str:
    """Where presigned addresses of the bucket lead to: as `functions.edge.clients` has S3 called."""
    elsewhere = environment.get("AWS_ENDPOINT_URL_S3") or environment.get("AWS_ENDPOINT_URL")
    if elsewhere:
        parts = urlsplit(elsewhere)
        return f"{parts.scheme}://{parts.netloc}"
    return f"https://{bucket}.s3.{environment['AWS_DEFAULT_REGION']}.amazonaws.com"
