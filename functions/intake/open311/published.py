"""The region's public files, each asked for by its ETag and kept in memory: no read of Open311 touches a table."""

import csv
import gzip
import io
import json
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Any, Final, Self

from botocore.exceptions import ClientError

from functions.complaints.public_record import (
    COLUMNS,
    HIDDEN,
    OPEN,
    PublicRecord,
    record_in_cells,
    record_in_feature,
    under_columns,
)
from functions.edge.public_files import MAP, REGION, month_key, page_key

_MONTHS_KEPT: Final = 6
"""Files of months in memory: a span of 90 days touches four, in a zone that begins its days before UTC five."""
_NOT_THERE: Final = 404
_AS_IT_WAS: Final = 304
_GZIP: Final = b"\x1f\x8b"
_INDEX: Final = {name: place for place, name in enumerate(COLUMNS)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A record of a file, read so far as queries ask: `record()` reads the rest. Times as the files have them: ISO 8601,
    UTC, whole seconds; their text sorts as they do.

    `updated_at` is when it ended, of one that has: the specification's `updated_datetime` of a closed request.
    """

    number: str
    status: str
    category: str
    submitted_at: str
    updated_at: str
    lat: float | None
    lon: float | None
    cells: Sequence[str] | None = None
    feature: Mapping[str, Any] | None = None

    @classmethod
    def of_cells(cls, cells: Sequence[str]) -> Self:
        lat, lon = cells[_INDEX["lat"]], cells[_INDEX["lon"]]
        return cls(
            number=cells[_INDEX["number"]],
            status=cells[_INDEX["status"]],
            category=cells[_INDEX["category"]],
            submitted_at=cells[_INDEX["submitted_at"]],
            updated_at=cells[_INDEX["ended_at"]] or cells[_INDEX["updated_at"]],
            lat=float(lat) if lat else None,
            lon=float(lon) if lon else None,
            cells=cells,
        )

    @classmethod
    def of_feature(cls, feature: Mapping[str, Any]) -> Self:
        said, geometry = feature["properties"], feature["geometry"]
        lon, lat = (None, None) if geometry is None else geometry["coordinates"]
        return cls(
            number=said["number"],
            status=said["status"],
            category=said.get("category", ""),
            submitted_at=said["submitted_at"],
            updated_at=said.get("ended_at") or said["updated_at"],
            lat=lat,
            lon=lon,
            feature=feature,
        )

    @property
    def is_hidden(self) -> bool:
        return self.status == HIDDEN

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    def record(self) -> PublicRecord:
        if self.cells is not None:
            return record_in_cells(self.cells)
        assert self.feature is not None
        return record_in_feature(self.feature)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tombstone:
    """What is left of one that was hidden."""

    number: str
    hidden_at: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Current:
    """What the file of the open ones has."""

    lines: tuple[Line, ...] = ()
    tombstones: tuple[Tombstone, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Kept:
    """What was read of a file, under the tag that it had then."""

    tag: str
    content: Any


class Published:
    """The files of one bucket. What is not there yet is empty."""

    def __init__(self, bucket: str, *, s3: Callable[[], Any]) -> None:
        self._bucket, self._s3 = bucket, s3
        self._lock = Lock()
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def current(self) -> Current:
        found: Current = self._read(MAP, _current, absent=Current())
        return found

    def month(self, month: str) -> tuple[Line, ...]:
        """Of those that were submitted in it (`2026-03`), in the region's zone."""
        found: tuple[Line, ...] = self._read(month_key(month), _rows, absent=())
        return found

    def has_page(self, number: str) -> bool:
        """Whether the number was ever that of one shown in public, hidden since or not."""
        try:
            self._s3().head_object(Bucket=self._bucket, Key=page_key(number))
        except ClientError as error:
            if _status(error) != _NOT_THERE:
                raise
            return False
        return True

    def changed_at(self) -> datetime:
        """When the region's file was last written; 1970 where it was not yet."""
        try:
            answer = self._s3().head_object(Bucket=self._bucket, Key=REGION)
        except ClientError as error:
            if _status(error) != _NOT_THERE:
                raise
            return datetime.fromtimestamp(0, UTC)
        changed: datetime = answer["LastModified"]
        return changed.astimezone(UTC)

    def _read(self, key: str, read: Callable[[bytes], Any], *, absent: Any) -> Any:
        with self._lock:
            kept = self._kept.get(key)
            try:
                answer = self._s3().get_object(
                    Bucket=self._bucket, Key=key, **({} if kept is None else {"IfNoneMatch": kept.tag})
                )
            except ClientError as error:
                if _status(error) == _NOT_THERE:
                    self._kept.pop(key, None)
                    return absent
                if _status(error) != _AS_IT_WAS or kept is None:
                    raise
            else:
                kept = _Kept(tag=answer["ETag"], content=read(_plain(answer["Body"].read())))
                self._kept[key] = kept
            self._kept.move_to_end(key)
            while len(self._kept) > _MONTHS_KEPT + 1:
                self._kept.popitem(last=False)
            return kept.content


def _status(error: ClientError) -> int:
    return int(error.response["ResponseMetadata"]["HTTPStatusCode"])


def _plain(body: bytes) -> bytes:
    """A file may lie there compressed as its coding, which nothing on the way to here takes off."""
    return gzip.decompress(body) if body.startswith(_GZIP) else body


def _current(body: bytes) -> Current:
    told = json.loads(body)
    return Current(
        lines=tuple(map(Line.of_feature, told["features"])),
        tombstones=tuple(
            Tombstone(number=each["number"], hidden_at=each["hidden_at"], reason=each["reason"])
            for each in told.get("tombstones", ())
        ),
    )


def _rows(body: bytes) -> tuple[Line, ...]:
    rows: Iterator[list[str]] = csv.reader(io.StringIO(body.decode(), newline=""))
    return tuple(_below_their_names(rows))


def _below_their_names(rows: Iterable[Sequence[str]]) -> Iterator[Line]:
    rows = iter(rows)
    return map(Line.of_cells, under_columns(next(rows, COLUMNS), rows))
