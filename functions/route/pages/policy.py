"""What a browser may do with the desk, in the header fields of every file: nothing is sent but to the API, to where photos
lie, and to where tokens are had.
"""

from collections.abc import Mapping

from functions.edge.buckets import origin_of
from functions.edge.page_policy import page_policy


def photos_origin(environment: Mapping[str, str]) -> str:
    """Where presigned addresses of the photos' bucket lead to."""
    return origin_of(environment["PHOTOS_BUCKET"], environment=environment)


def header_fields(*, photos: str, tokens: str | None) -> Mapping[str, str]:
    """`photos`, `tokens`: origins; no tokens where the page's own has them."""
    called = " ".join(filter(None, ("'self'", photos, tokens)))
    return page_policy(workers="'self'", images=f"'self' blob: data: {photos}", called=called, forms="'none'")
