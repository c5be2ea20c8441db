"""What stands before the desk in these tests: its files, the real handlers behind a gateway, and a place to sign in.

One loopback server. `/desk/` are the built files under the policy that they are served with; `/v1/` goes to the handlers,
as API Gateway hands requests on, after the real authorizer; `/oauth2/` is as much of an authorization server as a code
flow with PKCE needs, and signs in whoever `signs_in` says, without asking.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler
from threading import Lock
from typing import Any, Final
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from functions.complaints.complaint import Role
from functions.complaints.region import load_region
from functions.edge.page_policy import origin_of_map
from functions.edge.settings import region_file
from functions.route.pages.policy import header_fields
from infra.packaging.desk import desk
from infra.stacks.api import AGENCY, CITIZEN, OFFICERS, OPEN, SUBSCRIPTIONS
from tests.flow.town import Town, context
from tests.fuzz.gateway import leads
from tests.web.loopback import serving

PHOTOS: Final = "https://photos.s3.eu-central-1.amazonaws.com"
_KINDS: Final = {
    "css": "text/css",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript",
    "txt": "text/plain",
}
_EXPIRES_IN: Final = 3_600
_PERSON: Final = "person:"


@dataclass(frozen=True, kw_only=True)
class Person:
    """An officer whom the region's own issuer knows; `id` is the opaque one."""

    id: str
    agency_id: str
    role: Role
    name: str


