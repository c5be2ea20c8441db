"""A month's table as GeoParquet, made of the bytes of its CSV, so that the two say the same. The same bytes give the same.

Source: https://geoparquet.org/releases/v1.1.0/. A field has the type that the record says, and what does not apply is null.
`lat` and `lon` stay beside the point that they make. By Apache Arrow's Rust implementation: its C++ one, pyarrow, takes 70
times as long to import and five times the room.
"""

import gzip
import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from struct import Struct
from typing import Any, Final

from arro3.core import Array, DataType, Field, RecordBatch, Schema, Table, list_array
from arro3.io import read_csv, write_parquet

from functions.complaints.public_record import ALWAYS, COLUMNS, GUARDED, KINDS, value_in_cell

GEOMETRY: Final = "geometry"
_TEXT, _BYTES = DataType.utf8(), DataType.binary()
_WORD: Final = Field("element", _TEXT, nullable=False)
_TYPES: Final[Mapping[type, DataType]] = {
    str: _TEXT,
    int: DataType.int32(),
    float: DataType.float64(),
    bool: DataType.bool(),
    # Parquet has none of whole seconds.
    datetime: DataType.timestamp("ms", tz="UTC"),
    tuple: DataType.list(_WORD),
}
_READ: Final = Schema(
    [
        Field(name, _TEXT if kind is tuple else _TYPES[kind], nullable=name not in ALWAYS)
        for name, kind in KINDS.items()
    ]
)
_WRITTEN: Final = Schema(
    [
        *(Field(name, _TYPES[kind], nullable=name not in ALWAYS) for name, kind in KINDS.items()),
        Field(GEOMETRY, _BYTES, nullable=True),
    ]
)
_POINT: Final = Struct("<BIdd")
"""Well-known binary: the order of the bytes, what it is, and where. Source: OGC 06-103r4, 8.2."""
_HEAD: Final = (1, 1)
"""Little-endian, a point."""
_AT_ONCE: Final = 1 << 14
_LEVEL: Final = "zstd(3)"


def table_of(month_file: bytes) -> bytes:
    """`month_file`: the CSV, compressed. Raises an error of Arrow's for one with other columns, or values that are none."""
    cells = read_csv(io.BytesIO(gzip.decompress(month_file)), _READ, has_header=True, batch_size=_AT_ONCE)
    table = Table.from_batches([_written(batch) for batch in cells], schema=_WRITTEN)
    out = io.BytesIO()
    write_parquet(
        table,
        out,
        compression=_LEVEL,
        # Each is another: a dictionary of them would only be made to be thrown away.
        column_dictionary_enabled={GEOMETRY: False, "number": False},
        key_value_metadata={"geo": json.dumps(_about(table))},
        # Arrow's own form of the types: Parquet's say as much.
        skip_arrow_metadata=True,
    )
    return out.getvalue()


def _written(cells: RecordBatch) -> RecordBatch:
    columns = [_column(name, cells.column(name)) for name in COLUMNS]
    return RecordBatch.from_arrays([*columns, _points(cells)], schema=_WRITTEN)


def _column(name: str, cells: Array) -> Array:
    if KINDS[name] is not tuple and name not in GUARDED:
        return cells
    said = [value_in_cell(name, cell or "") for cell in cells.to_pylist()]
    return _lists(said) if KINDS[name] is tuple else Array(said, _TEXT)


def _lists(values: Sequence[tuple[str, ...] | None]) -> Array:
    words: list[str] = []
    ends = [0]
    for value in values:
        words += value or ()
        ends.append(len(words))
    return list_array(
        Array(ends, DataType.int32()),
        Array(words, _TEXT),
        type=_TYPES[tuple],
        mask=Array([value is None for value in values], DataType.bool()),
    )


def _points(cells: RecordBatch) -> Array:
    places = zip(cells.column("lon").to_pylist(), cells.column("lat").to_pylist(), strict=True)
    return Array([None if None in place else _POINT.pack(*_HEAD, *place) for place in places], _BYTES)


def _about(table: Table) -> Mapping[str, Any]:
    """In degrees of WGS 84, longitude first: what it is where nothing is said of it."""
    told: dict[str, Any] = {"encoding": "WKB", "geometry_types": ["Point"]}
    lons, lats = (
        [each for each in table.column(name).to_pylist() if each is not None] for name in ("lon", "lat")
    )
    if lons:
        told["bbox"] = [min(lons), min(lats), max(lons), max(lats)]
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: told}}
