"""The OpenAPI 3.1 document, made of the routes and models of every door.

Powertools describes operations, parameters and bodies from the code; what holds for all of them alike (problems, the
languages, limits of rate, what the gateway says by itself) is added here, by what an operation is.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from aws_lambda_powertools.event_handler.openapi.models import (
    HTTPBearer,
    License,
    OpenIdConnect,
    SecurityScheme,
    Server,
    Tag,
)

from functions.complaints.region import Region
from functions.edge.operations import FURTHER, HEADERS, KEPT, PROBLEMS
from functions.edge.problems import PROBLEMS as KINDS
from infra.packaging.openapi import problems, pushes, signing_in, uploads, webhooks
from infra.packaging.openapi.doors import every_route

VERSION: Final = "1.0.0"
TAGS: Final = {
    "Complaints": "What a person files, and does with it afterwards.",
    "People": "The person: choices, phones, inbox.",
    "Open data": "Open to everybody.",
    "Agency work": "An agency's worklist, and its moves.",
    "Subscriptions": "Webhooks: subscriptions to events, and their deliveries.",
    "Keys": "API keys, for keys with the scope `admin`.",
    "Templates": "Texts that a body keeps ready for its answers.",
    "Letters": "What the link in a letter to a body leads to: open to who has the letter.",
    "Officers": "A body's officers, who come with tokens of their own: for its heads, and keys with the scope `admin`.",
    "Webhooks": webhooks.ABOUT,
}
_ABOUT: Final = (
    "People report everyday violations; the body in charge answers in time, or it escalates. JSON throughout, times in "
    "UTC. Errors are problem details (RFC 9457) in the caller's language, with every fault of a request at once. Lists "
    "continue by `cursor`. What is not yours is 404. A 401 or 403 for a missing or wrong token or key, a 429 where "
    "all callers together send too much, the 404 of an address that does not exist, a 413 of more than 10 MB, a 500 of a "
    "function that broke off and a 503 where none is free come from API Gateway itself and are plain "
    '`{"message": …}`. Where the region has a domain, its firewall answers 403 or 429 in JSON, and CloudFront 502 or 504 '
    "in HTML. Each is described with what uses it, and all of them as they arrive under `x-not-from-the-api`. "
    "Whatever is answered, the same request may be sent again with the same Idempotency-Key: it is done once."
)
_LANGUAGE: Final = {
    "name": "Accept-Language",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "examples": ["kk, ru;q=0.8"]},
    "description": "Language of every text in the answer: `kk`, `ru` or `en`. The token's `locale` goes before "
    "it, and what the person chose under `/v1/me` before both.",
}
_IF_NONE_MATCH: Final = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "examples": ['W/"5b1f0c2d9e8a7f6b5c4d3e2f1a0b9c8d"']},
    "description": "The `ETag` of the answer that is kept: if it still holds, 304 says so without it.",
}
_RATE: Final = {
    "RateLimit-Policy": 'How many requests the agency has in how many seconds: `"agency";q=600;w=60`.',
    "RateLimit": 'How many are left, and for how many seconds more: `"agency";r=599;t=48`.',
}
_BY_GATEWAY: Final = {
    401: ("person", "agency"),
    403: ("agency",),
    413: ("person", "agency", "anybody"),
    429: ("person", "agency", "anybody"),
    500: ("person", "agency", "anybody"),
    503: ("person", "agency", "anybody"),
}
_OF_A_BODY: Final = 413
_METHODS_WITH_BODY: Final = frozenset({"post", "put", "patch"})
_JSON: Final = "application/json"


def document(region: Region) -> bytes:
    """The document of one region's API, with its limits and issuer, as JSON: the same for the same code and region."""
    described = json.loads(
        every_route(region).get_openapi_json_schema(
            title=f"Qamqor, {region.name['en']}",
            version=VERSION,
            openapi_version="3.1.0",
            summary="Complaints that are answered in time.",
            description=f"{_ABOUT}\n\n{signing_in.section(region)}",
            license_info=License(name="MIT", identifier="MIT"),
            servers=[Server.model_validate({"url": "/", "x-internal": False})],
            tags=[Tag(name=name, description=said) for name, said in TAGS.items()],
            security_schemes=_security_schemes(region),
        ),
        parse_float=_number,
    )
    schemas = described["components"]["schemas"]
    # What Powertools would answer by itself, and ours never does.
    for name in ("HTTPValidationError", "ValidationError", "ResponseValidationError"):
        schemas.pop(name, None)
    responses: dict[str, Any] = {}
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            operations[method] = _completed(operation, method=method, path=path, shared=responses)
    described["webhooks"] = webhooks.section()
    described["x-verification"] = webhooks.VERIFICATION
    described["x-not-from-the-api"] = problems.not_from_here()
    described["x-pushes"] = pushes.section(region)
    described["x-uploads"] = uploads.section()
    described["components"] |= {
        "schemas": _published(schemas | webhooks.schemas()) | problems.schemas(responses),
        "parameters": {"language": _LANGUAGE, "if-none-match": _IF_NONE_MATCH},
        "responses": responses,
    }
    return json.dumps(_sorted_paths(described), ensure_ascii=False, separators=(",", ":")).encode()


