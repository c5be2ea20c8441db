"""What a run on the emulator really measured: the metrics that functions wrote into their logs, how long each call took,
and the watches that were started. Numbers by metric, each with its time."""

import ast
import json
import operator
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from infra.local.deployed import Deployed

type Point = tuple[float, float]
type Key = tuple[str, ...]
"""Namespace and name, and of what AWS measures by function or machine, whose."""

_GROUP: Final = re.compile(r"/Functions(?P<name>[A-Za-z]+)Logs")
_DURATION: Final = re.compile(r"^REPORT .*?\tDuration: (?P<ms>[0-9.]+) ms", re.MULTILINE)
STATUS: Final = {
    "ExecutionsStarted": None,
    "ExecutionsFailed": "FAILED",
    "ExecutionsTimedOut": "TIMED_OUT",
}


@dataclass(frozen=True, kw_only=True)
class Measured:
    """`points` by metric; `lines`: what each line said beside its numbers, for log queries."""

    points: Mapping[Key, Sequence[Point]]
    lines: Sequence[Mapping[str, Any]]

    @property
    def span(self) -> tuple[float, float]:
        """First and last moment, in seconds since 1970."""
        times = [at for points in self.points.values() for at, _ in points]
        return (min(times), max(times)) if times else (0.0, 0.0)


def measured(deployed: Deployed) -> Measured:
    """All that the emulator's logs and executions tell."""
    points: dict[Key, list[Point]] = defaultdict(list)
    lines: list[Mapping[str, Any]] = []
    for group, at, message in _messages(deployed):
        for line in message.splitlines():
            if line.startswith('{"_aws"'):
                said = json.loads(line)
                lines.append(said)
                for key, point in embedded(said):
                    points[key].append(point)
        name = _GROUP.search(group)
        for report in _DURATION.finditer(message):
            if name:
                points["AWS/Lambda", "Duration", name["name"]].append((at, float(report["ms"])))
    _watches(deployed, points)
    return Measured(points={key: sorted(each) for key, each in points.items()}, lines=lines)


def embedded(said: Mapping[str, Any]) -> Iterator[tuple[Key, Point]]:
    """The metrics of a line in CloudWatch's embedded metric format."""
    at = said["_aws"]["Timestamp"] / 1000
    for directive in said["_aws"]["CloudWatchMetrics"]:
        for metric in directive["Metrics"]:
            for value in said[metric["Name"]]:
                yield (directive["Namespace"], metric["Name"]), (at, float(value))


def _messages(deployed: Deployed) -> Iterator[tuple[str, float, str]]:
    logs = deployed.emulator.client("logs")
    for page in logs.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            name = group["logGroupName"]
            for events in logs.get_paginator("filter_log_events").paginate(logGroupName=name):
                for event in events["events"]:
                    yield name, event["timestamp"] / 1000, event["message"]


def _watches(deployed: Deployed, points: dict[Key, list[Point]]) -> None:
    states = deployed.emulator.client("stepfunctions")
    pages = states.get_paginator("list_executions").paginate(stateMachineArn=deployed.state_machine_arn)
    for page in pages:
        for each in page["executions"]:
            at = each["startDate"].timestamp()
            for metric, status in STATUS.items():
                points["AWS/States", metric].append((at, float(status in (None, each["status"]))))


# ---------------------------------------------------------------------------------------------- statistics
def statistic(name: str, values: Sequence[float]) -> float:
    """`Sum`, `Average`, `Maximum`, `Minimum`, `SampleCount` or `p99` of the values, of which there is one at least."""
    if name.startswith("p"):
        ranked = sorted(values)
        return ranked[min(len(ranked) - 1, int(len(ranked) * float(name[1:]) / 100))]
    totals: Mapping[str, Callable[[Sequence[float]], float]] = {
        "Sum": sum,
        "Average": lambda each: sum(each) / len(each),
        "Maximum": max,
        "Minimum": min,
        "SampleCount": len,
    }
    return totals[name](values)


def calculated(expression: str, values: Mapping[str, float | None]) -> float | None:
    """A CloudWatch expression of numbers, `IF` and `FILL`; None where a number that it needs is missing.

    Raises ValueError for what it does not know.
    """
    return _value(ast.parse(expression, mode="eval").body, values)


_OPERATORS: Final[Mapping[type, Callable[[float, float], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.GtE: operator.ge,
    ast.Gt: operator.gt,
    ast.Lt: operator.lt,
}


def _value(node: ast.expr, values: Mapping[str, float | None]) -> float | None:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = _value(operand, values)
            return None if inner is None else -inner
        case ast.Name(id=name):
            return values[name]
        case ast.BinOp(left=left, op=op, right=right):
            return _both(op, left, right, values)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _both(op, left, right, values)
        case ast.Call(func=ast.Name(id="FILL"), args=[inner, instead]):
            found = _value(inner, values)
            return _value(instead, values) if found is None else found
        case ast.Call(func=ast.Name(id="IF"), args=[condition, then, otherwise]):
            return _value(then if _value(condition, values) else otherwise, values)
    raise ValueError(f"no expression that is understood here: {ast.unparse(node)}")


def _both(op: ast.AST, left: ast.expr, right: ast.expr, values: Mapping[str, float | None]) -> float | None:
    first, second = _value(left, values), _value(right, values)
    if first is None or second is None:
        return None
    return float(_OPERATORS[type(op)](first, second))
