"""Keeps a photo's public copy as the complaint has it: made where nobody has looked yet, made anew, or taken away."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from functions.complaints.change import Change
from functions.complaints.complaint import ENDED, SYSTEM, Complaint, Photo, PhotoStatus, Status
from functions.complaints.faults import NotFound
from functions.complaints.moves.publicity import redact
from functions.complaints.personal import words_erased
from functions.complaints.publicity import may_have_public_copy
from functions.complaints.redaction import Box
from functions.edge.telemetry import correlation_id, follow, logger
from functions.intake.redaction.bucket import CopiesBucket
from functions.intake.redaction.copying import PublicCopy
from functions.records.move import move
from functions.records.photo_keys import PhotoKey, read_clean_key, read_redact_key
from functions.records.store import Store

type Copying = Callable[[bytes, tuple[Box, ...] | None], PublicCopy]


_TIMES: Final = 5


class NotReady(Exception):
    """The photo is stored and the complaint does not say so yet: worth another try."""


class Overtaken(Exception):
    """While its copy was made the redaction changed, again and again: worth another try."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Redacting:
    """However often it is called for a photo, and whatever becomes of the complaint meanwhile: in the end there is the
    copy of the redaction that the complaint has, or none.
    """

    store: Store
    bucket: CopiesBucket
    copied: Copying
    now: Callable[[], datetime]

    def landed(self, key: str) -> None:
        """A clean photo or its thumbnail was stored. Raises NotReady, Overtaken, what AWS raises, and what
        `child.in_child` does: all of these are worth another try, and until one succeeds there is no copy.
        """
        where = read_clean_key(key)
        if where is not None:
            follow(complaint_id=where.complaint_id, correlation_id=correlation_id())
            self._settle(where)

    def asked(self, marker: str) -> None:
        """What the copy is made of has changed. The marker goes last: while it is there, it is not done."""
        where = read_redact_key(marker)
        follow(complaint_id=where.complaint_id, correlation_id=correlation_id())
        self._settle(where)
        self.bucket.done(marker)

    def _settle(self, where: PhotoKey) -> None:
        for _ in range(_TIMES):
            found = self._wanting(where)
            if found is None:
                self.bucket.drop(*where)
                return
            if self._first(where, found) if found.redaction is None else self._again(where, found):
                return
        raise Overtaken(where.photo_id)

    def _wanting(self, where: PhotoKey) -> Photo | None:
        """The photo as it is now, None where there must be no copy of it, now or once it is known to be good."""
        try:
            return wanting(self.store.get(where.complaint_id), where.photo_id)
        except NotFound:
            return None

    def _first(self, where: PhotoKey, photo: Photo) -> bool:
        """Whether it is the detector's verdict that stands now. A body may have been quicker: its copy of the first
        revision stays where it is there already.
        """
        copy = self.copied(self.bucket.clean(*where), None)
        # It is stored a moment before its complaint knows it to be good: less than the search takes.
        if photo.status == PhotoStatus.EXPECTED and not self._turned_out_good(where):
            return False
        self.bucket.put(*where, copy, revision=1, first=True)

        def decide(complaint: Complaint) -> Change | None:
            if wanting(complaint, where.photo_id) is None:
                return None
            return redact(complaint, where.photo_id, boxes=copy.boxes, by=SYSTEM, now=self.now())

        try:
            _, change = move(self.store, where.complaint_id, decide)
        except NotFound:
            return False
        logger.info("photo redacted", extra={"photo_id": where.photo_id, "boxes": len(copy.boxes)})
        return change is not None

    def _turned_out_good(self, where: PhotoKey) -> bool:
        photo = self._wanting(where)
        if photo is not None and photo.status == PhotoStatus.EXPECTED:
            raise NotReady(where.photo_id)
        return photo is not None

    def _again(self, where: PhotoKey, photo: Photo) -> bool:
        """Whether it is the copy of the redaction that stands, with no other beside it."""
        redaction = photo.redaction
        assert redaction is not None
        copy = self.copied(self.bucket.clean(*where), redaction.boxes)
        self.bucket.put(*where, copy, revision=redaction.revision)
        self.bucket.drop(*where, but=redaction.revision)
        now = self._wanting(where)
        return now is not None and now.redaction == redaction


def wanting(complaint: Complaint, photo_id: str) -> Photo | None:
    """The photo, where a copy of it is to be there as soon as it is known to be good."""
    photo = complaint.photo(photo_id)
    if photo is None or complaint.status == Status.WITHDRAWN or words_erased(complaint):
        return None
    awaited = photo.status == PhotoStatus.EXPECTED and complaint.status not in ENDED
    good = replace(photo, status=PhotoStatus.READY) if awaited else photo
    return photo if may_have_public_copy(complaint, good) else None
