"""API keys: of each its hash alone is kept, found by the key's id."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pynamodb.attributes import JSONAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.transactions import TransactWrite

from functions.complaints.faults import Conflict, NotFound
from functions.complaints.keys import (
    Caller,
    Token,
    hash_of,
    is_valid,
    matches,
    new_token,
    token_of,
    with_implied,
)
from functions.records.agencies.made import MadeItem, write_once
from functions.records.agencies.table import AgenciesTable, agency_pk
from functions.records.attributes import InstantAttribute
from functions.records.conditional import updated

LAST_USED_EVERY: Final = timedelta(hours=1)
KEY_REMEMBERED: Final = timedelta(days=90)
"""How long a key that has ended is still listed."""
OVERLAP: Final = timedelta(hours=24)
KEYS_MOST: Final = 20


class KeyItem(AgenciesTable):
    """An API key. `created_by` is a key's id, or `operator`."""

    key_id = UnicodeAttribute()
    agency_id = UnicodeAttribute()
    hash = UnicodeAttribute()
    scopes = JSONAttribute()
    name = UnicodeAttribute()
    created_at = InstantAttribute()
    created_by = UnicodeAttribute()
    expires_at = InstantAttribute(null=True)
    revoked_at = InstantAttribute(null=True)
    last_used_at = InstantAttribute(null=True)
    replaced_by = UnicodeAttribute(null=True)
    expires = TTLAttribute(null=True)

    def is_valid(self, now: datetime) -> bool:
        return is_valid(now=now, expires_at=self.expires_at, revoked_at=self.revoked_at)


@dataclass(frozen=True, kw_only=True, slots=True)
class NewKey:
    """A key at the only moment when its token is known. Show `token` once and forget it."""

    token: str
    key_id: str
    name: str
    agency_id: str
    scopes: tuple[str, ...]
    expires_at: datetime | None


def create_key(
    agency_id: str,
    *,
    scopes: tuple[str, ...],
    name: str,
    expires_at: datetime | None,
    now: datetime,
    created_by: str = "operator",
    material: bytes | None = None,
    note: MadeItem | None = None,
) -> NewKey:
    """Make a key and store its hash, with the `note` of the request that asked for it. Raises ValueError for unknown
    scopes, Conflict at KEYS_MOST valid keys.
    """
    key, new = _new_key(
        agency_id,
        scopes=scopes,
        name=name,
        expires_at=expires_at,
        now=now,
        created_by=created_by,
        material=material,
    )
    if note is None:
        key.save(condition=KeyItem.pk.does_not_exist())
        return new
    note.made = key.key_id
    write_once(note, lambda transaction: transaction.save(key, condition=KeyItem.pk.does_not_exist()))
    return new


def _new_key(
    agency_id: str,
    *,
    scopes: tuple[str, ...],
    name: str,
    expires_at: datetime | None,
    now: datetime,
    created_by: str,
    material: bytes | None,
) -> tuple[KeyItem, NewKey]:
    """A key that is not stored yet."""
    implied = with_implied(scopes)
    if sum(key.is_valid(now) for key in keys_of(agency_id)) >= KEYS_MOST:
        raise Conflict("too_many_keys", max=KEYS_MOST)
    token = new_token(material)
    item = KeyItem(
        agency_pk(agency_id),
        _key_sk(token.key_id),
        key_id=token.key_id,
        agency_id=agency_id,
        hash=hash_of(token.secret),
        scopes=list(implied),
        name=name,
        created_at=now,
        created_by=created_by,
        expires_at=expires_at,
        expires=None if expires_at is None else expires_at + KEY_REMEMBERED,
    )
    return item, _known(item, token)


def made_before(agency_id: str, key_id: str, *, material: bytes) -> NewKey:
    """The key that was made of this material, as it stands. Raises NotFound where it is no longer kept."""
    return _known(key_of(agency_id, key_id), token_of(key_id, material))


