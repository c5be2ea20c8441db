"""A run of the publisher: what became of the complaints that changed, in the files that everybody may read.

A change is read out of the complaint itself, with its history, and never out of the index that told of it; so a run that
was cut off is made good by the next one, which finds the same complaints again, and two at once write the same bytes. The
pages go first, each by itself, then the files of the months and the map, each once, and last how far it got. A whole and
its parts name one another: what changed is looked at with those.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import batched
from typing import Final

from functions.complaints.behind import EVERYBODY, PUBLISHER
from functions.complaints.clock import iso
from functions.complaints.complaint import Complaint
from functions.complaints.days import day_of
from functions.complaints.events import Event
from functions.complaints.public_record import PublicRecord, month_of, record_of
from functions.complaints.publicity import may_be_public
from functions.complaints.region import Region
from functions.edge.failures import problem_of_failure, without_words
from functions.edge.public_files import MAP, MAP_KEEPS, month_key, page_key, table_key
from functions.edge.telemetry import logger
from functions.notify.publisher.beside import looks_of_pages
from functions.notify.publisher.bucket import SOON, Kind, PublicBucket
from functions.notify.publisher.changes import noted, walked
from functions.notify.publisher.dataset import CATALOGUE
from functions.notify.publisher.lines import map_file, month_file
from functions.notify.publisher.progress import OVERLAP, ProgressItem, keep, progress
from functions.notify.publisher.table import table_of
from functions.records import set_aside
from functions.records.codec import complaint_of, event_of
from functions.records.collection import collected, without_history
from functions.records.photo_keys import PUBLIC
from functions.records.set_aside import SetAsideItem
from functions.records.side_by_side import side_by_side

AT_ONCE: Final = 10
"""Complaints that are worked on at the same time; a client keeps ten connections."""
TOGETHER: Final = 50
"""So many, and then there is a look at the clock."""
KNOWN_MOST: Final = 100_000
FORM: Final = 2
"""Of the files and of the pages: with another, all are written anew."""

PAGE_KIND: Final = Kind(content_type="text/html; charset=utf-8", cache_control=SOON)
MAP_KIND: Final = Kind(content_type="application/geo+json", cache_control=SOON, coding="gzip")
CATALOGUE_KIND: Final = Kind(content_type="application/ld+json", cache_control="public, max-age=3600")
MONTH_KIND: Final = Kind(content_type="text/csv; charset=utf-8", cache_control=SOON)
TABLE_KIND: Final = Kind(content_type="application/vnd.apache.parquet", cache_control=SOON)

type PageOf = Callable[[PublicRecord, Sequence[Event]], bytes]
"""The page of a complaint, of its record and its history (see `page`)."""
type CatalogueOf = Callable[[bytes | None, Collection[str]], bytes]
"""The catalogue of the files, as it was kept, with the months that there are files of now (see `dataset.relisted`)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fixed:
    """A file that is the same until the next deployment."""

    body: bytes
    kind: Kind


@dataclass(kw_only=True)
class Published:
    """How many complaints were looked at and how many of them could not be published; how many objects were written, and
    bytes in them; `behind` is how old the oldest change is that waits for the next run, zero where none does.
    """

    complaints: int = 0
    failed: int = 0
    objects: int = 0
    bytes: int = 0
    behind: timedelta = timedelta()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Seen:
    """A complaint as it was read: its record, None where nothing of it is public, and its version then. `kin`: the whole
    that it is a part of, or the parts that it has.
    """

    id: str
    number: str
    month: str
    record: PublicRecord | None
    version: int
    kin: tuple[str, ...]


@dataclass(kw_only=True)
class _Run:
    """What one run has found so far. `failing` are those that could not be published, and `settled` those that were set
    aside, with what failed again, if anything.
    """

    now: datetime
    published: Published = field(default_factory=Published)
    seen: dict[str, _Seen] = field(default_factory=dict)
    failing: set[str] = field(default_factory=set)
    settled: list[tuple[SetAsideItem, str | None]] = field(default_factory=list)


