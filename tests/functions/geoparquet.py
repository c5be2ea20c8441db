"""A month's GeoParquet as another library reads it than the one that wrote it: DuckDB, and of the points GEOS."""

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import shapely

from functions.complaints.public_record import COLUMNS, KINDS, PublicRecord

type Row = dict[str, Any]


def rows_in(table: bytes) -> list[Row]:
    """Of each by column; times in UTC."""
    names, rows = _asked(table, "select * from '{file}'")
    return [dict(zip(names, map(_in_utc, row), strict=True)) for row in rows]


def record_in(row: Row) -> PublicRecord:
    told = {name: row[name] for name in COLUMNS}
    lists = {name: tuple(told[name] or ()) for name, kind in KINDS.items() if kind is tuple}
    return PublicRecord(**told | lists)


def point_in(row: Row) -> tuple[float, float] | None:
    """Longitude first."""
    if row["geometry"] is None:
        return None
    ((lon, lat),) = shapely.get_coordinates(shapely.from_wkb(row["geometry"])).tolist()
    return lon, lat


def columns_in(table: bytes) -> dict[str, str]:
    """The type of each as DuckDB has it, by its name."""
    _, rows = _asked(table, "describe select * from '{file}'")
    return {name: kind for name, kind, *_ in rows}


def geo_of(table: bytes) -> dict[str, Any]:
    """What the file says of its geometry."""
    _, rows = _asked(table, "select key, value from parquet_kv_metadata('{file}')")
    told: dict[str, Any] = json.loads(dict(rows)[b"geo"])
    return told


def said_in(table: bytes) -> bytes:
    """All that it says, as text: its bytes are packed."""
    rows = [[*map(str, row.values()), str(point_in(row))] for row in rows_in(table)]
    return json.dumps([geo_of(table), rows], ensure_ascii=False).encode()


def _asked(table: bytes, query: str) -> tuple[list[str], list[Any]]:
    """Names, and rows."""
    with tempfile.NamedTemporaryFile(suffix=".parquet") as file, duckdb.connect() as database:
        Path(file.name).write_bytes(table)
        done = database.execute(query.format(file=file.name))
        return [name for name, *_ in done.description or ()], done.fetchall()


def _in_utc(value: Any) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) else value
