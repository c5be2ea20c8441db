"""The complaints table as PynamoDB models. Keys and indexes are held to the deployed table by a test.

| pk                  | sk                 | item                                             |
|---------------------|--------------------|--------------------------------------------------|
| complaint#<id>      | complaint          | the complaint as it stands                       |
| complaint#<id>      | event#<seq>        | its events                                       |
| complaint#<id>      | exif#<photo>       | where a photo says it was taken, for a day       |
| complaint#<id>      | follower#<person>  | who joined                                       |
| complaint#<id>      | supervisor#<body>  | a body it was escalated to, for its worklist     |
| complaint#<id>      | touched            | that it was changed without an event, for a month |
| number#<number>     | number             | the short number's owner: makes it unique        |
| proofs#<body>       | <photo>            | what a body's proof photo looks like, for 90 days |
| publication         | progress           | how far the public files have come               |
| request#<digest>    | request            | an Idempotency-Key that was used                 |
"""

import os
import zlib
from typing import Any, ClassVar, Final

from pynamodb.attributes import (
    BooleanAttribute,
    NumberAttribute,
    NumberSetAttribute,
    TTLAttribute,
    UnicodeAttribute,
)
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection
from pynamodb.models import Model

from functions.records.attributes import InstantAttribute, ItemAttribute, TextsAttribute
from functions.records.dynamodb import TableMeta, one_client

SHARDS: Final = 4
# What a line of a list shows.
_LINE: Final = (
    "kind number status category agency_id due_at submitted_at changed_at escalation_level overdue joined version"
).split()
_WORK: Final = ["id", "district", "danger", "excerpt", "lat", "lon", "address", "thumbnail", "officer"]
WORK_LINE: Final = ["pk", *_LINE, *_WORK]
"""What a line of a body's worklist shows."""


def shard_of(complaint_id: str) -> int:
    """Which of the SHARDS a complaint's index entries fall into: one busy body or hour is not one hot key."""
    return zlib.crc32(complaint_id.encode()) % SHARDS


class ByPerson(GlobalSecondaryIndex[Any]):
    """A person's own complaints and those they joined; `id` sorts by time."""

    class Meta:
        index_name = "by_person"
        projection = IncludeProjection(_LINE)

    person = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)


class Worklist(GlobalSecondaryIndex[Any]):
    """A body's open complaints, most urgent first, in SHARDS parts: with a person's first words, the place, and how they
    call it, for the bodies in charge alone.
    """

    class Meta:
        index_name = "worklist"
        projection = IncludeProjection([*_LINE, *_WORK])

    worklist = UnicodeAttribute(hash_key=True)
    urgency = UnicodeAttribute(range_key=True)


class Timers(GlobalSecondaryIndex[Any]):
    """Complaints with a timer, soonest first, in SHARDS parts: what the sweep reads."""

    class Meta:
        index_name = "timers"
        projection = KeysOnlyProjection()

    timer_shard = UnicodeAttribute(hash_key=True)
    watch_at = InstantAttribute(range_key=True)


class Ended(GlobalSecondaryIndex[Any]):
    """Ended complaints that still have a person's words, the longest ended first, by how they ended, in SHARDS parts; and
    what photos suggest, by when it is offered no more.
    """

    class Meta:
        index_name = "ended"
        projection = KeysOnlyProjection()

    ended_shard = UnicodeAttribute(hash_key=True)
    ended_at = InstantAttribute(range_key=True)


class Nearby(GlobalSecondaryIndex[Any]):
    """Open complaints by category and cell of the map; and closed ones, by the body that had them beside, until their words
    are erased. A key in an index that there is costs one unit when it closes and one at its end; an item, or an index of
    their own, would cost that and a transaction's write of another item.
    """

    class Meta:
        index_name = "nearby"
        projection = IncludeProjection(
            (
                "lat lon number status joined submitted_at agency_id due_at escalation_level overdue person"
            ).split()
        )

    place = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)


class Overdue(GlobalSecondaryIndex[Any]):
    """What every body of its ladder has let pass, longest overdue first, in SHARDS parts; nothing of any person."""

    class Meta:
        index_name = "overdue"
        projection = IncludeProjection(
            (
                "number status category agency_id escalated_to escalation_level district lat lon lapse "
                "submitted_at joined"
            ).split()
        )

    overdue_shard = UnicodeAttribute(hash_key=True)
    overdue_since = UnicodeAttribute(range_key=True)