@dataclass(frozen=True, kw_only=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(kw_only=True)
class Front:
    """`before` may answer a request to the API in the handlers' stead, and `after` another than theirs; `asked` are the
    requests that came; `policy` goes with the files; `turn` is held by whoever uses the town. Who signs in is a body, or
    one of `people` by their id.
    """

    town: Town
    files: Mapping[str, bytes]
    policy: Mapping[str, str]
    address: str = ""
    signs_in: str = ""
    before: Callable[[str, str], Reply | None] = lambda method, path: None
    after: Callable[[str, str, Reply], Reply] = lambda method, path, reply: reply
    people: dict[str, Person] = field(default_factory=dict)
    asked: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)
    refreshes: bool = True
    turn: Lock = field(default_factory=Lock)
    _keys: dict[str, str] = field(default_factory=dict)
    _codes: dict[str, tuple[str, str]] = field(default_factory=dict)

    def reply(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        path, query = urlsplit(target).path, urlsplit(target).query
        if path.startswith("/desk/"):
            return self._file(path.removeprefix("/desk/") or "index.html")
        if path.startswith("/oauth2/"):
            return self._authorization_server(path, query=query, body=body)
        self.asked.append((method, path, headers))
        if (instead := self.before(method, path)) is not None:
            return instead
        # moto's tables are not for two at once, nor is what a write causes.
        with self.turn:
            reply = self._api(method, path, query=query, headers=headers, body=body)
        return self.after(method, path, reply)

    def token(self, agency_id: str) -> str:
        """An access token of the body's: a real key of it, made anew once the last was revoked. Or a person's."""
        from functions.records.agencies.keys import create_key

        if agency_id in self.people:
            return _PERSON + agency_id
        if agency_id not in self._keys:
            made = create_key(agency_id, scopes=("admin",), name="desk", expires_at=None, now=self.town.now)
            self._keys[agency_id] = str(made.token)
        return self._keys[agency_id]

    def code(self, *, challenge: str) -> str:
        """What whoever `signs_in` brings back from signing in."""
        code = secrets.token_urlsafe()
        self._codes[code] = (challenge, self.signs_in)
        self.refreshes = True
        return code

    def end_session(self, agency_id: str) -> None:
        """Whatever tokens of the body were handed out are no longer good, and nothing refreshes them."""
        from functions.complaints.keys import read_token
        from functions.records.agencies.keys import revoke_key

        token = read_token(self._keys.pop(agency_id))
        assert token is not None
        revoke_key(agency_id, token.key_id, now=self.town.now)
        self.refreshes = False

    def _file(self, name: str) -> Reply:
        content = self.files.get(name)
        if content is None:
            return Reply(status=404, headers={}, body=b"")
        headers = {"content-type": _KINDS[name.rpartition(".")[2]], **self.policy}
        return Reply(status=200, headers=headers, body=content)

    def _authorization_server(self, path: str, *, query: str, body: bytes) -> Reply:
        if path == "/oauth2/authorize":
            asked = dict(parse_qsl(query))
            assert asked["code_challenge_method"] == "S256"
            code = self.code(challenge=asked["code_challenge"])
            back = f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"
            return Reply(status=302, headers={"location": back}, body=b"")
        sent = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if sent["grant_type"] == "refresh_token":
            return _json(200, self._tokens(sent["refresh_token"])) if self.refreshes else _json(400, {})
        challenge, agency_id = self._codes.pop(sent["code"])
        if challenge_of(sent["code_verifier"]) != challenge:
            return _json(400, {"error": "invalid_grant"})
        return _json(200, self._tokens(agency_id))

    def _tokens(self, agency_id: str) -> Mapping[str, Any]:
        token = self.token(agency_id)
        return {"access_token": token, "refresh_token": agency_id, "expires_in": _EXPIRES_IN}

    def _api(self, method: str, path: str, *, query: str, headers: Mapping[str, str], body: bytes) -> Reply:
        for table, part, is_open in (
            (OPEN, "intake", True),
            (CITIZEN, "intake", False),
            (AGENCY, "agency", False),
            (OFFICERS, "officers", False),
            (SUBSCRIPTIONS, "subscriptions", False),
        ):
            if leads(table, method, path):
                event = _event(method, path, query=query, headers=headers, body=body)
                if not is_open:
                    refused = self._let_in(event)
                    if refused is not None:
                        return refused
                answer = self.town.handlers[part].handler(event, context())
                if method != "GET":
                    self.town.settle()
                return self._with_desk(path, _reply(answer))
        return _json(404, {"message": "Not Found"})

    def _let_in(self, event: dict[str, Any]) -> Reply | None:
        from functions.route.authorizer.handler import handler

        authorization = event["headers"].get("authorization")
        if authorization is None:
            return _json(401, {"message": "Unauthorized"})
        known = authorization.removeprefix(f"Bearer {_PERSON}")
        if known in self.people:
            event["requestContext"]["authorizer"] = {"lambda": self._signed_in(self.people[known])}
            return None
        found = handler({**event, "identitySource": [authorization]}, context())
        if not found["isAuthorized"]:
            return _json(403, {"message": "Forbidden"})
        event["requestContext"]["authorizer"] = {"lambda": found["context"]}
        return None

    def _signed_in(self, person: Person) -> Mapping[str, Any]:
        """What the authorizer says once it has read the claims of a token."""
        from functions.edge.authorized import context_of
        from functions.records.agencies.officers import caller_with_claims

        caller = caller_with_claims(
            person.id, agency_id=person.agency_id, role=person.role, name=person.name, now=self.town.now
        )
        assert caller is not None
        return context_of(caller)

    def _with_desk(self, path: str, reply: Reply) -> Reply:
        """The region's answer with where to sign in here."""
        if path != "/v1/region" or reply.status != 200:
            return reply
        at = {
            "authorization_endpoint": "/oauth2/authorize",
            "token_endpoint": "/oauth2/token",
            "end_session_endpoint": None,
            "client_id": "desk",
            "scope": "openid",
        }
        body = json.dumps(json.loads(reply.body) | {"desk": at}).encode()
        return Reply(status=200, headers={"content-type": "application/json"}, body=body)


def challenge_of(verifier: str) -> str:
    """S256 of RFC 7636, section 4.2."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@cache
def _files() -> Mapping[str, bytes]:
    return desk()


@contextmanager
def front(town: Town) -> Iterator[Front]:
    """The server, for as long as the context lasts."""
    base_map = origin_of_map(load_region(region_file()).base_map)
    policy = header_fields(photos=PHOTOS, tokens=None, base_map=base_map)
    made = Front(town=town, files=_files(), policy=policy)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = made.reply(self.command, self.path, headers, body)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def do_GET(self) -> None:
            self.answer()

        def do_POST(self) -> None:
            self.answer()

        def do_PATCH(self) -> None:
            self.answer()

        def do_DELETE(self) -> None:
            self.answer()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with serving(Handler) as address:
        made.address = address
        yield made


def _event(method: str, path: str, *, query: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": query,
        "queryStringParameters": dict(parse_qsl(query, keep_blank_values=True)) or None,
        "headers": {name: value for name, value in headers.items() if name != "accept-encoding"},
        "requestContext": {
            "requestId": "request",
            "domainName": "127.0.0.1",
            "stage": "$default",
            "http": {"method": method, "path": path, "sourceIp": "127.0.0.1"},
        },
        "body": base64.b64encode(body).decode() if body else None,
        "isBase64Encoded": bool(body),
    }


def _reply(answer: Mapping[str, Any]) -> Reply:
    body = answer.get("body") or ""
    raw = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
    headers = {str(name): str(value) for name, value in (answer.get("headers") or {}).items()}
    return Reply(status=answer["statusCode"], headers=headers, body=raw)


def _json(status: int, body: Mapping[str, Any]) -> Reply:
    headers = {"content-type": "application/json"}
    return Reply(status=status, headers=headers, body=json.dumps(body).encode())
