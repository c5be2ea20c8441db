"""The people table: profile, devices and inbox of a person, known by an opaque subject and nothing else.

| pk                | sk                              | item                                                     |
|-------------------|---------------------------------|----------------------------------------------------------|
| person#<subject>  | profile                         | what the person chose                                    |
| person#<subject>  | device#<device>                 | a phone that is signed in                                |
| person#<subject>  | told#<time>#<complaint>#<seq>   | an item of the inbox, for the region's `terms.inbox`      |
| person#<subject>  | count#<day>                     | what the person filed that day                           |
| person#<subject>  | count#<day>#<what>              | what else they did that day that has a limit             |
| token#<digest>    | token                           | whose a push token is: makes it one person's             |
| held#<shard>      | <time>#<subject>#<inbox item>   | a push that waits for quiet hours to end                 |
| telling#<event>   | progress                        | how far the followers of one event have been told        |
"""

import hashlib
import os
import secrets
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Literal

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.exceptions import DeleteError, PutError, TransactWriteError, UpdateError
from pynamodb.expressions.condition import Condition, size
from pynamodb.transactions import TransactWrite

from functions.complaints.clock import iso
from functions.complaints.complaint import ActorKind, Status
from functions.complaints.events import Event, EventType
from functions.complaints.faults import LimitReached
from functions.complaints.people_rules import Preferences, QuietHours, next_day
from functions.complaints.region import Region
from functions.records.dynamodb import Model, TableMeta, connection
from functions.records.tables import InstantAttribute

# FCM drops a token that was not seen for 270 days; a phone that is in use says so at every start of the app.
# Source: https://firebase.google.com/docs/cloud-messaging/manage-tokens
DEVICE_KEPT: Final = timedelta(days=270)
DEVICES_MOST: Final = 10
HELD_SHARDS: Final = 4
_HELD_KEPT: Final = timedelta(days=7)
_PROGRESS_KEPT: Final = timedelta(days=2)
_COUNT_KEPT: Final = timedelta(days=3)
# The stream keeps an event for a day; a table can be restored as it was 35 days ago, with whom it knew then. Source:
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery.html
_GONE_NOTED: Final = timedelta(days=36)
_REFUSED: Final = "ConditionalCheckFailedException"

type Counted = Literal["complaints", "comments", "declarations", "joins", "devices"]
"""What one person may do only so often in a day."""


def new_attempt() -> str:
    return secrets.token_hex(8)


class PeopleMeta(TableMeta):
    table_name = os.environ.get("PEOPLE_TABLE", "people")


class ProfileItem(Model):
    """What is absent was never chosen: the region's own value counts. `quiet` `{}`: at any hour.

    `erased_at` is what stays of a person for a while who had everything erased: events from before it, which are
    still on their way, are told to nobody, and restoring a table does not bring them back.
    """

    class Meta(PeopleMeta):
        pass

    SK: ClassVar = "profile"

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default=SK)
    kind = UnicodeAttribute(null=True)
    bin = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    zone = UnicodeAttribute(null=True)
    quiet = JSONAttribute(null=True)
    escalations_pass = BooleanAttribute(null=True)
    muted = JSONAttribute(null=True)
    read_until = InstantAttribute(null=True)
    erased_at = InstantAttribute(null=True)
    expires = TTLAttribute(null=True)


class DeviceItem(Model):
    """A phone. The token itself is SNS's to keep; here is its digest."""

    class Meta(PeopleMeta):
        pass

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    device_id = UnicodeAttribute()
    platform = UnicodeAttribute()
    endpoint_arn = UnicodeAttribute()
    token_digest = UnicodeAttribute()
    language = UnicodeAttribute(null=True)
    seen_at = InstantAttribute()
    expires = TTLAttribute()

    @property
    def person(self) -> str:
        return str(self.pk).partition("#")[2]


