"""Where Spectral's findings are, by names that stay when operations and parameters move."""

from typing import Any

import pytest

from infra.checks.spectral import asked_schemas, place

DOCUMENT: dict[str, Any] = {
    "paths": {
        "/v1/things": {
            "post": {
                "operationId": "file",
                "parameters": [{"name": "limit"}, {"name": "cursor"}],
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}
                },
                "responses": {"201": {"content": {"schema": {"$ref": "#/components/schemas/Receipt"}}}},
            }
        }
    },
    "components": {
        "schemas": {
            "Thing": {"properties": {"where": {"$ref": "#/components/schemas/Place"}}},
            "Place": {"properties": {"around": {"$ref": "#/components/schemas/Place"}}},
            "Receipt": {"properties": {"id": {}}},
        }
    },
}


@pytest.mark.parametrize(
    ("path", "at"),
    [
        (["paths", "/v1/things", "post", "description"], "operation/file"),
        (["paths", "/v1/things", "post", "parameters", "1", "schema"], "asked/file/cursor"),
        (["paths", "/v1/things", "post", "responses", "201", "headers"], "answered/file/201/headers"),
        (["paths", "/v1/things", "post", "responses"], "operation/file"),
        (["components", "schemas", "Place", "properties", "around"], "asked/Place/around"),
        (["components", "schemas", "Receipt", "properties", "id"], "answered/Receipt/id"),
        (["components", "responses", "404.not-found"], "answered/404.not-found"),
        (["info"], "document/info"),
    ],
)
def test_a_finding_is_where_its_operation_or_schema_is(path: list[str], at: str) -> None:
    assert place(path, DOCUMENT, asked=asked_schemas(DOCUMENT)) == at
