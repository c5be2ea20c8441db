"""Brings the directory to what the region file says, once, and keeps what it said before."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from functions.complaints.clock import iso
from functions.edge.custom_resource import Refused
from functions.records.agencies.departure import end_access
from functions.records.codec import worklist_key
from functions.records.tables import SHARDS, ComplaintItem
from functions.route.directory.tables import DirectoryItem

NAMED_MOST: Final = 3
"""How many complaints of a body are named in a refusal."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaded:
    """How many entries of the directory were written, written anew, and deleted; how many keys and subscriptions ended with
    the bodies among these.
    """

    added: int
    changed: int
    removed: int
    keys_ended: int = 0
    subscriptions_ended: int = 0


def load(region: Mapping[str, Any], *, now: datetime) -> Loaded:
    """Raises Refused where a body would go that still has open complaints; then nothing was written.

    `region` is the compiled region file. Run twice, it finds everything done.
    """
    wanted = entries(region)
    current = {item.sk: item for item in DirectoryItem.query(DirectoryItem.PK, consistent_read=True)}
    gone = [item for sk, item in current.items() if sk not in wanted]
    left = [item.sk.partition("#")[2] for item in gone if item.sk.startswith("agency#")]
    _refuse_orphans(left)
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
    )


def entries(region: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """What the directory is to hold, by sort key."""
    agencies = {f"agency#{id}": content for id, content in region["agencies"].items()}
    return agencies | {f"category#{id}": content for id, content in region["categories"].items()}


def digest(region: Mapping[str, Any]) -> str:
    """Of the whole directory: a deployment that does not change it has nothing to load."""
    return _digest(entries(region))


def _refuse_orphans(agencies: Iterable[str]) -> None:
    """Every body that would leave complaints behind, at once."""
    held = {agency: found for agency in agencies if (found := _open_complaints(agency))}
    if not held:
        return
    each = [
        f"{agency} ({', '.join(found)}{' …' if len(found) == NAMED_MOST else ''})"
        for agency, found in held.items()
    ]
    raise Refused(
        f"not removed, for complaints are open with {'; '.join(each)}: have them answered or passed on to "
        "another body first, or put the body back into the region file"
    )


def _open_complaints(agency_id: str) -> list[str]:
    found: list[str] = []
    for shard in range(SHARDS):
        if len(found) >= NAMED_MOST:
            break
        key = worklist_key(agency_id, shard)
        found += [item.id for item in ComplaintItem.by_worklist.query(key, limit=NAMED_MOST - len(found))]
    return found


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
