"""Lambda: what everybody may read, out of the public bucket alone. It reads no table."""

import os
from collections.abc import Mapping
from typing import Any, Final

from functions.complaints.region import load_region
from functions.edge.buckets import origin_of
from functions.edge.packed_files import SITE, files_in
from functions.edge.page_policy import origin_of_map
from functions.edge.resolver import Api
from functions.edge.settings import region_file, require
from functions.notify.site.objects import Objects
from functions.notify.site.policy import OPEN, header_fields
from functions.notify.site.routes import public

ENVIRONMENT: Final = ("PUBLIC_BUCKET",)

_settings = require(ENVIRONMENT)
_packed = region_file().parent / SITE
_region = load_region(region_file())
_fields = header_fields(
    files=origin_of(_settings["PUBLIC_BUCKET"], environment=os.environ),
    base_map=origin_of_map(_region.base_map),
)
app = Api(default_language=_region.languages[0])
app.include_router(
    public(
        Objects(_settings["PUBLIC_BUCKET"], header_fields={**_fields, **OPEN}),
        region=_region,
        site=files_in(_packed) if _packed.is_dir() else {},
        header_fields=_fields,
    )
)


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    return app.serve(event, context)
