"""What the models of requests and answers are made of: the types of their fields, and the two models that all extend.

A request's model takes JSON's types as they are (a number is no text), and no field that it does not name. An answer's
model fits what it shows; a field that is absent where there is nothing to say is `Absent`.
"""

import re
from datetime import datetime
from typing import Annotated, Any, Final, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    GetPydanticSchema,
    PlainValidator,
    WithJsonSchema,
    create_model,
)
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError, core_schema

from functions.complaints.clock import parse_iso, to_milliseconds
from functions.complaints.wording import has_words, is_blank, is_broken, seen_length

FAULT: Final = "fault."
"""Before the key of a fault that a validator of ours finds: the address of its text."""

# RFC 3339, section 5.6, in capital letters as it advises: narrower than the ISO 8601 that Python reads (week dates, no
# separators, commas).
_INSTANT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})", re.ASCII)
_INSTANT_MOST: Final = 40


class Body(BaseModel):
    """What a request carries."""

    # Built when the first request of its kind comes: a container serves few of them.
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class View(BaseModel):
    """What an answer shows. Further fields may be added one day; a reader passes over what it does not know."""

    model_config = ConfigDict(frozen=True, defer_build=True)


class Nothing(Body):
    """An empty object; no body at all counts as one."""


NOTHING: Final = Nothing()


def fault(key: str, **params: Any) -> PydanticCustomError:
    """What a validator raises: the fault `key` of a field, whose text `params` fill in."""
    return PydanticCustomError(FAULT + key, "{key}", {"key": key, **params})


def bound[Model: Body](model: type[Model], **fields: Any) -> type[Model]:
    """The model with some of its fields, each a type and a default (`...`: none), as one region's limits have them."""
    return create_model(model.__name__, __base__=model, __doc__=model.__doc__, **fields)


def under(model: type[BaseModel]) -> GetPydanticSchema:
    """Has the annotated model read as this one, which is `bound` to a region's limits."""
    return GetPydanticSchema(lambda _, handler: handler.generate_schema(model))


def list_of(item: type[Body], said: Any) -> Any:
    """The type of a list of these, whose field says the rest."""
    return Annotated[list[item], said]  # type: ignore[valid-type]


def whole(value: object) -> object:
    """A `BeforeValidator` of integers, after their bounds: JSON has one kind of number, and `5.0` is a whole one."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _instant(value: object) -> datetime:
    if not isinstance(value, str):
        raise fault("wrong_type", expected="string")
    if len(value) > _INSTANT_MOST:
        raise fault("too_long", max=_INSTANT_MOST)
    if _INSTANT.fullmatch(value) is None:
        raise fault("not_an_instant")
    try:
        return to_milliseconds(parse_iso(value))
    except ValueError:
        raise fault("not_an_instant") from None


def _is_none(value: object) -> bool:
    return value is None


def described(said: str, **more: Any) -> Any:
    """The description of a field, and what else its schema says."""
    return Field(description=said, json_schema_extra=more) if more else Field(description=said)


def omitted() -> Any:
    """The default of a request's field that may be left out, and is None then; null is no value of it."""
    return Field(default=None)


def words(
    most: int, said: str, *, least: int = 1, lines: bool = True, letters: bool = False
) -> GetPydanticSchema:
    """A text that a person wrote: `most` characters, `least` of them from the first that is seen to the last.

    `lines`: whether it may have tabs and line ends. `letters`: whether it needs words.
    """

    def written(text: str) -> str:
        blank = is_blank(text)
        if is_broken(text, lines=lines or blank):
            raise fault("not_text")
        if least and blank:
            raise fault("empty")
        if seen_length(text) < least:
            raise fault("too_short", min=least)
        if letters and not has_words(text):
            raise fault("no_words")
        return text

    def read(source: type[str], handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        sized = handler.generate_schema(Annotated[source, Field(min_length=least or None, max_length=most)])
        return core_schema.no_info_after_validator_function(written, sized)

    def shown(schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        # What is a blank is said no closer than that, for dialects of patterns differ in it.
        return handler(schema) | ({"pattern": r"\S"} if least else {}) | {"description": said}

    return GetPydanticSchema(read, shown)


def between(least: float, most: float) -> BeforeValidator:
    """Reads a number of the query that lies between the two."""

    def number(value: object) -> float:
        try:
            found = float(str(value))
        except ValueError:
            raise fault("wrong_type", expected="number") from None
        if not least <= found <= most:
            raise fault("not_in_range", min=least, max=most)
        return found

    return BeforeValidator(number)


def one_of(*choices: str) -> Any:
    """A field of an answer that is one of these."""
    return Field(json_schema_extra={"enum": list(choices)})


def choice(*choices: str) -> GetPydanticSchema:
    """A field of a request that is one of these, which stand somewhere as data."""
    return GetPydanticSchema(lambda *_: core_schema.literal_schema(list(choices)))


T = TypeVar("T")
Absent = Annotated[T | SkipJsonSchema[None], Field(default=None, exclude_if=_is_none)]
"""`Absent[str]`: not there at all where there is nothing to say; never null."""

GivenInstant = Annotated[
    datetime,
    PlainValidator(_instant),
    WithJsonSchema({"type": "string", "format": "date-time", "maxLength": _INSTANT_MOST}),
]
"""An instant of RFC 3339 with its offset, from a request; read to the millisecond."""

ID_PATTERN: Final = "^[0-9A-HJKMNP-TV-Z]{26}$"
ID_FORM: Final = {"pattern": ID_PATTERN, "maxLength": 26}
"""What the description says of an id that a request names; one of another form names nothing, and is refused as such."""
PhotoId = Annotated[str, Field(json_schema_extra=ID_FORM)]
Id = Annotated[
    str, Field(pattern=ID_PATTERN, description="26 characters that sort by time and cannot be guessed.")
]
Count = Annotated[int, Field(ge=0)]
Instant = Annotated[
    str,
    Field(
        pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$",
        examples=["2026-03-03T04:05:06.789Z"],
        json_schema_extra={"format": "date-time"},
    ),
]
"""In UTC, to the millisecond."""
