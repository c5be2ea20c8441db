"""`aws` commands held against AWS's own description of its API, as botocore has it: the AWS CLI is made of the same.

How names and values are written: https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters.html
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import botocore.session
from botocore import xform_name

ELIDED: Final = "…"
"""In place of a value, or of all that follows."""
GLOBAL: Final = frozenset({"--region", "--profile", "--output", "--query"})
OF_THE_CLI: Final[Mapping[tuple[str, str], tuple[frozenset[str], frozenset[str]]]] = {
    ("cloudformation", "deploy"): (
        frozenset({"--template-file", "--stack-name"}),
        frozenset({"--capabilities", "--parameter-overrides"}),
    )
}
"""Commands of which the API has no operation: what must be given, and what may. Source:
https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/
"""


@dataclass(frozen=True, kw_only=True)
class Given:
    """Options with their values; `elided`: there are more, which are not said."""

    options: dict[str, list[str]] = field(default_factory=dict)
    loose: list[str] = field(default_factory=list)
    elided: bool = False


def faults(words: Sequence[str]) -> Iterator[str]:
    """What is wrong with a command, which is given without its first word."""
    service, operation, *rest = words
    if (service, operation) in OF_THE_CLI:
        given = _given(rest)
        required, more = OF_THE_CLI[service, operation]
        yield from _unknown(given, known=required | more)
        yield from (f"{name} is required" for name in sorted(required - set(given.options)))
        return
    if service not in _session().get_available_services():
        yield f"AWS has no service {service}"
        return
    model = _session().get_service_model(service)
    names = {xform_name(name, "-"): name for name in model.operation_names}
    if operation == "wait":
        operation, *rest = rest
        waiters = _session().get_waiter_model(service)
        names = {xform_name(name, "-"): waiters.get_waiter(name).operation for name in waiters.waiter_names}
    if operation not in names:
        yield f"{service} has no {operation}"
        return
    yield from _faults_of(model.operation_model(names[operation]), _given(rest))


def _faults_of(operation: Any, given: Given) -> Iterator[str]:
    shape = operation.input_shape
    members = (
        {} if shape is None else {f"--{xform_name(name, '-')}": it for name, it in shape.members.items()}
    )
    members |= {f"--no-{name[2:]}": it for name, it in members.items() if it.type_name == "boolean"}
    yield from _unknown(given, known=frozenset(members))
    for name, values in given.options.items():
        if name in members:
            yield from (f"{name}: {fault}" for fault in _faults_of_values(members[name], values))
    if shape is not None and not given.elided:
        named = {f"--{xform_name(name, '-')}" for name in shape.required_members}
        # Which botocore fills in by itself.
        named -= {f"--{xform_name(name, '-')}" for name in operation.idempotent_members}
        said = {name.replace("--no-", "--", 1) for name in given.options} | set(given.options)
        yield from (f"{name} is required" for name in sorted(named - said))


def _unknown(given: Given, *, known: frozenset[str]) -> Iterator[str]:
    yield from (f"there is no {name}" for name in given.options if name not in known | GLOBAL)
    yield from (f"{word!r} belongs to no option" for word in given.loose)


def _faults_of_values(shape: Any, values: Sequence[str]) -> Iterator[str]:
    if values == [ELIDED]:
        return
    each = shape.member if shape.type_name == "list" else shape
    fewest, most = (0, 0) if shape.type_name == "boolean" else (1, 99 if each is not shape else 1)
    if not fewest <= len(values) <= most:
        yield f"takes not {len(values)} values"
    for value in values:
        if getattr(each, "enum", None) and value not in each.enum:
            yield f"cannot be {value}"
        if each.type_name == "structure":
            named = re.findall(r"(?:^|,)(\w+)=", value)
            yield from (f"has no {name}" for name in named if name not in each.members)
            if not named:
                yield f"{value} is no Name=Value"


def _given(words: Sequence[str]) -> Given:
    options: dict[str, list[str]] = {}
    loose: list[str] = []
    elided, into = False, loose
    for word in words:
        if word.startswith("--"):
            into = options.setdefault(word, [])
        elif word == ELIDED and (into or into is loose):
            elided = True
        else:
            into.append(word)
    return Given(options=options, loose=loose, elided=elided)


@cache
def _session() -> Any:
    return botocore.session.get_session()
