"""The resolver of Open311: errors in the format that was asked for, of the specification's form and with its statuses.

The specification has 404 for what is not there, 403 for a missing or wrong key, and basically 400 for any other error
(https://wiki.open311.org/GeoReport_v2, Errors). What HTTP itself has a status for keeps it: a client that is to wait, or to
come again, must see that it is.
"""

from collections.abc import Mapping
from typing import Any, Final

from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel

from functions.complaints.faults import FieldFault
from functions.edge.problems import Problem, fault_text
from functions.edge.resolver import Api
from functions.intake.open311.answers import Error
from functions.intake.open311.formats import Format, format_of, rendered

_KEPT: Final = frozenset({404, 405, 429})
_NAMES: Final[Mapping[str, str]] = {
    "/category": "service_code",
    "/location": "lat, long",
    "/location/lat": "lat",
    "/location/lon": "long",
    "/location/address": "address_string",
    "/comment": "description",
}
"""The specification's names of what the core calls otherwise."""
_ANSWERS: Final = "/answers/"


class Open311(Api):
    """Answers HTTP API events as Open311 asks."""

    def __init__(self, *, default_language: str) -> None:
        super().__init__(default_language=default_language, reads_json=False)

    def document(self, problem: Problem, *, language: str, path: str) -> Response[str]:
        status = _status(problem)
        said = [_said(each, language) for each in problem.faults] or [problem.document(language)["detail"]]
        errors = [Error(code=status, description=each) for each in said]
        return answer("errors", errors, format=format_of(path), status=status, headers=problem.headers)


def answer(
    root: str,
    value: BaseModel | list[Any],
    *,
    format: Format,
    status: int = 200,
    charset: bool = True,
    headers: Mapping[str, str] | None = None,
) -> Response[str]:
    """Of a model or a list of them. The discovery's media type stands without a charset."""
    plain = (
        [each.model_dump(mode="json") for each in value]
        if isinstance(value, list)
        else value.model_dump(mode="json")
    )
    return Response(
        status_code=status,
        # Under its name in lower case: what Powertools takes for JSON by the other, it would write as JSON once more.
        headers={
            **(headers or {}),
            "content-type": format.media_type + ("; charset=utf-8" if charset else ""),
        },
        body=rendered(root, plain, format=format),
    )


def _status(problem: Problem) -> int:
    if problem.status in (401, 403):
        return 403
    return problem.status if problem.status in _KEPT or problem.status >= 500 else 400


def _said(fault: FieldFault, language: str) -> str:
    """With the parameter that it is about before it."""
    name = _NAMES.get(fault.pointer, fault.pointer)
    if name.startswith(_ANSWERS):
        name = f"attribute[{name.removeprefix(_ANSWERS)}]"
    return f"{name}: {fault_text(fault, language)}"