class TokenItem(Model):
    """Whose a push token is; a phone that changes hands keeps its token."""

    class Meta(PeopleMeta):
        pass

    SK: ClassVar = "token"

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default=SK)
    person = UnicodeAttribute()
    device_id = UnicodeAttribute()
    endpoint_arn = UnicodeAttribute()
    expires = TTLAttribute()


class InboxItem(Model):
    """One step of one complaint, told to one person.

    `pushed`: the devices whose push is spoken for; `attempt` names the run that did so last.
    """

    class Meta(PeopleMeta):
        pass

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
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


class HeldItem(Model):
    """A push that waits; what it says is made when it is due."""

    class Meta(PeopleMeta):
        pass

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    person = UnicodeAttribute()
    inbox_sk = UnicodeAttribute()
    expires = TTLAttribute()


class CountItem(Model):
    class Meta(PeopleMeta):
        pass

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    requests = UnicodeSetAttribute(null=True)
    expires = TTLAttribute(null=True)


class ProgressItem(Model):
    class Meta(PeopleMeta):
        pass

    SK: ClassVar = "progress"

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default=SK)
    after = UnicodeAttribute()
    expires = TTLAttribute()


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """A person as far as telling goes: what they chose, and the phones that they are signed in on."""

    subject: str
    profile: ProfileItem | None
    devices: tuple[DeviceItem, ...]

    @property
    def language(self) -> str | None:
        """The person's own choice, else the one that a phone of theirs was last set to."""
        if self.profile is not None and self.profile.language:
            return self.profile.language
        spoken = [device for device in self.devices if device.language]
        return max(spoken, key=lambda device: device.seen_at).language if spoken else None

    def preferences(self, region: Region) -> Preferences:
        return preferences(self.profile, region=region)

    def was_erased_after(self, instant: datetime) -> bool:
        erased_at: datetime | None = None if self.profile is None else self.profile.erased_at
        return erased_at is not None and instant <= erased_at


def preferences(profile: ProfileItem | None, *, region: Region) -> Preferences:
    """The person's choices, and the region's where they made none."""
    quiet = region.quiet_hours if profile is None or profile.quiet is None else profile.quiet
    passing = None if profile is None else profile.escalations_pass
    return Preferences(
        zone=region.time_zone if profile is None else profile.zone or region.time_zone,
        quiet=QuietHours.from_dict(quiet) if quiet else None,
        escalations_pass=True if passing is None else passing,
        muted=frozenset(() if profile is None else profile.muted or ()),
    )


# --- the person and their phones


def person_pk(person: str) -> str:
    return f"person#{person}"


def device_sk(device_id: str) -> str:
    return f"device#{device_id}"


def token_pk(digest: str) -> str:
    return f"token#{digest}"


def token_digest(platform: str, token: str) -> str:
    return hashlib.sha256(f"{platform}\n{token}".encode()).hexdigest()


def person_of(person: str, *, now: datetime, consistent: bool = True) -> Person:
    """Profile and live devices; one query."""
    profile: ProfileItem | None = None
    devices: list[DeviceItem] = []
    # Between the two keys lie the devices and the profile, and nothing else of the person's.
    for raw in _raw_query(
        person_pk(person), ProfileItem.sk.between("device#", ProfileItem.SK), consistent=consistent
    ):
        if raw["sk"]["S"] == ProfileItem.SK:
            profile = ProfileItem.from_raw_data(raw)
        else:
            devices.append(DeviceItem.from_raw_data(raw))
    # DynamoDB deletes what has expired within days, not at once.
    live = tuple(device for device in devices if device.expires > now)
    return Person(subject=person, profile=profile, devices=live)


def profile_of(person: str) -> ProfileItem | None:
    try:
        return ProfileItem.get(person_pk(person), ProfileItem.SK, consistent_read=True)
    except ProfileItem.DoesNotExist:
        return None


def language_of_person(person: str) -> str | None:
    """What the person chose, None where they chose none."""
    profile = profile_of(person)
    return None if profile is None else profile.language


