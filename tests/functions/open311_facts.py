"""What Open311 publishes of its answers, as JSON Schemas: the facts of `schema/georeport-v2/*.json` of
https://github.com/open311/schema-validation (required fields, types, enumerations), of the specification's own tables
(https://wiki.open311.org/GeoReport_v2, https://wiki.open311.org/Service_Discovery) and of mySociety's extension
(https://github.com/mysociety/fixmystreet/wiki/Open311-FMS---Proposed-differences-to-Open311). Beside them what was asked
of us: ids are texts, times have a zone and no fractions.

XML has no schema: it is read here as the Spark convention maps it, and held to the same.
"""

import re
from collections.abc import Mapping
from typing import Any, Final
from xml.etree import ElementTree

from jsonschema import Draft202012Validator

from tests.functions.api_client import Answer

W3C: Final = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})$"
TEXT: Final = {"type": "string"}
TEXT_OR_NULL: Final = {"type": ["string", "null"]}
TIME: Final = {"type": "string", "pattern": W3C}
TIME_OR_NULL: Final = {"type": ["string", "null"], "pattern": W3C}
NUMBER_OR_NULL: Final = {"type": ["number", "null"]}
ID: Final = {"type": "string", "minLength": 1}
DATATYPES: Final = ("string", "number", "datetime", "text", "singlevaluelist", "multivaluelist")


def _object(required: str, /, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required.split(), "properties": properties}


def _array(items: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": dict(items)}


SERVICE: Final = _object(
    "service_code service_name metadata type",
    service_code=ID,
    service_name=TEXT,
    description=TEXT_OR_NULL,
    metadata={"type": "boolean"},
    type={"enum": ["realtime", "batch", "blackbox"]},
    keywords=TEXT_OR_NULL,
    group=TEXT_OR_NULL,
)
ATTRIBUTE: Final = _object(
    "variable code datatype required",
    variable={"type": "boolean"},
    code=ID,
    datatype={"enum": list(DATATYPES)},
    required={"type": "boolean"},
    datatype_description=TEXT_OR_NULL,
    order={"type": ["integer", "null"], "minimum": 1},
    description=TEXT_OR_NULL,
    values=_array(_object("key name", key=ID, name=TEXT)),
)
REQUEST: Final = _object(
    "service_request_id status service_code requested_datetime",
    service_request_id=ID,
    status={"enum": ["open", "closed"]},
    status_notes=TEXT_OR_NULL,
    service_name=TEXT_OR_NULL,
    service_code=ID,
    description={"type": ["string", "null"], "maxLength": 4000},
    agency_responsible=TEXT_OR_NULL,
    service_notice=TEXT_OR_NULL,
    requested_datetime=TIME,
    updated_datetime=TIME_OR_NULL,
    expected_datetime=TIME_OR_NULL,
    address=TEXT_OR_NULL,
    address_id=TEXT_OR_NULL,
    zipcode=TEXT_OR_NULL,
    lat=NUMBER_OR_NULL,
    long=NUMBER_OR_NULL,
    media_url={"type": ["string", "null"], "format": "uri"},
)
SCHEMAS: Final[Mapping[str, Mapping[str, Any]]] = {
    "discovery": _object(
        "changeset contact key_service endpoints",
        changeset=TEXT,
        contact=TEXT,
        key_service=TEXT,
        endpoints={
            "minItems": 1,
            **_array(
                _object(
                    "specification url changeset type formats",
                    specification={"const": "http://wiki.open311.org/GeoReport_v2"},
                    url=TEXT,
                    changeset=TEXT,
                    type={"enum": ["production", "test"]},
                    formats={"const": ["text/xml", "application/json"]},
                )
            ),
        },
    ),
    "services": _array(SERVICE),
    "service_definition": _object("service_code attributes", service_code=ID, attributes=_array(ATTRIBUTE)),
    "service_requests": _array(REQUEST),
    "created": {
        "maxItems": 1,
        "minItems": 1,
        **_array(
            _object(
                "service_request_id",
                service_request_id=ID,
                service_notice=TEXT_OR_NULL,
                account_id=TEXT_OR_NULL,
            )
            | {"not": {"required": ["token"]}}
        ),
    },
    "token": _array(_object("service_request_id token", service_request_id=ID, token=ID)),
    "service_request_updates": _array(
        _object(
            "update_id service_request_id status updated_datetime description",
            update_id=ID,
            service_request_id=ID,
            status={"enum": ["open", "closed"]},
            updated_datetime=TIME,
            description=TEXT,
            media_url=TEXT,
        )
    ),
    "errors": {
        "minItems": 1,
        **_array(_object("code description", code={"type": "integer"}, description=ID)),
    },
}

LISTS: Final[Mapping[str, str]] = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
    "escalated_to": "agency",
    "parts": "part",
}
"""The names that the specification gives to what a list holds; the last two are ours."""
NUMBERS: Final = {"lat", "long"}
INTEGERS: Final = {
    *("order", "escalation_level", "joined", "missed_terms", "refuted", "extended", "passed_on"),
}
TRUTHS: Final = {"metadata", "variable", "required", "overdue"}
NEVER_NULL: Final = {"media_url"}
"""Of an update: an empty text."""


def require(kind: str, told: Any) -> None:
    """Fails where the answer is not as it is published."""
    Draft202012Validator(SCHEMAS[kind]).validate(told)


def spark(document: str) -> tuple[str, Any]:
    """The root's name, and what JSON has of it."""
    declaration = document.partition("\n")[0]
    assert re.fullmatch(r'<\?xml version="1\.0" encoding="utf-8"\?>', declaration), declaration
    root = ElementTree.fromstring(document.encode())
    return root.tag, _value(root, within="")


def _value(element: ElementTree.Element, *, within: str) -> Any:
    name, text = element.tag, element.text
    assert not element.attrib
    assert "}" not in name, "a namespace"
    if name in LISTS:
        assert {each.tag for each in element} <= {LISTS[name]}
        return [_value(each, within=name) for each in element]
    if len(element):
        return {each.tag: _value(each, within=name) for each in element}
    if text is None:
        return "" if name in NEVER_NULL and within == "request_update" else None
    if name in NUMBERS:
        return float(text)
    if name in INTEGERS or (name == "code" and within == "error"):
        return int(text)
    if name in TRUTHS:
        return {"true": True, "false": False}[text]
    return text


FORMATS = ("xml", "json")
MEDIA = {"xml": "text/xml", "json": "application/json"}


def told(answer: Answer, format: str, *, kind: str, root: str | None = None, status: int = 200) -> Any:
    """What the answer says, held to what is published of it."""
    assert answer.status == status, answer.text
    charset = "" if kind == "discovery" else "; charset=utf-8"
    assert answer.headers["content-type"] == MEDIA[format] + charset
    if format == "json":
        said = answer.json
    else:
        name, said = spark(answer.text)
        assert name == (root or kind)
    require(kind, said)
    return said


def both(ask: Any, *, kind: str, root: str | None = None, status: int = 200) -> Any:
    """What both formats say alike."""
    answers = {format: told(ask(format), format, kind=kind, root=root, status=status) for format in FORMATS}
    assert answers["xml"] == answers["json"]
    return answers["json"]
