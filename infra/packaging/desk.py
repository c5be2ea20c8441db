"""The desk's page, built: what is packed into the asset of the function that hands it out."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Final

_STYLE: Final = b"body { font-family: system-ui, sans-serif; margin: 2rem; }\n"


def desk() -> Mapping[str, bytes]:
    """The files by name: `index.html`, and what it asks for under names that follow the content."""
    style = f"page-{_digest(_STYLE)}.css"
    page = f"""<!doctype html>
<html lang="kk">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Qamqor</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{style}">
<h1>Qamqor</h1>
</html>
"""
    return {"index.html": page.encode(), style: _STYLE}


def _digest(content: bytes) -> str:
    return base64.b32encode(hashlib.sha256(content).digest())[:8].decode()
