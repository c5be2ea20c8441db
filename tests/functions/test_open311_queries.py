"""What a query of Open311 finds: what anybody would who had the open data, and no table is read for it."""

import csv
import gzip
import io
import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any

import pytest
import time_machine

from functions.complaints.public_record import COLUMNS
from functions.edge.clients import client
from functions.intake.open311.asked import PAGE_MOST
from tests.functions.faults import LASTING, TRANSIENT, aws_calls
from tests.functions.open311_facts import both, told
from tests.functions.open311_world import (
    BUCKET,
    ENDED,
    GONE,
    NOW,
    RECORD,
    World,
    random_records,
    world,
)


@pytest.fixture
def here(tmp_path: Any) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False), world(tmp_path) as built:
        built.publish([RECORD, ENDED, GONE], now=NOW)
        yield built


def plain(rows: list[dict[str, str]], query: Mapping[str, str], *, now: datetime) -> list[str]:
    """The numbers that the query is about, computed over the table's cells as anybody would."""

    def at(text: str) -> datetime:
        return datetime.fromisoformat(text)

    if ids := query.get("service_request_id"):
        found = [row for row in rows if row["number"] in ids.split(",") and row["status"] != "hidden"]
        return sorted_and_paged(found, query)
    start, end = query.get("start_date"), query.get("end_date")
    after, before = query.get("updated_after"), query.get("updated_before")
    ninety = timedelta(days=90)
    first = at(start) if start else (at(end) if end else now) - ninety
    last = at(end) if end else min(first + ninety, max(now, first))
    by_change = start is None and end is None and (after or before) is not None
    since = at(after) if after else (at(before) - ninety if before and by_change else None)
    until = at(before) if before else None
    found = []
    for row in rows:
        if row["status"] == "hidden":
            continue
        submitted, updated = at(row["submitted_at"]), at(row["ended_at"] or row["updated_at"])
        state = "open" if row["status"] in ("assigned", "acknowledged", "answered") else "closed"
        lat, lon = float(row["lat"]), float(row["lon"])
        wanted = by_change or first <= submitted <= last
        wanted &= since is None or since <= updated
        wanted &= until is None or updated <= until
        wanted &= "status" not in query or state in query["status"].split(",")
        wanted &= "service_code" not in query or row["category"] in query["service_code"].split(",")
        if "bbox" in query:
            west, south, east, north = map(float, query["bbox"].split(","))
            wanted &= west <= lon <= east and south <= lat <= north
        if "lat" in query:
            wanted &= metres(float(query["lat"]), float(query["long"]), lat, lon) <= float(query["radius"])
        if wanted:
            found.append(row)
    return sorted_and_paged(found, query)


def sorted_and_paged(rows: list[dict[str, str]], query: Mapping[str, str]) -> list[str]:
    rows = sorted(rows, key=lambda row: (row["submitted_at"], row["number"]), reverse=True)
    size, page = int(query.get("page_size", PAGE_MOST)), int(query.get("page", 1))
    return [row["number"] for row in rows[size * (page - 1) : size * page]]