def change_profile(person: str, *, set_: dict[str, Any], unset: Iterable[str] = ()) -> ProfileItem:
    """Set and remove attributes of the profile, all at once; returns it as it stands then."""
    actions = [getattr(ProfileItem, name).set(value) for name, value in set_.items()]
    actions += [getattr(ProfileItem, name).remove() for name in (*unset, "expires")]
    item = ProfileItem(person_pk(person))
    item.update(actions)
    return item


def device_of(person: str, device_id: str) -> DeviceItem | None:
    try:
        return DeviceItem.get(person_pk(person), device_sk(device_id), consistent_read=True)
    except DeviceItem.DoesNotExist:
        return None


def token_owner(digest: str) -> TokenItem | None:
    try:
        return TokenItem.get(token_pk(digest), TokenItem.SK, consistent_read=True)
    except TokenItem.DoesNotExist:
        return None


class Moved(Exception):
    """The token or the device changed hands meanwhile; look again."""


def sign_in(device: DeviceItem, *, before: DeviceItem | None, owner: TokenItem | None) -> None:
    """Give the token to the device's person and take it from whoever had it, in one transaction.

    `before` is the device, `owner` the token's owner as they were read. Raises Moved where either changed.
    """
    person = device.person
    token = TokenItem(
        token_pk(device.token_digest),
        person=person,
        device_id=device.device_id,
        endpoint_arn=device.endpoint_arn,
        expires=device.expires,
    )
    held = (
        TokenItem.pk.does_not_exist()
        if owner is None
        else (TokenItem.person == owner.person) & (TokenItem.device_id == owner.device_id)
    )
    same = (
        DeviceItem.pk.does_not_exist() if before is None else DeviceItem.token_digest == before.token_digest
    )
    try:
        with TransactWrite(connection=connection()) as transaction:
            transaction.save(token, condition=held)
            transaction.save(device, condition=same)
            if owner is not None and (owner.person, owner.device_id) != (person, device.device_id):
                transaction.delete(DeviceItem(person_pk(owner.person), device_sk(owner.device_id)))
            if before is not None and before.token_digest != device.token_digest:
                transaction.delete(TokenItem(token_pk(before.token_digest), TokenItem.SK))
    except TransactWriteError as error:
        if _collided(error):
            raise Moved from error
        raise


def release_token(device: DeviceItem) -> bool:
    """Give up the device's hold on its token; whether nobody has the token then. Whoever has it by now keeps it."""
    try:
        TokenItem(token_pk(device.token_digest), TokenItem.SK).delete(
            condition=TokenItem.pk.does_not_exist()
            | ((TokenItem.person == device.person) & (TokenItem.device_id == device.device_id))
        )
    except DeleteError as error:
        if error.cause_response_code != _REFUSED:
            raise
        return False
    return True


def forget_device(device: DeviceItem) -> None:
    """Remove the device, unless it has another token by now. After its token: found again if this fails."""
    try:
        device.delete(condition=DeviceItem.token_digest == device.token_digest)
    except DeleteError as error:
        if error.cause_response_code != _REFUSED:
            raise


def retire(device: DeviceItem) -> None:
    """The phone takes no more pushes."""
    release_token(device)
    forget_device(device)


# --- the inbox


def inbox_sk(*, at: datetime, complaint_id: str, seq: int) -> str:
    return f"told#{iso(at)}#{complaint_id}#{seq:06d}"


def add_to_inbox(item: InboxItem) -> InboxItem | None:
    """Store the item once; returns the one that was there before, None where this is the first."""
    try:
        item.save(condition=InboxItem.pk.does_not_exist())
    except PutError as error:
        if error.cause_response_code != _REFUSED:
            raise
        before = InboxItem.get(item.pk, item.sk, consistent_read=True)
        return None if before.attempt == item.attempt else before
    return None


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


