"""Spectral over the API's description: the rules of OpenAPI and of OWASP's API Security Top 10 (2023).

What a request may carry is told from what an answer holds, for limits concern the first alone.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from infra.checks.finding import Finding
from infra.checks.tools import run
from infra.toolchain import ROOT, TOOLS, environment, tool

_PACKAGES: Final = ROOT / ".tools" / "node-checks" / "node_modules"
_RULES: Final = Path(__file__).parent / "rules" / "spectral.yaml"
_METHODS: Final = frozenset({"get", "put", "post", "patch", "delete"})


def spectral(document: bytes) -> list[Finding]:
    """Raises CheckFailed where Spectral cannot read the document."""
    described = json.loads(document)
    asked = asked_schemas(described)
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        file.write(document)
        file.flush()
        raw = run(
            [
                *(
                    tool(TOOLS / "node"),
                    tool(_PACKAGES / "@stoplight" / "spectral-cli" / "dist" / "index.js"),
                ),
                *("lint", file.name, "--format", "json", "--quiet", "--ruleset", str(_RULES)),
            ],
            environment=environment(NODE_PATH=str(_PACKAGES)),
        )
    return sorted(
        {
            Finding(
                tool="spectral",
                rule=each["code"].removeprefix("owasp:"),
                at=place(each["path"], described, asked=asked),
                text=each["message"],
            )
            for each in json.loads(raw)
        }
    )


def place(path: Sequence[Any], described: Mapping[str, Any], *, asked: frozenset[str]) -> str:
    """Where a finding is: `operation/fileComplaint`, `asked/Location/address`, `asked/listComplaints/cursor`,
    `answered/Inbox/unread`, `answered/fileComplaint/201`, or the document's own path.
    """
    match [str(step) for step in path]:
        case ["paths", address, method, *steps] if method in _METHODS:
            operation = described["paths"][address][method]
            named = operation["operationId"]
            if steps[:1] == ["parameters"]:
                return f"asked/{named}/{operation['parameters'][int(steps[1])]['name']}"
            if steps[:1] == ["responses"] and len(steps) > 1:
                return "/".join(["answered", named, *steps[1:]])
            return f"operation/{named}"
        case ["components", "schemas", name, *steps]:
            kind = "asked" if f"#/components/schemas/{name}" in asked else "answered"
            return "/".join([kind, name, *(step for step in steps if step != "properties")])
        case ["components", "responses", *steps] | ["webhooks", *steps]:
            return "/".join(["answered", *steps])
        case steps:
            return "/".join(["document", *steps])


def asked_schemas(described: Mapping[str, Any]) -> frozenset[str]:
    """References to the schemas that requests' bodies are of."""
    left = [
        ref
        for operations in described["paths"].values()
        for operation in operations.values()
        for ref in _references(operation.get("requestBody"))
    ]
    seen: set[str] = set()
    while left:
        ref = left.pop()
        if ref not in seen:
            seen.add(ref)
            left += _references(described["components"]["schemas"][ref.rpartition("/")[2]])
    return frozenset(seen)


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)
