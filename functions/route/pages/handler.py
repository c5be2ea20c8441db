"""Lambda: the desk's page. It reads no table, and may do nothing but log."""

import os
from collections.abc import Mapping
from typing import Any, Final

from functions.complaints.region import load_region
from functions.edge.packed_files import DESK, files_in
from functions.edge.page_policy import origin_of_map
from functions.edge.resolver import Api
from functions.edge.settings import region_file, require
from functions.route.pages.policy import header_fields, photos_origin
from functions.route.pages.serving import desk

ENVIRONMENT: Final = ("PHOTOS_BUCKET",)
OPTIONAL_ENVIRONMENT: Final = ("TOKENS_ORIGIN",)
"""Where officers' tokens are had, where that is not the page's own origin."""

require(ENVIRONMENT)
_region = load_region(region_file())
_fields = header_fields(
    photos=photos_origin(os.environ),
    tokens=os.environ.get("TOKENS_ORIGIN"),
    base_map=origin_of_map(_region.base_map),
)
app = Api(default_language=_region.languages[0])
app.include_router(desk(files_in(region_file().parent / DESK), header_fields=_fields))


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    return app.serve(event, context)
