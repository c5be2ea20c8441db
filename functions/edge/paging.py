"""Lists by pages: how many items, and the cursor that goes on where the page before ended."""

from typing import Annotated, Final

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BeforeValidator

from functions.edge.fields import fault
from functions.records.cursor import NAME_MOST

PAGE_SIZE: Final = 25
PAGE_MOST: Final = 100


def _page_size(value: object) -> object:
    text = str(value)
    digits = text.isascii() and text.isdigit() and len(text) <= len(str(PAGE_MOST))
    if not digits or not 1 <= int(text) <= PAGE_MOST:
        raise fault("not_in_range", min=1, max=PAGE_MOST)
    return int(text)


def _size(description: str) -> Query:
    """The metadata of a `limit`."""
    limits = {"minimum": 1, "maximum": PAGE_MOST}
    return Query(alias="limit", description=description, json_schema_extra=limits)


PageSize = Annotated[int, _size("Items on a page, at most."), BeforeValidator(_page_size)]
TIMELINE_SIZE: Final = 100
TimelineCursor = Annotated[
    str | None,
    Query(
        alias="cursor",
        description="The `cursor` of the answer before: the steps before those that it had.",
        json_schema_extra={"pattern": "^[A-Za-z0-9_=-]*$", "maxLength": NAME_MOST},
    ),
]
TimelineSize = Annotated[
    int, _size("Steps of the history in the answer, at most."), BeforeValidator(_page_size)
]
Cursor = Annotated[
    str | None,
    Query(
        alias="cursor",
        description="The `cursor` of the page before. It is opaque; a made-up one is refused.",
        json_schema_extra={"pattern": "^[A-Za-z0-9_=-]*$", "maxLength": NAME_MOST},
    ),
]
