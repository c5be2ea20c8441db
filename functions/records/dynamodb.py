"""DynamoDB through PynamoDB, with one client for every table, of the session that all clients share.

PynamoDB makes a client for each model, and each reads botocore's models and endpoints anew: a fifth of a cold start, as
often as there are models in use.
"""

import json
import os
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from pynamodb import models
from pynamodb.connection import Connection
from pynamodb.connection.table import TableConnection

from functions.records.aws import rehearse, session


class TableMeta:
    """Where the tables are and how long a request may take; the SDK retries with jitter by itself."""

    connect_timeout_seconds = 2
    read_timeout_seconds = 5
    max_retry_attempts = 4
    billing_mode = "PAY_PER_REQUEST"


class Model(models.Model):
    """A PynamoDB model whose requests go through the one client."""

    @classmethod
    def _get_connection(cls) -> TableConnection:
        table = super()._get_connection()
        if table.connection._client is None:
            table.connection._client = connection().client
        return table


@cache
def connection() -> Connection:
    """The connection for transactions, whose client the models use too."""
    made = Connection(
        connect_timeout_seconds=TableMeta.connect_timeout_seconds,
        read_timeout_seconds=TableMeta.read_timeout_seconds,
        max_retry_attempts=TableMeta.max_retry_attempts,
    )
    made._local.session = session()
    return made


def connect() -> object:
    """Make the client, and return it ready: all that a first read and a first transaction need has been done once,
    without any request, and where each of the function's tables is has been worked out.

    A handler does so when it is imported.
    """
    made = connection().client
    # A host's name is encoded with it, for the first connection.
    import encodings.idna  # noqa: F401, PLC0415

    tables = [value for name, value in os.environ.items() if name.endswith("_TABLE")]
    for place in range(max(2, len(tables))):
        ask = (_get, _update)[place % 2]
        rehearse(made, *ask(tables[place % len(tables)] if tables else "any"), answer=_ANSWER)
    rehearse(made, *_transact(tables[0] if tables else "any"), answer=_ANSWER)
    return made


def _get(table: str) -> tuple[str, Mapping[str, Any]]:
    return "get_item", {"TableName": table, "Key": _ANY_ITEM, "ConsistentRead": True}


def _update(table: str) -> tuple[str, Mapping[str, Any]]:
    parameters = {"TableName": table, "Key": _ANY_ITEM, "UpdateExpression": "any", "ReturnValues": "ALL_NEW"}
    return "update_item", parameters | _ANY_CONDITION


def _transact(table: str) -> tuple[str, Mapping[str, Any]]:
    put = {"Put": {"TableName": table, "Item": _ANY_ITEM} | _ANY_CONDITION}
    return "transact_write_items", {"TransactItems": [put, put]}


_ANY_ITEM: Final = {"pk": {"S": "any"}, "n": {"N": "1"}, "is": {"BOOL": True}}
_ANY_CONDITION: Final = {
    "ConditionExpression": "any",
    "ExpressionAttributeNames": {"#0": "pk"},
    "ExpressionAttributeValues": {":0": {"S": "any"}},
}
_ANSWER: Final = json.dumps({"Item": _ANY_ITEM, "Attributes": _ANY_ITEM}).encode()
