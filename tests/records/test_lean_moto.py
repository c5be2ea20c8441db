"""What makes moto lean changes no answer of it, and nothing of what it keeps."""

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dynamodb import REGION, tables
from tests.lean_moto import moto_as_it_is

type Call = tuple[str, dict[str, Any]]

KEYS = st.builds(
    lambda pk, sk: {"pk": {"S": pk}, "sk": {"S": sk}}, st.sampled_from("abc"), st.sampled_from("xy")
)
LISTS = st.sampled_from(["housing#1", "roads#1"])
TABLE = {"TableName": "complaints"}
ABSENT = {"ConditionExpression": "attribute_not_exists(pk)"}
PRESENT = {"ConditionExpression": "attribute_exists(pk)", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
CONDITIONS = st.sampled_from([{}, ABSENT, PRESENT])
VALUES = st.recursive(
    st.sampled_from(
        [
            {"S": "Өтініш"},
            {"N": "12.5"},
            {"BOOL": True},
            {"NULL": True},
            {"SS": ["a", "ә"]},
            {"NS": ["1", "2"]},
        ]
    ),
    lambda parts: st.one_of(
        st.lists(parts, max_size=2).map(lambda of: {"L": of}),
        st.dictionaries(st.sampled_from(["a", "ә"]), parts, max_size=2).map(lambda of: {"M": of}),
    ),
    max_leaves=4,
)
ITEMS = st.builds(
    lambda key, worklist, urgency, facts: (
        key | {"worklist": {"S": worklist}, "urgency": {"S": urgency}, "facts": facts, "log": {"L": []}}
    ),
    KEYS,
    LISTS,
    st.sampled_from("123"),
    VALUES,
)
PUTS = st.builds(lambda item, condition: {**TABLE, "Item": item, **condition}, ITEMS, CONDITIONS)
DELETES = st.builds(lambda key, condition: {**TABLE, "Key": key, **condition}, KEYS, CONDITIONS)
UPDATES = st.builds(
    lambda key, condition, change: {**TABLE, "Key": key, **condition, **change},
    KEYS,
    CONDITIONS,
    st.one_of(
        st.sampled_from(
            [
                {"UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}}},
                {"UpdateExpression": "SET urgency = :u", "ExpressionAttributeValues": {":u": {"S": "2"}}},
                {"UpdateExpression": "REMOVE worklist, facts.a"},
            ]
        ),
        VALUES.map(
            lambda value: {
                "UpdateExpression": "SET log = list_append(if_not_exists(log, :none), :more), facts.a = :value",
                "ExpressionAttributeValues": {
                    ":none": {"L": []},
                    ":more": {"L": [value, value]},
                    ":value": value,
                },
            }
        ),
    ),
)
TRANSACTIONS = st.lists(
    st.one_of(
        PUTS.map(lambda put: {"Put": put}),
        DELETES.map(lambda delete: {"Delete": delete}),
        UPDATES.map(lambda update: {"Update": update}),
        KEYS.map(lambda key: {"ConditionCheck": {**TABLE, "Key": key, **PRESENT}}),
    ),
    min_size=1,
    max_size=4,
)
WAYS = st.fixed_dictionaries(
    {"ScanIndexForward": st.booleans()}, optional={"Limit": st.integers(min_value=1, max_value=2)}
)
QUERIES = st.builds(
    lambda pk, ways: {
        **TABLE,
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": pk}},
        **ways,
    },
    st.sampled_from("abc"),
    WAYS,
)
OF_A_LIST = st.builds(
    lambda worklist, ways: {
        **TABLE,
        "IndexName": "worklist",
        "KeyConditionExpression": "worklist = :list AND urgency >= :two",
        "ExpressionAttributeValues": {":list": {"S": worklist}, ":two": {"S": "2"}},
        **ways,
    },
    LISTS,
    WAYS,
)
CALLS = st.one_of(
    st.tuples(st.just("put_item"), PUTS),
    st.tuples(st.just("update_item"), UPDATES.map(lambda update: {**update, "ReturnValues": "ALL_NEW"})),
    st.tuples(st.just("delete_item"), DELETES.map(lambda delete: {**delete, "ReturnValues": "ALL_OLD"})),
    st.tuples(st.just("get_item"), KEYS.map(lambda key: {**TABLE, "Key": key})),
    st.tuples(st.just("query"), QUERIES),
    st.tuples(st.just("query"), OF_A_LIST),
    st.tuples(st.just("transact_write_items"), TRANSACTIONS.map(lambda items: {"TransactItems": items})),
)


@settings(max_examples=10)
@given(calls=st.lists(CALLS, min_size=10, max_size=25))
def test_lean_or_as_it_is_moto_answers_and_keeps_the_same(calls: Sequence[Call]) -> None:
    assert _made(calls, lean=True) == _made(calls, lean=False)


def _made(calls: Sequence[Call], *, lean: bool) -> list[Any]:
    """What was answered to each of them, and what is in the table in the end."""
    with nullcontext() if lean else moto_as_it_is(), tables():
        client = boto3.client("dynamodb", region_name=REGION)
        return [*(_answer(client, *call) for call in calls), client.scan(**TABLE)["Items"]]


def _answer(client: Any, method: str, parameters: dict[str, Any]) -> Any:
    try:
        answer = getattr(client, method)(**parameters)
    except ClientError as error:
        return error.response["Error"], error.response.get("CancellationReasons"), error.response.get("Item")
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


@pytest.mark.parametrize("fails", [True, False])
def test_lean_or_as_it_is_moto_keeps_what_lies_deep(fails: bool) -> None:
    key, other = ({"pk": {"S": "a"}, "sk": {"S": each}} for each in "xy")
    deep = {"M": {"list": {"L": [{"S": "b"}, {"M": {"c": {"N": "1"}}}]}, "set": {"SS": ["d"]}}}
    change = {
        "Key": key,
        "UpdateExpression": "SET facts.deep.#list[0] = :new, facts.deep.#list[1].c = :new REMOVE facts.deep.#set",
        "ExpressionAttributeNames": {"#list": "list", "#set": "set"},
        "ExpressionAttributeValues": {":new": {"S": "new"}},
    }
    refused = {"ConditionCheck": {**TABLE, "Key": other, **(PRESENT if fails else ABSENT)}}
    calls: list[Call] = [
        ("put_item", {**TABLE, "Item": {**key, "facts": {"M": {"deep": deep}}}}),
        ("transact_write_items", {"TransactItems": [{"Update": {**TABLE, **change}}, refused]}),
        ("update_item", {**TABLE, **change, "ReturnValues": "ALL_OLD"}),
        ("get_item", {**TABLE, "Key": key}),
    ]
    answered = _made(calls, lean=True)
    assert answered == _made(calls, lean=False)
    assert ("TransactionCanceled" in str(answered)) == fails


@pytest.mark.parametrize("ways", [("put_item",), ("put_item", "update_item", "update_item")])
def test_lean_or_as_it_is_moto_refuses_what_is_too_large(ways: Sequence[str]) -> None:
    key, attributes = {"pk": {"S": "a"}, "sk": {"S": "a"}}, 390_000 if len(ways) > 1 else 410_000
    parameters = {
        "put_item": {**TABLE, "Item": {**key, "text": {"S": "x" * attributes}}},
        "update_item": {
            **TABLE,
            "Key": key,
            "UpdateExpression": "SET more = :more",
            "ExpressionAttributeValues": {":more": {"S": "y" * 10_000}},
        },
    }
    calls = [(way, parameters[way]) for way in ways]
    answered = _made(calls, lean=True)
    assert answered == _made(calls, lean=False)
    assert "size" in str(answered)


def test_who_reads_what_another_writes_meanwhile_is_answered() -> None:
    key = {"pk": {"S": "a"}, "sk": {"S": "a"}}
    of_a = {"KeyConditionExpression": "pk = :a", "ExpressionAttributeValues": {":a": {"S": "a"}}}

    def written(client: Any, names: Sequence[str]) -> None:
        for name in names:
            change = {
                "UpdateExpression": f"SET {name} = :one",
                "ExpressionAttributeValues": {":one": {"S": "1"}},
            }
            client.update_item(**TABLE, Key=key, **change)

    switched = sys.getswitchinterval()
    with tables(), ThreadPoolExecutor(2) as both:
        client = boto3.client("dynamodb", region_name=REGION)
        written(client, [f"before{number}" for number in range(200)])
        sys.setswitchinterval(1e-6)
        try:
            writing = both.submit(written, client, [f"meanwhile{number}" for number in range(100)])
            for _ in range(100):
                assert client.query(**TABLE, **of_a)["Count"] == 1
            writing.result()
        finally:
            sys.setswitchinterval(switched)
