"""DynamoDB through PynamoDB's public interface: what holds for each request, one client for a table, and reading items of
several kinds with one query.

Each table has a model of its own, with its keys and indexes, from which the models of its items inherit.

Items of several kinds are told apart here, by what their readers know of them, and not by a DiscriminatorAttribute. With
one, PynamoDB adds to each query of an index a filter by the discriminator, and `timers`, `nearby` and `overdue` do not
carry `kind`: they would find nothing. And in the people table no attribute says of what kind an item is.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException
from pynamodb.models import Model
from pynamodb.pagination import ResultIterator


class TableMeta:
    """How long a request may take, and how often it is sent again (botocore's `standard` mode, with jitter)."""

    connect_timeout_seconds = 2
    read_timeout_seconds = 5
    max_retry_attempts = 4
    max_pool_connections = 10
    billing_mode = "PAY_PER_REQUEST"


def one_client[Table: type[Model]](table: Table) -> Table:
    """Decorates a table's own model: the models that inherit from it share its client, made at their first request.

    A client takes 60 ms of a core and 10 MB. PynamoDB makes one for each model, except for those that inherit from a
    model with a connection to the same table. A query that nobody reads opens that connection, and asks for nothing.
    """
    table.query("")
    return table


@cache
def connection() -> Connection:
    """The connection for transactions, which go over several tables."""
    return Connection(
        connect_timeout_seconds=TableMeta.connect_timeout_seconds,
        read_timeout_seconds=TableMeta.read_timeout_seconds,
        max_retry_attempts=TableMeta.max_retry_attempts,
        max_pool_connections=TableMeta.max_pool_connections,
    )


def error_code(error: PynamoDBException) -> str | None:
    """DynamoDB's name for it; None where it did not answer, for which PynamoDB's own `cause_response_code` raises."""
    response = getattr(error.cause, "response", None) or {}
    code: str | None = response.get("Error", {}).get("Code")
    return code


def raw_items(query: ResultIterator[Any]) -> Iterator[dict[str, Any]]:
    """What a query finds, page by page, as it is stored: for `from_raw_data` of the model that each item is of."""
    for page in query.page_iter:
        yield from page["Items"]
