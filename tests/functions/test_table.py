"""A month as GeoParquet: whatever is in its CSV is in it, typed, and it is what the specification asks for."""

import hashlib
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.complaints.public_record import (
    ALWAYS,
    COLUMNS,
    HIDDEN,
    KINDS,
    PublicRecord,
    record_in_cells,
    record_of,
)
from functions.notify.publisher.lines import month_file
from functions.notify.publisher.table import GEOMETRY, table_of
from infra.toolchain import ROOT
from tests.core.public_lives import LIVES
from tests.core.public_lives import Lives as Life
from tests.core.story import START
from tests.core.test_public_record import records
from tests.functions import public_rows
from tests.functions.geoparquet import columns_in, geo_of, point_in, record_in, rows_in
from tests.region_fixture import WEST, region

REGION = region()
IN_DUCKDB = {
    str: "VARCHAR",
    int: "INTEGER",
    float: "DOUBLE",
    bool: "BOOLEAN",
    datetime: "TIMESTAMP WITH TIME ZONE",
    tuple: "VARCHAR[]",
}
THERE = PublicRecord(
    number="TST-26-7K3M9T", status="assigned", lat=52.25, lon=76.5, submitted_at=START, updated_at=START
)
GONE = PublicRecord(number="TST-26-7K3M9U", status=HIDDEN, submitted_at=START, updated_at=START)


def csv_of(some: Sequence[PublicRecord]) -> bytes:
    # One in which nothing is left any more has its head alone.
    begun = month_file(None, {THERE.number: THERE})
    file = month_file(begun, {THERE.number: None} | {each.number: each for each in some})
    assert file is not None
    return file


def records_in(table: bytes) -> list[PublicRecord]:
    return [record_in(row) for row in rows_in(table)]


def place_of(record: PublicRecord) -> tuple[float, float] | None:
    return None if record.lat is None or record.lon is None else (record.lon, record.lat)


@given(st.lists(records, max_size=4, unique_by=lambda each: each.number))
def test_the_records_are_read_from_it_as_they_were_and_each_place_is_a_point(
    some: list[PublicRecord],
) -> None:
    rows = rows_in(table_of(csv_of(some)))
    ordered = sorted(some, key=lambda each: each.number)
    assert [record_in(row) for row in rows] == ordered
    assert [point_in(row) for row in rows] == [place_of(each) for each in ordered]


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.__name__)
def test_whatever_a_complaint_becomes_is_read_from_it(life: object) -> None:
    story = life(Life(region=REGION, category="rubbish", place=WEST))  # type: ignore[operator]
    record = record_of(story.complaint, story.events, region=REGION)
    assert records_in(table_of(csv_of([record]))) == [record]


@pytest.mark.parametrize(
    "reason",
    ["=1+1", "'quoted'", "'=1", '"', 'a, "b"', "null", "NULL", "NA", "true", "0", " ", "-", "Қате · ♻️", "#"],
)
def test_a_reason_is_what_was_written(reason: str) -> None:
    hidden = replace(GONE, hidden_reason=reason)
    assert records_in(table_of(csv_of([hidden]))) == [hidden]


def test_a_large_month_is_its_csv_row_by_row() -> None:
    random = Random(3)
    # More than are read at once.
    some = [public_rows.random_record(random, f"TST-26-{at:06}") for at in range(20_000)]
    cells = [[str(each[name]) for name in COLUMNS] for each in some]
    assert records_in(table_of(public_rows.month_file(some))) == [record_in_cells(row) for row in cells]


def test_it_is_geoparquet() -> None:
    """Source: https://geoparquet.org/releases/v1.1.0/schema.json, and what its text asks for besides."""
    east = replace(THERE, number="TST-26-AAAAAA", lat=52.75, lon=77.125)
    table = table_of(csv_of([THERE, east, GONE]))
    assert geo_of(table) == {
        "version": "1.1.0",
        "primary_column": GEOMETRY,
        # Without a `crs` it is OGC:CRS84: longitude, latitude.
        "columns": {
            GEOMETRY: {"encoding": "WKB", "geometry_types": ["Point"], "bbox": [76.5, 52.25, 77.125, 52.75]}
        },
    }
    assert columns_in(table)[GEOMETRY] == "GEOMETRY('OGC:CRS84')"


@pytest.mark.parametrize("some", [[], [GONE]], ids=["nothing", "hidden"])
def test_a_month_without_a_place_has_no_box(some: list[PublicRecord]) -> None:
    table = table_of(csv_of(some))
    assert geo_of(table)["columns"] == {GEOMETRY: {"encoding": "WKB", "geometry_types": ["Point"]}}
    assert records_in(table) == some


def test_each_column_is_of_the_type_that_the_record_says() -> None:
    types = columns_in(table_of(csv_of([THERE])))
    del types[GEOMETRY]
    assert types == {name: IN_DUCKDB[kind] for name, kind in KINDS.items()}
    assert [*types] == [*COLUMNS]
    hidden = records_in(table_of(csv_of([GONE])))[0]
    assert {name for name in COLUMNS if getattr(hidden, name) not in (None, ())} == ALWAYS


def test_the_same_csv_makes_the_same_bytes_in_whatever_process(tmp_path: Path) -> None:
    random = Random(5)
    file = tmp_path / "month.csv.gz"
    file.write_bytes(
        public_rows.month_file([public_rows.random_record(random, f"N-{at:05}") for at in range(3_000)])
    )
    program = (
        "import hashlib, sys; from pathlib import Path;"
        "from functions.notify.publisher.table import table_of;"
        "print(hashlib.sha256(table_of(Path(sys.argv[1]).read_bytes())).hexdigest())"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", program, str(file)],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2", "3")
    }
    assert made == {hashlib.sha256(table_of(file.read_bytes())).hexdigest()}


@pytest.mark.parametrize(("column", "cell"), [("joined", "many"), ("due_at", "tomorrow"), ("lat", "north")])
def test_a_value_that_is_none_is_refused(column: str, cell: str) -> None:
    row = {**public_rows.random_record(Random(1), "N"), column: cell}
    with pytest.raises(Exception, match="Parser error"):
        table_of(public_rows.month_file([row]))
