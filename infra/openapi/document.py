"""Assembles the OpenAPI 3.1 document from the tables of operations."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final

from functions.complaints.limits import Limits
from functions.complaints.region import Region
from functions.edge.problems import PROBLEMS
from infra.openapi import agency, citizen, complaint, people, problems, subscriptions, webhooks
from infra.openapi.operation import (
    COMPLAINT_ID,
    CURSOR,
    LANGUAGE,
    LIMIT,
    Operation,
    Parameter,
    idempotency_key,
    ref,
)

VERSION: Final = "1.0.0"
TAGS: Final = {
    citizen.COMPLAINTS: "What a person files, and does with it afterwards.",
    people.PEOPLE: "The person: choices, phones, inbox.",
    citizen.OPEN: "Open to everybody.",
    agency.WORK: "An agency's worklist, and its moves.",
    subscriptions.SUBSCRIPTIONS: "Webhooks: subscriptions to events, and their deliveries.",
    subscriptions.KEYS: "API keys, for keys with the scope `admin`.",
    "Webhooks": webhooks.ABOUT,
}
_ABOUT: Final = (
    "People report everyday violations; the body in charge answers in time, or it escalates. JSON throughout, times in "
    "UTC. Errors are problem details (RFC 9457) in the caller's language, with every fault of a request at once. Lists "
    "continue by `cursor`. What is not yours is 404. A 401 or 403 for a missing or wrong token or key, and the 404 of an "
    'address that does not exist, come from API Gateway itself and are plain `{"message": …}`.'
)


def operations(limits: Limits) -> tuple[Operation, ...]:
    """Every operation of every API."""
    return (
        *citizen.operations(limits),
        *people.operations(),
        *agency.operations(limits),
        *subscriptions.operations(),
    )


OPERATIONS: Final = operations(Limits())
"""Under the limits that hold where a region file gives none."""


def document(region: Region | None = None) -> bytes:
    """The document as canonical JSON: for one region with its limits and issuer, or for any."""
    limits = Limits() if region is None else Limits.of(region.limits)
    return json.dumps(_document(region, limits), ensure_ascii=False, separators=(",", ":")).encode()


def _document(region: Region | None, limits: Limits) -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    made = operations(limits)
    for operation in made:
        paths[operation.path][operation.method] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Qamqor" if region is None else f"Qamqor, {region.name['en']}",
            "version": VERSION,
            "summary": "Complaints that are answered in time.",
            "description": _ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": said} for name, said in TAGS.items()],
        "paths": paths,
        "webhooks": webhooks.section(),
        "x-verification": webhooks.VERIFICATION,
        "components": {
            "securitySchemes": _security_schemes(region),
            "parameters": _SHARED,
            "responses": _shared_responses(made),
            "schemas": complaint.COMPONENTS
            | people.COMPONENTS
            | subscriptions.COMPONENTS
            | webhooks.SCHEMAS
            | problems.schemas(),
        },
    }


_KEY_REQUIRED: Final = idempotency_key(required=True)
_KEY_TAKEN: Final = idempotency_key(required=False)
_NAMES: Final = {
    "complaint": COMPLAINT_ID,
    "cursor": CURSOR,
    "limit": LIMIT,
    "language": LANGUAGE,
    "key-required": _KEY_REQUIRED,
    "key-taken": _KEY_TAKEN,
}
_SHARED: Final = {name: parameter.to_dict() for name, parameter in _NAMES.items()}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    name = next((name for name, shared in _NAMES.items() if shared is parameter), None)
    return parameter.to_dict() if name is None else {"$ref": f"#/components/parameters/{name}"}


def _security_schemes(region: Region | None) -> dict[str, Any]:
    issuer = None if region is None else region.raw.get("identity", {}).get("issuer")
    token = "An access token of the region's identity provider; the person is its `sub`."  # noqa: S105
    person = (
        {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": token}
        if issuer is None
        else {
            "type": "openIdConnect",
            "openIdConnectUrl": f"{issuer.rstrip('/')}/.well-known/openid-configuration",
            "description": token,
        }
    )
    return {
        "person": person,
        "agency": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "qk_<id>_<secret>",
            "description": "An API key. Its scopes are `read`, `write` and `admin`, each including those before it.",
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    described = operation.description
    if operation.scope is not None:
        described = f"{described} Scope: `{operation.scope}`.".strip()
    made: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": [operation.tag],
        "security": [] if operation.caller == "anybody" else [{operation.caller: []}],
    }
    if described:
        made["description"] = described
    parameters = [*operation.parameters]
    if operation.idempotent is not None:
        parameters.append(_KEY_REQUIRED if operation.idempotent == "required" else _KEY_TAKEN)
    if operation.media_type == "application/json":
        parameters.append(LANGUAGE)
    if parameters:
        made["parameters"] = [_parameter(parameter) for parameter in parameters]
    if operation.body is not None:
        content: dict[str, Any] = {"schema": operation.body}
        if operation.example is not None:
            content["example"] = operation.example
        made["requestBody"] = {
            "required": operation.body_required,
            "content": {"application/json": content},
        }
    return made | {"responses": _responses(operation)}


def _responses(operation: Operation) -> dict[str, Any]:
    failures = {
        str(status): {"$ref": f"#/components/responses/{_name(status, slugs, spoken=spoken)}"}
        for status, slugs, spoken in _failures(operation)
    }
    successes = {str(status): _success(operation) for status in (operation.status, *operation.further)}
    return successes | failures


def _failures(operation: Operation) -> Iterator[tuple[int, list[str], bool]]:
    """Status, kinds of problem, and whether API Gateway may answer so by itself."""
    gateway = {401: ("person", "agency"), 403: ("agency",)}
    found = problems_of(operation)
    by_gateway = {status for status, callers in gateway.items() if operation.caller in callers}
    for status in sorted({PROBLEMS[slug].status for slug in found} | by_gateway):
        yield status, [slug for slug in found if PROBLEMS[slug].status == status], status in by_gateway


def _name(status: int, slugs: list[str], *, spoken: bool) -> str:
    return ".".join([str(status), *slugs, *(["gateway"] if spoken else [])])


def _shared_responses(made: Iterable[Operation]) -> dict[str, Any]:
    """Every answer that is an error, once, however many operations give it."""
    return {
        _name(status, slugs, spoken=spoken): problems.response(
            slugs, gateway=problems.GATEWAY_ANSWERS[status] if spoken else None
        )
        for operation in made
        for status, slugs, spoken in _failures(operation)
    }


def _success(operation: Operation) -> dict[str, Any]:
    success: dict[str, Any] = {"description": "Done." if operation.method != "get" else "Here it is."}
    headers = {
        name: {"description": said, "schema": {"type": "string"}} for name, said in operation.headers.items()
    }
    if operation.caller == "agency":
        headers |= {name: {"description": said, "schema": {"type": "string"}} for name, said in _RATE.items()}
    if headers:
        success["headers"] = headers
    if operation.answer is not None:
        schema = ref(operation.answer) if isinstance(operation.answer, str) else dict(operation.answer)
        success["content"] = {operation.media_type: {"schema": schema}}
    return success


_RATE: Final = {
    "RateLimit-Policy": 'How many requests the agency has in how many seconds: `"agency";q=600;w=60`.',
    "RateLimit": 'How many are left, and for how many seconds more: `"agency";r=599;t=48`.',
}


def problems_of(operation: Operation) -> tuple[str, ...]:
    """The kinds of problem that the operation may answer with."""
    found: list[str] = []
    if operation.body is not None:
        found += ["malformed-json", "body-too-large", "unsupported-media-type"]
    if operation.idempotent == "required":
        found.append("idempotency-key-missing")
    if operation.idempotent is not None:
        found.append("idempotency-key-reused")
    if operation.scope is not None:
        found.append("forbidden")
    places = {parameter.place for parameter in operation.parameters}
    if "path" in places:
        found.append("not-found")
    if operation.body is not None or "query" in places or operation.idempotent is not None:
        found.append("invalid-request")
    if operation.moves:
        found += ["conflict", "move-refused"]
    if operation.caller == "agency":
        found.append("too-many-requests")
    found += [*operation.problems, "internal", "unavailable"]
    return tuple(dict.fromkeys(found))
