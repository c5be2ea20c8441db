"""The public files as they are written: drawn complaints of a real region file, their figures, and the region."""

import gzip
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from functions.complaints.geography import contains
from functions.complaints.public_record import (
    COLUMNS,
    PublicRecord,
    cells_of,
    month_of,
)
from functions.complaints.region import Polygons, region_from_dict
from functions.notify.figures.document import figures_of
from functions.notify.figures.reading import read_months
from functions.notify.publisher.lines import map_file
from functions.notify.publisher.regional import regional
from infra.region import load_region_file

REGION: Final = region_from_dict(json.loads(load_region_file("pavlodar").compiled))
_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Town:
    """`records` in the order of their numbers, `files` by path."""

    now: datetime
    records: Sequence[PublicRecord]
    files: Mapping[str, bytes]


def town(count: int, *, seed: int = 1, now: datetime | None = None) -> Town:
    """So many complaints of the last 90 days, one of them hidden."""
    at = (now or datetime.now(UTC)).replace(microsecond=0)
    random = Random(seed)
    records = sorted((_record(random, at) for _ in range(count)), key=lambda record: record.number)
    records[0] = PublicRecord(
        number=records[0].number,
        status="hidden",
        submitted_at=records[0].submitted_at,
        updated_at=at - _DAY,
        hidden_reason="The place shows who lives there.",
    )
    files = {
        "/open/region.json": regional(REGION, base_url="https://api.example.org"),
        "/open/complaints.geojson": geojson(records),
        "/open/figures.json": _figures(records),
    }
    return Town(now=at, records=records, files=files)


def geojson(records: Sequence[PublicRecord]) -> bytes:
    """As the publisher writes it, of however long ago."""
    changed = {record.number: record for record in records}
    return gzip.decompress(map_file(None, changed, since=datetime(2000, 1, 1, tzinfo=UTC)))


def _figures(records: Sequence[PublicRecord]) -> bytes:
    months: dict[str, list[list[str]]] = {}
    for record in records:
        months.setdefault(month_of(record.submitted_at, zone=REGION.time_zone), []).append(cells_of(record))
    files = (
        (month, io.BytesIO(gzip.compress("\n".join(",".join(row) for row in [COLUMNS, *rows]).encode())))
        for month, rows in months.items()
    )
    return figures_of(read_months(files), region_id=REGION.id)


def _record(random: Random, now: datetime) -> PublicRecord:
    category = random.choice([each for each in REGION.categories.values() if each.public_place])
    district = random.choices(REGION.districts, weights=[12, *[1] * (len(REGION.districts) - 1)])[0]
    agency = category.responsible.districts.get(district.id) or category.responsible.default
    assert agency is not None
    submitted = now - random.random() * 80 * _DAY
    due = submitted + timedelta(hours=4) if category.danger else submitted + random.randint(5, 21) * _DAY
    lat, lon = _place(random, district.polygons)
    record = PublicRecord(
        number=f"{REGION.number_prefix}-26-{''.join(random.choices(_LETTERS, k=6))}",
        status=random.choice(("assigned", "acknowledged")),
        category=category.id,
        district=district.id,
        lat=lat,
        lon=lon,
        place="rounded",
        agency=agency,
        level=0,
        joined=random.choice((0, 0, 0, 1, 4)),
        submitted_at=submitted,
        assigned_at=submitted,
        due_at=due,
        overdue=False,
        missed_terms=0,
        refuted=random.choice((0, 0, 0, 0, 1)),
        extended=random.choice((0, 0, 0, 1)),
        passed_on=random.choice((0, 0, 0, 1)),
        hours_to_acknowledge=round(random.expovariate(0.1), 2),
        updated_at=submitted,
    )
    # Some bodies are slower than others.
    silent = (sum(agency.encode()) % 5 + 1) / 14
    if due <= now and random.random() < silent:
        return _missed(random, record, now)
    if due <= now or random.random() < 0.4:
        return _answered(random, record, now)
    return record


def _missed(random: Random, record: PublicRecord, now: datetime) -> PublicRecord:
    assert record.agency is not None
    above = [REGION.agencies[record.agency].parent]
    while above[-1] is not None and random.random() < 0.3:
        above.append(REGION.agencies[above[-1]].parent)
    bodies = tuple(each for each in above if each is not None)
    top = not bodies or random.random() < 0.3
    due = record.due_at if top else now + random.random() * 5 * _DAY
    assert due is not None
    return replace(
        record,
        overdue=True,
        level=len(bodies),
        escalated_to=bodies,
        missed_terms=max(1, len(bodies)),
        due_at=due.replace(microsecond=0),
        updated_at=now - random.random() * 3 * _DAY,
    )


def _answered(random: Random, record: PublicRecord, now: datetime) -> PublicRecord:
    answered = min(now, record.submitted_at + random.random() * 20 * _DAY)
    assert record.due_at is not None
    closed = random.random() < 0.5
    return replace(
        record,
        status="closed" if closed else "answered",
        answered_at=answered,
        ended_at=answered if closed else None,
        outcome="done",
        answered_in_time=answered <= record.due_at,
        confirmed=random.random() < 0.6 if closed else None,
        hours_to_answer=round(random.expovariate(0.02), 2),
        proof=random.choice(("within_50", "within_50", "within_200", "far", "unknown")),
        proof_reused=random.random() < 0.05,
        updated_at=answered,
    )


def _place(random: Random, polygons: Polygons) -> tuple[float, float]:
    """Within the district, nearer to its middle than to its border."""
    points = [point for polygon in polygons for point in polygon[0]]
    lons, lats = [lon for lon, _ in points], [lat for _, lat in points]
    while True:
        lon = random.triangular(min(lons), max(lons))
        lat = random.triangular(min(lats), max(lats))
        if contains(polygons, lat=lat, lon=lon):
            return round(lat, 3), round(lon, 3)
