"""Lambda: a body's officers. A function of its own, for it alone may make and end users of the pool: the one with keys and
subscriptions, who manages as much, calls addresses that bodies name.
"""

import os
from collections.abc import Mapping
from typing import Any, Final

from functions.complaints.clock import utc_now
from functions.complaints.region import load_region
from functions.edge.clients import client
from functions.edge.resolver import Api
from functions.edge.settings import region_file, require
from functions.edge.throttle import agency_limit
from functions.route.officers.manage import manage
from functions.route.officers.me import me
from functions.route.officers.pool import Pool

ENVIRONMENT: Final = ("AGENCIES_TABLE",)
OPTIONAL_ENVIRONMENT: Final = ("OFFICERS_POOL_ID",)
"""What a region may do without: a pool of officers."""

require(ENVIRONMENT)
_region = load_region(region_file())
_pool_id = os.environ.get("OFFICERS_POOL_ID")


def _pool() -> Pool:
    # Most who come ask who they are, and need none. On the emulator there is no second factor to be reset.
    return Pool(cognito=client("cognito-idp"), id=_pool_id or "", second_factor=_region.stage != "local")


app = Api(default_language=_region.languages[0], gate=agency_limit(now=utc_now))
app.include_router(me(region=_region))
app.include_router(manage(pool=_pool if _pool_id else None, now=utc_now))


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    return app.serve(event, context)
