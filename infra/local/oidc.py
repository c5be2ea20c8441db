"""A small OpenID Connect issuer on the loopback: what a region's own identity provider is to the API.

It serves discovery and keys over TLS and signs ID tokens for whoever asks in this process: a sign-in page is not what
is tried here. OpenID Connect Discovery 1.0; JSON Web Key, RFC 7517; JWT, RFC 7519, with RS256, RFC 7518.
"""

import json
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

KEY_ID: Final = "local"
LIFE_S: Final = 3600


class Issuer:
    """As a context manager it serves until the end of the block. `certificate` and `key` are PEM files."""

    def __init__(self, *, certificate: Path, key: Path, audience: str, port: int = 0) -> None:
        self._audience = audience
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        trust = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        trust.load_cert_chain(certificate, key)
        self._server.socket = trust.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self._server.server_port}"

    def token(self, subject: str, *, life_s: int = LIFE_S) -> str:
        """An ID token, for an hour unless told otherwise; one that has expired if `life_s` is negative."""
        now = int(time.time())
        claims = {"iss": self.url, "aud": self._audience, "sub": subject, "iat": now, "exp": now + life_s}
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": KEY_ID})

    def documents(self) -> dict[str, object]:
        """What is served, by path."""
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key()))
        return {
            "/.well-known/openid-configuration": {
                "issuer": self.url,
                "jwks_uri": f"{self.url}/jwks.json",
                "response_types_supported": ["id_token"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            },
            "/jwks.json": {"keys": [public | {"kid": KEY_ID, "use": "sig", "alg": "RS256"}]},
        }

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(issuer: Issuer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            document = issuer.documents().get(self.path)
            body = b"" if document is None else json.dumps(document).encode()
            self.send_response(404 if document is None else 200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet: a test looks at what the API lets in."""

    return Handler
