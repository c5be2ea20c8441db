"""The chain of hashes through every complaint's events: are complaint and history still what was written?"""

import argparse
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from infra.ops.command import Group, command, group
from infra.ops.lookup import complaint_id_of
from infra.ops.place import Place

if TYPE_CHECKING:
    from functions.complaints.complaint import Complaint
    from functions.complaints.events import ChainFault
    from functions.complaints.verification import Head


def add_to(commands: Group) -> None:
    mine = group(
        commands, "chain", help="verify that no event, complaint or photo was changed, removed or reordered"
    )
    verify = command(mine, "verify", _verify, help="one complaint's chain, or with --all that of every one")
    which = verify.add_mutually_exclusive_group(required=True)
    which.add_argument("complaint", nargs="?", help="id or number")
    which.add_argument("--all", action="store_true", help="reads the whole table and every photo once")
    verify.add_argument(
        "--archived", action="store_true", help="and against the heads under lock, which it reads all"
    )


def archived_heads(place: Place) -> "Mapping[str, Sequence[Head]]":
    """Every head that was put under lock, by complaint."""
    from functions.complaints.verification import read_heads

    s3, bucket = place.client("s3"), place.variable("CHAIN_HEADS_BUCKET")
    found: dict[str, list[Head]] = defaultdict(list)
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for each in page.get("Contents", ()):
            text = s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read().decode()
            for head in read_heads(text):
                found[head.complaint_id].append(head)
    return found


type Kept = Callable[[str], bytes | None]
"""A file of the photo bucket by its key, None where it is not there."""


def fault_of(
    complaint_id: str,
    heads: "Sequence[Head]" = (),
    *,
    kept: Kept | None = None,
    since: datetime | None = None,
) -> "ChainFault | None":
    """What is wrong with the complaint or its history, None if nothing is; `heads` are this complaint's.

    With `kept` the photos' files are looked at too: one that was declared after `since` is to be there.
    """
    from functions.complaints.events import ChainFault
    from functions.records.collection import stored

    try:
        return fault_in(complaint_id, list(stored(complaint_id)), heads, kept=kept, since=since)
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError) as error:
        reason = f"cannot be read: {type(error).__name__}: {error}"
        return ChainFault(complaint_id=complaint_id, seq=0, reason=reason)


def fault_in(
    complaint_id: str,
    items: Sequence[dict[str, Any]],
    heads: "Sequence[Head]" = (),
    *,
    kept: Kept | None = None,
    since: datetime | None = None,
) -> "ChainFault | None":
    """As `fault_of`, of items as they are stored; raises what reading one raises that nobody wrote so."""
    from functions.complaints.verification import complaint_fault, verify
    from functions.records.codec import complaint_of, event_of
    from functions.records.collection import collection_of
    from functions.records.consistency import items_fault

    found = collection_of(items)
    if found.complaint is None:
        return items_fault(complaint_id, items)
    complaint, history = complaint_of(found.complaint), tuple(map(event_of, found.events))
    return (
        verify(history, heads, head=complaint.head or "")
        or complaint_fault(complaint, history)
        or items_fault(complaint_id, items)
        or (None if kept is None else photo_fault(complaint, kept=kept, since=since))
    )


def photo_fault(complaint: "Complaint", *, kept: Kept, since: datetime | None = None) -> "ChainFault | None":
    """The first photo whose file is not the one that was checked; thumbnails, which are made of it, are not held."""
    from functions.complaints.events import ChainFault
    from functions.complaints.ids import made_at
    from functions.records.photo_keys import clean_key

    for photo in complaint.photos:
        if photo.clean_sha256 is None:
            continue
        content = kept(clean_key(photo.kept_with or complaint.id, photo.id))
        if content is None and (since is None or made_at(photo.id) < since):
            continue
        if content is None or hashlib.sha256(content).hexdigest() != photo.clean_sha256:
            reason = f"photo {photo.id} is {'gone' if content is None else 'not the one that was checked'}"
            return ChainFault(complaint_id=complaint.id, seq=complaint.version, reason=reason)
    return None


def every_complaint() -> Iterator[str]:
    """The id of every complaint of which the table has anything but a number, each once."""
    from functions.records.tables import ComplaintItem

    known = ""
    scan = ComplaintItem.scan(
        ComplaintItem.pk.startswith("complaint#"), attributes_to_get=["pk", "sk"], consistent_read=True
    )
    # A scan hands out an item collection in one piece.
    for item in scan:
        if item.pk != known:
            known = item.pk
            yield known.partition("#")[2]


def _photo_file(s3: Any, bucket: str, key: str) -> bytes | None:
    try:
        content: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except s3.exceptions.NoSuchKey:
        return None
    return content


def _verify(place: Place, options: argparse.Namespace) -> int:
    from functions.complaints.clock import utc_now

    ids = every_complaint() if options.all else iter([complaint_id_of(options.complaint)])
    heads = archived_heads(place) if options.archived else {}
    kept = partial(_photo_file, place.client("s3"), place.settings["PHOTOS_BUCKET"])
    since = utc_now() - place.region.photos_kept.elapsed
    if options.all:
        # Nor may a complaint be gone whose head is under lock.
        ids = chain(ids, iter(tuple(heads)))
    checked = broken = 0
    seen: set[str] = set()
    for complaint_id in ids:
        if complaint_id in seen:
            continue
        if complaint_id in heads:
            seen.add(complaint_id)
        checked += 1
        fault = fault_of(complaint_id, heads.get(complaint_id, ()), kept=kept, since=since)
        if fault is not None:
            broken += 1
            print(f"{complaint_id}: event {fault.seq}: {fault.reason}")
    print(f"{checked} histories verified, {broken} broken")
    return 1 if broken else 0
