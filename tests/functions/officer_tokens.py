"""An issuer of officers' tokens for tests: real keys, served by a real HTTP server on the loopback."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())


class Issuer:
    """Serves the public keys in `keys` by their ids; `asked` counts how often. It answers 503 while it is `down`."""

    def __init__(self) -> None:
        self.keys: dict[str, Any] = {"rsa": RSA_KEY, "ec": EC_KEY}
        self.served: bytes | None = None
        self.asked, self.down = 0, False
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def document(self) -> bytes:
        if self.served is not None:
            return self.served
        return json.dumps({"keys": [_public(name, key) for name, key in self.keys.items()]}).encode()

    def token(
        self, claims: dict[str, Any], *, kid: str | None = "rsa", key: Any = None, **header: Any
    ) -> str:
        """What is None among the claims is left out."""
        now = int(time.time())
        said = {"iss": self.url, "iat": now, "exp": now + 900} | claims
        signed = key or self.keys.get(kid or "", RSA_KEY)
        algorithm = header.pop("alg", "ES256" if signed is EC_KEY else "RS256")
        held = {name: value for name, value in said.items() if value is not None}
        return jwt.encode(
            held, signed, algorithm=algorithm, headers=({} if kid is None else {"kid": kid}) | header
        )


@contextmanager
def issuing() -> Iterator[Issuer]:
    issuer = Issuer()
    thread = threading.Thread(target=issuer._server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        issuer._server.shutdown()
        issuer._server.server_close()


def _public(name: str, key: Any) -> dict[str, Any]:
    algorithm = (
        jwt.algorithms.ECAlgorithm
        if isinstance(key, ec.EllipticCurvePrivateKey)
        else jwt.algorithms.RSAAlgorithm
    )
    return dict(json.loads(algorithm.to_jwk(key.public_key()))) | {"kid": name, "use": "sig"}


def _handler(issuer: Issuer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.asked += 1
            body = b"" if issuer.down else issuer.document()
            self.send_response(503 if issuer.down else 200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    return Handler
