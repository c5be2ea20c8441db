"""To whom a body may give its complaints."""

from collections.abc import Callable

from functions.complaints.complaint import Actor
from functions.records.agencies.officers import LEFT, OfficerItem, officer_sk
from functions.records.agencies.table import agency_pk

type MayHave = Callable[[Actor, str], bool]
"""Whether whoever acts may give a complaint to the officer with this id."""


def may_have(by: Actor, officer_id: str) -> bool:
    """Whom an officer names is one of their body who has not left; a body's own system names whoever it knows there."""
    if by.role is None or officer_id == by.officer:
        return True
    try:
        officer = OfficerItem.get(agency_pk(by.id or ""), officer_sk(officer_id))
    except OfficerItem.DoesNotExist:
        return False
    return officer.state != LEFT