def claim_pushes(item: InboxItem, device_ids: Iterable[str]) -> bool:
    """Whether the pushes of this item to these devices are the caller's to send; they are, once."""
    before, item.attempt = item.attempt, new_attempt()
    claimed = _updated(
        InboxItem(item.pk, item.sk),
        [InboxItem.attempt.set(item.attempt), InboxItem.pushed.add(set(device_ids))],
        condition=InboxItem.attempt == before,
    )
    # A request of which the answer was lost is sent again by the SDK, and finds itself.
    return claimed or _is_at(item)


def release_pushes(item: InboxItem, device_ids: Iterable[str], *, failed: bool) -> int:
    """Give back what this attempt claimed and certainly did not send; returns how often sending has failed so far."""
    actions: list[Any] = [InboxItem.pushed.delete(set(device_ids))]
    if failed:
        actions.append(InboxItem.failures.add(1))
    stored = InboxItem(item.pk, item.sk)
    if not _updated(stored, actions, condition=InboxItem.attempt == item.attempt):
        return 0
    return int(stored.failures or 0)


def _is_at(item: InboxItem) -> bool:
    stored = inbox_item(item.person, item.sk)
    return stored is not None and stored.attempt == item.attempt


def mark_held(item: InboxItem, *, until: datetime) -> None:
    _updated(InboxItem(item.pk, item.sk), [InboxItem.held_until.set(until)], condition=InboxItem.pk.exists())


def hold_push(item: InboxItem, *, until: datetime) -> None:
    """Put the push where the release finds it. Run twice, it is held once."""
    _held(item, until=until).save()


def _held(item: InboxItem, *, until: datetime) -> HeldItem:
    return HeldItem(
        f"held#{zlib.crc32(item.person.encode()) % HELD_SHARDS}",
        f"{iso(until)}#{item.person}#{item.sk}",
        person=item.person,
        inbox_sk=item.sk,
        expires=until + _HELD_KEPT,
    )


def held_before(now: datetime, *, shard: int) -> Iterator[HeldItem]:
    """Held pushes that are due, the longest due first, page by page."""
    yield from HeldItem.query(f"held#{shard}", HeldItem.sk < iso(now) + "~", page_size=100)


def let_go(held: HeldItem, item: InboxItem | None) -> None:
    """The push is held no longer."""
    if item is not None:
        _updated(
            InboxItem(item.pk, item.sk), [InboxItem.held_until.remove()], condition=InboxItem.pk.exists()
        )
    held.delete()


def inbox_page(
    person: str, *, limit: int, before: str | None, now: datetime
) -> tuple[list[InboxItem], str | None]:
    """Newest first, and the key that the next page starts before, None at the end."""
    query = InboxItem.query(
        person_pk(person),
        InboxItem.sk.startswith("told#") if before is None else InboxItem.sk.between("told#", before),
        scan_index_forward=False,
        limit=limit + 2,
        page_size=limit + 2,
    )
    # The item that the page starts before is among those read.
    items = [item for item in query if item.sk != before]
    more = len(items) > limit
    items = items[:limit]
    return [item for item in items if item.expires > now], items[-1].sk if more else None


def unread(person: str, *, since: datetime | None, now: datetime) -> int:
    """How many items were neither read one by one nor told by `since`, until when everything is read."""
    told: Condition = InboxItem.sk.startswith("told#")
    new = InboxItem.read_at.does_not_exist() & (InboxItem.expires > now)
    if since is not None:
        # An event may be told as long after it happened as the stream keeps it.
        told = InboxItem.sk.between(f"told#{iso(since - _PROGRESS_KEPT)}", "told$")
        new &= InboxItem.told_at > since
    return InboxItem.count(person_pk(person), told, filter_condition=new, consistent_read=True)


def mark_read(person: str, sk: str, *, now: datetime) -> bool:
    """Whether there is such an item; read once, it stays read at that time."""
    return _updated(
        InboxItem(person_pk(person), sk),
        [InboxItem.read_at.set(InboxItem.read_at | now)],
        condition=InboxItem.pk.exists(),
    )


