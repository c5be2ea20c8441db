"""A region with Open311: its function, its tables, and its public files as they are written."""

import random
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from functions.complaints.ids import new_number
from functions.complaints.keys import read_token
from functions.complaints.public_record import (
    HIDDEN,
    PublicRecord,
    month_of,
    record_of,
)
from functions.complaints.region import Region, region_from_dict
from functions.edge.clients import client
from functions.notify.publisher.lines import map_file, month_file
from functions.records.agencies.partners import create_partner_key
from functions.records.store import ComplaintStore
from functions.records.tables import ComplaintItem
from tests.dynamodb import tables
from tests.functions.api_client import Answer, Client, anybody, load
from tests.region_fixture import RAW

BUCKET: Final = "public"
ROOT: Final = "/open311/v2"
KEPT: Final = timedelta(days=90)


def raw() -> dict[str, Any]:
    """`rubbish`, `pothole` and `open_manhole` are public, `other` is not."""
    made = deepcopy(RAW)
    for category, place in {"rubbish": "rounded", "pothole": "rounded", "open_manhole": "exact"}.items():
        made["categories"][category]["public"] = {"place": place}
    made["categories"]["other"].pop("public", None)
    made["categories"]["rubbish"]["hint"] = {
        "kk": "Жиналмаған қоқыс",
        "ru": "Мусор, не убран",
        "en": "Litter",
    }
    made["categories"]["pothole"]["questions"] = [
        {
            "id": "depth",
            "text": _in_three("Қаншалықты терең?", "Насколько глубокая?", "How deep is it?"),
            "kind": "choice",
            "required": True,
            "choices": [
                {"id": "deep", "text": _in_three("10 см-ден терең", "Глубже 10 см", "Deeper than 10 cm")},
                {"id": "flat", "text": _in_three("Таяз", "Мельче", "Less")},
            ],
        },
        {
            "id": "since",
            "text": _in_three("Қашаннан бері?", "С каких пор?", "Since when?"),
            "kind": "text",
            "required": False,
            "choices": [],
        },
        {
            "id": "count",
            "text": _in_three("Нешеу?", "Сколько их?", "How many are there?"),
            "kind": "number",
            "required": False,
            "choices": [],
        },
    ]
    return made


def _in_three(kk: str, ru: str, en: str) -> dict[str, str]:
    return {"kk": kk, "ru": ru, "en": en}


@dataclass(frozen=True, kw_only=True)
class World:
    module: Any
    region: Region

    @property
    def anybody(self) -> Client:
        return anybody(self.module.handler)

    def get(self, path: str, query: Mapping[str, str] | None = None, **headers: str) -> Answer:
        return self.anybody("GET", f"{ROOT}/{path}", query=query, **headers)

    def post(self, path: str, form: str, **headers: str) -> Answer:
        headers = {"content_type": "application/x-www-form-urlencoded; charset=utf-8"} | headers
        return self.anybody("POST", f"{ROOT}/{path}", raw=form, **headers)

    def key(self, partner: str = "fixmystreet", *, now: datetime) -> str:
        token = create_partner_key(partner, name=partner, expires_at=None, now=now).token
        assert read_token(token) is not None
        return token

    def publish(self, records: Iterable[PublicRecord], *, now: datetime) -> None:
        """The files of these, as the publisher writes them."""
        records, months = list(records), dict[str, list[PublicRecord]]()
        for record in records:
            months.setdefault(month_of(record.submitted_at, zone=self.region.time_zone), []).append(record)
            _put(f"c/{record.number}", b"<!doctype html>")
        for month, theirs in months.items():
            file = month_file(None, {each.number: each for each in theirs})
            assert file is not None
            _put(f"open/{month}.csv.gz", file)
        told = map_file(None, {each.number: each for each in records}, since=now - KEPT)
        _put("open/complaints.geojson", told, ContentEncoding="gzip")

    def publish_the_table(self, *, now: datetime) -> None:
        """What is in the complaints table, of the categories that are public."""
        store, ids = (
            ComplaintStore(),
            [item.id for item in ComplaintItem.scan(ComplaintItem.kind == ComplaintItem.KIND)],
        )
        found = [store.with_history(each)[:2] for each in ids]
        self.publish(
            [
                record_of(complaint, history, region=self.region)
                for complaint, history in found
                if self.region.category(complaint.category).public_place is not None
            ],
            now=now,
        )


