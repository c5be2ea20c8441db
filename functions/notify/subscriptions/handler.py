"""Lambda: an agency's keys, subscriptions, deliveries and templates, and the changes that it polls."""

import json
from collections.abc import Mapping
from typing import Any, Final

from functions.complaints.clock import utc_now
from functions.edge.resolver import Api
from functions.edge.settings import region_file, require
from functions.edge.throttle import agency_limit
from functions.notify.subscriptions.letters import PATH as LETTERS
from functions.notify.subscriptions.routes import routes
from functions.notify.webhooks.attempt import Attempt
from functions.notify.webhooks.nudges import SqsNudges
from functions.notify.webhooks.policy import address_policy
from functions.notify.webhooks.verification import TOTAL_TIMEOUT_S

ENVIRONMENT: Final = ("AGENCIES_TABLE", "DELIVERIES_TABLE", "DELIVERIES_QUEUE_URL")

_settings = require(ENVIRONMENT)
_region = json.loads(region_file().read_bytes())
_policy = address_policy(_region["webhooks"])


def _post(url: str, body: bytes, headers: dict[str, str]) -> Attempt:
    # Few requests send anything; the transport is a sixth of what this function would load before its first.
    from functions.notify.webhooks.transport import attempt  # noqa: PLC0415

    return attempt(url, body=body, headers=headers, policy=_policy, total_timeout=TOTAL_TIMEOUT_S)


app = Api(gate=agency_limit(now=utc_now, but_for=LETTERS))
for router in routes(
    policy=_policy,
    categories=_region["categories"].keys(),
    post=_post,
    enqueue=SqsNudges(_settings["DELIVERIES_QUEUE_URL"]),
    now=utc_now,
):
    app.include_router(router)


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    return app.serve(event, context)