def mark_all_read(person: str, *, until: datetime) -> None:
    """Everything that was told by `until` is read; what was read before stays so."""
    _updated(
        ProfileItem(person_pk(person)),
        [ProfileItem.read_until.set(until), ProfileItem.expires.remove()],
        condition=ProfileItem.read_until.does_not_exist() | (ProfileItem.read_until < until),
    )


# --- leaving


def erase_profile(person: str, *, now: datetime) -> bool:
    """Replace what the person chose by the note that they are gone; whether there was anything."""
    before = profile_of(person)
    ProfileItem(person_pk(person), erased_at=now, expires=now + _GONE_NOTED).save()
    return before is not None and set(before.attribute_values) - {"pk", "sk", "erased_at", "expires"} != set()


def erase_rest(person: str) -> int:
    """Delete the inbox and the pushes that are held; returns how many items the inbox had.

    What the person has used of the day's limits stays until it expires: leaving must not give the day anew.
    """
    told = list(InboxItem.query(person_pk(person), InboxItem.sk.startswith("told#"), consistent_read=True))
    held = [_held(item, until=item.held_until) for item in told if item.waits_until is not None]
    doomed: list[Model] = [*held, *told]
    for start in range(0, len(doomed), 100):
        with TransactWrite(connection=connection()) as transaction:
            for item in doomed[start : start + 100]:
                transaction.delete(item)
    return len(told)


# --- telling many


def progress_of(event_id: str) -> str | None:
    """The last follower who was told of the event, None before the first."""
    try:
        return ProgressItem.get(f"telling#{event_id}", ProgressItem.SK, consistent_read=True).after
    except ProgressItem.DoesNotExist:
        return None


def note_progress(event_id: str, *, after: str, now: datetime) -> None:
    ProgressItem(f"telling#{event_id}", after=after, expires=now + _PROGRESS_KEPT).save()


# --- limits


def count(person: str, what: Counted, *, key: str, limit: int, now: datetime, zone: str) -> None:
    """Count something against the person's limit of the day (in `zone`); the same `key` counts once.

    `key` is the request's Idempotency-Key, or the id of what is done at most once. Raises LimitReached,
    which says how long to wait.
    """
    day, left = next_day(now, zone=zone)
    name = hashlib.sha256(key.encode()).hexdigest()[:16]
    counted = _updated(
        CountItem(person_pk(person), f"count#{day}" + ("" if what == "complaints" else f"#{what}")),
        [CountItem.requests.add({name}), CountItem.expires.set(now + _COUNT_KEPT)],
        condition=CountItem.requests.does_not_exist()
        | CountItem.requests.contains(name)
        | (size(CountItem.requests) < limit),
    )
    if not counted:
        raise LimitReached(what, limit=limit, wait_s=max(1, int(left.total_seconds())))


def _updated(item: Any, actions: list[Any], *, condition: Any) -> bool:
    """Whether the condition held; the item then has its new values."""
    try:
        item.update(actions, condition=condition)
    except UpdateError as error:
        if error.cause_response_code != _REFUSED:
            raise
        return False
    return True


def _raw_query(pk: str, condition: Any, *, consistent: bool) -> Iterator[dict[str, Any]]:
    """Items of several kinds in one query, page by page."""
    connection = ProfileItem._get_connection()
    start: Any = None
    while True:
        page = connection.query(
            pk, range_key_condition=condition, consistent_read=consistent, exclusive_start_key=start
        )
        yield from (dict(raw) for raw in page["Items"])
        start = page.get("LastEvaluatedKey")
        if not start:
            return


def _collided(error: TransactWriteError) -> bool:
    codes = {reason.code for reason in error.cancellation_reasons if reason is not None}
    return bool(codes & {"ConditionalCheckFailed", "TransactionConflict"})