def _known(key: KeyItem, token: Token) -> NewKey:
    return NewKey(
        token=str(token),
        key_id=key.key_id,
        name=key.name,
        agency_id=key.agency_id,
        scopes=tuple(key.scopes),
        expires_at=key.expires_at,
    )


def keys_of(agency_id: str) -> tuple[KeyItem, ...]:
    """An agency's keys, those that ended lately included; one query."""
    return tuple(KeyItem.query(agency_pk(agency_id), KeyItem.sk.startswith("key#"), consistent_read=True))


def key_of(agency_id: str, key_id: str) -> KeyItem:
    """Raises NotFound."""
    try:
        return KeyItem.get(agency_pk(agency_id), _key_sk(key_id), consistent_read=True)
    except KeyItem.DoesNotExist as error:
        raise NotFound(key_id) from error


def revoke_key(agency_id: str, key_id: str, *, now: datetime) -> None:
    """End a key now; the gateway may let it in for as long as it keeps an authorizer's answer. Raises NotFound."""
    key = key_of(agency_id, key_id)
    if not key.is_valid(now):
        return
    key.update([KeyItem.revoked_at.set(now), KeyItem.expires.set(now + KEY_REMEMBERED)])


def rotate_key(
    agency_id: str,
    key_id: str,
    *,
    overlap: timedelta = OVERLAP,
    created_by: str = "operator",
    material: bytes | None = None,
    note: MadeItem | None = None,
    now: datetime,
) -> NewKey:
    """A new key with the same rights and term; the old one ends after `overlap`, or earlier if it was to. One
    transaction: there is never a new key beside an old one that does not end.

    Raises NotFound, also for a key that has ended, and Conflict where it was changed at the same moment.
    """
    old = key_of(agency_id, key_id)
    if not old.is_valid(now):
        raise NotFound(key_id)
    ends = now + overlap
    if old.expires_at is not None and old.expires_at < ends:
        ends = old.expires_at
    key, new = _new_key(
        agency_id,
        scopes=tuple(old.scopes),
        name=old.name,
        expires_at=None if old.expires_at is None else now + (old.expires_at - old.created_at),
        now=now,
        created_by=created_by,
        material=material,
    )
    as_it_was = (
        KeyItem.replaced_by.does_not_exist()
        if old.replaced_by is None
        else KeyItem.replaced_by == old.replaced_by
    )
    if note is not None:
        note.made = key.key_id

    def both(transaction: TransactWrite) -> None:
        transaction.save(key, condition=KeyItem.pk.does_not_exist())
        transaction.update(
            old,
            [
                KeyItem.expires_at.set(ends),
                KeyItem.expires.set(ends + KEY_REMEMBERED),
                KeyItem.replaced_by.set(key.key_id),
            ],
            condition=KeyItem.pk.exists() & KeyItem.revoked_at.does_not_exist() & as_it_was,
        )

    write_once(note, both)
    return new


def caller_with(token: Token, *, now: datetime) -> Caller | None:
    """Whose key this is, or None where it is not valid; one query of the index."""
    key = next(iter(KeyItem.by_key.query(token.key_id, limit=1)), None)
    if key is None or not matches(token.secret, stored=key.hash) or not key.is_valid(now):
        return None
    _note_use(key, now=now)
    return Caller(agency_id=key.agency_id, key_id=key.key_id, scopes=frozenset(key.scopes))


def _note_use(key: KeyItem, *, now: datetime) -> None:
    """Write when the key was used, at most once an hour, whoever notices it first. Where it cannot be written the key is
    as good as it was.
    """
    if key.last_used_at is not None and now - key.last_used_at < LAST_USED_EVERY:
        return
    unused = KeyItem.last_used_at.does_not_exist() | (KeyItem.last_used_at <= now - LAST_USED_EVERY)
    with suppress(UpdateError):
        updated(key, [KeyItem.last_used_at.set(now)], condition=KeyItem.pk.exists() & unused)


def _key_sk(key_id: str) -> str:
    return f"key#{key_id}"
