"""Errors as problem details (RFC 9457): a stable type, the offending field, the caller's language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from functions.complaints.duration import Duration
from functions.complaints.faults import (
    Conflict,
    FieldFault,
    Forbidden,
    Invalid,
    LimitReached,
    NotFound,
    RoleRefused,
    Stale,
)
from functions.complaints.promise import duration_text
from functions.complaints.texts import has_text, in_language, text
from functions.complaints.transitions import MoveRefused

CONTENT_TYPE: Final = "application/problem+json"
TYPE_BASE: Final = "/problems/"
"""Types are references with a full path, as RFC 9457, section 3.1.1, advises; `/docs` explains each."""

_MEBIBYTE: Final = 1024 * 1024
_CHOICES_NAMED: Final = 8
"""So many choices are named in a sentence; of more it says that there is a list."""
_COUNTED: Final = ("count", "min", "max", "limit", "days", "times")


@dataclass(frozen=True, kw_only=True, slots=True)
class ProblemType:
    """A kind of problem. `members` are its extension members, `optional` those that only some of the kind have;
    `headers` go with every answer of the kind.
    """

    status: int
    members: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


PROBLEMS: Final[Mapping[str, ProblemType]] = {
    "malformed-json": ProblemType(status=400),
    # Statuses of the three: draft-ietf-httpapi-idempotency-key-header-07, error handling.
    "idempotency-key-missing": ProblemType(status=400),
    "idempotency-key-reused": ProblemType(status=422),
    "idempotency-key-in-use": ProblemType(status=409, headers={"retry-after": "1"}),
    # RFC 9110, section 11.6.1: a 401 names the scheme.
    "unauthenticated": ProblemType(status=401, headers={"www-authenticate": "Bearer"}),
    "forbidden": ProblemType(status=403),
    "not-found": ProblemType(status=404),
    "method-not-allowed": ProblemType(status=405),
    "conflict": ProblemType(status=409, members=("key",), optional=("state", "possible")),
    "move-refused": ProblemType(status=409, members=("move", "state", "possible")),
    "body-too-large": ProblemType(status=413),
    # RFC 9110, section 15.5.16: a 415 names the types and the codings that are taken.
    "unsupported-media-type": ProblemType(
        status=415, headers={"accept": "application/json", "accept-encoding": "identity"}
    ),
    "invalid-request": ProblemType(status=422, members=("errors",)),
    "too-many-requests": ProblemType(status=429, members=("retry_after",)),
    "daily-limit-reached": ProblemType(status=429, members=("retry_after", "limit")),
    "internal": ProblemType(status=500),
    "unavailable": ProblemType(status=503, members=("retry_after",)),
}
"""Every problem that the API answers with, by the last segment of its type.