def problems_of(operation: Mapping[str, Any]) -> tuple[str, ...]:
    """The kinds of problem that the operation may answer with: those that follow from what it is, and its own."""
    parameters = operation.get("parameters", ())
    places = {parameter["in"] for parameter in parameters}
    keys = [each for each in parameters if each["name"].lower() == "idempotency-key"]
    found: list[str] = []
    if "requestBody" in operation:
        found += ["malformed-json", "body-too-large", "unsupported-media-type"]
    if any(key["required"] for key in keys):
        found.append("idempotency-key-missing")
    if keys:
        found.append("idempotency-key-reused")
    if "path" in places:
        found.append("not-found")
    if "requestBody" in operation or places & {"query", "header"} or _is_named_by_caller(parameters):
        found.append("invalid-request")
    if _caller(operation) == "agency":
        found += ["forbidden", "too-many-requests"]
    return tuple(dict.fromkeys([*found, *operation.get(PROBLEMS, ()), "internal", "unavailable"]))


def _is_named_by_caller(parameters: Any) -> bool:
    return any(each["in"] == "path" and each["name"] == "device_id" for each in parameters)


def _caller(operation: Mapping[str, Any]) -> str:
    security: list[dict[str, list[str]]] = operation.get("security") or []
    return next(iter(security[0])) if security else "anybody"


def _scopes(operation: Mapping[str, Any]) -> list[str]:
    security: list[dict[str, list[str]]] = operation.get("security") or []
    return next(iter(security[0].values())) if security else []


def _is_partners(operation: Mapping[str, Any]) -> bool:
    return any("partner" in each for each in operation.get("security") or ())


def _completed(
    operation: dict[str, Any], *, method: str, path: str, shared: dict[str, Any]
) -> dict[str, Any]:
    """The operation with everything that it may answer; `shared` collects the answers that are errors, once each."""
    success = {
        status: _success(response, operation=operation)
        for status, response in operation["responses"].items()
        if status != "422" and status != "500"
    }
    (status,) = success
    success |= {str(further): success[status] for further in operation.get(FURTHER, ())}
    if KEPT in operation:
        headers = success[status]["headers"]
        success["304"] = {"description": "What is kept still holds.", "headers": headers}
    failures: dict[str, Any] = {}
    for failed, slugs, spoken in _failures(operation):
        gateway = problems.GATEWAY_ANSWERS[failed] if spoken else None
        front = problems.FRONT_ANSWERS.get(failed)
        by = [name for name, said in (("gateway", gateway), ("front", front)) if said]
        name = ".".join([str(failed), *slugs, *by])
        shared[name] = problems.response(failed, slugs, gateway=gateway, front=front)
        failures[str(failed)] = {"$ref": f"#/components/responses/{name}"}
    described = [operation.get("description", "")]
    described += [f"Scope: `{scope}`." for scope in _scopes(operation)]
    described += (
        ["A partner's key does the same with what is the partner's."] if _is_partners(operation) else []
    )
    parameters = [_parameter(each) for each in operation.get("parameters", ())]
    if all(set(each.get("content", {})) <= {_JSON} for each in success.values()):
        parameters.append({"$ref": "#/components/parameters/language"})
    if KEPT in operation:
        parameters.append({"$ref": "#/components/parameters/if-none-match"})
    ours = (PROBLEMS, HEADERS, FURTHER, KEPT)
    made = {name: value for name, value in operation.items() if name not in ours}
    made |= {
        "description": " ".join(filter(None, described)),
        "security": operation.get("security") or [],
        "parameters": parameters,
        "responses": success | failures,
    }
    if method in _METHODS_WITH_BODY and "requestBody" in made:
        made["requestBody"] = {"required": False, **made["requestBody"]}
    said: dict[str, Any] = _published(
        {name: value for name, value in made.items() if value not in ("", None)}
    )
    return said


