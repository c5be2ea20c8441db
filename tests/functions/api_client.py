"""Calls a Lambda handler with the events that an HTTP API sends it (payload format 2.0)."""

import base64
import importlib
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlencode

import pytest

from functions.complaints.complaint import Role
from functions.complaints.keys import Caller
from functions.complaints.officers import SCOPES
from functions.edge.authorized import context_of
from tests.dynamodb import ENVIRONMENT
from tests.region_fixture import RAW

AUTHORIZED = ("authorizer",)


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def slug(self) -> str:
        """The last segment of the problem's type."""
        assert self.headers["content-type"] == "application/problem+json", self.text
        assert self.json["status"] == self.status
        return str(self.json["type"]).rpartition("/")[2]

    @property
    def faults(self) -> dict[str, str]:
        """The key of each fault by its field."""
        return {error["pointer"]: error["key"] for error in self.json.get("errors", ())}


@dataclass(frozen=True, kw_only=True)
class Client:
    """Requests as one caller; `authorizer` is what the gateway's authorizer passed on."""

    handler: Callable[[Mapping[str, Any], Any], Mapping[str, Any]]
    authorizer: Mapping[str, Any] | None = None
    headers: Mapping[str, str] | None = None

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        query: Mapping[str, str] | None = None,
        raw: str | bytes | None = None,
        **headers: str,
    ) -> Answer:
        sent = {"accept-language": "en"} | dict(self.headers or {})
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None or raw is not None:
            sent = {"content-type": "application/json"} | sent
        if key is not None:
            sent["idempotency-key"] = key
        event: dict[str, Any] = {
            "version": "2.0",
            "routeKey": f"{method} {path}",
            "rawPath": path,
            "rawQueryString": urlencode(query or {}),
            "headers": sent,
            "requestContext": {
                "accountId": "123456789012",
                "apiId": "api",
                "domainName": "api.example.org",
                "http": {
                    "method": method,
                    "path": path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": "192.0.2.1",
                    "userAgent": "test",
                },
                "requestId": "request-1",
                "routeKey": f"{method} {path}",
                "stage": "$default",
                "time": "03/Mar/2026:04:05:06 +0000",
                "timeEpoch": 1772510706000,
            },
            "isBase64Encoded": isinstance(raw, bytes),
        }
        if query:
            event["queryStringParameters"] = dict(query)
        if self.authorizer is not None:
            event["requestContext"]["authorizer"] = dict(self.authorizer)
        if isinstance(raw, bytes):
            event["body"] = base64.b64encode(raw).decode()
        elif raw is not None:
            event["body"] = raw
        elif body is not None:
            event["body"] = json.dumps(body, ensure_ascii=False)
        answer = self.handler(event, None)
        # What Lambda sends on is UTF-8; half a surrogate pair would fail there.
        json.dumps(answer, ensure_ascii=False).encode()
        # Also the emulator sends it on, which knows no null here.
        assert isinstance(answer["body"], str)
        held = {name.lower(): value for name, value in answer["headers"].items()}
        text = base64.b64decode(answer["body"]).decode() if answer.get("isBase64Encoded") else answer["body"]
        return Answer(status=answer["statusCode"], headers=held, text=text)


def person(handler: Any, subject: str = "person-1", *, locale: str | None = None) -> Client:
    """A person who is signed in; `locale` as the identity provider may have it in the token."""
    claims = {"sub": subject} | ({"locale": locale} if locale else {})
    return Client(handler=handler, authorizer={"jwt": {"claims": claims, "scopes": None}})


def officer(
    handler: Any,
    agency: str = "housing",
    *,
    scopes: str = "read write",
    role: Role | None = None,
    officer_id: str | None = None,
) -> Client:
    """Who holds a key of the agency; with a `role` or an `officer_id`, an officer of it, as the authorizer lets one in: a
    head, and the same one, unless told otherwise.
    """
    if role is None and officer_id is not None:
        role = Role.HEAD
    officer_id = officer_id or "01JNZ5V2B8Q4M7T9XWYC3D6FGH"
    key = Caller(agency_id=agency, key_id="0123456789abcdef", scopes=frozenset(scopes.split()))
    person = Caller(
        agency_id=agency,
        key_id=officer_id,
        scopes=frozenset(() if role is None else SCOPES[role]),
        officer_id=officer_id,
        role=role,
    )
    return Client(handler=handler, authorizer={"lambda": context_of(key if role is None else person)})


def anybody(handler: Any) -> Client:
    return Client(handler=handler)


def load(
    module: str, *, folder: Path, monkeypatch: pytest.MonkeyPatch, raw: Mapping[str, Any] = RAW
) -> ModuleType:
    """A fresh handler module for the region `raw`, as it would start in Lambda."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "region.json").write_text(json.dumps(raw), encoding="utf-8")
    for name, value in (ENVIRONMENT | {"PHOTOS_BUCKET": "photos"}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("REGION_FILE", str(folder / "region.json"))
    # Set first, so that the module of this region is gone afterwards where there was none before.
    monkeypatch.setitem(sys.modules, module, ModuleType(module))
    del sys.modules[module]
    return importlib.import_module(module)
