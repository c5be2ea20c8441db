"""Tables kept as DynamoDB keeps them: each, and each of its indexes, in the order of its keys (SQLite's B-trees).

moto and the emulator look at every item of a table to answer a query, so neither can show whether a read stays as it
is while the tables grow. Here a query walks from its first key to its last, whatever lies beside them, and counts what
DynamoDB charges: what it walked over, before any filter. Reads only; anything else goes on to moto.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final
from unittest.mock import patch

from botocore.client import BaseClient
from moto.dynamodb.comparisons import get_filter_expression
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.dynamo_type import Item as MotoItem
from moto.dynamodb.parsing.key_condition_expression import parse_expression

from tests.bench.units import _projected, _rounded, _size

PAGE_MOST: Final = 2**20
"""Bytes that one query walks over at most."""
_SCHEMA: Final = """
CREATE TABLE entries (part TEXT, hash TEXT, sort TEXT, pk TEXT, sk TEXT, item TEXT,
                      PRIMARY KEY (part, hash, sort, pk, sk)) WITHOUT ROWID
"""
_COMPARED: Final = {
    "=": "sort = ?",
    "<": "sort < ?",
    "<=": "sort <= ?",
    ">": "sort > ?",
    ">=": "sort >= ?",
    "BETWEEN": "sort BETWEEN ? AND ?",
}

type Raw = Mapping[str, Any]


class OrderedTables:
    """`read_units` and `requests` grow with each read; `described` are DescribeTable's answers for the tables."""

    def __init__(self, described: Iterable[Raw]) -> None:
        self.read_units = 0.0
        self.requests = 0
        self._indexes = {table["TableName"]: table.get("GlobalSecondaryIndexes", []) for table in described}
        self._database = sqlite3.connect(":memory:")
        self._database.execute("PRAGMA page_size = 16384")
        self._database.execute(_SCHEMA)

    def fill(self, table: str, items: Iterable[Raw]) -> None:
        """Keep these items, and what each index projects of them."""
        self.keep(entry for item in items for entry in self.entries(table, item))

    def keep(self, entries: Iterable[Sequence[str]]) -> None:
        """Keep what `entries` made: a million items are made faster as text."""
        with self._database:
            self._database.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)", entries)

    def entries(self, table: str, item: Raw) -> Iterator[Sequence[str]]:
        """The rows of an item and of its index entries: part, both keys, the item's own keys, and what is stored."""
        pk, sk = item["pk"]["S"], item["sk"]["S"]
        yield table, pk, sk, pk, sk, _text(item)
        for index in self._indexes[table]:
            if (projected := _projected(index, item)) is not None:
                hashed, sort = (item[key["AttributeName"]]["S"] for key in index["KeySchema"])
                yield _part(table, index["IndexName"]), hashed, sort, pk, sk, _text(projected)

    def answer(self, operation: str, parameters: Raw) -> dict[str, Any]:
        self.requests += 1
        return {"Query": self._query, "GetItem": self._get, "BatchGetItem": self._batch}[operation](
            parameters
        )

    def items(self, table: str) -> Iterator[Raw]:
        """Everything that is in the table."""
        for (text,) in self._database.execute("SELECT item FROM entries WHERE part = ?", (table,)):
            yield json.loads(text)

    def forget_counts(self) -> None:
        self.read_units, self.requests = 0.0, 0

    def close(self) -> None:
        self._database.close()

    def _query(self, asked: Raw) -> dict[str, Any]:
        table, index = asked["TableName"], asked.get("IndexName")
        names = self._keys(table, index)
        where, values = _condition(asked, names)
        backwards = asked.get("ScanIndexForward") is False
        if start := asked.get("ExclusiveStartKey"):
            where += f" AND (sort, pk, sk) {'<' if backwards else '>'} (?, ?, ?)"
            values += [start[name]["S"] for name in (names[1], "pk", "sk")]
        order = ", ".join(f"{column} {'DESC' if backwards else 'ASC'}" for column in ("sort", "pk", "sk"))
        rows = self._database.execute(
            f"SELECT item FROM entries WHERE part = ? AND {where} ORDER BY {order} LIMIT ?",
            [_part(table, index), *values, asked.get("Limit", -1)],
        )
        walked, size = [], 0
        for (text,) in rows:
            walked.append(json.loads(text))
            size += _size(walked[-1])
            if size > PAGE_MOST:
                break
        self.read_units += _rounded(size, asked.get("ConsistentRead", False))
        answer = {"Items": _kept(walked, asked), "ScannedCount": len(walked)}
        answer["Count"] = len(answer["Items"])
        if walked and (len(walked) == asked.get("Limit") or size > PAGE_MOST):
            answer["LastEvaluatedKey"] = {
                name: walked[-1][name] for name in dict.fromkeys(("pk", "sk", *names))
            }
        return answer

    def _get(self, asked: Raw) -> dict[str, Any]:
        found = self._item(asked["TableName"], asked["Key"])
        self.read_units += _rounded(_size(found), asked.get("ConsistentRead", False))
        return {} if found is None else {"Item": found}

    def _batch(self, asked: Raw) -> dict[str, Any]:
        answers: dict[str, list[Raw]] = {}
        for table, each in asked["RequestItems"].items():
            found = [item for key in each["Keys"] if (item := self._item(table, key)) is not None]
            self.read_units += sum(_rounded(_size(item), each.get("ConsistentRead", False)) for item in found)
            answers[table] = found
        return {"Responses": answers, "UnprocessedKeys": {}}

    def _item(self, table: str, key: Raw) -> Raw | None:
        where = "part = ? AND hash = ? AND sort = ?"
        row = self._database.execute(
            f"SELECT item FROM entries WHERE {where}",
            (table, key["pk"]["S"], key["sk"]["S"]),
        ).fetchone()
        return None if row is None else dict(json.loads(row[0]))

    def _keys(self, table: str, index: str | None) -> tuple[str, str]:
        if index is None:
            return "pk", "sk"
        schema = next(each for each in self._indexes[table] if each["IndexName"] == index)["KeySchema"]
        return schema[0]["AttributeName"], schema[1]["AttributeName"]


