"""What the requests of every door may carry, as their routes declare it: bodies, and parameters one by one."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, get_args, get_origin
from unittest.mock import patch

from aws_lambda_powertools.event_handler.depends import Depends
from aws_lambda_powertools.event_handler.openapi.params import Param
from pydantic import TypeAdapter, ValidationError

from functions.edge.resolver import Api
from infra.packaging.openapi.doors import every_route
from tests.region_fixture import region


@dataclass(frozen=True, kw_only=True)
class Carried:
    """`place` is `body`, `query`, `path` or `header`; `adapter` reads a value of it."""

    route: str
    place: str
    name: str
    adapter: TypeAdapter[Any]

    def errors(self, value: object) -> list[Mapping[str, Any]]:
        """What pydantic finds wrong with a value, each where Powertools says that it is."""
        place = (self.place,) if self.place == "body" else (self.place, self.name)
        return [{**error, "loc": (*place, *error["loc"])} for error in errors(self.adapter, value)]


def errors(adapter: TypeAdapter[Any], value: object) -> list[Mapping[str, Any]]:
    try:
        adapter.validate_python(value, from_attributes=True)
    except ValidationError as error:
        return [dict(each) for each in error.errors()]
    return []


@cache
def carried() -> tuple[Carried, ...]:
    routes: list[tuple[str, Callable[..., Any]]] = []
    add = Api.route

    def recording(api: Api, rule: str, method: Any, *args: Any, **more: Any) -> Any:
        def added(function: Any) -> Any:
            routes.append((f"{''.join(method)} {rule}", function))
            return add(api, rule, method, *args, **more)(function)

        return added

    with patch.object(Api, "route", recording):
        every_route(region())
    return tuple(each for route, function in routes for each in _carried(route, function))


def _carried(route: str, function: Callable[..., Any]) -> Iterator[Carried]:
    for name, parameter in inspect.signature(function).parameters.items():
        is_annotated = get_origin(parameter.annotation) is Annotated
        kind, *said = get_args(parameter.annotation) if is_annotated else (parameter.annotation,)
        if any(isinstance(each, Depends) for each in said):
            continue
        places = [each for each in said if isinstance(each, Param)]
        said = [each for each in said if not isinstance(each, type)]
        yield Carried(
            route=route,
            place=places[0].in_.value if places else "body",
            name=(places[0].alias or name).lower() if places else "",
            adapter=TypeAdapter(Annotated[kind, *said] if said else kind),
        )
