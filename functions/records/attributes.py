"""Attributes of items that PynamoDB does not have."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pynamodb.attributes import Attribute, JSONAttribute
from pynamodb.constants import MAP, STRING

from functions.complaints.clock import iso, parse_iso


class InstantAttribute(Attribute[datetime]):
    """An aware instant as ISO 8601 UTC with milliseconds; sorts as text."""

    attr_type = STRING

    def serialize(self, value: datetime) -> str:
        return iso(value)

    def deserialize(self, value: str) -> datetime:
        return parse_iso(value)


class TextsAttribute(JSONAttribute):
    """JSON whose letters stand as they are: escaped, as PynamoDB's has them, a Cyrillic one takes six bytes and not two."""

    def serialize(self, value: Any) -> str | None:
        return None if value is None else json.dumps(value, ensure_ascii=False)


class ItemAttribute(Attribute[Mapping[str, Any]]):
    """A whole item in DynamoDB's own notation, as a map within another."""

    attr_type = MAP

    def serialize(self, value: Mapping[str, Any]) -> Mapping[str, Any]:
        return value

    def deserialize(self, value: Mapping[str, Any]) -> Mapping[str, Any]:
        return value
