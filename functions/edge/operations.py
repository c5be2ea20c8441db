"""What a route says of itself beside its signature; `infra.packaging.openapi` makes the document of it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from functions.complaints.keys import FILE
from functions.edge.validation import NO_SUCH

SIGNED_IN: Final[list[dict[str, list[str]]]] = [{"person": []}]
LOCATION: Final = {"Location": "Address of the complaint."}
PROBLEMS: Final = "x-problems"
HEADERS: Final = "x-headers"
FURTHER: Final = "x-further"
KEPT: Final = "x-kept"


def with_scope(scope: str) -> list[dict[str, list[str]]]:
    """Who may call: an agency's key that has the scope."""
    return [{"agency": [scope]}]


def of_subscriptions(scope: str) -> list[dict[str, list[str]]]:
    """Who may call: an agency's key that has the scope, or a partner's."""
    return [*with_scope(scope), {"partner": [FILE]}]


def answering(
    *problems: str, headers: Mapping[str, str] | None = None, further: Sequence[int] = ()
) -> dict[str, Any]:
    """The problems that an operation may answer with beside those that follow from its form, the header fields of its
    answer, each with what it says, and `further` statuses of the same answer.
    """
    return {PROBLEMS: list(problems), HEADERS: dict(headers or {}), FURTHER: list(further)}


def moving(*problems: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The same of an operation that the complaint's state may refuse."""
    return answering("conflict", "move-refused", *problems, headers=headers)


def naming(is_one: Callable[[str], object]) -> AfterValidator:
    """A segment of the path that names something: what cannot be a name is not found, and nothing is read."""

    def existing(text: str) -> str:
        if not is_one(text):
            raise PydanticCustomError(NO_SUCH, "no such thing")
        return text

    return AfterValidator(existing)
