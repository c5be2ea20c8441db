"""The public files as lines, each of one complaint, in the order of their numbers. The same lines give the same bytes.

A file is changed line by line, as it comes out of its compressed form: what is not changed is not read closer. So a file of
a hundred thousand complaints is rewritten in the time that it takes to compress it.
"""

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from functions.complaints.public_record import (
    COLUMNS,
    OPEN,
    PublicRecord,
    cells_of,
    feature_of,
    instant_text,
    tombstone_of,
    under_columns,
)

type Changed = Mapping[str, PublicRecord | None]
"""By number, the record that a complaint has now; None where nothing of it is public any more."""

_LEVEL: Final = 6
_FEATURE: Final = b'{"type":"Feature","id":"'
_TOMBSTONE: Final = b'{"number":"'
_FEATURES_BEGIN: Final = b'{"type":"FeatureCollection","features":['
_TOMBSTONES_BEGIN: Final = b'],"tombstones":['
_END: Final = b"]}"
_HEAD: Final = ",".join(COLUMNS).encode()


def month_file(kept: bytes | None, changed: Changed) -> bytes | None:
    """The CSV of a month, compressed: as it was `kept`, with what changed. None where there never was anything in it."""
    lines = _lines(kept)
    head = next(lines, _HEAD)
    rows = lines if head == _HEAD else _carried_over(head, lines)
    new = {number: None if record is None else _row(record) for number, record in changed.items()}
    written = [_HEAD, *_merged(rows, new, number_of=_number_of_row)]
    return None if kept is None and len(written) == 1 else _packed(written)


def map_file(kept: bytes | None, changed: Changed, *, since: datetime) -> bytes:
    """The GeoJSON, compressed: as it was `kept`, with what changed, without what ended, or was hidden, before `since`."""
    features, tombstones = _parts(_lines(kept))
    cut = instant_text(since).encode()
    shown = {
        number: None if record is None or record.is_hidden else _json(feature_of(record))
        for number, record in changed.items()
    }
    hidden = {
        number: _json(tombstone_of(record)) if record is not None and record.is_hidden else None
        for number, record in changed.items()
    }
    on_the_map = _merged(features, shown, number_of=_number_after(_FEATURE))
    under_a_stone = _merged(tombstones, hidden, number_of=_number_after(_TOMBSTONE))
    return _packed(
        [
            _FEATURES_BEGIN,
            *_with_commas(line for line in on_the_map if _is_open(line) or _said(line, "updated_at") >= cut),
            _TOMBSTONES_BEGIN,
            *_with_commas(line for line in under_a_stone if _said(line, "hidden_at") >= cut),
            _END,
        ]
    )


def _parts(lines: Iterable[bytes]) -> tuple[list[bytes], list[bytes]]:
    """The features, and the tombstones."""
    features: list[bytes] = []
    tombstones: list[bytes] = []
    part = features
    for line in lines:
        if line == _TOMBSTONES_BEGIN:
            part = tombstones
        elif line not in (_FEATURES_BEGIN, _END):
            part.append(line.removesuffix(b","))
    return features, tombstones


def _merged(
    kept: Iterable[bytes], changed: Mapping[str, bytes | None], *, number_of: Callable[[bytes], str]
) -> Iterator[bytes]:
    """Both in their order; what changed stands in place of what was kept of the same number."""
    waiting = sorted(changed)[::-1]
    for line in kept:
        number = number_of(line)
        while waiting and waiting[-1] < number:
            yield from _one(changed[waiting.pop()])
        if waiting and waiting[-1] == number:
            yield from _one(changed[waiting.pop()])
        elif number not in changed:
            yield line
    for number in reversed(waiting):
        yield from _one(changed[number])


def _one(line: bytes | None) -> Iterable[bytes]:
    return () if line is None else (line,)


def _row(record: PublicRecord) -> bytes:
    return _line(cells_of(record))


def _line(cells: Sequence[str]) -> bytes:
    out = io.StringIO()
    # One line, whatever is in it: nothing of a record has a line's end.
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue().encode()


def _carried_over(head: bytes, rows: Iterable[bytes]) -> Iterator[bytes]:
    """Rows of a file of another form, until each is written anew."""
    (names,) = csv.reader([head.decode()])
    return map(_line, under_columns(names, csv.reader(row.decode() for row in rows)))


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _number_of_row(line: bytes) -> str:
    return line.partition(b",")[0].decode()


def _number_after(beginning: bytes) -> Callable[[bytes], str]:
    return lambda line: line[len(beginning) : line.index(b'"', len(beginning))].decode()


_OPEN: Final = frozenset(status.value.encode() for status in OPEN)


def _is_open(line: bytes) -> bool:
    return _said(line, "status") in _OPEN


def _said(line: bytes, name: str) -> bytes:
    """The text of a member, which has no quotation mark in it."""
    _, _, rest = line.partition(f'"{name}":"'.encode())
    return rest.partition(b'"')[0]


def _with_commas(lines: Iterable[bytes]) -> Iterator[bytes]:
    """A comma after each but the last."""
    before: bytes | None = None
    for line in lines:
        if before is not None:
            yield before + b","
        before = line
    if before is not None:
        yield before


def _lines(packed: bytes | None) -> Iterator[bytes]:
    if packed is None:
        return
    with gzip.open(io.BytesIO(packed)) as file:
        for line in file:
            yield line.rstrip(b"\n")


def _packed(lines: Iterable[bytes]) -> bytes:
    """Without a time or a name in it, which would make other bytes of the same."""
    out = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=_LEVEL, fileobj=out, mtime=0) as file:
        for line in lines:
            file.write(line + b"\n")
    return out.getvalue()
