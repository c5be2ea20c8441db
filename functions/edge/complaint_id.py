"""The complaint that a path names: by its id, or by its short number as somebody typed it."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import AfterValidator

from functions.complaints.faults import NotFound
from functions.complaints.ids import NUMBER_MOST, is_id, read_number
from functions.edge.operations import naming
from functions.records.names import meant


def _is_name(text: str) -> bool:
    return is_id(text) or read_number(text) is not None


def _meant(name: str) -> str:
    """A number that no complaint has stays as it is, and is found no more than an id that none has: what is wrong with
    the request is said before either way, so that nobody learns by it which numbers there are.
    """
    try:
        return meant(name)
    except NotFound:
        return name


ComplaintId = Annotated[
    str,
    Path(
        description="The complaint: its id, or its short number in any spelling.",
        examples=["PVL-26-7K3M9T"],
        json_schema_extra={"maxLength": NUMBER_MOST},
    ),
    naming(_is_name),
    AfterValidator(_meant),
]
"""The route is given the id: a number costs one request, an id none. What is neither is not found."""
