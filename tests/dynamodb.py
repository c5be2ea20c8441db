"""The project's tables for tests, made by moto from the PynamoDB models, so that keys and indexes are theirs."""

import copy
import importlib
import os
import pickle
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import Item

from tests.lean_moto import make_lean

REGION = "eu-central-1"
# The model of each table, which has its keys and its indexes.
MODELS = {
    "complaints": "functions.records.tables.ComplaintsTable",
    "agencies": "functions.records.agencies.table.AgenciesTable",
    "people": "functions.records.people.table.PeopleTable",
    "deliveries": "functions.notify.webhooks.tables.DeliveriesTable",
}
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "POWERTOOLS_METRICS_NAMESPACE": "qamqor",
    "USER_POOL_ISSUER": f"https://cognito-idp.{REGION}.amazonaws.com/{REGION}_pool",
    "USER_POOL_CLIENT_ID": "app",
    "OFFICERS_CLIENT_ID": "desk",
    **{f"{name.upper()}_TABLE": name for name in MODELS},
}


def prepare_environment() -> None:
    """Set what models and handlers read when they are imported; a deployment's own values stay."""
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)


prepare_environment()
make_lean()


def create_tables() -> None:
    """Make every table; a second time, as copies of the first."""
    dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables |= pickle.loads(_made_once())


@cache
def _made_once() -> bytes:
    _create_tables()
    tables = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables
    return pickle.dumps({name: tables[name] for name in map(_name_of, MODELS)})


def _create_tables() -> None:
    for model in MODELS.values():
        module, _, name = model.rpartition(".")
        getattr(importlib.import_module(module), name).create_table()


def tables_as_they_are() -> dict[str, Any]:
    """What `put_back` returns to, as often as it is asked."""
    return copy.deepcopy(dict(dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables))


def put_back(kept: Mapping[str, Any]) -> None:
    there = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables
    there.clear()
    there |= copy.deepcopy(dict(kept))


def items_of(table: str) -> list[Item]:
    """What there is in a table, in the order in which a scan reads it."""
    found: list[Item] = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[_name_of(table)].all_items()
    return found


def _name_of(table: str) -> str:
    return os.environ[f"{table.upper()}_TABLE"]


@contextmanager
def tables() -> Iterator[None]:
    """All the tables, empty, for as long as the context lasts.

    Clients are kept from test to test: moto, once imported, answers for all of them.
    """
    with mock_aws():
        create_tables()
        yield


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """A stream batch is worked on in its order: moto takes one request at a time, and what comes of a test is the same
    each time.
    """
    from functions.edge import stream

    with patch.object(stream, "AT_ONCE", 1):
        yield
