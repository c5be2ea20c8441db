"""API keys of agencies and of partners: `qk_<id>_<secret>`, of which only a hash is kept. Pure.

The hash is one round of SHA-256, on purpose. A slow hash is for passwords, which can be guessed; nobody guesses 256
random bits, however fast the hash, and a slow one would cost every request.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from functions.complaints.complaint import Role
from functions.complaints.faults import Forbidden, RoleRefused

PREFIX: Final = "qk"
SCOPES: Final = ("read", "write", "admin")
"""Each includes those before it: who may write may read."""
FILE: Final = "file"
"""The one scope of a partner's key: to file what people report there, and to be told what becomes of it. It is none of an
agency's.
"""
SECRET_BYTES: Final = 32
ID_LENGTH: Final = 16

_LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SECRET_LENGTH: Final = 43  # 62 ** 43 > 2 ** 256
_TOKEN: Final = re.compile(
    rf"{PREFIX}_(?P<id>[0-9A-Za-z]{{{ID_LENGTH}}})_(?P<secret>[0-9A-Za-z]{{{_SECRET_LENGTH}}})", re.ASCII
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """A key as it was shown once: its public id and its secret."""

    key_id: str
    secret: str

    def __str__(self) -> str:
        return f"{PREFIX}_{self.key_id}_{self.secret}"

    def __repr__(self) -> str:
        return f"Token(key_id={self.key_id!r})"


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """The agency that calls, as the authorizer found it by its key, or by the token of one of its officers.

    `key_id` is what it came with: a key's id, or the officer's. A key has neither `officer_id` nor `role`; an officer's
    scopes follow from the role. A partner stands in place of an agency by its subject (`partners.Partner.subject`),
    which no agency has as its id.
    """

    agency_id: str
    key_id: str
    scopes: frozenset[str]
    officer_id: str | None = None
    role: Role | None = None

    def require(self, scope: str) -> None:
        """Raises Forbidden where the key does not carry the scope, RoleRefused where the officer's role does not."""
        if scope in self.scopes:
            return
        raise Forbidden if self.role is None else RoleRefused(role=self.role)


def new_token(material: bytes | None = None) -> Token:
    """A key with an id of its own; its secret is of `material`, SECRET_BYTES of it, else of random bytes."""
    key_id = "".join(secrets.choice(_LETTERS) for _ in range(ID_LENGTH))
    return token_of(key_id, material or secrets.token_bytes(SECRET_BYTES))


def token_of(key_id: str, material: bytes) -> Token:
    """The key with this id whose secret is of this material."""
    return Token(key_id=key_id, secret=_base62(int.from_bytes(material)))


def derived(token: str, *, salt: str) -> bytes:
    """SECRET_BYTES that whoever has the token (256 random bits) and the salt can make again, and nobody else."""
    return hmac.digest(token.encode(), f"qamqor: a secret made under a key\n{salt}".encode(), "sha256")


def read_token(text: str) -> Token | None:
    """The token in `text`, or None where it is none."""
    found = _TOKEN.fullmatch(text)
    return None if found is None else Token(key_id=found["id"], secret=found["secret"])


def bearer_credentials(authorization: str | None) -> str | None:
    """What stands in an `Authorization: Bearer` header (RFC 6750, section 2.1), or None."""
    scheme, _, credentials = (authorization or "").partition(" ")
    return credentials.strip() if scheme.lower() == "bearer" else None


def hash_of(secret: str) -> str:
    """What is stored of a secret: SHA-256, in hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


def matches(secret: str, *, stored: str) -> bool:
    """Whether the secret is the one that `stored` is the hash of, in a time that tells nothing."""
    return hmac.compare_digest(hash_of(secret), stored)


def is_valid(*, now: datetime, expires_at: datetime | None, revoked_at: datetime | None) -> bool:
    """A key ends at its expiry or when it is revoked, whichever comes first; either may lie ahead."""
    return (expires_at is None or now < expires_at) and (revoked_at is None or now < revoked_at)


def with_implied(scopes: frozenset[str] | tuple[str, ...]) -> tuple[str, ...]:
    """The scopes in their order with those that they include. Raises ValueError for one that there is not."""
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        raise ValueError(f"scopes are {', '.join(SCOPES)}; not {', '.join(unknown) or 'none'}")
    return SCOPES[: max(SCOPES.index(scope) for scope in scopes) + 1]


def _base62(value: int) -> str:
    letters = []
    for _ in range(_SECRET_LENGTH):
        value, digit = divmod(value, 62)
        letters.append(_LETTERS[digit])
    return "".join(reversed(letters))
