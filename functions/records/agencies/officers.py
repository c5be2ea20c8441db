"""Officers of an agency: who may come for it, as what, and when they were last here.

An officer's id is opaque and says nothing of the person. In a pool of ours it is the user's name there, which nobody can
change and which stands in each token: it stays the same where the user is made anew. With an issuer it is a digest of the
subject, which may be a person's number elsewhere.
"""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.transactions import TransactWrite

from functions.complaints.complaint import Role
from functions.complaints.faults import Conflict, NotFound
from functions.complaints.ids import is_id, new_id
from functions.complaints.keys import Caller
from functions.complaints.officers import SCOPES
from functions.records.agencies.agreements import AgencyItem
from functions.records.agencies.made import MadeItem, write_once
from functions.records.agencies.table import AgenciesTable, agency_pk
from functions.records.attributes import InstantAttribute
from functions.records.conditional import updated

INVITED: Final = "invited"
ACTIVE: Final = "active"
LEFT: Final = "left"
STATES: Final = (INVITED, ACTIVE, LEFT)
SEEN_EVERY: Final = timedelta(hours=1)
OFFICERS_MOST: Final = 500
"""In one body at a time."""
_ID_LENGTH: Final = 32


class OfficerItem(AgenciesTable):
    """An officer. `key_id` is `id` again, by which the index `by_key` finds the officer as it finds a key.

    `created_by` is the id of a key or an officer, `operator`, or None where the issuer brought them. Who signed in before
    `signed_out_at` has to sign in anew. `email` is kept as long as somebody may have to be written to.
    """

    key_id = UnicodeAttribute()
    id = UnicodeAttribute()
    agency_id = UnicodeAttribute()
    name = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)
    role = UnicodeAttribute()
    language = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    created_at = InstantAttribute()
    created_by = UnicodeAttribute(null=True)
    last_seen_at = InstantAttribute(null=True)
    signed_out_at = InstantAttribute(null=True)

    @property
    def caller(self) -> Caller:
        role = Role(self.role)
        return Caller(
            agency_id=self.agency_id,
            key_id=self.id,
            scopes=frozenset(SCOPES[role]),
            officer_id=self.id,
            role=role,
        )


def id_with_issuer(issuer: str, subject: str) -> str:
    """The id of an officer whom an issuer knows by this subject."""
    return hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest()[:_ID_LENGTH]


def officer_sk(officer_id: str) -> str:
    return f"officer#{officer_id}"


def officers_of(agency_id: str) -> tuple[OfficerItem, ...]:
    """An agency's officers, those who left included; one query."""
    query = OfficerItem.query(
        agency_pk(agency_id), OfficerItem.sk.startswith(officer_sk("")), consistent_read=True
    )
    return tuple(query)


def officer_of(agency_id: str, officer_id: str) -> OfficerItem:
    """Raises NotFound."""
    try:
        return OfficerItem.get(agency_pk(agency_id), officer_sk(officer_id), consistent_read=True)
    except OfficerItem.DoesNotExist as error:
        raise NotFound(officer_id) from error


def officer_named(officer_id: str, *, agency_id: str | None = None) -> OfficerItem | None:
    """The officer with this id, of whichever agency or of this one; one query of the index."""
    of_agency = None if agency_id is None else OfficerItem.pk == agency_pk(agency_id)
    found = OfficerItem.by_key.query(officer_id, of_agency, limit=1)
    return next((each for each in found if each.sk == officer_sk(officer_id)), None)


def caller_signed_in(officer_id: str, *, signed_in_at: datetime, now: datetime) -> Caller | None:
    """The officer who signed in then, or None where they left, were signed out since, or are nobody's."""
    officer = officer_named(officer_id)
    if officer is None or officer.state == LEFT:
        return None
    if officer.signed_out_at is not None and signed_in_at < officer.signed_out_at:
        return None
    if officer.last_seen_at is None or now - officer.last_seen_at >= SEEN_EVERY:
        _note_visit(officer, [], now=now)
    return officer.caller


def caller_with_claims(
    officer_id: str, *, agency_id: str, role: Role, name: str | None, now: datetime
) -> Caller | None:
    """The officer as the issuer says, or None where the body let them go all the same."""
    known = officer_named(officer_id, agency_id=agency_id)
    if known is not None and known.state == LEFT:
        return None
    officer = known or OfficerItem(agency_pk(agency_id), officer_sk(officer_id))
    is_new = known is None or (known.role, known.name) != (str(role), name)
    if is_new or officer.last_seen_at is None or now - officer.last_seen_at >= SEEN_EVERY:
        said = {"key_id": officer_id, "id": officer_id, "agency_id": agency_id, "role": str(role)}
        actions = [getattr(OfficerItem, each).set(value) for each, value in said.items()]
        actions.append(OfficerItem.name.remove() if name is None else OfficerItem.name.set(name))
        actions.append(OfficerItem.created_at.set(OfficerItem.created_at | now))
        _note_visit(officer, actions, now=now)
    return Caller(
        agency_id=agency_id,
        key_id=officer_id,
        scopes=frozenset(SCOPES[role]),
        officer_id=officer_id,
        role=role,
    )


