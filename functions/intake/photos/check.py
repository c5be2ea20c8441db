"""From an upload in quarantine to a photo that may be shown, or to a reason why not."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from functions.complaints.change import Change
from functions.complaints.complaint import ENDED, ActorKind, Complaint, Photo, PhotoStatus
from functions.complaints.faults import Conflict, NotFound
from functions.complaints.moves.assignment import with_assignment
from functions.complaints.moves.photos import add_photo, refuse_photo
from functions.complaints.region import Region
from functions.edge.telemetry import correlation_id, follow, logger
from functions.intake.photos.bucket import NotThere, PhotoBucket
from functions.intake.photos.image import CleanPhoto, clean
from functions.intake.photos.limits import PhotoRefused
from functions.intake.photos.proving import found_in
from functions.records import suggestions
from functions.records.move import move
from functions.records.photo_keys import PhotoKey, read_quarantine_key
from functions.records.store import Store

# Source: https://docs.aws.amazon.com/guardduty/latest/ug/monitoring-malware-protection-s3-scans-gdu.html
CLEAR: Final = "NO_THREATS_FOUND"
HARMFUL: Final = frozenset({"THREATS_FOUND", "UNSUPPORTED"})
"""What cannot be scanned (a password, too many layers) is no photo that a phone took."""


class NotScanned(Exception):
    """The scan failed, or its verdict is not there to be read; nothing of the photo is shown before it is, and if that
    goes on an operator must look."""


@dataclass(frozen=True, kw_only=True)
class PhotoCheck:
    """Callable with the key of an upload, `judged` where its scan is said to be over. However often it is called, the
    photo is settled once.

    The upload is deleted last: as long as it is there, another run can still do all that is to be done.
    """

    store: Store
    bucket: PhotoBucket
    region: Region
    scanned: bool
    now: Callable[[], datetime]

    def __call__(self, key: str, *, judged: bool = False) -> None:
        """Raises what AWS raises, CleanerFailed and NotScanned: all of these are worth another try."""
        where = read_quarantine_key(key)
        follow(complaint_id=where.complaint_id, correlation_id=correlation_id())
        try:
            self._settle(where, judged=judged)
        except NotThere:
            logger.info("upload is gone", extra={"photo_id": where.photo_id})

    def _settle(self, where: PhotoKey, *, judged: bool) -> None:
        photo = self._awaited(where)
        if photo is not None:
            found = self._found(where, photo, judged=judged)
            if found is None:
                return
            if isinstance(found, CleanPhoto):
                self._accept(where, photo, found)
            else:
                self._refuse(where, photo, found)
        self.bucket.discard_upload(*where)

    def _awaited(self, where: PhotoKey) -> Photo | None:
        """The photo that the upload is to be, None where nobody waits for it (any more)."""
        try:
            complaint = self.store.get(where.complaint_id)
        except NotFound:
            return None
        photo = complaint.photo(where.photo_id)
        if photo is None or photo.status == PhotoStatus.READY:
            return None
        if photo.status == PhotoStatus.REFUSED or complaint.status in ENDED:
            # An earlier run may have come as far as storing it.
            self.bucket.drop(*where)
            return None
        return photo

    def _found(self, where: PhotoKey, photo: Photo, *, judged: bool) -> CleanPhoto | str | None:
        """The clean photo, or why it is refused; None while the scan's verdict, which has an event of its own, is out."""
        if self.scanned:
            verdict = self.bucket.verdict(*where)
            if verdict is None and judged:
                raise NotScanned("no verdict beside the upload yet")
            if verdict is None:
                return None
            if verdict in HARMFUL:
                return "malware"
            if verdict != CLEAR:
                raise NotScanned(verdict)
        try:
            return self._cleaned(where, photo)
        except PhotoRefused as refusal:
            return refusal.reason

    def _cleaned(self, where: PhotoKey, photo: Photo) -> CleanPhoto:
        content = self.bucket.upload(*where, most=photo.size)
        if len(content) > photo.size:
            raise PhotoRefused("too_many_bytes", f"more than the {photo.size} declared")
        if content and hashlib.sha256(content).hexdigest() != photo.sha256:
            raise PhotoRefused("corrupt", "not the content that was declared")
        by_body = photo.by == ActorKind.AGENCY
        return clean(content, compared=by_body, zone=ZoneInfo(self.region.time_zone), now=self.now())

    def _accept(self, where: PhotoKey, photo: Photo, cleaned: CleanPhoto) -> None:
        self.bucket.keep(*where, cleaned)
        suggestion = cleaned.suggestion if photo.by == ActorKind.CITIZEN else None
        if suggestion is not None:
            suggestions.keep(
                *where,
                lat=suggestion.lat,
                lon=suggestion.lon,
                taken_at=suggestion.taken_at,
                now=self.now(),
            )
        sha256 = hashlib.sha256(cleaned.content).hexdigest()
        found = found_in(cleaned, photo, now=self.now())

        def decide(complaint: Complaint) -> Change | None:
            now = self.now()
            added = add_photo(
                complaint,
                photo.id,
                width=cleaned.width,
                height=cleaned.height,
                clean_sha256=sha256,
                photo_hash=None if cleaned.photo_hash is None else cleaned.photo_hash.kept,
                found=found,
                strict=self.region.strict_proof,
                now=now,
            )
            return None if added is None else with_assignment(added, region=self.region, now=now)

        try:
            complaint, _ = move(self.store, where.complaint_id, decide)
        except Conflict:
            ready = asked = False
        else:
            now = complaint.photo(photo.id)
            ready = now is not None and now.status == PhotoStatus.READY
            asked = ready and complaint.reporter is not None
        if not ready:
            # It proves nothing, where that is asked; or the complaint ended, or another run refused the photo, meanwhile.
            self.bucket.drop(*where)
        if suggestion is not None and not asked:
            suggestions.forget(*where)

    def _refuse(self, where: PhotoKey, photo: Photo, reason: str) -> None:
        logger.info("photo refused", extra={"reason": reason, "photo_id": where.photo_id})
        move(
            self.store,
            where.complaint_id,
            lambda each: refuse_photo(each, photo.id, reason=reason, now=self.now()),
        )
