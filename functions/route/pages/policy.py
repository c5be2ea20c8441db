"""What a browser may do with the desk, in the header fields of every file: nothing is sent but to the API, to where photos
lie, to where tokens are had, and to where the region's base map lies.
"""

from collections.abc import Mapping

from functions.edge.buckets import origin_of
from functions.edge.page_policy import page_policy, sources


def photos_origin(environment: Mapping[str, str]) -> str:
    """Where presigned addresses of the photos' bucket lead to."""
    return origin_of(environment["PHOTOS_BUCKET"], environment=environment)


def header_fields(*, photos: str, tokens: str | None, base_map: str | None) -> Mapping[str, str]:
    """`photos`, `tokens`, `base_map`: origins; no tokens where the page's own has them, and no base map where there is
    none.
    """
    return page_policy(
        workers="'self'",
        images=sources("'self' blob: data:", photos, base_map),
        called=sources("'self'", photos, tokens, base_map),
        forms="'none'",
    )