class Changes(GlobalSecondaryIndex[Any]):
    """Every event of a day in the order of time, in SHARDS parts."""

    class Meta:
        index_name = "changes"
        projection = IncludeProjection(["complaint_id", "seq", "type", "status", "hash"])

    day_shard = UnicodeAttribute(hash_key=True)
    moment = UnicodeAttribute(range_key=True)


@one_client
class ComplaintsTable(Model):
    """The table itself, from which the models of its items inherit."""

    class Meta(TableMeta):
        table_name = os.environ.get("COMPLAINTS_TABLE", "complaints")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)

    by_person = ByPerson()
    by_worklist = Worklist()
    by_timer = Timers()
    by_end = Ended()
    by_place = Nearby()
    by_overdue = Overdue()
    by_change = Changes()


class ComplaintItem(ComplaintsTable):
    KIND: ClassVar = "complaint"
    SK: ClassVar = "complaint"

    sk = UnicodeAttribute(range_key=True, default=SK)
    kind = UnicodeAttribute(default=KIND)
    id = UnicodeAttribute()
    number = UnicodeAttribute(null=True)
    region = UnicodeAttribute(null=True)
    status = UnicodeAttribute(null=True)
    category = UnicodeAttribute(null=True)
    danger = BooleanAttribute(null=True)
    comment = UnicodeAttribute(null=True)
    lat = NumberAttribute(null=True)
    lon = NumberAttribute(null=True)
    submitted_at = InstantAttribute(null=True)
    changed_at = InstantAttribute(null=True)
    version = NumberAttribute(null=True)
    watch_round = NumberAttribute(null=True)
    head = UnicodeAttribute(null=True)
    address = UnicodeAttribute(null=True)
    district = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    public_name = UnicodeAttribute(null=True)
    written_at = InstantAttribute(null=True)
    answers = TextsAttribute(null=True)
    photos = TextsAttribute(null=True)
    photo_hashes = TextsAttribute(null=True)
    agency_id = UnicodeAttribute(null=True)
    escalated_to = TextsAttribute(null=True)
    escalation_level = NumberAttribute(null=True)
    overdue = BooleanAttribute(null=True)
    promise = TextsAttribute(null=True)
    started_at = InstantAttribute(null=True)
    photos_due_at = InstantAttribute(null=True)
    acknowledge_by = InstantAttribute(null=True)
    near_at = InstantAttribute(null=True)
    due_at = InstantAttribute(null=True)
    close_at = InstantAttribute(null=True)
    assigned_at = InstantAttribute(null=True)
    acknowledged_at = InstantAttribute(null=True)
    answered_at = InstantAttribute(null=True)
    ended_at = InstantAttribute(null=True)
    answer = TextsAttribute(null=True)
    open_question = UnicodeAttribute(null=True)
    extensions = NumberAttribute(null=True)
    refutations = NumberAttribute(null=True)
    passed_by = TextsAttribute(null=True)
    joined = NumberAttribute(null=True)
    left_to_joiners = BooleanAttribute(null=True)
    again_of = UnicodeAttribute(null=True)
    merged_into = UnicodeAttribute(null=True)
    absorbed = TextsAttribute(null=True)
    parent_id = UnicodeAttribute(null=True)
    part = UnicodeAttribute(null=True)
    children = TextsAttribute(null=True)
    additions = TextsAttribute(null=True)
    officers = TextsAttribute(null=True)
    had_since = TextsAttribute(null=True)
    disputed = TextsAttribute(null=True)
    passed_on = TextsAttribute(null=True)
    lapse = TextsAttribute(null=True)
    photos_private = BooleanAttribute(null=True)
    hidden = TextsAttribute(null=True)
    flags = NumberAttribute(null=True)
    reporter_kind = UnicodeAttribute(null=True)
    reporter = UnicodeAttribute(null=True)
    words_seal = TextsAttribute(null=True)
    person_seal = TextsAttribute(null=True)
    last_event = ItemAttribute(null=True)

    excerpt = UnicodeAttribute(null=True)
    thumbnail = UnicodeAttribute(null=True)
    officer = UnicodeAttribute(null=True)
    person = UnicodeAttribute(null=True)
    worklist = UnicodeAttribute(null=True)
    urgency = UnicodeAttribute(null=True)
    timer_shard = UnicodeAttribute(null=True)
    watch_at = InstantAttribute(null=True)
    watch_kind = UnicodeAttribute(null=True)
    ended_shard = UnicodeAttribute(null=True)
    place = UnicodeAttribute(null=True)
    overdue_shard = UnicodeAttribute(null=True)
    overdue_since = UnicodeAttribute(null=True)


