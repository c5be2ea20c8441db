"""The inbox as the app shows it: each item said anew, in the language of whoever reads it."""

import re
from datetime import datetime
from typing import Annotated, Final

from pydantic import Field

from functions.complaints.clock import iso
from functions.complaints.faults import invalid
from functions.complaints.history import line
from functions.complaints.region import Region
from functions.edge.complaint_fields import Line, Number
from functions.edge.fields import Id, Instant, View, described
from functions.records.cursor import cursor_at, opaque, plain, position
from functions.records.people.inbox import InboxItem, event_of, inbox_page, unread, viewer_of
from functions.records.people.profiles import ProfileItem

_SK: Final = re.compile(r"told#[0-9TZ:.-]{24}#[0-9A-Z]{26}#[0-9]{6,}", re.ASCII)


class InboxLine(Line):
    """A step of a complaint, told to this person."""

    id: str
    complaint_id: Id
    number: Number
    category: str
    mine: Annotated[bool, described("False: another person's complaint that this one has joined.")]
    read: bool


class Inbox(View):
    """A page of the inbox."""

    items: list[InboxLine]
    unread: Annotated[int, Field(ge=0, description="In the whole inbox.")]
    cursor: Annotated[str | None, described("Continues the list; null at its end.")]
    as_of: Annotated[Instant, described("Send it back as `until` to mark all of this read.")]


def inbox_view(
    person: str,
    profile: ProfileItem | None,
    *,
    limit: int,
    cursor: str | None,
    language: str,
    region: Region,
    now: datetime,
) -> Inbox:
    """A page, newest first; `unread` counts the whole inbox, `as_of` is what marks all of it read."""
    before = _position(cursor, person)
    items, last = inbox_page(person, limit=limit, before=before, now=now)
    since: datetime | None = None if profile is None else profile.read_until
    said = [_item(item, since=since, language=language, region=region) for item in items]
    return Inbox(
        items=[item for item in said if item is not None],
        unread=unread(person, since=since, now=now),
        cursor=cursor_at(None if last is None else {"sk": last, "person": person}),
        as_of=iso(now),
    )


def _position(cursor: str | None, person: str) -> str | None:
    """The key of the item that the page starts before. Raises Invalid for the cursor of another list."""
    after = position(cursor, "sk", person=person)
    if after is not None and not _SK.fullmatch(after["sk"]):
        raise invalid("cursor", "wrong_form")
    return None if after is None else after["sk"]


def sort_key(public: str, *, field: str) -> str:
    """The key of the item with this id; raises Invalid for anything else."""
    sk = plain(public, field=field)
    if not _SK.fullmatch(sk):
        raise invalid(field, "wrong_form")
    return sk


def _item(item: InboxItem, *, since: datetime | None, language: str, region: Region) -> InboxLine | None:
    said = line(event_of(item), language=language, region=region, viewer=viewer_of(item))
    if said is None:
        return None
    return InboxLine(
        **said,
        id=opaque(item.sk),
        complaint_id=item.complaint_id,
        number=item.number,
        category=item.category,
        mine=bool(item.mine),
        read=item.is_read(since=since),
    )