def _note_visit(officer: OfficerItem, actions: Sequence[Any], *, now: datetime) -> None:
    """Write that the officer was here, of whom nobody else wrote it meanwhile, and that the agency had a visit. Where it
    cannot be written, they are let in as they would be.
    """
    last_seen = officer.last_seen_at
    still = OfficerItem.state.does_not_exist() | (OfficerItem.state != LEFT)
    as_it_was = (
        OfficerItem.last_seen_at.does_not_exist()
        if last_seen is None
        else OfficerItem.last_seen_at == last_seen
    )
    seen = [*actions, OfficerItem.last_seen_at.set(now), OfficerItem.state.set(ACTIVE)]
    agency = AgencyItem(_pk_of(officer))
    with suppress(UpdateError):
        if updated(officer, seen, condition=still & as_it_was):
            agency.update([AgencyItem.officer_seen_at.set(now)])


def _pk_of(officer: OfficerItem) -> str:
    pk: str = officer.pk
    return pk


def invited(
    agency_id: str,
    *,
    email: str,
    name: str,
    role: Role,
    language: str | None,
    created_by: str,
    note: MadeItem | None = None,
    now: datetime,
) -> OfficerItem:
    """An officer who has still to come, stored with the `note` of the request that asked for it. Somebody who was invited
    before and has not come yet is the same officer, as what they are asked for now. Raises Conflict where they are there,
    at OFFICERS_MOST, and where something changed meanwhile.
    """
    there = [each for each in officers_of(agency_id) if each.state != LEFT]
    known = next((each for each in there if (each.email or "").casefold() == email.casefold()), None)
    if known is not None and known.state != INVITED:
        raise Conflict("officer_exists")
    if known is None and len(there) >= OFFICERS_MOST:
        raise Conflict("too_many_officers", max=OFFICERS_MOST)
    officer = known or _new_officer(agency_id, created_by=created_by, now=now)
    officer.name, officer.email, officer.role, officer.language = name, email, str(role), language
    as_it_was = OfficerItem.pk.does_not_exist() if known is None else OfficerItem.state == INVITED
    if note is not None:
        note.made = officer.id
    write_once(note, lambda transaction: transaction.save(officer, condition=as_it_was))
    return officer


def _new_officer(agency_id: str, *, created_by: str, now: datetime) -> OfficerItem:
    officer_id = new_id(now)
    return OfficerItem(
        agency_pk(agency_id),
        officer_sk(officer_id),
        key_id=officer_id,
        id=officer_id,
        agency_id=agency_id,
        state=INVITED,
        created_at=now,
        created_by=created_by,
    )


def change_officer(
    officer: OfficerItem, *, name: str | None = None, role: Role | None = None, language: str | None = None
) -> OfficerItem:
    """The officer with what is said, and the rest as it was. Raises Conflict where a body would have no head any more."""
    said = {"name": name, "role": None if role is None else str(role), "language": language}
    actions = [getattr(OfficerItem, each).set(value) for each, value in said.items() if value is not None]
    if not actions:
        return officer
    _write(officer, actions, no_head=role not in (None, Role.HEAD))
    return officer_of(officer.agency_id, officer.id)


def let_go(officer: OfficerItem, *, last_head_too: bool = False) -> None:
    """They left: nobody is written to any more, and their name stays, for it stands beside what they did. Run twice, it
    finds it done. Raises Conflict where a body would have no head any more, unless the `last_head_too` may go.
    """
    if officer.state == LEFT:
        return
    _write(
        officer,
        [OfficerItem.state.set(LEFT), OfficerItem.email.remove()],
        no_head=not last_head_too,
    )


def signed_out(officer: OfficerItem, *, now: datetime) -> None:
    """Whoever signed in as them before has to do so anew. Raises Conflict where they left meanwhile."""
    _write(officer, [OfficerItem.signed_out_at.set(now)], no_head=False)


def forget(officer: OfficerItem) -> None:
    """Take off the name of somebody who left; what they did stays under their id. Raises Conflict for anybody else."""
    gone = [OfficerItem.name.remove(), OfficerItem.email.remove(), OfficerItem.language.remove()]
    if not updated(officer, gone, condition=OfficerItem.state == LEFT):
        raise Conflict("officer_still_there")


def _write(officer: OfficerItem, actions: Sequence[Any], *, no_head: bool) -> None:
    """In one transaction with seeing that another head stays, where this one would be `no_head` any more: of two heads who
    let each other go at once, one stays.
    """
    another = (
        _another_head(officer) if no_head and officer.role == Role.HEAD and officer.state == ACTIVE else None
    )

    def both(transaction: TransactWrite) -> None:
        transaction.update(
            officer,
            list(actions),
            condition=(OfficerItem.state == officer.state) & (OfficerItem.role == officer.role),
        )
        if another is not None:
            transaction.condition_check(
                OfficerItem,
                another.pk,
                another.sk,
                condition=(OfficerItem.state == ACTIVE) & (OfficerItem.role == str(Role.HEAD)),
            )

    write_once(None, both)


def _another_head(officer: OfficerItem) -> OfficerItem:
    """Raises Conflict where there is none who has ever been here."""
    for each in officers_of(officer.agency_id):
        if each.id != officer.id and each.role == Role.HEAD and each.state == ACTIVE:
            return each
    raise Conflict("last_head")


def is_officer_id(text: str) -> bool:
    """Whether it can be one: of a pool of ours, or of an issuer's officer."""
    return is_id(text) or (len(text) == _ID_LENGTH and set(text) <= set("0123456789abcdef"))
