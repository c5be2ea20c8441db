"""Every problem of the API as schema and example, made from the very table that the functions answer from."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from functions.complaints import texts
from functions.complaints.faults import FieldFault
from functions.edge.problems import CONTENT_TYPE, PROBLEMS, TYPE_BASE, Problem
from functions.edge.request_body import BODY_MAX
from infra.stacks.firewall_answers import ANSWERS


def _catalogue() -> dict[str, set[str]]:
    """The keys of the texts of faults and conflicts."""
    path = Path(str(texts.__file__)).with_name("catalogues") / "en.json"
    keys: dict[str, set[str]] = {"fault": set(), "conflict": set()}
    for address in json.loads(path.read_bytes()):
        kind, _, rest = address.partition(".")
        if kind in keys:
            keys[kind].add(rest.partition(".")[0])
    return keys


CATALOGUE: Final = _catalogue()
_MEMBERS: Final[Mapping[str, dict[str, Any]]] = {
    "key": {
        "type": "string",
        "enum": sorted(CATALOGUE["conflict"]),
        "description": "Which contradiction it is; stable.",
    },
    "move": {"type": "string", "description": "What was asked for."},
    "state": {"type": "string", "description": "The state that the complaint is in."},
    "possible": {
        "type": "array",
        "items": {"type": "string"},
        "description": "What the same caller can do in that state.",
    },
    "limit": {"type": "integer", "description": "How many are allowed."},
    "retry_after": {"type": "integer", "description": "Seconds to wait, as in the header Retry-After."},
    "errors": {
        "type": "array",
        "minItems": 1,
        "items": {
            "type": "object",
            "required": ["pointer", "key", "detail"],
            "properties": {
                "pointer": {
                    "type": "string",
                    "description": "JSON Pointer into the body (RFC 6901), or the name of a header or parameter.",
                },
                "key": {
                    "type": "string",
                    "enum": sorted(CATALOGUE["fault"]),
                    "description": "What is wrong; stable, for programs.",
                },
                "detail": {"type": "string", "description": "What is wrong and what to do, for people."},
                "choices": {
                    "type": "array",
                    "items": {"type": "string"},
                    "description": "With `unknown_choice`: what can be sent, for programs; `detail` has it by its names.",
                },
            },
        },
    },
}
_EXAMPLES: Final[Mapping[str, Mapping[str, Any]]] = {
    "conflict": {
        "members": {
            "key": "own_complaint",
            "state": "assigned",
            "possible": ["expect_photo", "comment", "withdraw"],
        },
        "detail": "conflict.own_complaint",
    },
    "move-refused": {"members": {"move": "answer", "state": "closed", "possible": []}},
    "body-too-large": {"max": BODY_MAX},
    "invalid-request": {
        "faults": (
            FieldFault(pointer="/comment", key="empty", params={"min": 1}),
            FieldFault(pointer="/location", key="outside_region"),
        )
    },
    "method-not-allowed": {"allow": ("GET",)},
    "too-many-requests": {"retry_after": 30, "limit": 600},
    "daily-limit-reached": {"retry_after": 7_200, "limit": 20},
    "unavailable": {"retry_after": 1},
}
_HEADERS: Final[Mapping[str, str]] = {
    "accept": "The media type to send instead.",
    "accept-encoding": "The coding to send it in: `identity`, which is none.",
    "allow": "The methods that this address has.",
    "retry-after": "Seconds to wait before the next try.",
    "www-authenticate": "The scheme to sign in with.",
}

GATEWAY: Final = {
    "type": "object",
    "required": ["message"],
    "properties": {"message": {"type": "string"}},
    "description": "API Gateway's own answer, given before any function is called: not a problem document, and in "
    "English only.",
}
FIREWALL: Final = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"enum": [answer["type"] for answer in ANSWERS.values()]},
        "title": {"type": "string"},
        "status": {"enum": [answer["status"] for answer in ANSWERS.values()]},
        "detail": {"type": "string", "description": "In three languages, one after the other."},
    },
    "description": "The firewall's answer, where the region has a domain: it knows nobody's language.",
}
GATEWAY_ANSWERS: Final[Mapping[int, str]] = {
    500: "The function broke off before it could answer. API Gateway answers this itself; send the same request again, "
    "with the same Idempotency-Key where it has one.",
    401: "No token or key, one that has expired, or one of another issuer. API Gateway answers this itself.",
    403: "The key is not valid, has expired or was revoked. API Gateway answers this itself.",
    429: "More requests at once than the API lets through. API Gateway answers this itself; try again a moment later.",
    404: "There is no such address or method. API Gateway answers this itself.",
    413: "More than 10 MB. API Gateway answers this itself; send less.",
    503: "No function was free, or it took too long. API Gateway answers this itself; send the same request again after a "
    "few seconds, with the same Idempotency-Key where it has one.",
}
GATEWAY_MESSAGES: Final[Mapping[int, str]] = {
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    413: "Request Entity Too Large",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
_FIREWALL: Final[Mapping[int, str]] = {
    403: "The firewall takes the request for an attack: JSON of the type `refused-by-firewall` (in HTML where AWS has "
    "made a rule of which we have no words yet), and only where the region has a domain. Tell the operator what was sent.",
    429: "Over 10,000 requests in five minutes come from one address: the firewall's JSON of the type "
    "`too-many-from-address`, and only where the region has a domain. Wait as `Retry-After` says.",
}
FIREWALL_ANSWERS: Final = frozenset(_FIREWALL.values())
FRONT_ANSWERS: Final[Mapping[int, str]] = {
    **_FIREWALL,
    502: "CloudFront does not reach the API: in HTML, and only where the region has a domain. Send the same request again "
    "after a few seconds, with the same Idempotency-Key where it has one.",
    504: "CloudFront had no answer from the API within 30 seconds: in HTML, and only where the region has a domain. Send "
    "the same request again, with the same Idempotency-Key where it has one: what was done is not done twice.",
}
"""What CloudFront and its firewall answer by themselves."""
_IN_HTML: Final = (403, 502, 504)


def not_from_here() -> list[dict[str, Any]]:
    """Every answer that is none of the API's own, as it arrives: who gives it, with what, and what to do."""
    gateway = [
        {
            "status": status,
            "from": "API Gateway",
            "content_type": "application/json",
            "body": {"message": message},
            "what": GATEWAY_ANSWERS[status],
        }
        for status, message in GATEWAY_MESSAGES.items()
    ]
    firewall = [
        {
            "status": answer["status"],
            "from": "the firewall",
            "content_type": "application/json",
            "body": answer,
            "what": FRONT_ANSWERS[answer["status"]],
        }
        for answer in ANSWERS.values()
    ]
    front = [
        {"status": status, "from": "CloudFront", "content_type": "text/html", "what": FRONT_ANSWERS[status]}
        for status in _IN_HTML
    ]
    return sorted([*gateway, *firewall, *front], key=lambda each: each["status"])


