"""What is kept of the letters to a body: the day of the last one, and what the links in them are signed with."""

import secrets
from datetime import date, datetime
from typing import Any, Final

from functions.complaints.letters import Known
from functions.records.agencies.agreements import AgencyItem, item_of, named
from functions.records.agencies.table import agency_pk
from functions.records.conditional import updated

_SECRET_BYTES: Final = 32


def known_of(agency_id: str) -> Known:
    item = item_of(agency_id)
    if item is None:
        return Known()
    return Known(
        officer_seen_at=item.officer_seen_at,
        letter_day=None if item.letter_day is None else date.fromisoformat(item.letter_day),
        letters_off_for=item.letters_off_for,
    )


def claim(agency_id: str, *, day: date, now: datetime) -> bool:
    """Whether the day's letter is now this caller's to send: nobody else's, and no second time."""
    unwritten = AgencyItem.letter_day.does_not_exist() | (AgencyItem.letter_day < day.isoformat())
    return _changed(agency_id, [AgencyItem.letter_day.set(day.isoformat())], condition=unwritten, now=now)


def unclaim(agency_id: str, *, day: date, now: datetime) -> None:
    """The day's letter was not taken: it may be tried again."""
    mine = AgencyItem.letter_day == day.isoformat()
    _changed(agency_id, [AgencyItem.letter_day.remove()], condition=mine, now=now)


def link_secret(agency_id: str, *, address: str, language: str, now: datetime) -> str:
    """What the links in the body's letters are signed with; made at the first of them. Address and language are kept for
    who follows one.
    """
    item = AgencyItem(agency_pk(agency_id))
    item.update(
        [
            AgencyItem.letter_secret.set(AgencyItem.letter_secret | secrets.token_hex(_SECRET_BYTES)),
            AgencyItem.letter_address.set(address),
            AgencyItem.letter_language.set(language),
            *named(agency_id, now=now),
        ]
    )
    return str(item.letter_secret)


def _changed(agency_id: str, actions: list[Any], *, condition: Any, now: datetime) -> bool:
    item = AgencyItem(agency_pk(agency_id))
    return updated(item, actions + named(agency_id, now=now), condition=condition)
