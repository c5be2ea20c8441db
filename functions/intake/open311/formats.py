"""The two formats of Open311, XML and JSON, of one answer.

JSON follows from the XML by the Spark convention: an element that holds a list is an array, its items without a name of
their own. Source: https://wiki.open311.org/JSON_and_XML_Conversion#The_Spark_Convention
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final
from xml.etree.ElementTree import Element, tostring

from functions.edge.resolver import to_json

DECLARATION: Final = '<?xml version="1.0" encoding="utf-8"?>\n'
ITEMS: Final[Mapping[str, str]] = {
    "attributes": "attribute",
    "endpoints": "endpoint",
    "errors": "error",
    "escalated_to": "agency",
    "formats": "format",
    "parts": "part",
    "service_request_updates": "request_update",
    "service_requests": "request",
    "services": "service",
    "values": "value",
}
"""What an item of each list is called in XML."""
# What XML 1.0 cannot hold, however it is written (section 2.2, Char).
_NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Format(StrEnum):
    """As it ends an address."""

    XML = "xml"
    JSON = "json"

    @property
    def media_type(self) -> str:
        return {Format.XML: "text/xml", Format.JSON: "application/json"}[self]


def format_of(path: str) -> Format:
    """The format that the path asks for; XML, which every client must read, where it asks for neither."""
    return Format.JSON if path.endswith(f".{Format.JSON}") else Format.XML


def rendered(root: str, value: Any, *, format: Format) -> str:
    """`value` as JSON has it (objects, arrays, texts, numbers, truths, null), below the element `root` in XML."""
    if format == Format.JSON:
        return to_json(value)
    return DECLARATION + tostring(_element(root, value), encoding="unicode", short_empty_elements=True)


def _element(name: str, value: Any) -> Element:
    element = Element(name)
    match value:
        case None:
            pass
        case bool():
            element.text = str(value).lower()
        case Mapping():
            element.extend(_element(each, inner) for each, inner in value.items())
        case str():
            element.text = _NO_XML.sub("\ufffd", value)
        case Sequence():
            element.extend(_element(ITEMS[name], inner) for inner in value)
        case _:
            element.text = str(value)
    return element
