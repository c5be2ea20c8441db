"""The project's tables for tests, made by moto from the PynamoDB models, so that keys and indexes are theirs."""

import copy
import importlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any
from unittest.mock import patch

import boto3
from botocore.client import BaseClient
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from tests.lean_moto import make_lean

REGION = "eu-central-1"
# One model of each table declares each of its indexes; moto makes the table from the union of them.
MODELS = {
    "complaints": ("functions.records.tables",),
    "agencies": ("functions.records.agencies",),
    "people": ("functions.records.people", "functions.notify.inbox.tables", "functions.notify.tables"),
    "deliveries": ("functions.notify.webhooks.tables",),
}
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "POWERTOOLS_METRICS_NAMESPACE": "qamqor",
    **{f"{name.upper()}_TABLE": name for name in MODELS},
}


def prepare_environment() -> None:
    """Set what models and handlers read when they are imported; a deployment's own values stay."""
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)


prepare_environment()
make_lean()


def models(table: str) -> list[Any]:
    """Every PynamoDB model of the table in the modules that exist."""
    from pynamodb.models import Model

    found: dict[str, Any] = {}
    for module_name in MODELS[table]:
        try:
            module = importlib.import_module(module_name)
        except ModuleNotFoundError as error:
            if not module_name.startswith(error.name or "?"):
                raise
            continue
        for value in vars(module).values():
            is_model = isinstance(value, type) and issubclass(value, Model) and hasattr(value, "Meta")
            if is_model and value.Meta.table_name == _name_of(table):
                found[value.__name__] = value
    return list(found.values())


def create_tables() -> None:
    """Make every table; a second time, as copies of the first."""
    dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables |= copy.deepcopy(_made_once())


@cache
def _made_once() -> dict[str, Any]:
    _create_tables()
    tables = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables
    return {name: copy.deepcopy(tables[name]) for name in map(_name_of, MODELS)}


def _create_tables() -> None:
    """By requests; `people` without a model of its own is made from its keys alone."""
    client = _client()
    for table in MODELS:
        attributes = {"pk": "S", "sk": "S"}
        indexes: dict[str, Any] = {}
        for model in models(table):
            for index in model._indexes.values():
                indexes[index.Meta.index_name] = _index(index, attributes)
        client.create_table(
            TableName=_name_of(table),
            KeySchema=_keys("pk", "sk"),
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": kind} for name, kind in attributes.items()
            ],
            BillingMode="PAY_PER_REQUEST",
            **({"GlobalSecondaryIndexes": list(indexes.values())} if indexes else {}),
        )


def _name_of(table: str) -> str:
    return os.environ[f"{table.upper()}_TABLE"]


@cache
def _client() -> Any:
    return boto3.client("dynamodb", region_name=REGION)


def _index(index: Any, attributes: dict[str, str]) -> dict[str, Any]:
    schema = index._get_schema()
    for attribute in schema["attribute_definitions"]:
        attributes[attribute["AttributeName"]] = attribute["AttributeType"]
    return {
        "IndexName": schema["index_name"],
        "KeySchema": sorted(schema["key_schema"], key=lambda key: key["KeyType"]),
        "Projection": schema["projection"],
    }


def _keys(partition: str, sort: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]


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


@contextmanager
def requests_in_turn() -> Iterator[None]:
    """Whoever works at the same time asks AWS in turn, for moto's sake; between any two requests another's may come."""
    request, turn = BaseClient._make_api_call, Lock()

    def in_turn(client: BaseClient, operation: str, parameters: dict[str, Any]) -> Any:
        with turn:
            return request(client, operation, parameters)

    with patch.object(BaseClient, "_make_api_call", in_turn):
        yield
