"""All faults of a request at once, those of content too that only the complaint or the person can tell.

A route whose body's content is judged by what it changes says so with `judged`. Where the form of the body is wrong
somewhere, what is wrong is taken out of a copy, or stood in for, and the rest is judged as it would be if all were right;
nothing is written. What is said so of the fields that were stood in for is said to nobody.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from functions.complaints.faults import (
    Conflict,
    FieldFault,
    Forbidden,
    Invalid,
    LimitReached,
    NotFound,
    Stale,
    pointer,
)
from functions.complaints.transitions import MoveRefused
from functions.edge.validation import Error

type Judge = Callable[[Mapping[str, Any], Mapping[str, str], Any], object]
"""Of a request's event, the names in its path and its body: raises Invalid, as the route would, and writes nothing."""

_MARK: Final = "qamqor_content"
_STAND_IN: Final = "A stand-in that is long enough and has words."
# Whether it may be done at all is said once the request is right.
_SAID_LATER: Final = (NotFound, Forbidden, Conflict, MoveRefused, LimitReached, Stale)


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """`needs`: without these being right, nothing of the others can be said."""

    model: type[BaseModel]
    judge: Judge
    needs: Sequence[str] = ()

    def faults(
        self, errors: Sequence[Error], *, event: Mapping[str, Any], names: Mapping[str, str], body: Any
    ) -> tuple[FieldFault, ...]:
        """What else is wrong with the body than `errors`, as far as it can be told. Raises what a store raises."""
        copy, touched = deepcopy(body), set[str]()
        wrong = [error["loc"][1:] for error in errors if error["loc"][0] == "body"]
        if any(not steps or steps[0] in self.needs for steps in wrong):
            return ()
        try:
            for steps in wrong:
                touched.add(pointer(*_repaired(self.model, copy, list(steps))))
            right = self.model.model_validate(copy)
        except (AttributeError, LookupError, TypeError, ValidationError):
            return ()
        try:
            self.judge(event, names, right)
        except Invalid as found:
            return tuple(fault for fault in found.faults if not _is_of(fault, touched))
        except _SAID_LATER:
            return ()
        return ()


def judged[Route](
    model: type[BaseModel], judge: Judge, *, needs: Sequence[str] = ()
) -> Callable[[Route], Route]:
    """Marks the route whose body is of this model."""

    def marked(route: Route) -> Route:
        setattr(route, _MARK, Content(model=model, judge=judge, needs=needs))
        return route

    return marked


def content_of(route: object) -> Content | None:
    return getattr(route, _MARK, None)


def _is_of(fault: FieldFault, touched: set[str]) -> bool:
    return any(fault.pointer == each or fault.pointer.startswith(f"{each}/") for each in touched)


def _repaired(
    model: type[BaseModel], value: Any, steps: list[str | int], example: Any = None
) -> list[str | int]:
    """Take out or stand in for what is wrong there; where that was done. Raises LookupError where nothing can stand in."""
    name, *rest = steps
    field = _field(model, str(name))
    if field is None:
        value.pop(name, None)
        return [name]
    inner, is_list = _model_of(field.annotation)
    shown = (field.examples or [None])[0]
    if inner is not None and is_list and len(rest) > 1:
        sample = shown[0] if shown else None
        return [name, rest[0], *_repaired(inner, value[name][rest[0]], rest[1:], sample)]
    if inner is not None and not is_list and rest:
        return [name, *_repaired(inner, value[name], rest, shown)]
    if not field.is_required():
        value.pop(name, None)
    elif shown is not None or (example or {}).get(name) is not None:
        value[name] = example[name] if shown is None else shown
    elif field.annotation is str:
        value[name] = _STAND_IN
    else:
        raise LookupError(name)
    return [name]


def _field(model: type[BaseModel], name: str) -> FieldInfo | None:
    return next(
        (field for own, field in model.model_fields.items() if name == (field.alias or own)),
        None,
    )


def _model_of(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    is_list = get_origin(annotation) is list
    inner = get_args(annotation)[0] if is_list else annotation
    return (inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None), is_list