The texts are `problem.<slug>.title` and `problem.<slug>.detail`.
"""


class Problem(Exception):
    """An answer that is an error. `params` fill in its texts, and its members where PROBLEMS names them;
    `retry_after` (seconds) and `allow` (methods) are headers besides. Raises KeyError for an unlisted slug.
    """

    def __init__(
        self,
        slug: str,
        *,
        detail: str | None = None,
        faults: Iterable[FieldFault] = (),
        members: Mapping[str, Any] | None = None,
        retry_after: int | None = None,
        allow: Iterable[str] = (),
        **params: Any,
    ) -> None:
        super().__init__(slug)
        kind = PROBLEMS[slug]
        self.slug, self.status = slug, kind.status
        self.faults, self.params = tuple(faults), params
        self._detail = detail or f"problem.{slug}.detail"
        self._members = {name: params[name] for name in kind.members if name in params} | dict(members or {})
        self.headers: dict[str, str] = dict(kind.headers)
        if retry_after is not None:
            self.headers["retry-after"] = str(retry_after)
            self._members["retry_after"] = retry_after
        if methods := ", ".join(allow):
            self.headers["allow"] = methods

    @property
    def type(self) -> str:
        return TYPE_BASE + self.slug

    def document(self, language: str, *, instance: str | None = None) -> dict[str, Any]:
        """The members of RFC 9457, section 3.1, and the extension members that PROBLEMS names."""
        document: dict[str, Any] = {
            "type": self.type,
            "title": text(f"problem.{self.slug}.title", language),
            "status": self.status,
            "detail": text(self._detail, language, **self._said(language)),
        }
        if instance is not None:
            document["instance"] = instance
        if self.faults:
            document["errors"] = [_error(fault, language) for fault in self.faults]
        return document | self._members

    def _said(self, language: str) -> dict[str, Any]:
        said = _said(self.params, language) | {"count": _count(self.params, default=len(self.faults))}
        if "retry_after" in self._members:
            said["wait"] = _wait_text(self._members["retry_after"], language)
        if self.slug == "move-refused":
            said["move"] = text(f"move.{self._members['move']}", language)
            said["state"] = text(f"status.{self._members['state']}", language)
        if "role" in self.params:
            said["role"] = text(f"role.{self.params['role']}", language)
            said["move"] = text(f"move.{self.params['move']}", language)
        return said


def problem_of(error: BaseException) -> Problem:
    """The problem that an exception is to the caller; of what nobody foresaw it says nothing."""
    match error:
        case Problem():
            return error
        case Invalid():
            return Problem("invalid-request", faults=error.faults)
        case NotFound():
            return Problem("not-found")
        case RoleRefused():
            detail = "role.refuses" if error.move is None else "role.refuses_move"
            return Problem("forbidden", detail=detail, role=str(error.role), move=error.move)
        case Forbidden():
            return Problem("forbidden")
        case LimitReached():
            return Problem(
                "daily-limit-reached",
                detail=None if error.what == "complaints" else f"limit.{error.what}",
                limit=error.limit,
                retry_after=error.wait_s,
            )
        case Stale():
            return Problem("unavailable", retry_after=1)
        case Conflict():
            members: dict[str, Any] = {"key": error.key}
            if error.status is not None:
                members |= {"state": str(error.status), "possible": [str(move) for move in error.possible]}
            return Problem("conflict", detail=f"conflict.{error.key}", members=members, **error.params)
        case MoveRefused():
            return Problem(
                "move-refused",
                members={
                    "move": str(error.move),
                    "state": str(error.status),
                    "possible": [str(move) for move in error.possible],
                },
            )
    return Problem("internal")


def fault_text(fault: FieldFault, language: str) -> str:
    """What is wrong with the field, and what to do; `fault.<key>.<field>` goes before `fault.<key>`."""
    key, field_name = f"fault.{fault.key}", fault.pointer.rpartition("/")[2]
    said = _said(fault.params, language) | {"count": _count(fault.params, default=0)}
    variants = [field_name, *(["listed"] if len(_choices(fault.params)) > _CHOICES_NAMED else [])]
    special = next((f"{key}.{each}" for each in variants if has_text(f"{key}.{each}")), key)
    return text(special, language, **said)


def _error(fault: FieldFault, language: str) -> dict[str, Any]:
    """The choices are there as they are sent, for programs; in the detail they have their names."""
    error: dict[str, Any] = {"pointer": fault.pointer, "key": fault.key}
    error["detail"] = fault_text(fault, language)
    choices = [each if isinstance(each, str) else each["id"] for each in _choices(fault.params)]
    return error | ({"choices": choices} if choices else {})


def _choices(params: Mapping[str, Any]) -> Sequence[Any]:
    """What could have been given: values of ours, or choices as the region file has them (`{id, text}`)."""
    choices = params.get("choices")
    return choices if isinstance(choices, tuple) else ()


def choice_name(value: str, language: str) -> str:
    """What a value of ours is called."""
    key = f"choice.{value}"
    return text(key if has_text(key) else f"status.{value}", language)


def _said(params: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Parameters as a person reads them: names in the language, bytes also in megabytes, a term and a reason in words."""
    said = {
        name: in_language(each, language) if isinstance(each, Mapping) else each
        for name, each in params.items()
    }
    if choices := _choices(params):
        said["choices"] = "; ".join(
            choice_name(each, language) if isinstance(each, str) else in_language(each["text"], language)
            for each in choices
        )
    if "expected" in params:
        said["expected"] = text(f"expected.{params['expected']}", language)
    most = params.get("max")
    if isinstance(most, int) and most >= 1024:
        unit, size = ("megabytes", _MEBIBYTE) if most >= _MEBIBYTE else ("kilobytes", 1024)
        said["size"] = text(f"unit.{unit}", language, count=most // size)
    limit = params.get("limit")
    if isinstance(limit, str):
        said["limit"] = _term_text(limit, language)
    if has_text(address := f"address.{params.get('reason')}"):
        said["reason"] = text(address, language)
    return said


def _term_text(raw: str, language: str) -> str:
    try:
        return duration_text(Duration.parse(raw), language)
    except ValueError:
        return raw


def _wait_text(seconds: int, language: str) -> str:
    """Rounded up to what a person would wait for."""
    unit = next(unit for unit in (3_600, 60, 1) if seconds >= 2 * unit or unit == 1)
    return duration_text(Duration(kind="clock", amount=max(1, -(-seconds // unit) * unit)), language)


def _count(params: Mapping[str, Any], *, default: int) -> int:
    for name in _COUNTED:
        value = params.get(name)
        if isinstance(value, int):
            return value
    return default