class Publisher:
    """Remembers which versions it has published: what the index tells twice is read once, as long as this process lives."""

    def __init__(
        self,
        *,
        region: Region,
        bucket: PublicBucket,
        photos: str,
        page_of: PageOf,
        fixed: Mapping[str, Fixed],
        catalogue_of: CatalogueOf,
    ) -> None:
        """`photos` is the bucket with their copies; `fixed`, by their keys, the files that a deployment alone changes."""
        self._region, self._bucket, self._photos = region, bucket, photos
        self._page_of, self._fixed, self._catalogue_of = page_of, fixed, catalogue_of
        self._form = _form_of(region, fixed, catalogue=catalogue_of(None, ()))
        self._known: dict[str, int] = {}
        self._listed: set[str] = set()

    def run(self, *, now: datetime, going_on: Callable[[], bool] = lambda: True) -> Published:
        """Publish what changed, as long as it is `going_on`; what is left is the next run's.

        Raises what AWS answers while it is busy: the next run does it all again.
        """
        run, item = _Run(now=now), progress(now)
        if item.form != self._form:
            for key, file in self._fixed.items():
                self._rewrite(run, key, partial(_made_of, file), kind=file.kind)
            self._list(run, ())
            item.form, item.walk, item.day = self._form, "", None
        self._try_again(run, going_on=going_on)
        self._follow(run, item, going_on=going_on)
        self._walk(run, item, going_on=going_on)
        self._write_files(run, item)
        for aside, reason in run.settled:
            set_aside.tried(aside, {EVERYBODY: 1} if reason else {}, reason=reason, now=now)
        keep(item)
        self._remember(run)
        run.published.behind = timedelta() if item.pass_ends is None else now - item.reached
        return run.published

    def _try_again(self, run: _Run, *, going_on: Callable[[], bool]) -> None:
        for aside in set_aside.due(PUBLISHER, run.now):
            if not going_on():
                break
            if set_aside.taken(aside, now=run.now):
                (reason,) = self._look_at_all(run, [aside.id], again=True)
                run.settled.append((aside, reason))

    def _follow(self, run: _Run, item: ProgressItem, *, going_on: Callable[[], bool]) -> None:
        """What changed since the last pass, up to now; or the rest of a pass that had no time for all."""
        until = item.pass_ends or run.now
        if item.pass_ends is not None:
            # Whatever waits in the line, nothing that is to be seen no more waits there.
            urgent = [each for each in noted(item.position, until=run.now) if each.takes_back]
            self._look_at_all(run, dict.fromkeys(each.complaint_id for each in urgent))
        for some in batched(noted(item.position, until=until), TOGETHER, strict=False):
            fresh = [each for each in some if not self._is_known(run, each.complaint_id, each.seq)]
            self._look_at_all(run, dict.fromkeys(each.complaint_id for each in fresh))
            item.position, item.until = some[-1].moment, until
            if not going_on():
                return
        item.position, item.until = iso(until - OVERLAP), None

    def _walk(self, run: _Run, item: ProgressItem, *, going_on: Callable[[], bool]) -> None:
        """Everything, where it is to be written anew; changes go before."""
        while item.is_walking and item.pass_ends is None and going_on():
            some = walked(item.walk_key)
            unseen = [each for each in some.complaint_ids if each not in run.seen.keys() | run.failing]
            for ids in batched(unseen, TOGETHER, strict=False):
                self._look_at(run, ids)
            item.walk = some.key

    def _is_known(self, run: _Run, complaint_id: str, seq: int | None) -> bool:
        """Whether it was read after that event had been written, or cannot be."""
        if complaint_id in run.failing:
            return True
        seen = run.seen.get(complaint_id)
        known = self._known.get(complaint_id, 0) if seen is None else seen.version
        return seq is not None and known >= seq

    def _look_at_all(
        self, run: _Run, complaint_ids: Iterable[str], *, again: bool = False
    ) -> Sequence[str | None]:
        """At each, and at those that name it or are named by it."""
        ids = list(complaint_ids)
        failed = self._look_at(run, ids, again=again)
        kin = dict.fromkeys(other for each in ids if each in run.seen for other in run.seen[each].kin)
        self._look_at(run, [each for each in kin if each not in ids])
        return failed

    def _look_at(
        self, run: _Run, complaint_ids: Iterable[str], *, again: bool = False
    ) -> Sequence[str | None]:
        """Read each and see to its page; of each what failed, by the name of the exception."""
        ids = list(complaint_ids)
        results = side_by_side(self._page_written, ids, most=AT_ONCE)
        run.published.complaints += len(ids)
        failed: list[str | None] = []
        for complaint_id, (seen, written, error) in zip(ids, results, strict=True):
            if seen is not None:
                run.seen[complaint_id] = seen
            _count(run, written)
            failed.append(None if error is None else type(error).__name__)
            if error is not None:
                run.failing.add(complaint_id)
                run.published.failed += 1
                if not again:
                    set_aside.set_aside(
                        PUBLISHER, complaint_id, {EVERYBODY: 1}, seen=1, reason=failed[-1], now=run.now
                    )
        return failed

    def _page_written(self, complaint_id: str) -> tuple[_Seen | None, int, Exception | None]:
        """The complaint as it was read, how many bytes of its page were written, and what of it failed."""
        try:
            return *self._page(complaint_id), None
        except Exception as error:
            if problem_of_failure(error).slug == "unavailable":
                raise
            failure = {"complaint_id": complaint_id, "failure": without_words(error)}
            logger.error("not published", extra=failure)
            return None, 0, error

    def _page(self, complaint_id: str) -> tuple[_Seen | None, int]:
        found = collected(complaint_id)
        if found.complaint is None:
            return None, 0
        complaint, history = complaint_of(found.complaint), [event_of(item) for item in found.events]
        whole, parts = _family(complaint)
        public = may_be_public(complaint, region=self._region)
        record = (
            record_of(complaint, history, region=self._region, whole=whole, parts=parts) if public else None
        )
        seen = _Seen(
            id=complaint_id,
            number=complaint.number,
            month=month_of(complaint.submitted_at, zone=self._region.time_zone),
            record=record,
            version=complaint.version,
            kin=tuple(each.id for each in (*(() if whole is None else (whole,)), *parts)),
        )
        if complaint.photos:
            self._show_photo(complaint.id, None if record is None else record.photo)
        key = page_key(complaint.number)
        if record is None:
            # It may have been public until its category was put right, or the region file.
            self._bucket.delete(key)
            return seen, 0
        page = self._page_of(record, history)
        return seen, self._bucket.rewrite(key, lambda _: page, kind=PAGE_KIND)

    def _show_photo(self, complaint_id: str, photo: str | None) -> None:
        """The copy that may be shown lies among the public files for as long as it may, under the key that it has."""
        there = self._bucket.keys(f"{PUBLIC}{complaint_id}/")
        for key in there - {photo}:
            self._bucket.delete(key)
        if photo is not None and photo not in there:
            self._bucket.take_over(photo, source=self._photos)

    def _write_files(self, run: _Run, item: ProgressItem) -> None:
        """The files of the months and the map, each once; the map on every new day too: something may be too old for it."""
        months: dict[str, dict[str, PublicRecord | None]] = {}
        for seen in run.seen.values():
            months.setdefault(seen.month, {})[seen.number] = seen.record
        for month, changed in sorted(months.items()):
            self._rewrite(run, month_key(month), partial(month_file, changed=changed), kind=MONTH_KIND)
            self._keep_table(run, month)
        new = {month for month, changed in months.items() if any(changed.values())} - self._listed
        if new:
            self._list(run, new)
        today, _ = day_of(run.now, zone=self._region.time_zone)
        if run.seen or item.day != iso(today):
            changed = {seen.number: seen.record for seen in run.seen.values()}
            new_map = partial(map_file, changed=changed, since=today - MAP_KEEPS)
            self._rewrite(run, MAP, new_map, kind=MAP_KIND)
            item.day = iso(today)

    def _keep_table(self, run: _Run, month: str) -> None:
        """Although nothing was changed of the month: an earlier run may have been cut off in between."""
        written = self._bucket.keep_made(
            table_key(month), source=month_key(month), make=table_of, recipe=str(FORM), kind=TABLE_KIND
        )
        _count(run, written)

    def _list(self, run: _Run, months: Collection[str]) -> None:
        """See that the catalogue has these months, and all that it had."""
        self._rewrite(run, CATALOGUE, lambda kept: self._catalogue_of(kept, months), kind=CATALOGUE_KIND)
        self._listed |= {*months}

    def _rewrite(
        self, run: _Run, key: str, change: Callable[[bytes | None], bytes | None], *, kind: Kind
    ) -> None:
        _count(run, self._bucket.rewrite(key, change, kind=kind))

    def _remember(self, run: _Run) -> None:
        if len(self._known) > KNOWN_MOST:
            self._known.clear()
        self._known |= {seen.id: seen.version for seen in run.seen.values()}


def _family(complaint: Complaint) -> tuple[Complaint | None, Sequence[Complaint]]:
    """The whole that it is a part of, and its parts as far as they are made; nothing is read of others."""
    whole = None if complaint.parent_id is None else without_history(complaint.parent_id)
    parts = [item for child in complaint.children if (item := without_history(child)) is not None]
    return None if whole is None else complaint_of(whole), [complaint_of(item) for item in parts]


def _count(run: _Run, written: int) -> None:
    run.published.bytes += written
    run.published.objects += written > 0


def _made_of(file: Fixed, _: bytes | None) -> bytes:
    return file.body


def _form_of(region: Region, fixed: Mapping[str, Fixed], *, catalogue: bytes) -> str:
    """Of all that the region file says, what is public by it and the names on the pages; of how the pages are made; and of
    what stands beside them.
    """
    digest = hashlib.sha256(json.dumps([FORM, region.raw], sort_keys=True).encode())
    digest.update(looks_of_pages() + catalogue)
    for key in sorted(fixed):
        digest.update(key.encode() + fixed[key].body)
    return digest.hexdigest()
