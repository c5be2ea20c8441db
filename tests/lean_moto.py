"""Moto's DynamoDB at a fraction of its cost: what becomes of a request is moto's own code, the way there is shorter.

- An item operation's JSON goes to moto's handler as it is, and what that says to the caller: nothing is signed, sent and
  read. What it refuses goes the whole way once more.
- A transaction keeps by reference what it may have to put back; moto copies each table whole, for every operation in it.
- A query looks through the items under its key; moto first sorts all that the table holds.
- A condition is taken to pieces once, and a condition of a transaction read once; moto does either twice for each item.
- An update's expression is read once for all requests, and what is to be looked at in it is asked once; moto reads it for
  each request, copies it piece by piece, and asks at each of its pieces.
- A value is copied, measured and written as JSON as the tree that it is; moto looks for circles in it, makes its parts
  anew to measure them, and copies them once for each level that they lie deep.
- What an index shows of an item is taken from it by name; moto makes the whole item anew for each attribute.
- An item that is put is measured once; moto measures all that it has so far for each attribute that is added.
- Requests of several threads come to it in turn; moto's tables are not for two at once.
- A request to any service is signed and introduced with fixed words, and finds its way through the same addresses each
  time; moto works them out, and reads S3's module again, for every request.
- boto3's session is kept, with the services' descriptions that it has read; and where nobody uses `requests`, nothing is
  laid ready for it. Moto does both anew for each test.

`tests/records/test_lean_moto.py` holds both ways to the same answers.
"""

import copy
import json
import pickle
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from inspect import signature
from threading import RLock, local
from types import SimpleNamespace
from typing import Any, Final

from botocore.handlers import BUILTIN_HANDLERS
from botocore.signers import RequestSigner
from botocore.useragent import UserAgentString
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core import models as of_moto
from moto.core.base_backend import BaseBackend
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.config import default_user_config
from moto.core.exceptions import ServiceException
from moto.core.models import botocore_stubber
from moto.core.utils import camelcase_to_underscores
from moto.dynamodb import models
from moto.dynamodb.comparisons import ConditionExpressionParser, get_filter_expression
from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models import table as of_tables
from moto.dynamodb.models.dynamo_type import DDBType, DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table
from moto.dynamodb.parsing import validators
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser, UpdateExpression
from moto.dynamodb.parsing.expressions import UpdateExpressionParser
from moto.dynamodb.responses import DynamoHandler
from werkzeug.exceptions import HTTPException

_ITEM_OPERATIONS: Final = {
    "BatchGetItem",
    "BatchWriteItem",
    "DeleteItem",
    "GetItem",
    "PutItem",
    "Query",
    "Scan",
    "TransactGetItems",
    "TransactWriteItems",
    "UpdateItem",
}
_query: Final = Table.query
_ARGUMENTS: Final = signature(_query)
_project: Final = Item.project
_cast_value_property: Final[Any] = DynamoType.__dict__["cast_value"]
_cast: Final = _cast_value_property.fget
_init_item: Final = Item.__init__
_copy_item: Final = Item.__deepcopy__
_copy_value: Final = DynamoType.__deepcopy__
_measure: Final = DynamoType.size
_json: Final = DynamoType.to_regular_json
_sign: Final = RequestSigner.sign
_SIGNED: Final = signature(_sign)
_introduced: Final = UserAgentString.to_string
_urls: Final[Any] = BaseBackend.urls
_URLS: Final[dict[type[BaseBackend], dict[str, Any]]] = {}
_ITEM_SIZE: Final = 405_000  # moto's
_update_item: Final = DynamoDBBackend.update_item
_transact: Final = DynamoDBBackend.transact_write_items
_transaction: Final = local()
_lex: Final = ConditionExpressionParser._lex_condition_expression
_make: Final[Any] = UpdateExpressionParser.__dict__["make"]
_asked: Final = DepthFirstTraverser.nodes_to_be_processed
_ASKED: Final[dict[type[DepthFirstTraverser], tuple[Any, ...]]] = {}
_process: Final = BotocoreStubber.process_request
_TAKEN: Final = SimpleNamespace(status_code=200)
_OF_REQUESTS: Final = of_moto.RESPONSES_METHODS
_turn: Final = RLock()
_is_lean = False


def make_lean() -> None:
    """From now on, in this process."""
    global _is_lean
    for owner, name, _, lean in _REPLACED:
        setattr(owner, name, lean)
    _is_lean = True


@contextmanager
def moto_as_it_is() -> Iterator[None]:
    """Moto's own ways, for as long as the context lasts."""
    global _is_lean
    for owner, name, original, _ in _REPLACED:
        setattr(owner, name, original)
    _is_lean = False
    try:
        yield
    finally:
        make_lean()


# ------------------------------------------------------------------------------ there and back
def _at_once(
    model: Any, params: dict[str, Any], request_signer: Any, **_: object
) -> tuple[Any, dict[str, Any]] | None:
    """What is answered before a request is signed and sent; None for whatever goes the whole way: a fault does too."""
    if model.name not in _ITEM_OPERATIONS or b'"B":' in params["body"]:
        return None
    if not _is_lean or not botocore_stubber.enabled:
        return None
    handler = _Handler(model.name, region=request_signer.region_name, body=json.loads(params["body"]))
    with _turn:
        try:
            result = getattr(handler, camelcase_to_underscores(model.name))().result
        except (ServiceException, HTTPException):
            return None
        said = json.dumps(result)
    known = model.output_shape.members
    told = {name: value for name, value in json.loads(said).items() if value is not None and name in known}
    return _TAKEN, told | {"ResponseMetadata": {"HTTPStatusCode": 200, "RetryAttempts": 0}}


def _in_turn(stubber: BotocoreStubber, request: Any) -> Any:
    with _turn:
        return _process(stubber, request)


class _Handler(DynamoHandler):
    """Moto's handler of one request, with what it would else have read from the HTTP request."""

    current_account = DEFAULT_ACCOUNT_ID

    def __init__(self, operation: str, *, region: str, body: Any) -> None:
        super().__init__()
        self.region = region
        self.body = self.params = body
        self.headers = {"x-amz-target": f"DynamoDB_20120810.{operation}"}
        self.querystring: dict[str, Any] = {}
        self.response_headers: dict[str, Any] = {}


# ------------------------------------------------------------------------------------- queries
def _query_of_one_key(table: Table, *given: Any, **named: Any) -> Any:
    asked = _ARGUMENTS.bind(table, *given, **named).arguments
    seen = copy.copy(table)
    if asked.get("index_name") is None:
        key = asked["hash_key"]
        seen.items = {key: table.items[key]} if key in table.items else {}
    elif asked.get("hash_key_conditions"):
        seen.items = _where(table, asked["hash_key_conditions"])
    return _query(seen, *given, **named)


def _where(table: Table, conditions: Sequence[tuple[str, DynamoType]]) -> dict[Any, Any]:
    found: dict[Any, Any] = defaultdict(dict)
    for hash_key, items in table.items.items():
        for range_key, item in items.items():
            if all(name in item.attrs and item.attrs[name] == value for name, value in conditions):
                found[hash_key][range_key] = item
    return found


# -------------------------------------------------------------------------------- transactions
def _transact_on_what_is_touched(backend: DynamoDBBackend, items: list[dict[str, Any]]) -> None:
    touched: dict[str, set[Any]] = defaultdict(set)
    for item in items:
        for operation in item.values():
            table = backend.tables.get(operation.get("TableName"))
            named = operation.get("Key") or operation.get("Item") or {}
            if table is not None and table.hash_key_attr in named:
                touched[table.name].add(DynamoType(named[table.hash_key_attr]))
    _transaction.kept = {name: _as_it_is(backend.tables[name], keys) for name, keys in touched.items()}
    try:
        _transact(backend, items)
    finally:
        del _transaction.kept


def _deepcopy(value: Any, memo: Any = None) -> Any:
    if isinstance(value, Table) and value.name in getattr(_transaction, "kept", {}):
        return _transaction.kept[value.name]
    return copy.deepcopy(value, memo)


def _as_it_is(table: Table, touched: set[Any]) -> Table:
    """The table as it is before the transaction: it shares with it whatever the transaction will not change."""
    kept = copy.copy(table)
    kept.items = defaultdict(dict, table.items)
    kept.items |= {key: dict(table.items[key]) for key in touched if key in table.items}
    if table.stream_shard is not None:
        kept.stream_shard = copy.copy(table.stream_shard)
        kept.stream_shard.table = kept
        kept.stream_shard.items = list(table.stream_shard.items)
    return kept


def _update_of_a_copy(backend: DynamoDBBackend, table_name: str, key: dict[str, Any], **named: Any) -> Any:
    """Moto changes an item where it is: in a transaction, a copy of it, for the item may have to be put back."""
    if hasattr(_transaction, "kept"):
        table = backend.get_table(table_name)
        hash_key, range_key = (DynamoType(key[name]) for name in (table.hash_key_attr, table.range_key_attr))
        item = table.get_item(hash_key, range_key)
        if item is not None:
            table.items[hash_key][range_key] = copy.deepcopy(item)
    return _update_item(backend, table_name, key, **named)


def _project_by_name(item: Item, paths: list[list[str]]) -> Item:
    """Attributes by their names; moto makes plain Python of the whole item and an item of that, for each of them."""
    if any(len(path) > 1 or "[" in path[0] for path in paths):
        return _project(item, paths)
    found = Item(item.hash_key, item.range_key, {})
    for (name,) in paths:
        if name in item.attrs:
            dict.__setitem__(found.attrs, name, item.attrs[name])
    return found


def _cast_value(of: DynamoType) -> Any:
    """Most of what is compared is text."""
    return of.value if of.type == DDBType.STRING else _cast(of)


# ----------------------------------------------------------------------------------- conditions
def _pieces(parser: ConditionExpressionParser) -> deque[Any]:
    return deque(_pieces_of(parser.condition_expression))


@cache
def _pieces_of(expression: str | None) -> tuple[Any, ...]:
    return tuple(_lex(ConditionExpressionParser(expression, {}, {})))


def _condition(expression: str | None, names: Any, values: Any) -> Any:
    """A transaction asks twice in a row with the same objects."""
    last = getattr(_transaction, "condition", None)
    if last is None or last[0] != expression or last[1] is not names or last[2] is not values:
        last = expression, names, values, get_filter_expression(expression, names, values)
        _transaction.condition = last
    return last[3]


# ------------------------------------------------------------------------------------- updates
@cache
def _update(expression: str) -> Any:
    """Whoever works on it takes a copy."""
    return _make.__func__(UpdateExpressionParser, expression)


def _copy_to_work_on(of: Any) -> Any:
    return pickle.loads(_pickled(of)) if isinstance(of, UpdateExpression) else copy.deepcopy(of)


@cache
def _pickled(expression: UpdateExpression) -> bytes:
    return pickle.dumps(expression)


def _nodes_to_be_processed(traverser: DepthFirstTraverser) -> tuple[Any, ...]:
    kind = type(traverser)
    if kind not in _ASKED:
        _ASKED[kind] = _asked(traverser)
    return _ASKED[kind]


# ---------------------------------------------------------------------------------------- items
def _item_measured_once(
    item: Item, hash_key: DynamoType, range_key: DynamoType | None, attrs: dict[str, Any]
) -> None:
    item.hash_key, item.range_key, item.attrs = hash_key, range_key, LimitedSizeDict()
    for name, value in attrs.items():
        dict.__setitem__(item.attrs, name, DynamoType(value))
    # JSON in ASCII is never shorter, and soon made.
    if len(json.dumps(attrs, default=repr)) > _ITEM_SIZE and item.size() > _ITEM_SIZE:
        raise ItemSizeTooLarge


# --------------------------------------------------------------------------------------- values
def _copied(value: Any, _: object = None) -> Any:
    if type(value) is not DynamoType:
        return copy.deepcopy(value)
    made = DynamoType.__new__(DynamoType)
    made.type, made.value = value.type, value.value
    if isinstance(made.value, dict):
        made.value = {name: _copied(part) for name, part in made.value.items()}
    elif isinstance(made.value, list):
        made.value = [_copied(part) for part in made.value]
    return made


