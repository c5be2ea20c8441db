"""Counts what the functions ask of AWS: requests, and for DynamoDB the units that they cost.

moto does not count units as DynamoDB does, so they are worked out here from the items themselves, before and after.
Sources: "DynamoDB read and write operations" and "DynamoDB item sizes and formats" in Amazon's developer guide. A read
unit is 4 KB (half a unit where it need not be consistent), a write unit 1 KB, and both count double in a transaction. An
index is written where what it projects changed: once, or twice where its key did.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from unittest.mock import patch

from botocore.client import BaseClient

KB: Final = 1024
_WRITES: Final = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem")


@dataclass(frozen=True, kw_only=True)
class Spent:
    """One request. Of DynamoDB: units read, items that a query looked at whatever its filter let through, units written
    to tables, and those written to their indexes.
    """

    by: str
    service: str
    operation: str
    table: str = ""
    read: float = 0
    looked_at: int = 0
    written: float = 0
    index: float = 0

    @property
    def name(self) -> str:
        return f"{self.service} {self.operation}" + (f" {self.table}" if self.table else "")


class Counter:
    """`spent` grows while some function `by` name is at work; what is called in between is not counted."""

    def __init__(self) -> None:
        self.spent: list[Spent] = []
        self.by: str | None = None


@contextmanager
def counting() -> Iterator[Counter]:
    counter = Counter()
    original = BaseClient._make_api_call
    indexes: dict[str, list[dict[str, Any]]] = {}

    def call(self: Any, operation: str, parameters: dict[str, Any]) -> Any:
        service = self.meta.service_model.service_name
        if counter.by is None:
            return original(self, operation, parameters)
        if service != "dynamodb":
            counter.spent.append(Spent(by=counter.by, service=service, operation=operation))
            return original(self, operation, parameters)
        keys = list(_keys(operation, parameters)) if operation in _WRITES else []
        before = [_item(self, *key) for key in keys]
        answer: dict[str, Any] = {}
        try:
            answer = original(self, operation, parameters)
            return answer
        finally:
            after = [_item(self, *key) for key in keys]
            written = index = 0.0
            for (table, _), old, new in zip(keys, before, after, strict=True):
                written += math.ceil(max(_size(old), _size(new), 1) / KB)
                for each in _indexes(self, table, indexes):
                    index += _index_units(each, old, new)
            read = _looked_at(self, parameters) if operation == "Query" else answer
            counter.spent.append(
                Spent(
                    by=counter.by,
                    service=service,
                    operation=operation,
                    table=_table(parameters),
                    read=_read_units(operation, parameters, read),
                    looked_at=len(read.get("Items", ())),
                    written=written * (2 if operation == "TransactWriteItems" else 1),
                    index=index,
                )
            )

    def _item(client: Any, table: str, key: Mapping[str, Any]) -> Mapping[str, Any] | None:
        asked = {"TableName": table, "Key": key, "ConsistentRead": True}
        found: Mapping[str, Any] | None = original(client, "GetItem", asked).get("Item")
        return found

    def _looked_at(client: Any, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """The query again without its filter and projection: DynamoDB charges what it reads, not what it returns."""
        found: Mapping[str, Any] = original(client, "Query", _unfiltered(parameters))
        return found

    def _indexes(client: Any, table: str, known: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
        if table not in known:
            described = original(client, "DescribeTable", {"TableName": table})["Table"]
            known[table] = described.get("GlobalSecondaryIndexes", [])
        return known[table]

    with patch.object(BaseClient, "_make_api_call", call):
        yield counter


def _keys(operation: str, parameters: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    if operation == "TransactWriteItems":
        for step in parameters["TransactItems"]:
            (write,) = step.values()
            yield from _keys("", write)
        return
    if operation == "BatchWriteItem":
        for table, steps in parameters["RequestItems"].items():
            for step in steps:
                (write,) = step.values()
                yield from _keys("", {**write, "TableName": table})
        return
    named = parameters.get("Item") or parameters["Key"]
    yield parameters["TableName"], {"pk": named["pk"], "sk": named["sk"]}


def _table(parameters: Mapping[str, Any]) -> str:
    if "TransactItems" in parameters:
        names = {next(iter(step.values()))["TableName"] for step in parameters["TransactItems"]}
        return "+".join(sorted(names))
    if "RequestItems" in parameters:
        return "+".join(sorted(parameters["RequestItems"]))
    return str(parameters.get("TableName", ""))


def _unfiltered(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What is no longer named must not be defined either."""
    kept = {
        name: value
        for name, value in parameters.items()
        if name not in ("FilterExpression", "ProjectionExpression")
    }
    for defined in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        used = {
            name: value
            for name, value in parameters.get(defined, {}).items()
            if re.search(rf"{re.escape(name)}(?!\w)", parameters.get("KeyConditionExpression", ""))
        }
        kept.pop(defined, None)
        if used:
            kept[defined] = used
    return kept


def _read_units(operation: str, parameters: Mapping[str, Any], answer: Mapping[str, Any]) -> float:
    if operation == "GetItem":
        return _rounded(_size(answer.get("Item")), parameters.get("ConsistentRead", False))
    if operation == "Query":
        return _rounded(
            sum(_size(item) for item in answer.get("Items", ())), parameters.get("ConsistentRead", False)
        )
    if operation == "BatchGetItem":
        return sum(
            _rounded(_size(item), parameters["RequestItems"][table].get("ConsistentRead", False))
            for table, items in answer.get("Responses", {}).items()
            for item in items
        )
    return 0


def _rounded(size: int, consistent: bool) -> float:
    return max(1, math.ceil(size / (4 * KB))) * (1 if consistent else 0.5)


def _index_units(index: Mapping[str, Any], old: Any, new: Any) -> float:
    was, now = _projected(index, old), _projected(index, new)
    if was == now:
        return 0
    if was is None or now is None:
        return math.ceil(_size(was or now) / KB)
    names = [key["AttributeName"] for key in index["KeySchema"]]
    if [was[name] for name in names] != [now[name] for name in names]:
        return math.ceil(_size(was) / KB) + math.ceil(_size(now) / KB)
    return math.ceil(max(_size(was), _size(now)) / KB)


def _projected(index: Mapping[str, Any], item: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    names = [key["AttributeName"] for key in index["KeySchema"]]
    if item is None or any(name not in item for name in names):
        return None
    projection = index["Projection"]
    if projection["ProjectionType"] == "ALL":
        return item
    kept = {"pk", "sk", *names, *projection.get("NonKeyAttributes", ())}
    return {name: value for name, value in item.items() if name in kept}


def _size(item: Mapping[str, Any] | None) -> int:
    return sum(len(name.encode()) + _value_size(value) for name, value in (item or {}).items())


def _value_size(value: Mapping[str, Any]) -> int:
    ((kind, held),) = value.items()
    match kind:
        case "S":
            return len(held.encode())
        case "N":
            return _number_size(held)
        case "B":
            return len(held)
        case "SS":
            return sum(len(each.encode()) for each in held)
        case "NS":
            return sum(_number_size(each) for each in held)
        case "L":
            return 3 + sum(1 + _value_size(each) for each in held)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _value_size(each) for name, each in held.items())
    return 1


def _number_size(digits: str) -> int:
    return (len(digits.strip("-").replace(".", "").strip("0")) + 1) // 2 + 1


def total(spent: Sequence[Spent]) -> tuple[int, float, float]:
    """Requests, read units, and write units with those of the indexes."""
    return len(spent), sum(each.read for each in spent), sum(each.written + each.index for each in spent)
