"""Lambda: an agency's keys, subscriptions and deliveries, and the changes that it polls."""

from collections.abc import Mapping
from typing import Any, Final

from functions.complaints.clock import utc_now
from functions.edge import cold_start
from functions.edge.http import Api
from functions.edge.settings import region_file, require
from functions.edge.throttle import Throttled
from functions.notify.subscriptions.api import mount
from functions.notify.subscriptions.verification import TOTAL_TIMEOUT_S
from functions.notify.webhooks.nudges import SqsNudges
from functions.notify.webhooks.policy import policy_in
from functions.notify.webhooks.transport import Attempt, attempt
from functions.records.dynamodb import connect

ENVIRONMENT: Final = ("AGENCIES_TABLE", "DELIVERIES_TABLE", "DELIVERIES_QUEUE_URL")

_settings = require(ENVIRONMENT)
connect()
_policy = policy_in(region_file())


def _post(url: str, body: bytes, headers: dict[str, str]) -> Attempt:
    return attempt(url, body=body, headers=headers, policy=_policy, total_timeout=TOTAL_TIMEOUT_S)


_api = Api()
mount(
    _api,
    policy=_policy,
    post=_post,
    enqueue=SqsNudges(_settings["DELIVERIES_QUEUE_URL"]),
    now=utc_now,
)
_throttled = Throttled(_api, now=utc_now)
cold_start.end()


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    return _throttled.serve(event, context)
