"""A citizen's app: signs in, files complaints over HTTPS, uploads by the presigned request."""

import contextlib
import hashlib
import json
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from infra.local.deployed import Deployed

PASSWORD: Final = "Local-only-1234"  # noqa: S105 (the emulator's, and nobody's)


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    body: Any
    headers: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Whoever calls the API with a token: a citizen or an agency. `base` is the API's address."""

    base: str
    token: str | None
    language: str = "en"

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """`body` is sent as JSON, or as it is if it is bytes; an error status is an answer, not an exception."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        sent = {"accept-language": self.language, "content-type": "application/json"}
        if self.token is not None:
            sent["authorization"] = f"Bearer {self.token}"
        if key is not None:
            sent["idempotency-key"] = key
        return send(method, self.base + path, data, headers=sent | dict(headers or {}))

    def get(self, path: str) -> Answer:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> Answer:
        return self.call("POST", path, body or {}, key=key or str(uuid.uuid4()))


# A machine that is busy with much else is slow, and not wrong.
_ANSWERS_WITHIN_S: Final = 180
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def send(method: str, url: str, data: bytes | None, *, headers: Mapping[str, str]) -> Answer:
    request = urllib.request.Request(url, data=data, method=method, headers=dict(headers))  # noqa: S310
    try:
        with _opener.open(request, timeout=_ANSWERS_WITHIN_S) as response:
            return _answer(response.status, response.read(), dict(response.headers))
    except urllib.error.HTTPError as error:
        with error:
            return _answer(error.code, error.read(), dict(error.headers))


def _answer(status: int, raw: bytes, headers: Mapping[str, str]) -> Answer:
    lower = {name.lower(): value for name, value in headers.items()}
    is_json = "json" in lower.get("content-type", "")
    return Answer(status=status, body=json.loads(raw) if is_json and raw else raw, headers=lower)


def sign_in(deployed: Deployed, name: str, *, language: str = "en") -> Caller:
    """Sign a citizen up and in at the region's user pool."""
    cognito = deployed.emulator.client("cognito-idp")
    with contextlib.suppress(cognito.exceptions.UsernameExistsException):
        cognito.admin_create_user(
            UserPoolId=deployed.user_pool_id,
            Username=name,
            MessageAction="SUPPRESS",
            UserAttributes=[{"Name": "email", "Value": f"{name}@example.test"}],
        )
    cognito.admin_set_user_password(
        UserPoolId=deployed.user_pool_id, Username=name, Password=PASSWORD, Permanent=True
    )
    tokens = cognito.initiate_auth(
        ClientId=deployed.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD},
    )["AuthenticationResult"]
    return Caller(base=deployed.api_url, token=tokens["AccessToken"], language=language)


def declaration(photo: bytes, *, content_type: str = "image/jpeg") -> dict[str, Any]:
    return {
        "content_type": content_type,
        "size": len(photo),
        "sha256": hashlib.sha256(photo).hexdigest(),
    }


def upload(photo: bytes, presigned: Mapping[str, Any]) -> Answer:
    return send(presigned["method"], presigned["url"], photo, headers=presigned["headers"])
