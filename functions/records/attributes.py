"""Attributes of items that PynamoDB does not have."""

from datetime import datetime

from pynamodb.attributes import Attribute
from pynamodb.constants import STRING

from functions.complaints.clock import iso, parse_iso


class InstantAttribute(Attribute[datetime]):
    """An aware instant as ISO 8601 UTC with milliseconds; sorts as text."""

    attr_type = STRING

    def serialize(self, value: datetime) -> str:
        return iso(value)

    def deserialize(self, value: str) -> datetime:
        return parse_iso(value)
