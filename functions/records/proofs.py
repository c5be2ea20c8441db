"""What a body's proof photos of the last 90 days look like, so that it shows none of them a second time.

One item a photo, under the body, written in the transaction that adds the photo: handed out twice, it is there once. A
check reads the newest LOOKED_AT with one query: some 250 bytes each, so that for a body with 10,000 proofs in 90 days these
are three requests, 305 read units and half a second of a core (428 views of the photo against each), and for one with 500
a single request and 16 units. An index by parts of the hash would ask for more than that: 52 bits may differ, so that of 16
parts of 16 bits the nearest may have three wrong.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from functions.complaints.change import Change
from functions.complaints.complaint import ActorKind
from functions.complaints.events import EventType
from functions.complaints.perceptual_hash import PerceptualHash, Views, is_copy
from functions.records.dynamodb import raw_items
from functions.records.tables import ProofItem, proofs_pk

KEPT: Final = timedelta(days=90)
LOOKED_AT: Final = 10_000


def proof_item(change: Change) -> ProofItem | None:
    """What is kept of the proof photo that this change adds; None where it adds none."""
    if change.event.type != EventType.PHOTO_ADDED:
        return None
    photo = change.after.photo(change.event.data["photo"])
    if photo is None or photo.by != ActorKind.AGENCY or photo.agency_id is None:
        return None
    photo_hash = change.after.photo_hashes.get(photo.id)
    if photo_hash is None:
        return None
    return ProofItem(
        proofs_pk(photo.agency_id),
        photo.id,
        complaint_id=change.after.id,
        photo_hash=photo_hash,
        expires=change.event.at + KEPT,
    )


def copied_from(agency_id: str, views: Views, *, photo_id: str, now: datetime) -> frozenset[str]:
    """The complaints in which the body showed the same picture before, by another photo than this one."""
    return frozenset(
        complaint_id
        for other, complaint_id, photo_hash in _recent(agency_id, now=now)
        if other != photo_id and is_copy(views, of=photo_hash)
    )


def _recent(agency_id: str, *, now: datetime) -> Iterator[tuple[str, str, PerceptualHash]]:
    """Photo, complaint, hash; as they are stored, for models of 10,000 items take longer than all the rest."""
    query = ProofItem.query(proofs_pk(agency_id), scan_index_forward=False)
    for raw in islice(raw_items(query), LOOKED_AT):
        if int(raw["expires"]["N"]) > now.timestamp():
            yield raw["sk"]["S"], raw["complaint_id"]["S"], PerceptualHash.of(raw["photo_hash"]["S"])
