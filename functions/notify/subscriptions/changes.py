"""`/v1/agency/changes`: what happened, for those who cannot receive webhooks."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Final

from aws_lambda_powertools.event_handler.api_gateway import Router

from functions.edge.callers import Reader
from functions.edge.fields import View, described
from functions.edge.operations import with_scope
from functions.edge.paging import Cursor, PageSize
from functions.notify import feed
from functions.notify.subscriptions.messages import EventMessage
from functions.notify.subscriptions.subscriptions import TAG

PAGE_SIZE: Final = 100


class Changes(View):
    """What happened after a cursor."""

    items: list[EventMessage]
    cursor: Annotated[str, described("Where to go on, whether or not there is more by now. Keep it.")]
    more: bool


def changes(*, now: Callable[[], datetime]) -> Router:
    """The route."""
    router = Router()

    @router.get(
        "/v1/agency/changes",
        operation_id="pollChanges",
        tags=TAG,
        security=with_scope("read"),
        summary="What happened since a cursor, for those who cannot receive webhooks",
        description="No change is skipped and none repeated. The messages are those of the webhooks.",
    )
    def poll(caller: Reader, cursor: Cursor = None, limit: PageSize = PAGE_SIZE) -> Changes:
        page = feed.changes(caller.agency_id, cursor=cursor, limit=limit, now=now())
        return Changes(
            items=[EventMessage(**each) for each in page.changes], cursor=page.cursor, more=page.more
        )

    return router
