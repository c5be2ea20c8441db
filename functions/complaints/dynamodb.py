"""DynamoDB through PynamoDB, with one client for every table, of the session that all clients share.

PynamoDB makes a client for each model, and each reads botocore's models and endpoints anew: a fifth of a cold start, as
often as there are models in use.
"""

from contextlib import suppress
from functools import cache

from botocore.exceptions import BotoCoreError
from pynamodb import models
from pynamodb.connection import Connection
from pynamodb.connection.table import TableConnection

from functions.complaints.aws import session


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
    """Make the client, and return it ready: with the endpoint's rules and the credentials read, but without any request.

    A handler does so when it is imported: Lambda gives a starting function a whole core, and the first request only its
    share of one.
    """
    made = connection().client
    # An address is signed here and used nowhere. What is missing for it, a request will say.
    with suppress(BotoCoreError):
        made.generate_presigned_url("describe_table", Params={"TableName": "any"})
    return made
