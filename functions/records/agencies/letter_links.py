"""Whose link one in a letter is, and that its address wants no more letters."""

from dataclasses import dataclass
from datetime import datetime

from functions.complaints.faults import NotFound
from functions.complaints.letter_links import agency_named_in, is_token_of
from functions.records.agencies.agreements import AgencyItem, item_of, named
from functions.records.agencies.table import agency_pk


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A body that was written to, where, and in which language."""

    agency_id: str
    address: str
    language: str


def written_to(token: str) -> Written:
    """Raises NotFound for a token that was in no letter to the address which the body has now."""
    agency_id = agency_named_in(token)
    item = None if agency_id is None else item_of(agency_id)
    if agency_id is None or item is None or item.letter_secret is None or item.letter_address is None:
        raise NotFound("no such letter")
    if not is_token_of(token, agency_id, address=item.letter_address, secret=item.letter_secret):
        raise NotFound("no such letter")
    return Written(agency_id=agency_id, address=item.letter_address, language=item.letter_language or "kk")


def turn_off(agency_id: str, *, address: str, now: datetime) -> None:
    """No more letters to this address. Twice is as good as once."""
    AgencyItem(agency_pk(agency_id)).update(
        [AgencyItem.letters_off_for.set(address), *named(agency_id, now=now)]
    )
