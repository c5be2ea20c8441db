"""The page at `/docs` for an asset: our page, Swagger UI from npm, and the OpenAPI document, each compressed.

Swagger UI, because of the viewers that are kept up it alone is whole under a policy that allows no inline style. Seen in
Chromium, 360 and 1280 px wide, under the policy of `functions.intake.api.documentation`, with this project's document:

| | Swagger UI 5.35.0 | Redoc 3.0.1 | Scalar 1.76.0 |
|---|---|---|---|
| under the policy | nothing is refused | an empty page: its styles are inline | bare text: its styles are inline |
| script and style, gzip | 485 KB | 649 KB | 1,392 KB |
| OpenAPI 3.1 with webhooks | yes | yes | yes |
| requests tried out, with either scheme | yes | in the paid edition alone | yes |
| tells its makers | of an installation | of who reads | of requests that are tried out |
| packages that npm installs | 2 | it, React and four more with theirs | 284 |
| licence, last release | Apache-2.0, November 2026 | MIT, October 2026 | MIT, October 2026 |

It tells of an installation by a script that npm is to run: `make setup` lets no package run scripts, and
requirements/node/package.json refuses it as well.
"""

import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from functions.intake.api.documentation import FOLDER, OPENAPI
from infra.toolchain import NODE_MODULES, ROOT, tool

PACKAGE: Final = "swagger-ui-dist"
_OURS: Final = ROOT / "web" / "docs"
_THEIRS: Final = (
    "swagger-ui-bundle.js",
    "swagger-ui-bundle.js.LICENSE.txt",
    "swagger-ui.css",
    "LICENSE",
    "NOTICE",
)


def documentation(openapi: bytes) -> Mapping[str, bytes]:
    """The files by their path in the asset. Raises `MissingTool` where `make setup` has not been run."""
    viewer = Path(tool(NODE_MODULES / PACKAGE))
    paths = [*sorted(_OURS.iterdir()), *(viewer / name for name in _THEIRS)]
    files = {path.name: path.read_bytes() for path in paths} | {OPENAPI: openapi}
    return {f"{FOLDER}/{name}.gz": gzip.compress(content, mtime=0) for name, content in files.items()}
