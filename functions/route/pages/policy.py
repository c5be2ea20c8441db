"""What a browser may do with the desk, in the header fields of every file: nothing runs, is styled or framed from
elsewhere, and nothing is sent but to the API, to where the photos lie, and to where tokens are had.

https://www.w3.org/TR/CSP3/
"""

from collections.abc import Mapping

from functions.edge.buckets import origin_of


def photos_origin(environment: Mapping[str, str]) -> str:
    """Where presigned addresses of the photos' bucket lead to."""
    return origin_of(environment["PHOTOS_BUCKET"], environment=environment)


def header_fields(*, photos: str, tokens: str | None) -> Mapping[str, str]:
    """`photos`, `tokens`: origins; no tokens where the page's own has them."""
    called = " ".join(filter(None, ("'self'", photos, tokens)))
    policy = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        f"img-src 'self' blob: data: {photos}",
        f"connect-src {called}",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
    return {
        "content-security-policy": "; ".join(policy),
        # Another page that it opens, or that opened it, has no hold on it.
        "cross-origin-opener-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }
