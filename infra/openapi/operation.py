"""One operation of an API, said once; the OpenAPI document and the page about it are made from these."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from functions.edge.http import KEY_MAX, PAGE_MOST, PAGE_SIZE

type Schema = Mapping[str, Any]
type Caller = Literal["anybody", "person", "agency"]

ID: Final[Schema] = {
    "type": "string",
    "pattern": "^[0-9A-HJKMNP-TV-Z]{26}$",
    "description": "26 characters that sort by time and cannot be guessed.",
}


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A parameter of the path, the query or the header."""

    name: str
    place: Literal["path", "query", "header"]
    schema: Schema
    description: str
    required: bool = False

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "in": self.place,
            "required": self.required or self.place == "path",
            "description": self.description,
            "schema": dict(self.schema),
        }


@dataclass(frozen=True, kw_only=True)
class Operation:
    """`answer` is a component's name or a schema; None answers without a body. `further` are other statuses with the
    same answer. `idempotent` says whether an Idempotency-Key is required, taken, or (None) not looked at. `problems` are
    those beyond the ones that follow from the rest; `moves`: the complaint's state may refuse it.
    """

    method: Literal["get", "post", "put", "patch", "delete"]
    path: str
    id: str
    summary: str
    description: str = ""
    tag: str
    caller: Caller
    scope: str | None = None
    parameters: tuple[Parameter, ...] = ()
    body: Schema | None = None
    body_required: bool = True
    example: Any = None
    answer: str | Schema | None
    status: int = 200
    further: tuple[int, ...] = ()
    media_type: str = "application/json"
    idempotent: Literal["required", "optional"] | None = None
    moves: bool = False
    problems: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


COMPLAINT_ID: Final = Parameter(name="id", place="path", schema=ID, description="The complaint.")
CURSOR: Final = Parameter(
    name="cursor",
    place="query",
    schema={"type": "string"},
    description="The `cursor` of the page before. It is opaque; a made-up one is refused.",
)
LIMIT: Final = Parameter(
    name="limit",
    place="query",
    schema={"type": "integer", "minimum": 1, "maximum": PAGE_MOST, "default": PAGE_SIZE},
    description="Items on a page, at most.",
)
LANGUAGE: Final = Parameter(
    name="Accept-Language",
    place="header",
    schema={"type": "string", "examples": ["kk, ru;q=0.8"]},
    description="Language of every text in the answer: `kk`, `ru` or `en`. The token's `locale` goes before "
    "it, and what the person chose under `/v1/me` before both.",
)


def idempotency_key(*, required: bool) -> Parameter:
    return Parameter(
        name="Idempotency-Key",
        place="header",
        required=required,
        schema={"type": "string", "minLength": 1, "maxLength": KEY_MAX, "pattern": "^[ -~]+$"},
        description="A new key for each new thing, the same one when it is sent again: a request that is repeated "
        "with its key within 31 days does nothing, and answers with what the first one did.",
    )


def page_of(item: str, **more: Schema) -> Schema:
    """The schema of a page of a list."""
    properties: dict[str, Any] = {
        "items": {"type": "array", "items": ref(item)},
        "cursor": {"type": ["string", "null"], "description": "Continues the list; null at its end."},
    }
    return {"type": "object", "required": [*properties, *more], "properties": properties | more}


def all_of(item: str) -> Schema:
    """The schema of a list that is given whole."""
    return {
        "type": "object",
        "required": ["items"],
        "properties": {"items": {"type": "array", "items": ref(item)}},
    }


def ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def record(
    properties: Mapping[str, Any], *, optional: tuple[str, ...] = (), description: str = ""
) -> dict[str, Any]:
    """The schema of an object in an answer: every property is always there but the optional ones. Further ones may
    be added one day; a reader passes over what it does not know.
    """
    schema: dict[str, Any] = {
        "type": "object",
        "required": [name for name in properties if name not in optional],
        "properties": dict(properties),
    }
    return ({"description": description} if description else {}) | schema
