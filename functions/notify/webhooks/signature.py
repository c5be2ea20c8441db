"""Signatures of webhooks: Standard Webhooks 1.0.0, symmetric (`v1`) and asymmetric (`v1a`).

Signed is `{message id}.{timestamp}.{body}`. Keys carry their kind in a prefix: `whsec_` an HMAC-SHA256
secret, `whsk_` an ed25519 secret key, `whpk_` its public key; each followed by base64. The secret key holds
64 bytes, seed then public key, as the specification's own example was made with; 32 bytes (the seed alone)
are read too.
"""

import base64
import binascii
import secrets as randomness
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from standardwebhooks import Webhook

SECRET_PREFIX = "whsec_"  # noqa: S105
SECRET_KEY_PREFIX = "whsk_"  # noqa: S105
PUBLIC_KEY_PREFIX = "whpk_"
MIN_SECRET_BYTES = 24
MAX_SECRET_BYTES = 64
_SEED_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class KeyPair:
    """An ed25519 key pair: `secret_key` (`whsk_…`) stays here, `public_key` (`whpk_…`) goes to the agency."""

    secret_key: str
    public_key: str


def secret_of(material: bytes) -> str:
    """The HMAC secret of these bytes: `whsec_…`."""
    return SECRET_PREFIX + _encode(material)


def new_secret(size: int = 32) -> str:
    """A new HMAC secret of `size` random bytes (24 to 64, as the specification asks): `whsec_…`."""
    if not MIN_SECRET_BYTES <= size <= MAX_SECRET_BYTES:
        raise ValueError(f"a secret has {MIN_SECRET_BYTES} to {MAX_SECRET_BYTES} bytes, not {size}")
    return secret_of(randomness.token_bytes(size))


def new_key_pair(seed: bytes | None = None) -> KeyPair:
    """A new ed25519 key pair, or the one of these 32 bytes."""
    seed = seed or randomness.token_bytes(_SEED_BYTES)
    public = _public_bytes(seed)
    return KeyPair(
        secret_key=SECRET_KEY_PREFIX + _encode(seed + public),
        public_key=PUBLIC_KEY_PREFIX + _encode(public),
    )


def public_key_of(secret_key: str) -> str:
    """The `whpk_…` key that verifies what `secret_key` (`whsk_…`) signs. Raises ValueError for a bad key."""
    return PUBLIC_KEY_PREFIX + _encode(_public_bytes(_seed(secret_key)))


def sign(*, message_id: str, timestamp: datetime, body: bytes, secrets: Sequence[str]) -> str:
    """The `webhook-signature` header: one signature per secret, in their order, apart by a space.

    `timestamp` is the attempt's (aware; whole seconds are signed), `body` UTF-8 and exactly what is sent.
    During a rotation `secrets` holds the new and the old one. Raises ValueError for no secret, a secret of
    an unknown kind, a naive timestamp or a message id with a full stop, which would blur what was signed.
    """
    if not secrets:
        raise ValueError("a webhook needs at least one secret")
    _check(message_id, timestamp)
    return " ".join(_signature(message_id, timestamp, body, secret) for secret in secrets)


def signed_headers(
    *, message_id: str, timestamp: datetime, body: bytes, secrets: Sequence[str]
) -> dict[str, str]:
    """The three headers of Standard Webhooks for one attempt. Raises as `sign` does."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(timestamp.timestamp())),
        "webhook-signature": sign(message_id=message_id, timestamp=timestamp, body=body, secrets=secrets),
    }


def _check(message_id: str, timestamp: datetime) -> None:
    if not message_id or "." in message_id or not message_id.isascii() or not message_id.isprintable():
        raise ValueError("a message id is printable ASCII without a full stop")
    if timestamp.tzinfo is None:
        raise ValueError("the timestamp must be aware")


def _signature(message_id: str, timestamp: datetime, body: bytes, secret: str) -> str:
    if secret.startswith(SECRET_PREFIX):
        # The library takes any datetime for UTC, so it must be given in UTC.
        return Webhook(secret).sign(message_id, timestamp.astimezone(UTC), body.decode("utf-8"))
    if secret.startswith(SECRET_KEY_PREFIX):
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        content = f"{message_id}.{int(timestamp.timestamp())}.".encode("ascii") + body
        return "v1a," + _encode(Ed25519PrivateKey.from_private_bytes(_seed(secret)).sign(content))
    raise ValueError(f"a secret begins with {SECRET_PREFIX} or {SECRET_KEY_PREFIX}")


def _seed(secret_key: str) -> bytes:
    if not secret_key.startswith(SECRET_KEY_PREFIX):
        raise ValueError(f"a secret key begins with {SECRET_KEY_PREFIX}")
    try:
        raw = base64.b64decode(secret_key.removeprefix(SECRET_KEY_PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("the secret key is not base64") from None
    seed, public = raw[:_SEED_BYTES], raw[_SEED_BYTES:]
    if len(seed) != _SEED_BYTES or (public and public != _public_bytes(seed)):
        raise ValueError("the secret key is not an ed25519 key")
    return seed


def _public_bytes(seed: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def _encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
