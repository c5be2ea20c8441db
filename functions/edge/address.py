"""The address of a request, with a complaint's number spelt as it was given out, however somebody typed it.

Done before any route is looked for: Powertools takes neither `№` nor a dash that is none of ASCII for part of a segment.
A request that is sent again under its key so has the address of the first, though the number be typed anew.
"""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote

from functions.complaints.ids import read_number

_COMPLAINT: Final = re.compile(
    r"(?P<list>/v1/(?:agency/)?complaints/)(?P<name>[^/]+)(?P<rest>/.*)?", re.DOTALL
)


def readable_address(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The event of an HTTP API (payload 2.0); as it is where its path names no complaint by a number."""
    found = _COMPLAINT.fullmatch(event["rawPath"])
    number = None if found is None else read_number(unquote(found["name"]))
    if found is None or number is None:
        return event
    return {**event, "rawPath": f"{found['list']}{number}{found['rest'] or ''}"}
