"""Brings the directory to what the region file says, once, and keeps what it said before."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

from functions.complaints.clock import iso
from functions.complaints.deadlines import due
from functions.complaints.region import Region, region_from_dict
from functions.complaints.timers import ASSIGNED_WITHIN
from functions.edge.custom_resource import Refused
from functions.records.agencies.departure import end_access
from functions.records.lists import held_by, of_category, without_body
from functions.route.directory.tables import DirectoryItem

NAMED_MOST: Final = 3
COUNTED_MOST: Final = 1000
"""How many complaints of a body or a category are named in a refusal, and counted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaded:
    """How many entries of the directory were written, written anew, and deleted; how many keys and subscriptions ended with
    the bodies among these, and how many officers left with them.
    """

    added: int
    changed: int
    removed: int
    keys_ended: int = 0
    subscriptions_ended: int = 0
    officers_left: int = 0


def load(region: Mapping[str, Any], *, now: datetime) -> Loaded:
    """Raises Refused where a body or a category would go that still has open complaints; then nothing was written.

    `region` is the compiled region file. Run twice, it finds everything done.
    """
    wanted = entries(region)
    current = {item.sk: item for item in DirectoryItem.query(DirectoryItem.PK, consistent_read=True)}
    gone = [item for sk, item in current.items() if sk not in wanted]
    left = [item.sk.partition("#")[2] for item in gone if item.sk.startswith("agency#")]
    bodies = [sk.partition("#")[2] for sk in {*current, *wanted} if sk.startswith("agency#")]
    _refuse_orphans([item.sk for item in gone], agencies=bodies, region=region_from_dict(region), now=now)
    changed = [
        sk for sk, content in wanted.items() if sk in current and current[sk].digest != _digest(content)
    ]
    added = [sk for sk in wanted if sk not in current]
    for item in [*(current[sk] for sk in changed), *gone]:
        _remember(item, now=now)
    for sk in (*changed, *added):
        DirectoryItem(sk=sk, content=wanted[sk], digest=_digest(wanted[sk]), since=now).save()
    # Before the directory forgets the body: a run that fails here is run again, and finds it.
    ended = [end_access(agency_id, now=now) for agency_id in left]
    for item in gone:
        item.delete()
    return Loaded(
        added=len(added),
        changed=len(changed),
        removed=len(gone),
        keys_ended=sum(each.keys for each in ended),
        subscriptions_ended=sum(each.subscriptions for each in ended),
        officers_left=sum(each.officers for each in ended),
    )


def entries(region: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """What the directory is to hold, by sort key."""
    agencies = {f"agency#{id}": content for id, content in region["agencies"].items()}
    return agencies | {f"category#{id}": content for id, content in region["categories"].items()}


def digest(region: Mapping[str, Any]) -> str:
    """Of the whole directory: a deployment that does not change it has nothing to load."""
    return _digest(entries(region))


def _refuse_orphans(gone: Iterable[str], *, agencies: Iterable[str], region: Region, now: datetime) -> None:
    """Every body and category that would leave complaints behind, at once; `gone` are their keys in the directory."""
    each = []
    for sk in sorted(gone):
        kind, _, name = sk.partition("#")
        found = (
            held_by(name)
            if kind == "agency"
            else _of_category(name, agencies=agencies, region=region, now=now)
        )
        if first := list(islice(found, NAMED_MOST)):
            counted = len(first) + sum(1 for _ in islice(found, COUNTED_MOST - len(first)))
            more = " …" if counted > len(first) else ""
            number = f"{COUNTED_MOST} or more" if counted == COUNTED_MOST else str(counted)
            each.append(f"{kind} {name}: {number} ({', '.join(first)}{more})")
    if each:
        raise Refused(
            "not removed while complaints are open: put it back into the region file with "
            "`retired: {since: YYYY-MM-DD, moved_to: ID}`, and remove it when nothing is open with it any more. "
            f"Open with {'; '.join(each)}"
        )


def _of_category(name: str, *, agencies: Iterable[str], region: Region, now: datetime) -> Iterator[str]:
    """Also what waits for its photos or its body: no longer than photos are waited for."""
    yield from of_category(name, agencies=agencies)
    waits = [
        region.photos_wait,
        *(each.photos_wait for each in region.categories.values() if each.photos_wait),
    ]
    longest = max(due(wait, received_at=now, calendar=region.calendar).at for wait in waits)
    until = longest + ASSIGNED_WITHIN
    yield from (item.id for item in without_body(until=until) if item.category == name)


def _remember(item: DirectoryItem, *, now: datetime) -> None:
    """Named by when it began to hold, so that a second run writes the same."""
    DirectoryItem(
        DirectoryItem.HISTORY,
        f"{item.sk}#{iso(item.since)}",
        content=item.content,
        digest=item.digest,
        since=item.since,
        until=now,
    ).save()


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
