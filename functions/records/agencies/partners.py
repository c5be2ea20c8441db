"""Keys of partners. A partner is what its keys say of it: an id, a name, and the secret of its users' pseudonyms, which
passes from each key to the next.
"""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pynamodb.attributes import JSONAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError

from functions.complaints.faults import Conflict, NotFound
from functions.complaints.keys import FILE, Caller, Token, hash_of, is_valid, matches, new_token
from functions.complaints.partners import Partner, is_partner_id
from functions.records.agencies.keys import KEY_REMEMBERED, KEYS_MOST, LAST_USED_EVERY
from functions.records.agencies.table import AgenciesTable
from functions.records.attributes import InstantAttribute
from functions.records.conditional import updated

PARTNERS: Final = "partners"
"""The partition of all: there are a handful, and whoever lists them reads it whole."""
_SECRET_BYTES: Final = 32


class PartnerKeyItem(AgenciesTable):
    """A partner's key. Its id stands in the sort key alone: in an attribute of that name it would be in the index by
    which agencies' keys are found.
    """

    partner_id = UnicodeAttribute()
    name = UnicodeAttribute()
    hash = UnicodeAttribute()
    scopes = JSONAttribute()
    pseudonyms = UnicodeAttribute()
    created_at = InstantAttribute()
    expires_at = InstantAttribute(null=True)
    revoked_at = InstantAttribute(null=True)
    last_used_at = InstantAttribute(null=True)
    expires = TTLAttribute(null=True)

    @property
    def id(self) -> str:
        return str(self.sk).partition("#")[2]

    def is_valid(self, now: datetime) -> bool:
        return is_valid(now=now, expires_at=self.expires_at, revoked_at=self.revoked_at)


@dataclass(frozen=True, kw_only=True, slots=True)
class NewPartnerKey:
    """A key at the only moment when its token is known."""

    token: str
    key_id: str


def create_partner_key(
    partner_id: str, *, name: str, expires_at: datetime | None, now: datetime
) -> NewPartnerKey:
    """Make a key of a partner, which may be new. Raises ValueError for an id that is none, Conflict at KEYS_MOST valid
    keys.
    """
    require_partner_id(partner_id)
    others = [key for key in partner_keys() if key.partner_id == partner_id]
    if sum(key.is_valid(now) for key in others) >= KEYS_MOST:
        raise Conflict("too_many_keys", max=KEYS_MOST)
    token = new_token()
    PartnerKeyItem(
        PARTNERS,
        _key_sk(token.key_id),
        partner_id=partner_id,
        name=name,
        hash=hash_of(token.secret),
        scopes=[FILE],
        pseudonyms=others[0].pseudonyms if others else secrets.token_hex(_SECRET_BYTES),
        created_at=now,
        expires_at=expires_at,
        expires=None if expires_at is None else expires_at + KEY_REMEMBERED,
    ).save(condition=PartnerKeyItem.pk.does_not_exist())
    return NewPartnerKey(token=str(token), key_id=token.key_id)


def require_partner_id(text: str) -> None:
    """Raises ValueError."""
    if not is_partner_id(text):
        raise ValueError(f"a partner's id is of small letters, digits, - and _: not {text!r}")


def partner_keys() -> tuple[PartnerKeyItem, ...]:
    """All partners' keys, those that ended lately included."""
    return tuple(PartnerKeyItem.query(PARTNERS, PartnerKeyItem.sk.startswith("key#"), consistent_read=True))


def partner_key(key_id: str) -> PartnerKeyItem:
    """Raises NotFound."""
    try:
        return PartnerKeyItem.get(PARTNERS, _key_sk(key_id), consistent_read=True)
    except PartnerKeyItem.DoesNotExist as error:
        raise NotFound(key_id) from error


def revoke_partner_key(key_id: str, *, now: datetime) -> None:
    """End a key now: the next request with it is refused. Raises NotFound."""
    key = partner_key(key_id)
    if key.is_valid(now):
        key.update([PartnerKeyItem.revoked_at.set(now), PartnerKeyItem.expires.set(now + KEY_REMEMBERED)])


def partner_with(token: Token, *, now: datetime) -> Partner | None:
    """Whose key this is, or None where it is not valid; one read."""
    try:
        key = partner_key(token.key_id)
    except NotFound:
        return None
    if not matches(token.secret, stored=key.hash) or not key.is_valid(now) or FILE not in key.scopes:
        return None
    _note_use(key, now=now)
    return Partner(id=key.partner_id, key_id=key.id, secret=key.pseudonyms)


def caller_of_partner(token: Token, *, now: datetime) -> Caller | None:
    """The partner whose key this is, as it calls what is not Open311; None where it is not valid."""
    partner = partner_with(token, now=now)
    if partner is None:
        return None
    return Caller(agency_id=partner.subject, key_id=partner.key_id, scopes=frozenset({FILE}))


def _note_use(key: PartnerKeyItem, *, now: datetime) -> None:
    """At most once an hour, whoever notices it first. Where it cannot be written the key is as good as it was."""
    if key.last_used_at is not None and now - key.last_used_at < LAST_USED_EVERY:
        return
    used = PartnerKeyItem.last_used_at
    unused = used.does_not_exist() | (used <= now - LAST_USED_EVERY)
    with suppress(UpdateError):
        updated(key, [used.set(now)], condition=PartnerKeyItem.pk.exists() & unused)


def _key_sk(key_id: str) -> str:
    return f"key#{key_id}"