def _copied_item(item: Item, _: object) -> Item:
    made = Item.__new__(Item)
    made.hash_key, made.range_key = _copied(item.hash_key), _copied(item.range_key)
    made.attrs = LimitedSizeDict()
    for name, value in item.attrs.items():
        dict.__setitem__(made.attrs, name, _copied(value))
    return made


def _size(of: DynamoType) -> int:
    """Bytes, as moto counts them."""
    match of.type:
        case DDBType.STRING:
            return len(of.value.encode())
        case DDBType.LIST:
            return sum(map(_size, of.value))
        case DDBType.MAP:
            return sum(len(name.encode()) + _size(value) for name, value in of.value.items())
        case _:
            return _measure(of)


def _as_json(of: DynamoType) -> dict[str, Any]:
    match of.type:
        case DDBType.STRING | DDBType.NUMBER:
            return {of.type: of.value}
        case DDBType.LIST:
            return {of.type: [_as_json(part) for part in of.value]}
        case DDBType.MAP:
            return {of.type: {name: _as_json(part) for name, part in of.value.items()}}
        case _:
            return _json(of)


# ------------------------------------------------------------------------------------- requests
def _signed_with_a_word(signer: RequestSigner, *given: Any, **named: Any) -> None:
    """With what moto looks for in a signature; the signature of an address is real."""
    asked = _SIGNED.bind(signer, *given, **named).arguments
    if asked.get("signing_type", "standard") != "standard" or not botocore_stubber.enabled:
        _sign(signer, *given, **named)
        return
    region = asked.get("region_name") or signer.region_name
    scope = f"test/20260101/{region}/{signer.signing_name}/aws4_request"
    words = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
    asked["request"].headers["Authorization"] = words
    checked = asked["request"].context.get("checksum", {}).get("request_algorithm")
    if isinstance(checked, dict) and checked["in"] == "trailer":
        asked["request"].headers["X-Amz-Content-SHA256"] = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"


def _introduced_with_a_word(agent: UserAgentString) -> str:
    return "tests" if botocore_stubber.enabled else _introduced(agent)


def _urls_once(backend: BaseBackend) -> dict[str, Any]:
    kind = type(backend)
    if kind not in _URLS:
        _URLS[kind] = _urls.fget(backend)
    return _URLS[kind]


_REPLACED: Final = (
    (BotocoreStubber, "process_request", _process, _in_turn),
    (Table, "query", _query, _query_of_one_key),
    (DynamoDBBackend, "update_item", _update_item, _update_of_a_copy),
    (DynamoDBBackend, "transact_write_items", _transact, _transact_on_what_is_touched),
    (ConditionExpressionParser, "_lex_condition_expression", _lex, _pieces),
    (models, "get_filter_expression", get_filter_expression, _condition),
    (of_tables, "get_filter_expression", get_filter_expression, _condition),
    (UpdateExpressionParser, "make", _make, staticmethod(_update)),
    (DepthFirstTraverser, "nodes_to_be_processed", _asked, _nodes_to_be_processed),
    (Item, "project", _project, _project_by_name),
    (DynamoType, "cast_value", _cast_value_property, property(_cast_value)),
    (Item, "__init__", _init_item, _item_measured_once),
    (Item, "__deepcopy__", _copy_item, _copied_item),
    (DynamoType, "__deepcopy__", _copy_value, _copied),
    (DynamoType, "size", _measure, _size),
    (DynamoType, "to_regular_json", _json, _as_json),
    (validators, "deepcopy", copy.deepcopy, _copy_to_work_on),
    (RequestSigner, "sign", _sign, _signed_with_a_word),
    (UserAgentString, "to_string", _introduced, _introduced_with_a_word),
    (BaseBackend, "urls", _urls, property(_urls_once)),
    (of_moto, "RESPONSES_METHODS", _OF_REQUESTS, []),
    (models, "copy", copy, SimpleNamespace(deepcopy=_deepcopy, copy=copy.copy)),
)

default_user_config["core"]["reset_boto3_session"] = False
BUILTIN_HANDLERS.append(("before-call.dynamodb", _at_once))
