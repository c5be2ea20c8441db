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

from functions.complaints.complaint import Role
from functions.complaints.faults import NotFound
from functions.complaints.keys import Caller
from functions.complaints.officers import SCOPES
from functions.records.agencies.agreements import AgencyItem
from functions.records.agencies.table import AgenciesTable, agency_pk
from functions.records.attributes import InstantAttribute
from functions.records.conditional import updated

INVITED: Final = "invited"
ACTIVE: Final = "active"
LEFT: Final = "left"
STATES: Final = (INVITED, ACTIVE, LEFT)
SEEN_EVERY: Final = timedelta(hours=1)
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
