"""Every PynamoDB model against the tables as they are deployed: nothing else would notice a difference."""

import importlib
from collections.abc import Iterator
from typing import Any

import pytest
from pynamodb.attributes import TTLAttribute
from pynamodb.models import Model

from infra.toolchain import ROOT
from tests.dynamodb import prepare_environment
from tests.infra.template import Assembly, Template

prepare_environment()
TABLES = {"complaints": "Complaints", "agencies": "Agencies", "people": "People", "deliveries": "Deliveries"}


def models() -> Iterator[type[Model]]:
    """Every model there is, wherever below `functions` it is declared."""
    for file in sorted((ROOT / "functions").rglob("*.py")):
        if "pynamodb.attributes" not in file.read_text():
            continue
        module = importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
        for value in vars(module).values():
            own = isinstance(value, type) and issubclass(value, Model) and value.__module__ == module.__name__
            if own:
                yield value


MODELS = sorted(set(models()), key=lambda model: (model.Meta.table_name, model.__name__))
by_name = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)


@pytest.fixture
def storage(cloud: Assembly) -> Template:
    return cloud["qamqor-pavlodar-storage"]


def table_of(model: type[Model], storage: Template) -> dict[str, Any]:
    wanted = TABLES[model.Meta.table_name]
    (table,) = (
        resource["Properties"]
        for id, resource in storage.of("AWS::DynamoDB::Table").items()
        if id[:-8] == wanted
    )
    return table


def key_schema(schema: list[dict[str, str]]) -> dict[str, str]:
    return {key["KeyType"]: key["AttributeName"] for key in schema}


def test_every_table_has_models() -> None:
    assert {model.Meta.table_name for model in MODELS} == set(TABLES)
    assert len(MODELS) > 15


def test_the_models_of_a_tables_items_inherit_from_the_tables_own() -> None:
    """They share its client, and say nothing of keys and indexes that it does not."""
    own = [model for model in MODELS if Model in model.__bases__]
    assert sorted(model.Meta.table_name for model in own) == sorted(TABLES)


@by_name
def test_a_models_keys_are_its_tables(model: type[Model], storage: Template) -> None:
    table = table_of(model, storage)
    keys = {"HASH": model._hash_keyname, "RANGE": model._range_keyname}
    assert keys == key_schema(table["KeySchema"])
    types = {each["AttributeName"]: each["AttributeType"] for each in table["AttributeDefinitions"]}
    for name in keys.values():
        assert model.get_attributes()[name].attr_type == types[name]


@by_name
def test_a_models_indexes_are_its_tables(model: type[Model], storage: Template) -> None:
    table = table_of(model, storage)
    deployed = {index["IndexName"]: index for index in table.get("GlobalSecondaryIndexes", ())}
    types = {each["AttributeName"]: each["AttributeType"] for each in table["AttributeDefinitions"]}
    for index in model._indexes.values():
        schema = index._get_schema()
        found = deployed[schema["index_name"]]
        assert key_schema(found["KeySchema"]) == key_schema(schema["key_schema"])
        for attribute in schema["attribute_definitions"]:
            assert types[attribute["AttributeName"]] == attribute["AttributeType"]
        projection, declared = found["Projection"], schema["projection"]
        assert projection["ProjectionType"] == declared["ProjectionType"]
        assert set(projection.get("NonKeyAttributes", ())) == set(declared.get("NonKeyAttributes", ()))


@by_name
def test_what_a_model_lets_expire_the_table_lets_expire(model: type[Model], storage: Template) -> None:
    expiring = {
        attribute.attr_name
        for attribute in model.get_attributes().values()
        if isinstance(attribute, TTLAttribute)
    }
    for name in expiring:
        specification = table_of(model, storage)["TimeToLiveSpecification"]
        assert specification == {"AttributeName": name, "Enabled": True}


def test_every_deployed_index_is_declared_by_a_model(storage: Template) -> None:
    declared = {
        (model.Meta.table_name, index.Meta.index_name)
        for model in MODELS
        for index in model._indexes.values()
    }
    deployed = {
        (name, index["IndexName"])
        for name, logical in TABLES.items()
        for id, table in storage.of("AWS::DynamoDB::Table").items()
        if id[:-8] == logical
        for index in table["Properties"].get("GlobalSecondaryIndexes", ())
    }
    assert deployed == declared
