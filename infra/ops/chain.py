"""The chain of hashes through every complaint's events: is the history still what was written?"""

import argparse
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from infra.ops.command import Group, command, group
from infra.ops.lookup import complaint_id_of
from infra.ops.place import Place

if TYPE_CHECKING:
    from functions.complaints.events import ChainFault
    from functions.complaints.verification import Head


def add_to(commands: Group) -> None:
    mine = group(commands, "chain", help="verify that no event was changed, removed or reordered")
    verify = command(mine, "verify", _verify, help="one complaint's chain, or with --all that of every one")
    which = verify.add_mutually_exclusive_group(required=True)
    which.add_argument("complaint", nargs="?", help="id or number")
    which.add_argument("--all", action="store_true", help="reads the whole table once")
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


def fault_of(complaint_id: str, heads: "Sequence[Head]" = ()) -> "ChainFault | None":
    """What is wrong with the complaint's history, None if nothing is; `heads` are this complaint's."""
    from functions.complaints.events import ChainFault
    from functions.complaints.faults import NotFound
    from functions.complaints.verification import verify
    from functions.records.store import ComplaintStore

    try:
        complaint, history, _ = ComplaintStore().with_history(complaint_id)
    except NotFound:
        return ChainFault(complaint_id=complaint_id, seq=0, reason="there is no such complaint (any more)")
    fault = verify(history, heads, head=complaint.head)
    if fault is None and complaint.version != len(history):
        return ChainFault(complaint_id=complaint_id, seq=len(history) + 1, reason="the end is missing")
    return fault


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


def _verify(place: Place, options: argparse.Namespace) -> int:
    ids = every_complaint() if options.all else iter([complaint_id_of(options.complaint)])
    heads = archived_heads(place) if options.archived else {}
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
        fault = fault_of(complaint_id, heads.get(complaint_id, ()))
        if fault is not None:
            broken += 1
            print(f"{complaint_id}: event {fault.seq}: {fault.reason}")
    print(f"{checked} histories verified, {broken} broken")
    return 1 if broken else 0