class EventItem(ComplaintsTable):
    """An event, and beside it what a consumer needs so that it need not read the complaint again."""

    KIND: ClassVar = "event"

    kind = UnicodeAttribute(default=KIND)
    complaint_id = UnicodeAttribute()
    seq = NumberAttribute()
    type = UnicodeAttribute()
    at = InstantAttribute(null=True)
    actor = UnicodeAttribute(null=True)
    actor_agency = UnicodeAttribute(null=True)
    actor_officer = UnicodeAttribute(null=True)
    status = UnicodeAttribute(null=True)
    data = TextsAttribute(null=True)
    words_seal = TextsAttribute(null=True)
    state = UnicodeAttribute(null=True)
    previous = UnicodeAttribute(null=True)
    hash = UnicodeAttribute(null=True)

    visible = BooleanAttribute(null=True)
    number = UnicodeAttribute(null=True)
    region = UnicodeAttribute(null=True)
    category = UnicodeAttribute(null=True)
    agency_id = UnicodeAttribute(null=True)
    escalated_to = TextsAttribute(null=True)
    escalation_level = NumberAttribute(null=True)
    due_at = InstantAttribute(null=True)
    reporter = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    joined = NumberAttribute(null=True)
    watch_round = NumberAttribute(null=True)
    started_watch = NumberAttribute(null=True)
    watch_at = InstantAttribute(null=True)
    parent_id = UnicodeAttribute(null=True)
    correlation_id = UnicodeAttribute(null=True)

    day_shard = UnicodeAttribute(null=True)
    moment = UnicodeAttribute(null=True)


class SuggestionItem(ComplaintsTable):
    """What a photo says of its place and time: for its reporter alone, deleted when it was accepted or after a day.

    Its sort key lies among what one query of a complaint with its history reads.
    """

    KIND: ClassVar = "suggestion"

    kind = UnicodeAttribute(default=KIND)
    photo_id = UnicodeAttribute()
    lat = NumberAttribute(null=True)
    lon = NumberAttribute(null=True)
    taken_at = InstantAttribute(null=True)
    expires = TTLAttribute()

    ended_shard = UnicodeAttribute(null=True)
    ended_at = InstantAttribute(null=True)
    by_end = Ended()


def suggestion_sk(photo_id: str) -> str:
    return f"exif#{photo_id}"


class FollowerItem(ComplaintsTable):
    """`said`: the numbers of the events in which they wrote, so that it can be erased."""

    KIND: ClassVar = "follower"

    kind = UnicodeAttribute(default=KIND)
    id = UnicodeAttribute()
    person = UnicodeAttribute()
    number = UnicodeAttribute(null=True)
    joined_at = InstantAttribute()
    said = NumberSetAttribute(null=True)


def follower_sk(person: str) -> str:
    return f"follower#{person}"


class SupervisorItem(ComplaintsTable):
    """Puts a complaint on the worklist of a body that it was escalated to, as long as it is open, with what the list can be
    asked for.
    """

    KIND: ClassVar = "supervisor"

    kind = UnicodeAttribute(default=KIND)
    id = UnicodeAttribute()
    agency_id = UnicodeAttribute()
    number = UnicodeAttribute(null=True)
    status = UnicodeAttribute(null=True)
    category = UnicodeAttribute(null=True)
    district = UnicodeAttribute(null=True)
    overdue = BooleanAttribute(null=True)
    excerpt = UnicodeAttribute(null=True)
    address = UnicodeAttribute(null=True)
    officer = UnicodeAttribute(null=True)
    worklist = UnicodeAttribute()
    urgency = UnicodeAttribute()


class ProofItem(ComplaintsTable):
    """A body's proof photo, found good: `photo_hash` is its perceptual hash (`complaints.perceptual_hash`).

    Its sort key is the photo's id, which sorts by time.
    """

    KIND: ClassVar = "proof"

    kind = UnicodeAttribute(default=KIND)
    complaint_id = UnicodeAttribute()
    photo_hash = UnicodeAttribute()
    expires = TTLAttribute()


def proofs_pk(agency_id: str) -> str:
    return f"proofs#{agency_id}"


class NumberItem(ComplaintsTable):
    SK: ClassVar = "number"

    sk = UnicodeAttribute(range_key=True, default=SK)
    complaint_id = UnicodeAttribute()
