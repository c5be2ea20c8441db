"""What a browser may do with a page of ours, in header fields: nothing runs, is styled or framed from elsewhere.

https://www.w3.org/TR/CSP3/
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from functions.complaints.region import BaseMap


def page_policy(*, workers: str, images: str, called: str, forms: str) -> Mapping[str, str]:
    """The sources from which workers and images come, that scripts may call, and that forms may be sent to: what is the
    page's own. Everything else is the same for every page.
    """
    policy = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        f"worker-src {workers}",
        "manifest-src 'self'",
        f"img-src {images}",
        f"connect-src {called}",
        f"form-action {forms}",
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


def origin_of_map(base_map: BaseMap | None) -> str | None:
    """Where a base map lies, and all that its style names."""
    if base_map is None:
        return None
    parts = urlsplit(base_map.address)
    return f"{parts.scheme}://{parts.netloc}"


def sources(*of: str | None) -> str:
    """A list of sources without those that there are not."""
    return " ".join(filter(None, of))