def _parameter(parameter: Mapping[str, Any]) -> dict[str, Any]:
    """Header fields in their usual spelling, and without null, which no parameter can be."""
    named = {"name": parameter["name"].title()} if parameter["in"] == "header" else {}
    schema = dict(parameter["schema"])
    for given in (each for each in schema.pop("anyOf", ()) if each != {"type": "null"}):
        schema |= given
    return {**parameter, **named, "schema": schema}


def _success(response: Mapping[str, Any], *, operation: Mapping[str, Any]) -> dict[str, Any]:
    said: dict[str, str] = dict(operation.get(HEADERS, {}))
    if _caller(operation) == "agency":
        said |= _RATE
    headers = {name: {"description": text, "schema": {"type": "string"}} for name, text in said.items()}
    made = {**response, "description": "Done." if "requestBody" in operation else "Here it is."}
    if made.get("content", {}).get(_JSON, {}).get("schema", {}).get("type") == "null":
        del made["content"]
    return made | ({"headers": headers} if headers else {})


def _failures(operation: Mapping[str, Any]) -> Iterator[tuple[int, list[str], bool]]:
    """Status, kinds of problem, and whether API Gateway may answer so by itself."""
    found = problems_of(operation)
    by_gateway = {
        status
        for status, callers in _BY_GATEWAY.items()
        if _caller(operation) in callers and (status != _OF_A_BODY or "requestBody" in operation)
    }
    for status in sorted({KINDS[slug].status for slug in found} | by_gateway | problems.FRONT_ANSWERS.keys()):
        yield status, [slug for slug in found if KINDS[slug].status == status], status in by_gateway


def _number(text: str) -> float:
    """Powertools' models turn bounds into floats, `100.0`."""
    value = float(text)
    return int(value) if value.is_integer() else value


def _security_schemes(region: Region) -> dict[str, SecurityScheme]:
    issuer = region.raw["identity"].get("issuer")
    person: SecurityScheme = (
        HTTPBearer(bearerFormat="JWT", description=signing_in.TOKEN)
        if issuer is None
        else OpenIdConnect(
            openIdConnectUrl=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
            description=signing_in.TOKEN,
        )
    )
    agency = HTTPBearer(bearerFormat="qk_<id>_<secret>", description=signing_in.KEY)
    partner = HTTPBearer(bearerFormat="qk_<id>_<secret>", description=signing_in.PARTNER_KEY)
    return {"person": person, "agency": agency, "partner": partner}


def _published(value: Any) -> Any:
    """Without the titles that pydantic makes of fields' names, and without null as the default of what may be left out:
    neither says anything.
    """
    if isinstance(value, list):
        return [_published(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: {key: _published(each) for key, each in item.items()}
        if name == "properties" and isinstance(item, dict)
        else _published(item)
        for name, item in value.items()
        if not (name == "title" and isinstance(item, str)) and not (name == "default" and item is None)
    }


def _sorted_paths(described: dict[str, Any]) -> dict[str, Any]:
    """By tag and then as the code has them: Powertools gives paths with parameters first."""
    order = list(TAGS)

    def place(path: str) -> tuple[int, str]:
        tags = [tag for operation in described["paths"][path].values() for tag in operation["tags"]]
        return order.index(tags[0]), path

    return described | {
        "paths": {path: described["paths"][path] for path in sorted(described["paths"], key=place)}
    }