@contextmanager
def read_from(tables: OrderedTables) -> Iterator[None]:
    """Reads of DynamoDB are answered by `tables` while the context lasts, whichever client makes them."""
    original = BaseClient._make_api_call

    def call(self: Any, operation: str, parameters: dict[str, Any]) -> Any:
        is_read = operation in ("Query", "GetItem", "BatchGetItem")
        if self.meta.service_model.service_name == "dynamodb" and is_read:
            return tables.answer(operation, parameters)
        return original(self, operation, parameters)

    with patch.object(BaseClient, "_make_api_call", call):
        yield


def _text(item: Raw) -> str:
    return json.dumps(item, separators=(",", ":"))


def _part(table: str, index: str | None) -> str:
    return table if index is None else f"{table}/{index}"


def _condition(asked: Raw, names: Sequence[str]) -> tuple[str, list[Any]]:
    """The key condition as SQL and its values; raises KeyError for a comparison that no read here makes."""
    schema = [
        {"AttributeName": name, "KeyType": kind} for name, kind in zip(names, ("HASH", "RANGE"), strict=True)
    ]
    hashed, ranged, _ = parse_expression(
        asked["KeyConditionExpression"],
        asked["ExpressionAttributeValues"],
        asked.get("ExpressionAttributeNames", {}),
        schema,
    )
    where, values = "hash = ?", [hashed[0][1]["S"]]
    for _, comparison, operands in ranged:
        texts = [each["S"] for each in operands]
        if comparison == "begins_with":
            where, values = (
                f"{where} AND sort >= ? AND sort < ?",
                [*values, texts[0], texts[0] + "\U0010ffff"],
            )
        else:
            where, values = f"{where} AND {_COMPARED[comparison.upper()]}", [*values, *texts]
    return where, values


def _kept(walked: Sequence[Raw], asked: Raw) -> list[Raw]:
    if "FilterExpression" not in asked:
        return list(walked)
    wanted = get_filter_expression(
        asked["FilterExpression"], asked.get("ExpressionAttributeNames"), asked["ExpressionAttributeValues"]
    )
    return [
        item
        for item in walked
        if wanted.expr(MotoItem(DynamoType(item["pk"]), DynamoType(item["sk"]), dict(item)))
    ]
