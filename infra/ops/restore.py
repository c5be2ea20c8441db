"""Bring items back from a table that point-in-time recovery made beside the deployment's own."""

import argparse
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from infra.ops.command import Group, command, done
from infra.ops.place import Place

TABLES: Final = ("complaints", "agencies", "people", "deliveries")
THREADS: Final = 16


def add_to(commands: Group) -> None:
    parser = command(
        commands,
        "restore",
        _restore,
        help="put back what a table lacks, from one that was restored beside it; nothing that is there is touched",
        changes=True,
    )
    parser.add_argument("table", choices=TABLES)
    parser.add_argument("source", help="the name of the restored table")
    parser.add_argument("--pk", help="the items of one partition alone, for example complaint#01J…")


def items(client: Any, table: str, *, pk: str | None) -> Iterator[Mapping[str, Any]]:
    """Every item of the table or of one partition, in DynamoDB's own notation."""
    if pk is None:
        pages = client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    else:
        pages = client.get_paginator("query").paginate(
            TableName=table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": pk}},
            ConsistentRead=True,
        )
    for page in pages:
        yield from page["Items"]


def put_back(client: Any, table: str, item: Mapping[str, Any]) -> bool:
    """Whether it was missing; what is there stays as it is, for it is newer."""
    try:
        client.put_item(TableName=table, Item=item, ConditionExpression="attribute_not_exists(pk)")
    except client.exceptions.ConditionalCheckFailedException:
        return False
    return True


def missing(client: Any, table: str, item: Mapping[str, Any]) -> bool:
    key = {name: item[name] for name in ("pk", "sk")}
    return "Item" not in client.get_item(TableName=table, Key=key, ConsistentRead=True)


def _restore(place: Place, options: argparse.Namespace) -> int:
    client = place.client("dynamodb")
    table = place.settings[f"{options.table.upper()}_TABLE"]
    step = put_back if options.apply else missing
    with ThreadPoolExecutor(THREADS) as pool:
        found = pool.map(lambda item: step(client, table, item), items(client, options.source, pk=options.pk))
        absent = sum(found)
    print(
        f"{absent} items of {options.source} {'were put back into' if options.apply else 'are missing in'} {table}"
    )
    return done(options)
