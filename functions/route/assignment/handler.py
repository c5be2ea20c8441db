"""Lambda: the stream of events, as far as it concerns whose complaint it is."""

from collections.abc import Mapping
from typing import Any, Final

from functions.complaints.behind import ASSIGNMENT
from functions.complaints.clock import utc_now
from functions.edge.settings import require
from functions.edge.stream import consume
from functions.route.assignment.bootstrap import bootstrap

ENVIRONMENT: Final = ("COMPLAINTS_TABLE", "PHOTOS_BUCKET", "STATE_MACHINE_ARN")

_settings = require(ENVIRONMENT)
_work = bootstrap(state_machine_arn=_settings["STATE_MACHINE_ARN"], photos_bucket=_settings["PHOTOS_BUCKET"])


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Of an operator, `{"Records": […], "news_only": false}` has what happened long ago carried on from as well."""
    return consume(
        event["Records"],
        _work,
        consumer=ASSIGNMENT,
        now=utc_now,
        # Each step looks at the complaint as it stands: what comes late finds it done, or no longer to be done.
        in_order=False,
        news_only=event.get("news_only", True),
    )