def _put(key: str, body: bytes, **more: str) -> None:
    client("s3").put_object(Bucket=BUCKET, Key=key, Body=body, **more)


@contextmanager
def world(folder: Path) -> Iterator[World]:
    with pytest.MonkeyPatch.context() as patch, tables():
        patch.setenv("PUBLIC_BUCKET", BUCKET)
        client("s3").create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        module = load("functions.intake.open311.handler", folder=folder, monkeypatch=patch, raw=raw())
        yield World(module=module, region=region_from_dict(raw()))


def random_records(count: int, *, now: datetime, seed: int) -> list[PublicRecord]:
    """Lives of every kind over the last ten months: open and ended ones, hidden ones, with and without a place."""
    chance, made = random.Random(seed), list[PublicRecord]()
    for _ in range(count):
        submitted = now - timedelta(seconds=chance.randint(0, 300 * 86_400))
        number = new_number("TST", year=submitted.year)
        later = [submitted + timedelta(seconds=chance.randint(0, 40 * 86_400)) for _ in range(3)]
        assigned, answered, ended = (min(each, now).replace(microsecond=0) for each in sorted(later))
        submitted = submitted.replace(microsecond=0)
        status = chance.choice(["assigned", "acknowledged", "answered", "closed", "withdrawn", HIDDEN])
        if status == HIDDEN:
            made.append(
                PublicRecord(
                    number=number,
                    status=HIDDEN,
                    submitted_at=submitted,
                    updated_at=ended,
                    hidden_reason="Бет көрінеді, =1",
                )
            )
            continue
        has_answer = status in ("answered", "closed")
        made.append(
            PublicRecord(
                number=number,
                status=status,
                category=chance.choice(["rubbish", "pothole", "open_manhole"]),
                district=chance.choice(["west", "east"]),
                lat=round(chance.uniform(52, 53), 3),
                lon=round(chance.uniform(76, 78), 3),
                place="rounded",
                agency=chance.choice(["housing", "roads"]),
                escalated_to=chance.choice([(), ("akimat",), ("akimat", "ministry")]),
                level=chance.randint(0, 2),
                joined=chance.randint(0, 5),
                submitted_at=submitted,
                assigned_at=assigned,
                acknowledged_at=assigned if status != "assigned" else None,
                due_at=assigned + timedelta(days=15),
                answered_at=answered if has_answer else None,
                outcome=chance.choice(["resolved", "declined"]) if has_answer else None,
                ended_at=ended if status in ("closed", "withdrawn") else None,
                overdue=chance.random() < 0.2,
                missed_terms=chance.randint(0, 2),
                refuted=chance.randint(0, 2),
                extended=chance.randint(0, 1),
                passed_on=chance.randint(0, 2),
                part_of=chance.choice([None, number]),
                parts=chance.choice([(), (f"{number}-1", f"{number}-2")]),
                photo=chance.choice([None, "public/x/y.1.jpg"]),
                updated_at=ended,
            )
        )
    return made


NOW: Final = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
RECORD = PublicRecord(
    number="TST-26-7K3M9T",
    status="acknowledged",
    category="rubbish",
    district="west",
    lat=52.285,
    lon=76.967,
    place="rounded",
    agency="housing",
    escalated_to=("akimat",),
    level=1,
    joined=2,
    submitted_at=NOW - timedelta(days=3),
    assigned_at=NOW - timedelta(days=3),
    acknowledged_at=NOW - timedelta(days=2),
    due_at=NOW + timedelta(days=12),
    overdue=False,
    missed_terms=1,
    refuted=0,
    extended=0,
    passed_on=0,
    photo="public/01J/01K.1.jpg",
    updated_at=NOW - timedelta(days=1),
    parts=("TST-26-7K3M9T-1", "TST-26-7K3M9T-2"),
)
ENDED = replace(
    RECORD,
    number="TST-26-000001",
    status="closed",
    answered_at=NOW - timedelta(days=2),
    outcome="resolved",
    ended_at=NOW - timedelta(days=1),
    photo=None,
)
GONE = PublicRecord(
    number="TST-26-00000H",
    status="hidden",
    submitted_at=NOW - timedelta(days=5),
    updated_at=NOW - timedelta(hours=1),
    hidden_reason="Суретте адам бар",
)
