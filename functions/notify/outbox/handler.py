"""Lambda: the stream of events, as far as somebody is to be told of them."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from functions.complaints.behind import OUTBOX
from functions.complaints.clock import utc_now
from functions.edge.settings import require
from functions.edge.stream import consume
from functions.notify.outbox.bootstrap import bootstrap

ENVIRONMENT: Final = (
    "COMPLAINTS_TABLE",
    "AGENCIES_TABLE",
    "PEOPLE_TABLE",
    "DELIVERIES_TABLE",
    "DELIVERIES_QUEUE_URL",
)
# The longest that one push can take: four tries of two and five seconds, and the waits between them.
RESERVE_MS: Final = 30_000

_outbox = bootstrap(queue_url=require(ENVIRONMENT)["DELIVERIES_QUEUE_URL"])


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Of an operator, `{"Records": […], "news_only": false}` has also been told of what happened long ago."""
    return consume(
        event["Records"],
        partial(_outbox.work, going_on=lambda: context.get_remaining_time_in_millis() > RESERVE_MS),
        consumer=OUTBOX,
        now=utc_now,
        news_only=event.get("news_only", True),
    )
