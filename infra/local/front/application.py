"""One origin: the API and the desk as they are, and the sign-in of the emulator's Cognito behind a page of three languages.

Codes, PKCE, tokens and their renewal are the emulator's, with its one leniency taken away: Cognito lets a client go without
PKCE, and the desk must not. RFC 6749, RFC 7636.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any, Final
from urllib.parse import urlencode, urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.exceptions import BadGateway
from werkzeug.middleware.http_proxy import ProxyMiddleware
from werkzeug.wrappers import Request, Response

from functions.complaints.texts import language_of
from infra.local.front.officer import Officer
from infra.local.front.page import PATH, sign_in_page

_COGNITO: Final[Mapping[str, str]] = {
    "/oauth2/token": "/oauth2/token",
    "/oauth2/logout": "/logout",
    # Where the emulator's own page asks for a new password.
    "/login": "/login",
}
"""What is handed on to the emulator's Cognito, and what it is called there."""
_PROXY: Final[Mapping[str, Any]] = {
    "remove_prefix": True,
    "host": "<auto>",
    "headers": {},
    "ssl_context": None,
}
_TIMEOUT_S: Final = 60
_FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, kw_only=True)
class Front:
    """A WSGI application. `emulator`, `api`: addresses without a slash at the end."""

    emulator: str
    api: str
    officers: Sequence[Officer] = ()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = urlsplit(environ["REQUEST_URI"]).path
        if path == PATH:
            return self._signing_in(Request(environ))(environ, start_response)
        if path in _COGNITO:
            return self._passed_on(self.emulator, _COGNITO[path])(environ, start_response)
        return self._passed_on(self.api, path)(environ, start_response)

    def _passed_on(self, target: str, path: str) -> WSGIApplication:
        proxy = ProxyMiddleware(Response(status=404), {}, timeout=_TIMEOUT_S)
        return proxy.proxy_to({"target": target, **_PROXY}, path, "/")

    def _signing_in(self, request: Request) -> Response | BadGateway:
        try:
            return self._sign_in(request)
        except OSError:
            return BadGateway()

    def _sign_in(self, request: Request) -> Response:
        """The page, and what comes of it; whether a client may ask, and for this address, the emulator says."""
        # As the desk asks (Cognito's own page takes `lang` too), or the browser.
        language = language_of(request.headers.get("accept-language"), request.values.get("lang"))
        if request.method == "GET":
            asked = _with_pkce(request.args.to_dict())
            answer = _asked(f"{self.emulator}{PATH}", asked, method="GET")
            return self._page(asked, language) if answer.status == 200 else _told(answer)
        form = _with_pkce(request.form.to_dict())
        answer = _asked(f"{self.emulator}/login", form, method="POST")
        if answer.status != 200 or b'name="np_token"' in answer.body:
            return _told(answer)
        asked = {name: value for name, value in form.items() if name not in ("username", "password")}
        return self._page(asked, language, refused=True)

    def _page(self, asked: Mapping[str, str], language: str, *, refused: bool = False) -> Response:
        page = sign_in_page(asked, language=language, officers=self.officers, refused=refused)
        return Response(page, mimetype="text/html", headers={"cache-control": "no-store"})


def _with_pkce(fields: Mapping[str, str]) -> dict[str, str]:
    """With a method even where none is named: the emulator then misses the challenge where there is none."""
    return {**fields, "code_challenge_method": fields.get("code_challenge_method") or "S256"}


@dataclass(frozen=True, kw_only=True)
class _Answer:
    """As it came: a redirection is for the browser to follow."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def _asked(address: str, fields: Mapping[str, str], *, method: str) -> _Answer:
    parts, sent = urlsplit(address), urlencode(fields)
    with closing(HTTPConnection(str(parts.hostname), parts.port, timeout=_TIMEOUT_S)) as connection:
        if method == "GET":
            connection.request(method, f"{parts.path}?{sent}")
        else:
            connection.request(method, parts.path, body=sent, headers={"content-type": _FORM})
        response = connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return _Answer(status=response.status, headers=headers, body=response.read())


def _told(answer: _Answer) -> Response:
    kept = {name: answer.headers[name] for name in ("content-type", "location") if name in answer.headers}
    return Response(answer.body, status=answer.status, headers={"cache-control": "no-store", **kept})
