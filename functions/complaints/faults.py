"""What can be wrong with a request, in data; texts in three languages are made of the keys at the edge."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldFault:
    """`pointer` is a JSON Pointer into the body (RFC 6901), or the name of a header or parameter.

    `key` names the text (`fault.<key>`) and `params` fill it in.
    """

    pointer: str
    key: str
    params: Mapping[str, Any] = field(default_factory=dict)


def pointer(*steps: str | int) -> str:
    """The JSON Pointer (RFC 6901) of these steps."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)


class Invalid(Exception):
    """Every fault of a request at once; nothing of it was carried out."""

    def __init__(self, faults: Iterable[FieldFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(", ".join(f"{fault.pointer}: {fault.key}" for fault in self.faults))


def invalid(pointer: str, key: str, **params: Any) -> Invalid:
    return Invalid((FieldFault(pointer=pointer, key=key, params=params),))


class NotFound(Exception):
    """There is no such thing, or it is not the caller's: the two are told apart to nobody."""


class Forbidden(Exception):
    """The caller is known, and may not do this."""


class RoleRefused(Forbidden):
    """The body may, but not an officer of this `role`; `move` is what was asked for, None where it was no move."""

    def __init__(self, *, role: str, move: str | None = None) -> None:
        super().__init__(role)
        self.role, self.move = role, move


class LimitReached(Exception):
    """So much of `what` may be done in a day, and no more: `limit` of it. It may be done again in `wait_s` seconds."""

    def __init__(self, what: str, *, limit: int, wait_s: int) -> None:
        super().__init__(what)
        self.what, self.limit, self.wait_s = what, limit, wait_s


class Stale(Exception):
    """The complaint has changed since it was read, or is being changed at this moment: worth another try."""


class Conflict(Exception):
    """The request contradicts what was done before; `key` names the text (`conflict.<key>`).

    Where it is about a complaint, `status` is its state and `possible` the moves that the same actor can make then.
    """

    status: str | None = None
    possible: tuple[str, ...] = ()

    def __init__(self, key: str, **params: Any) -> None:
        super().__init__(key)
        self.key, self.params = key, params
