"""Seals: what a hash can hold of a person's words and places, so that they can be erased and the hash still holds.

A seal is the SHA-256 of what it seals with a salt. The salt stands beside the words; erasing takes both, and of the digest
alone nobody can find out, by trying, what it was made of. The hashes of the chain cover the digest.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, is_dataclass, replace
from datetime import datetime
from typing import Any, Self

from functions.complaints.clock import iso


def digest_of(body: Mapping[str, Any]) -> str:
    """SHA-256, in hex, of the canonical JSON: keys in order, no spaces, instants in ISO 8601."""
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class Seal:
    """`digest` in hex; `salt` None: what it sealed is erased, and can be neither read nor verified any more."""

    digest: str
    salt: str | None = None

    @classmethod
    def of(cls, sealed: Mapping[str, Any]) -> Self:
        salt = secrets.token_hex(16)
        return cls(digest=_salted(sealed, salt), salt=salt)

    def holds(self, sealed: Mapping[str, Any]) -> bool:
        """Whether it was made of this."""
        return self.salt is not None and _salted(sealed, self.salt) == self.digest

    def erased(self) -> Self:
        return replace(self, salt=None)


def _salted(sealed: Mapping[str, Any], salt: str) -> str:
    return digest_of({"salt": salt, "sealed": sealed})


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(type(value).__name__)