def metres(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """By the law of cosines, which the core does not use."""
    a, b, across = math.radians(lat), math.radians(other_lat), math.radians(other_lon - lon)
    cosine = math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(across)
    return 6_371_008.8 * math.acos(min(1.0, cosine))


def random_query(chance: random.Random, numbers: list[str], *, now: datetime) -> dict[str, str]:
    def some_time(most: int) -> datetime:
        return now - timedelta(seconds=chance.randint(0, most * 86_400))

    def said(instant: datetime) -> str:
        return chance.choice(
            [
                f"{instant:%Y-%m-%dT%H:%M:%S}Z",
                f"{instant + timedelta(hours=5):%Y-%m-%dT%H:%M:%S}+05:00",
                f"{instant:%Y-%m-%dT%H:%M:%S}.000Z",
            ]
        )

    if chance.random() < 0.05:
        return {"service_request_id": ",".join(chance.sample(numbers, 5)), "status": "open"}
    query: dict[str, str] = {}
    if chance.random() < 0.6:
        start = some_time(280)
        if chance.random() < 0.8:
            query["start_date"] = said(start)
        if chance.random() < 0.8:
            query["end_date"] = said(start + timedelta(seconds=chance.randint(0, 89 * 86_400)))
    if chance.random() < 0.4:
        after = some_time(89)
        if chance.random() < 0.8:
            query["updated_after"] = said(after)
        if chance.random() < 0.3 or "updated_after" not in query:
            query["updated_before"] = said(now if "updated_after" not in query else some_time(10))
    if chance.random() < 0.5:
        query["status"] = chance.choice(["open", "closed", "open,closed"])
    if chance.random() < 0.4:
        query["service_code"] = chance.choice(["rubbish", "pothole,open_manhole", "nothing"])
    if chance.random() < 0.3:
        west, south = chance.uniform(76, 78), chance.uniform(52, 53)
        query["bbox"] = f"{west},{south},{west + chance.random()},{south + chance.random()}"
    if chance.random() < 0.3:
        query |= {
            "lat": str(chance.uniform(52, 53)),
            "long": str(chance.uniform(76, 78)),
            "radius": str(chance.randint(0, 90_000)),
        }
    if chance.random() < 0.3:
        query |= {"page": str(chance.randint(1, 3)), "page_size": str(chance.randint(1, 40))}
    return query


def test_random_queries_find_what_the_tables_have(here: World) -> None:
    chance, records = random.Random(311), random_records(200, now=NOW, seed=1)
    here.publish(records, now=NOW)
    rows = all_rows()
    assert {row["number"] for row in rows} >= {each.number for each in records}
    rows = [row for row in rows if row["number"] in {each.number for each in records}]
    numbers, sizes = [each.number for each in records], list[int]()
    for _ in range(150):
        query = random_query(chance, numbers, now=NOW)
        answer = here.get("requests.json", query)
        if answer.status == 400:
            # The one span that the specification bounds, turned round or too long.
            assert "updated_after" in query or "updated_before" in query, query
            continue
        assert answer.status == 200, (query, answer.text)
        found = [each["service_request_id"] for each in answer.json]
        assert found == plain(rows, query, now=NOW), query
        sizes.append(len(found))
    assert len(sizes) > 130
    assert sum(size > 0 for size in sizes) > 60


def all_rows() -> list[dict[str, str]]:
    s3, rows = client("s3"), list[dict[str, str]]()
    for each in s3.list_objects_v2(Bucket=BUCKET, Prefix="open/")["Contents"]:
        if each["Key"].endswith(".csv.gz"):
            body = s3.get_object(Bucket=BUCKET, Key=each["Key"])["Body"].read()
            rows += csv.DictReader(io.StringIO(gzip.decompress(body).decode()))
    return rows


def test_a_month_whose_file_is_of_an_earlier_form_is_read_as_far_as_it_goes(here: World) -> None:
    here.publish([RECORD], now=NOW)
    s3 = client("s3")
    key = f"open/{NOW:%Y-%m}.csv.gz"
    packed = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    out = io.StringIO()
    for row in csv.reader(io.StringIO(gzip.decompress(packed).decode(), newline="")):
        csv.writer(out).writerow(row[: COLUMNS.index("part_of")])
    s3.put_object(Bucket=BUCKET, Key=key, Body=gzip.compress(out.getvalue().encode()))
    (said,) = here.get("requests.json", {"extensions": "true"}).json
    assert (said["service_request_id"], said["agency_responsible"]) == (RECORD.number, "Housing")
    assert (said["extended_attributes"]["joined"], said["extended_attributes"]["parts"]) == (2, [])


def test_what_has_not_changed_for_long_is_found_by_its_number(here: World) -> None:
    old = replace(
        ENDED,
        number="TST-25-0000A1",
        submitted_at=datetime(2025, 2, 1, tzinfo=UTC),
        assigned_at=datetime(2025, 2, 1, tzinfo=UTC),
        ended_at=datetime(2025, 3, 1, tzinfo=UTC),
        updated_at=datetime(2025, 3, 1, tzinfo=UTC),
    )
    here.publish([RECORD, old], now=NOW)
    assert here.get("requests.json", {"service_request_id": f"{old.number},TST-25-ZZZZZZ"}).json == (
        here.get(f"requests/{old.number}.json").json
    )


def test_who_asks_for_a_number_that_was_never_given_reads_no_month(here: World) -> None:
    here.get("requests/TST-24-ZZZZZZ.json")
    with aws_calls() as calls:
        assert here.get("requests/TST-24-ZZZZZZ.json").status == 404
    assert calls.made == ["GetObject", "HeadObject", "GetObject"]


def test_no_read_touches_a_table_and_a_file_that_is_as_it_was_is_not_sent_again(here: World) -> None:
    with aws_calls() as calls:
        for path in (
            "requests.xml",
            "services.json",
            "servicerequestupdates.xml",
            f"requests/{RECORD.number}.json",
        ):
            assert here.get(path).status == 200
    assert {"GetObject", "HeadObject"} >= set(calls.made)
    here.publish([replace(RECORD, status="answered", answered_at=NOW, outcome="declined")], now=NOW)
    [said] = here.get(f"requests/{RECORD.number}.json", accept_language="en").json
    assert said["status_notes"] == "Answered: declined"


def test_a_region_whose_files_are_not_there_yet_has_no_requests(here: World) -> None:
    s3 = client("s3")
    for each in s3.list_objects_v2(Bucket=BUCKET)["Contents"]:
        s3.delete_object(Bucket=BUCKET, Key=each["Key"])
    assert both(lambda format: here.get(f"requests.{format}"), kind="service_requests") == []
    assert (
        both(lambda format: here.get(f"servicerequestupdates.{format}"), kind="service_request_updates") == []
    )


def test_any_read_of_a_file_may_fail_in_any_way_and_the_next_one_is_answered(here: World) -> None:
    paths = ("requests.xml", f"requests/{ENDED.number}.json", "servicerequestupdates.json", "discovery.xml")
    whole, reads = {}, list[tuple[str, int]]()
    for path in paths:
        whole[path] = here.get(path).text
        with aws_calls() as calls:
            here.get(path)
        reads += [(path, number) for number in range(len(calls.made))]
    failures = TRANSIENT | LASTING
    turns = max(len(reads), len(failures))
    for (path, number), failure, _ in zip(cycle(reads), cycle(failures), range(turns), strict=False):
        with aws_calls(fail=number, error=failures[failure]):
            answer = here.get(path)
        format = path.rpartition(".")[2]
        told(answer, format, kind="errors", status=503 if failure in TRANSIENT else 500)
        assert here.get(path).text == whole[path]
