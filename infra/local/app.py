"""A citizen's app that knows of the API what the published document says, and nothing else.

Its calls are made of the document: what that does not describe cannot be sent, and an answer that it does not describe
is a failure. So the story is played as a client would that somebody else generated.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from urllib.parse import parse_qsl

import schemathesis
from jsonschema import Draft202012Validator
from requests import Session
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from infra.local.citizen import Answer, Caller
from infra.local.story import StoryFailed

_CHECKS: Final = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
_JSON: Final = "application/json"
_TIMEOUT_S: Final = 60


@dataclass(frozen=True, kw_only=True)
class App(Caller):
    """As any `Caller`, at the server that `document` names; raises StoryFailed for what the document does not describe."""

    document: Mapping[str, Any]

    @cached_property
    def _operations(self) -> Any:
        return schemathesis.openapi.from_dict(dict(self.document))

    @cached_property
    def _session(self) -> Session:
        session = Session()
        # No proxy of whoever plays it: the server is on this machine.
        session.trust_env = False
        return session

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        address, _, query = path.partition("?")
        operation = self._operations.find_operation_by_path(method, address)
        if operation is None:
            raise StoryFailed(f"the document describes no {method} {address}")
        sent = self._headers(key=key) | dict(headers or {})
        described = {} if body is None else self._described(operation, body)
        case = operation.Case(
            path_parameters=_values(operation.path, address),
            query=dict(parse_qsl(query)),
            headers=sent,
            **described,
        )
        response = case.call(base_url=self.base, session=self._session, timeout=_TIMEOUT_S)
        try:
            case.validate_response(response, checks=_CHECKS)
        except FailureGroup as undescribed:
            raise StoryFailed(f"{method} {path} is not answered as described: {undescribed}") from undescribed
        is_json = "json" in response.headers.get("content-type", [""])[0]
        return Answer(
            status=response.status_code,
            body=response.json() if is_json and response.content else response.content,
            headers={name.lower(): ", ".join(values) for name, values in response.headers.items()},
        )

    def _headers(self, *, key: str | None) -> dict[str, str]:
        said = {"Accept-Language": self.language, "Authorization": f"Bearer {self.token}"}
        return said if key is None else said | {"Idempotency-Key": key}

    def _described(self, operation: Any, body: Any) -> dict[str, Any]:
        """The body of a request, if the document takes it."""
        path = operation.path.replace("~", "~0").replace("/", "~1")
        place = f"#/paths/{path}/{operation.method.lower()}/requestBody/content/application~1json/schema"
        if _JSON not in operation.definition.raw.get("requestBody", {}).get("content", {}):
            if body:
                raise StoryFailed(f"the document describes no body of {operation.label}")
            return {}
        faults = [
            fault.message
            for fault in Draft202012Validator({**self.document, "$ref": place}).iter_errors(body)
        ]
        if faults:
            raise StoryFailed(f"the document does not describe such a {operation.label}: {'; '.join(faults)}")
        return {"body": body, "media_type": _JSON}


def app_of(caller: Caller) -> App:
    """The same caller, of the document that is published where they call."""
    document = caller.get("/openapi.json").body
    return App(
        base=document["servers"][0]["url"], token=caller.token, language=caller.language, document=document
    )


def _values(template: str, path: str) -> dict[str, str]:
    """What stands in the path for each name in braces."""
    found = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template), path)
    return {} if found is None else found.groupdict()
