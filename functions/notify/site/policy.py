"""What a browser may do with what everybody may read, in the header fields of each: nothing runs, is styled or framed from
elsewhere, and nothing is sent but to where the files lie.

https://www.w3.org/TR/CSP3/
"""

from collections.abc import Mapping


def header_fields(*, files: str) -> Mapping[str, str]:
    """`files`: the origin of large ones, to which a reader is led on."""
    policy = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "worker-src 'self' blob:",
        "manifest-src 'self'",
        "img-src 'self' blob: data:",
        f"connect-src 'self' {files}",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
    return {
        "content-security-policy": "; ".join(policy),
        "cross-origin-opener-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }


OPEN: Mapping[str, str] = {"access-control-allow-origin": "*"}
"""Of what is everybody's, pages of others may read too."""