def component(slug: str) -> str:
    return f"problem-{slug}"


def schemas(responses: Mapping[str, Any]) -> dict[str, Any]:
    """The components that these responses refer to, whose names are a status and its kinds of problem."""
    named = {slug for name in responses for slug in name.split(".")}
    return {component(slug): _schema(slug) for slug in PROBLEMS if slug in named} | {
        "gateway-message": GATEWAY,
        "firewall-answer": FIREWALL,
    }


def example(slug: str) -> dict[str, Any]:
    return _problem(slug).document("en", instance="/v1/complaints")


def response(
    status: int, slugs: list[str], *, gateway: str | None = None, front: str | None = None
) -> dict[str, Any]:
    """One response of one status, which several kinds of problem may share."""
    headers = {name for slug in slugs for name in _problem(slug).headers}
    content: dict[str, Any] = {}
    if slugs:
        content[CONTENT_TYPE] = {
            "schema": _one_of([f"#/components/schemas/{component(slug)}" for slug in slugs]),
            "examples": {slug: {"value": example(slug)} for slug in slugs},
        }
    json: dict[str, Any] = {}
    if gateway:
        json["gateway-message"] = {"message": GATEWAY_MESSAGES[status]}
    if front in FIREWALL_ANSWERS:
        json["firewall-answer"] = next(each for each in ANSWERS.values() if each["status"] == status)
    if json:
        content["application/json"] = {
            "schema": _one_of([f"#/components/schemas/{name}" for name in json]),
            "examples": {name: {"value": value} for name, value in json.items()},
        }
    if front and status in _IN_HTML:
        content["text/html"] = {"schema": {"type": "string"}}
    said = [f"`{slug}`: {_problem(slug).document('en')['title']}." for slug in slugs]
    answer: dict[str, Any] = {"description": " ".join([*said, *filter(None, (gateway, front))])}
    if headers:
        answer["headers"] = {
            name.title(): {"description": _HEADERS[name], "schema": {"type": "string"}}
            for name in sorted(headers)
        }
    return answer | {"content": content}


def _schema(slug: str) -> dict[str, Any]:
    kind = PROBLEMS[slug]
    members = {name: _MEMBERS[name] for name in (*kind.members, *kind.optional)}
    title = _problem(slug).document("en")["title"]
    return {
        "type": "object",
        "title": title,
        "required": ["type", "title", "status", "detail", "instance", *kind.members],
        "properties": {
            "type": {"const": TYPE_BASE + slug},
            "title": {"type": "string"},
            "status": {"const": kind.status},
            "detail": {"type": "string"},
            "instance": {"type": "string", "description": "The address that was called."},
        }
        | members,
    }


def _problem(slug: str) -> Problem:
    return Problem(slug, **_EXAMPLES.get(slug, {}))


def _one_of(refs: list[str]) -> dict[str, Any]:
    return {"$ref": refs[0]} if len(refs) == 1 else {"oneOf": [{"$ref": each} for each in refs]}
