"""Partners: whoever files through Open311 what people report elsewhere, in an app or a site of their own. Pure.

A partner says of its user at most a reference that means something to itself alone. What is kept of that is a pseudonym,
made with a secret of the partner: it tells two of its users apart, and leads nobody back to the reference, which may be as
easily guessed as a telephone number.
"""

import hmac
import re
from dataclasses import dataclass
from typing import Final

ID: Final = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*", re.ASCII)
ID_MOST: Final = 40
PREFIX: Final = "partner:"
"""Begins the subject of every reporter who comes this way; no identity provider gives one with a colon in this place."""
_DIGITS: Final = 32


@dataclass(frozen=True, kw_only=True, slots=True)
class Partner:
    """The partner that files, as it was found by its key. `secret`: what its users' pseudonyms are made with."""

    id: str
    key_id: str
    secret: str

    @property
    def subject(self) -> str:
        """Stands for all users of the partner of whom it says nothing."""
        return subject_of(self.id)

    def reporter(self, reference: str | None) -> str:
        """The subject of the user whom the partner means by this reference."""
        if not reference:
            return self.subject
        name = hmac.digest(self.secret.encode(), reference.encode(), "sha256").hex()[:_DIGITS]
        return f"{self.subject}:{name}"


def subject_of(partner_id: str) -> str:
    return f"{PREFIX}{partner_id}"


def partner_of(subject: str | None) -> str | None:
    """The subject of the partner (`Partner.subject`) through which this reporter came; None for whoever came otherwise."""
    if subject is None or not subject.startswith(PREFIX):
        return None
    return subject_of(subject.removeprefix(PREFIX).partition(":")[0])


def is_partner_id(text: str) -> bool:
    return len(text) <= ID_MOST and ID.fullmatch(text) is not None
