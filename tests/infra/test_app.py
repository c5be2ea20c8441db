"""The app of the demo: it sends what the document describes, and takes no answer that it does not."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from infra.local.app import App, app_of
from infra.local.citizen import Caller
from infra.local.story import StoryFailed

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Things", "version": "1"},
    "paths": {
        "/things/{id}": {
            "get": {
                "operationId": "showThing",
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": {"200": {"$ref": "#/components/responses/thing"}},
            }
        },
        "/things": {
            "post": {
                "operationId": "makeThing",
                "parameters": [
                    {
                        "name": "Idempotency-Key",
                        "in": "header",
                        "required": True,
                        "schema": {"type": "string"},
                    },
                    {"name": "Accept-Language", "in": "header", "schema": {"type": "string"}},
                ],
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}
                },
                "responses": {"200": {"$ref": "#/components/responses/thing"}},
            }
        },
    },
    "components": {
        "schemas": {
            "Thing": {
                "type": "object",
                "properties": {"name": {"type": "string"}},
                "required": ["name"],
                "additionalProperties": False,
            }
        },
        "responses": {
            "thing": {
                "description": "It.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
            }
        },
    },
}


@pytest.fixture
def answers() -> list[tuple[int, dict[str, Any]]]:
    """What the server answers next."""
    return []


@pytest.fixture
def got() -> list[tuple[str, str, dict[str, str], bytes]]:
    """What the server got."""
    return []


@pytest.fixture
def app(answers: list[tuple[int, dict[str, Any]]], got: list[Any]) -> Iterator[App]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            size = int(self.headers.get("content-length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            got.append((self.command, self.path, headers, self.rfile.read(size)))
            host = f"http://{self.headers['host']}/stage"
            published = (200, {**DOCUMENT, "servers": [{"url": host}]})
            status, body = published if self.path == "/openapi.json" else answers.pop(0)
            raw = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = answer  # noqa: N815 (names of the standard library)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield app_of(Caller(base=f"http://127.0.0.1:{server.server_port}", token="secret", language="kk"))
        server.shutdown()


def test_it_calls_as_the_document_says_at_the_server_that_it_names(
    app: App, answers: list[Any], got: list[Any]
) -> None:
    answers += [(200, {"name": "x"}), (200, {"name": "y"})]
    assert app.get("/things/one").body == {"name": "x"}
    assert app.post("/things", {"name": "y"}, key="once").body == {"name": "y"}
    _, read, made = got
    assert read[:2] == ("GET", "/stage/things/one")
    assert made[:2] == ("POST", "/stage/things")
    assert json.loads(made[3]) == {"name": "y"}
    assert made[2]["authorization"] == "Bearer secret"
    assert (made[2]["idempotency-key"], made[2]["accept-language"]) == ("once", "kk")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("GET", "/others", None), ("DELETE", "/things/one", None), ("POST", "/things", {"nom": "y"})],
)
def test_what_the_document_does_not_describe_is_not_sent(
    app: App, got: list[Any], method: str, path: str, body: Any
) -> None:
    with pytest.raises(StoryFailed, match="document"):
        app.call(method, path, body)
    assert len(got) == 1


@pytest.mark.parametrize(("status", "body"), [(201, {"name": "x"}), (200, {"nom": "x"}), (404, {})])
def test_an_answer_that_the_document_does_not_describe_is_a_failure(
    app: App, answers: list[Any], status: int, body: Any
) -> None:
    answers.append((status, body))
    with pytest.raises(StoryFailed, match="GET /things/one is not answered as described"):
        app.get("/things/one")
