"""The inbox: what a person is told, kept for the region's `terms.inbox`; it is the truth that the app shows."""

import secrets
from datetime import datetime, timedelta
from typing import Final

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.expressions.condition import Condition

from functions.complaints.clock import iso
from functions.complaints.complaint import ActorKind, Status
from functions.complaints.events import Event, EventType
from functions.complaints.visibility import Viewer
from functions.records.attributes import InstantAttribute
from functions.records.conditional import saved, updated
from functions.records.people.profiles import ProfileItem
from functions.records.people.table import PeopleTable, person_pk

# An event may be told as long after it happened as the stream keeps it, which is a day, and what fails is tried again.
_TOLD_WITHIN: Final = timedelta(days=2)


def new_attempt() -> str:
    return secrets.token_hex(8)


class InboxItem(PeopleTable):
    """One step of one complaint, told to one person.

    `followed`: the complaint that the person joined, of a part its whole; None where it is their own. `pushed`: the
    devices whose push is spoken for; `attempt` names the run that did so last.
    """

    complaint_id = UnicodeAttribute()
    number = UnicodeAttribute()
    category = UnicodeAttribute()
    seq = NumberAttribute()
    type = UnicodeAttribute()
    at = InstantAttribute()
    actor = UnicodeAttribute()
    actor_agency = UnicodeAttribute(null=True)
    status = UnicodeAttribute()
    data = JSONAttribute(null=True)
    mine = BooleanAttribute(null=True)
    language = UnicodeAttribute(null=True)
    followed = UnicodeAttribute(null=True)
    told_at = InstantAttribute()
    read_at = InstantAttribute(null=True)
    attempt = UnicodeAttribute(default_for_new=new_attempt)
    pushed = UnicodeSetAttribute(null=True)
    failures = NumberAttribute(null=True)
    held_until = InstantAttribute(null=True)
    expires = TTLAttribute()

    @property
    def person(self) -> str:
        return str(self.pk).partition("#")[2]

    @property
    def waits_until(self) -> datetime | None:
        """Until when its push is held."""
        return self.held_until

    def is_read(self, *, since: datetime | None) -> bool:
        """Whether it was read by itself, or told by `since`, until when everything is read."""
        read_at: datetime | None = self.attribute_values.get("read_at")
        return read_at is not None or (since is not None and self.told_at <= since)


def inbox_sk(*, at: datetime, complaint_id: str, seq: int) -> str:
    return f"told#{iso(at)}#{complaint_id}#{seq:06d}"


def add_to_inbox(item: InboxItem) -> InboxItem | None:
    """Store the item once; returns the one that was there before, None where this is the first."""
    if saved(item, condition=InboxItem.pk.does_not_exist()):
        return None
    before = InboxItem.get(item.pk, item.sk, consistent_read=True)
    return None if before.attempt == item.attempt else before


def inbox_item(person: str, sk: str) -> InboxItem | None:
    try:
        return InboxItem.get(person_pk(person), sk, consistent_read=True)
    except InboxItem.DoesNotExist:
        return None


def event_of(item: InboxItem) -> Event:
    """The event that the item tells of, as far as words are made of it: without its place in the chain."""
    return Event(
        complaint_id=item.complaint_id,
        seq=int(item.seq),
        type=EventType(item.type),
        at=item.at,
        actor=ActorKind(item.actor),
        actor_agency=item.actor_agency,
        status=Status(item.status),
        data=item.data or {},
    )


def viewer_of(item: InboxItem) -> Viewer:
    """As what the person is told."""
    return Viewer.REPORTER if item.mine else Viewer.JOINER


def inbox_page(
    person: str, *, limit: int, before: str | None, now: datetime
) -> tuple[list[InboxItem], str | None]:
    """Newest first, and the key that the next page starts before, None at the end."""
    query = InboxItem.query(
        person_pk(person),
        InboxItem.sk.startswith("told#") if before is None else InboxItem.sk.between("told#", before),
        # The table deletes what has expired in its own time.
        filter_condition=InboxItem.expires > now,
        scan_index_forward=False,
        limit=limit + 2,
        page_size=limit + 2,
    )
    # The item that the page starts before is among those read.
    found = [item for item in query if item.sk != before]
    items = found[:limit]
    return items, items[-1].sk if len(found) > limit else None


def unread(person: str, *, since: datetime | None, now: datetime) -> int:
    """How many items were neither read one by one nor told by `since`, until when everything is read."""
    told: Condition = InboxItem.sk.startswith("told#")
    new = InboxItem.read_at.does_not_exist() & (InboxItem.expires > now)
    if since is not None:
        told = InboxItem.sk.between(f"told#{iso(since - _TOLD_WITHIN)}", "told$")
        new &= InboxItem.told_at > since
    return InboxItem.count(person_pk(person), told, filter_condition=new, consistent_read=True)


def mark_read(person: str, sk: str, *, now: datetime) -> bool:
    """Whether there is such an item; read once, it stays read at that time."""
    return updated(
        InboxItem(person_pk(person), sk),
        [InboxItem.read_at.set(InboxItem.read_at | now)],
        condition=InboxItem.pk.exists(),
    )


def mark_all_read(person: str, *, until: datetime) -> None:
    """Everything that was told by `until` is read; what was read before stays so."""
    updated(
        ProfileItem(person_pk(person)),
        [ProfileItem.read_until.set(until), ProfileItem.expires.remove()],
        condition=ProfileItem.read_until.does_not_exist() | (ProfileItem.read_until < until),
    )
