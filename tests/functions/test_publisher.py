"""The public files: what is in them is what the complaints say, at every moment and whatever fails on the way."""

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any, Final, Self

import pytest

from functions.complaints.behind import PUBLISHER
from functions.complaints.complaint import ActorKind, Photo, PhotoStatus
from functions.complaints.days import day_of
from functions.complaints.events import Event
from functions.complaints.moves import agency, citizen
from functions.complaints.places import rounded
from functions.complaints.public_record import (
    COLUMNS,
    PublicRecord,
    feature_of,
    month_of,
    record_in_cells,
    record_in_feature,
    record_of,
    tombstone_of,
)
from functions.complaints.publicity import may_be_public
from functions.complaints.redaction import Redaction
from functions.complaints.region import Region, region_from_dict
from functions.edge.clients import client
from functions.edge.public_files import MAP, MAP_KEEPS, REGION, month_key, page_key, table_key
from functions.notify.publisher import page, publication
from functions.notify.publisher.bucket import Kind, PublicBucket
from functions.notify.publisher.dataset import CATALOGUE, catalogue, relisted
from functions.notify.publisher.lines import map_file, month_file
from functions.notify.publisher.publication import OVERLAP, Fixed, Published, Publisher
from functions.notify.publisher.regional import regional
from functions.notify.publisher.table import table_of
from functions.records import set_aside
from functions.records.codec import complaint_item
from functions.records.photo_keys import public_key
from functions.records.touched import touched
from tests.dynamodb import put_back, tables_as_they_are
from tests.functions.faults import When, aws_calls, between_calls, calls_of, failing_differently
from tests.functions.geoparquet import point_in, record_in, rows_in, said_in
from tests.functions.public_lives import CANARIES, Lives, each_of, lived, public_bucket
from tests.region_fixture import RAW, region

BUCKET = "public"
PHOTOS = "photos"
BASE = "https://example.org"
MINUTE = timedelta(minutes=1)
HERE = region()
WHENS: Final[tuple[When, ...]] = ("before", "after")


@pytest.fixture(autouse=True)
def _aws() -> Iterator[None]:
    with public_bucket(BUCKET):
        yield


@dataclass(frozen=True, kw_only=True)
class Told:
    """Lives up to a moment that can be returned to, with what was published until then."""

    lives: Lives
    tables: Mapping[str, Any]
    files: Mapping[str, Any]

    @classmethod
    def by(cls, lives: Lives) -> Self:
        files = {key: client("s3").get_object(Bucket=BUCKET, Key=key) for key in keys()}
        kept = {
            key: {"Body": file["Body"].read()}
            | {name: file[name] for name in ("ContentType", "CacheControl", "Metadata") if name in file}
            for key, file in files.items()
        }
        return cls(lives=lives, tables=tables_as_they_are(), files=kept)

    def again(self) -> Lives:
        put_back(self.tables)
        for key in keys():
            client("s3").delete_object(Bucket=BUCKET, Key=key)
        for key, file in self.files.items():
            client("s3").put_object(Bucket=BUCKET, Key=key, **file)
        return replace(self.lives)


def page_of(record: PublicRecord, history: Sequence[Event]) -> bytes:
    """What a page is made of; how it looks is another's matter."""
    return json.dumps(feature_of(record)).encode()


def publisher(here: Region = HERE, *, pages: Callable[..., bytes] = page_of) -> Publisher:
    """A new process."""
    bucket = PublicBucket(BUCKET, client=client("s3"))
    kind = Kind(content_type="application/json", cache_control="no-cache")
    fixed = {REGION: Fixed(body=regional(here, base_url=BASE), kind=kind)}
    return Publisher(
        region=here,
        bucket=bucket,
        photos=PHOTOS,
        page_of=pages,
        fixed=fixed,
        catalogue_of=partial(relisted, region=here, base_url=BASE),
    )


def lives(*, seed: int = 1) -> Lives:
    return Lives(region=HERE, random=Random(seed))


def keys() -> list[str]:
    pages = client("s3").get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    return [each["Key"] for page in pages for each in page.get("Contents", ())]


def objects() -> dict[str, bytes]:
    s3 = client("s3")
    return {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys()}


def unpacked(key: str, body: bytes) -> bytes:
    if key.endswith(".parquet"):
        return said_in(body)
    return gzip.decompress(body) if key.startswith("open/") and key not in (REGION, CATALOGUE) else body


def rows(body: bytes) -> list[PublicRecord]:
    head, *lines = csv.reader(io.StringIO(gzip.decompress(body).decode(), newline=""))
    assert tuple(head) == COLUMNS
    return [record_in_cells(each) for each in lines]


def the_map(body: bytes) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(gzip.decompress(body))
    return told


def expected(here: Lives, *, now: datetime) -> dict[str, bytes]:
    """Every file but the region's, out of the complaints alone, made at one go."""
    months: dict[str, dict[str, PublicRecord | None]] = {}
    files: dict[str, bytes] = {}
    for complaint, history in each_of(here):
        if may_be_public(complaint, region=here.region):
            record = record_of(complaint, history, region=here.region)
            month = month_of(complaint.submitted_at, zone=here.region.time_zone)
            months.setdefault(month, {})[record.number] = record
            files[page_key(record.number)] = page_of(record, history)
    everything = {number: record for month in months.values() for number, record in month.items()}
    today, _ = day_of(now, zone=here.region.time_zone)
    files[MAP] = map_file(None, everything, since=today - MAP_KEEPS)
    for month, changed in months.items():
        file = month_file(None, changed)
        assert file is not None
        files[month_key(month)] = file
        files[table_key(month)] = table_of(file)
    return files


def published(here: Lives, by: Publisher, *, after: timedelta = MINUTE) -> Published:
    here.now += after
    return by.run(now=here.now)


def without_region(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {key: body for key, body in files.items() if key not in (REGION, CATALOGUE)}


def test_what_is_written_is_what_the_complaints_say() -> None:
    here = lived(HERE, count=40, seed=7)
    done = published(here, publisher())
    assert done.complaints == 40
    assert done.behind == timedelta()
    found = objects()
    assert without_region(found) == expected(here, now=here.now)
    told = the_map(found[MAP])
    assert {each["id"] for each in told["features"]}.isdisjoint(each["number"] for each in told["tombstones"])
    assert told["tombstones"], "some are hidden"
    months = [rows(body) for key, body in found.items() if key.endswith(".csv.gz")]
    assert len(months) > 1
    assert all(months)
    tables = [rows_in(body) for key, body in found.items() if key.endswith(".parquet")]
    assert [[record_in(row) for row in table] for table in tables] == months


def test_it_is_the_same_whether_it_follows_each_step_or_comes_at_the_end() -> None:
    here, steadily = lived(HERE, count=10, seed=3), publisher()
    published(here, steadily)
    for _ in range(25):
        for complaint_id in here.random.sample(sorted(here.places), 3):
            here.step(complaint_id)
        published(here, steadily)
    assert without_region(objects()) == expected(here, now=here.now)


def test_the_same_again_writes_nothing() -> None:
    here = lived(HERE, count=12, seed=2)
    published(here, publisher())
    before = objects()
    again = published(here, publisher())
    assert (again.objects, again.bytes) == (0, 0)
    assert again.complaints > 0, "another process cannot know what the first one has seen"
    assert objects() == before


def test_one_change_rewrites_its_page_its_month_in_both_forms_and_the_map() -> None:
    here, by = lived(HERE, count=12, seed=2), publisher()
    changed = here.file(category="rubbish")
    published(here, by)
    here.do(changed, lambda each: agency.acknowledge(each, by=here.body(each), now=here.now))
    with aws_calls() as calls:
        done = published(here, by)
    assert (done.complaints, done.objects) == (1, 4)
    assert calls.made.count("PutObject") == 4
    assert (calls.made.count("GetObject"), calls.made.count("HeadObject")) == (4, 1)
    # The complaint with its history, how far it came before and now, what is set aside, and SHARDS of the index.
    assert len(calls.made) <= 4 + 4 + 1 + 1 + 2 + 1 + 2 * 4


def test_what_the_public_does_not_see_changes_nothing() -> None:
    here, by = lives(), publisher()
    changed = here.file(category="rubbish")
    published(here, by)
    here.do(
        changed, lambda each: agency.comment(each, by=here.body(each), text="Hm", internal=True, now=here.now)
    )
    assert published(here, by).objects == 0


def test_what_is_not_public_has_no_page_row_or_point() -> None:
    here = lives()
    here.file(category="other")
    published(here, publisher())
    assert objects().keys() == {MAP, REGION, CATALOGUE}
    assert the_map(objects()[MAP])["features"] == []


def test_hidden_is_gone_from_every_file_in_the_next_run_but_for_why() -> None:
    here, by = lives(), publisher()
    first, second = here.file(category="open_manhole"), here.file(category="open_manhole")
    published(here, by)
    here.hide(first, reason="A number plate is to be seen.")
    published(here, by)
    complaint, history = here.history(first)
    record = record_of(complaint, history, region=HERE)
    told = the_map(objects()[MAP])
    assert [each["id"] for each in told["features"]] == [here.history(second)[0].number]
    assert told["tombstones"] == [tombstone_of(record)]
    assert told["tombstones"][0]["reason"] == "A number plate is to be seen."
    assert record in rows(objects()[month_key("2026-06")])
    table = rows_in(objects()[table_key("2026-06")])
    assert [point_in(row) for row in table if record_in(row) == record] == [None]
    exact = str(round(complaint.lat, 6))
    assert not any(exact.encode() in unpacked(key, body) for key, body in objects().items())
    here.unhide(first)
    published(here, by)
    told = the_map(objects()[MAP])
    assert (len(told["features"]), told["tombstones"]) == (2, [])


def with_photo(here: Lives, *, revision: int) -> str:
    """A complaint with a photo of its reporter's, and the copy of it that may be shown."""
    complaint_id = here.file(category="rubbish")
    shown(here, complaint_id, revision=revision)
    return complaint_id


def shown(here: Lives, complaint_id: str, *, revision: int) -> None:
    """As the photo check leaves it."""
    complaint, _ = here.history(complaint_id)
    photo = Photo(
        id="01PHOTO",
        by=ActorKind.CITIZEN,
        content_type="image/jpeg",
        size=1,
        sha256="0" * 64,
        status=PhotoStatus.READY,
        redaction=Redaction(boxes=(), revision=revision, by=ActorKind.SYSTEM),
    )
    item = complaint_item(replace(complaint, photos=(photo,)))
    item.save()
    touched(complaint_id, now=here.now).save()
    key = public_key(complaint_id, photo.id, revision=revision)
    client("s3").put_object(Bucket=PHOTOS, Key=key, Body=f"copy {revision}".encode())


def photos() -> dict[str, bytes]:
    return {key: body for key, body in objects().items() if key.startswith("public/")}


def test_a_photo_is_among_the_public_files_for_as_long_as_it_may_be_shown() -> None:
    client("s3").create_bucket(
        Bucket=PHOTOS, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    here, by = lives(), publisher()
    complaint_id = with_photo(here, revision=1)
    published(here, by)
    key = public_key(complaint_id, "01PHOTO", revision=1)
    assert photos() == {key: b"copy 1"}
    (feature,) = the_map(objects()[MAP])["features"]
    assert feature["properties"]["photo"] == key
    assert client("s3").head_object(Bucket=BUCKET, Key=key)["ContentType"] == "image/jpeg"
    shown(here, complaint_id, revision=2)
    published(here, by)
    assert photos() == {public_key(complaint_id, "01PHOTO", revision=2): b"copy 2"}
    here.hide(complaint_id)
    published(here, by)
    assert photos() == {}
    here.unhide(complaint_id)
    published(here, by)
    assert list(photos().values()) == [b"copy 2"]
    here.now += MINUTE
    here.erase(complaint_id)
    published(here, by)
    assert photos() == {}


def test_a_photo_that_is_no_more_is_not_waited_for() -> None:
    client("s3").create_bucket(
        Bucket=PHOTOS, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    here = lives()
    complaint_id = with_photo(here, revision=1)
    client("s3").delete_object(Bucket=PHOTOS, Key=public_key(complaint_id, "01PHOTO", revision=1))
    done = published(here, publisher())
    assert (done.failed, photos()) == (0, {})
    assert len(the_map(objects()[MAP])["features"]) == 1


def test_an_erased_place_is_exact_nowhere_in_the_next_run() -> None:
    here, by = lives(), publisher()
    complaint_id = here.file(category="open_manhole")
    published(here, by)
    exact = str(round(here.history(complaint_id)[0].lat, 6)).encode()
    assert exact in unpacked(MAP, objects()[MAP])
    here.now += MINUTE
    here.erase(complaint_id)
    published(here, by)
    assert not any(exact in unpacked(key, body) for key, body in objects().items())
    (feature,) = the_map(objects()[MAP])["features"]
    assert feature["properties"]["place"] == "rounded"


def test_what_turns_out_to_be_of_a_category_that_is_not_public_goes() -> None:
    here, by = lives(), publisher()
    complaint_id = here.file(category="rubbish")
    published(here, by)
    number = here.history(complaint_id)[0].number
    assert page_key(number) in objects()
    here.recategorise(complaint_id, "other")
    published(here, by)
    assert page_key(number) not in objects()
    assert not any(number.encode() in unpacked(key, body) for key, body in objects().items())


def test_the_catalogue_has_every_month_that_there_is_a_file_of_and_keeps_them() -> None:
    def listed() -> bool:
        months = [key[5:12] for key in objects() if key.endswith(".csv.gz")]
        return objects()[CATALOGUE] == catalogue(HERE, base_url=BASE, months=months)

    here = lives()
    for _ in range(3):
        here.file(category="rubbish")
        published(here, publisher())
        assert listed()
        here.now += timedelta(days=31)
    renamed = region_from_dict({**deepcopy(RAW), "name": dict.fromkeys(("kk", "ru", "en"), "Elsewhere")})
    before = objects()[CATALOGUE]
    published(here, publisher(renamed))
    assert objects()[CATALOGUE] != before
    assert objects()[CATALOGUE].count(b"csv.gz") == before.count(b"csv.gz")


def test_a_late_correction_rewrites_the_month_it_was_filed_in() -> None:
    here, by = lives(), publisher()
    old = here.file(category="rubbish")
    published(here, by)
    here.now = datetime(2026, 9, 20, 5, tzinfo=UTC)
    here.file(category="pothole")
    published(here, by)
    here.do(old, lambda each: agency.acknowledge(each, by=here.body(each), now=here.now))
    published(here, by)
    (row,) = rows(objects()[month_key("2026-06")])
    assert row.status == "acknowledged"
    assert without_region(objects()) == expected(here, now=here.now)


def test_what_ended_is_on_the_map_for_ninety_days() -> None:
    here, by = lives(), publisher()
    ended, still_open = here.file(category="rubbish"), here.file(category="rubbish")
    here.do(
        ended,
        lambda each: citizen.withdraw(each, by=here.reporter(each), reason=None, region=HERE, now=here.now),
    )
    published(here, by)
    numbers = {here.history(each)[0].number for each in (ended, still_open)}
    published(here, by, after=MAP_KEEPS - timedelta(hours=1))
    assert {each["id"] for each in the_map(objects()[MAP])["features"]} == numbers
    published(here, by, after=timedelta(days=1))
    assert {each["id"] for each in the_map(objects()[MAP])["features"]} == {
        here.history(still_open)[0].number
    }
    assert len(rows(objects()[month_key("2026-06")])) == 2
    here.hide(still_open)
    published(here, by)
    published(here, by, after=MAP_KEEPS + timedelta(days=1))
    assert the_map(objects()[MAP]) == {"type": "FeatureCollection", "features": [], "tombstones": []}


def test_a_run_without_time_leaves_the_rest_to_the_next_and_loses_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(publication, "TOGETHER", 3)
    here, by = lived(HERE, count=12, seed=5, steps=2), publisher()
    runs = []
    for _ in range(10):
        here.now += MINUTE
        runs.append(by.run(now=here.now, going_on=lambda: False))
        here.file(category="rubbish")
        if runs[-1].behind == timedelta():
            break
    assert len(runs) > 2
    assert runs[0].behind > timedelta()
    published(here, by)
    published(here, by)
    assert without_region(objects()) == expected(here, now=here.now)


@pytest.mark.parametrize("how", ["hidden", "erased"])
def test_what_is_to_be_seen_no_more_waits_in_no_line(monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    here, by = lives(), publisher()
    shown = here.file(category="open_manhole")
    published(here, by)
    exact = str(round(here.history(shown)[0].lat, 6)).encode()
    monkeypatch.setattr(publication, "TOGETHER", 1)
    here.now += OVERLAP * 2
    for _ in range(8):
        here.file(category="rubbish")
    here.now += MINUTE
    by.run(now=here.now, going_on=lambda: False)
    here.hide(shown) if how == "hidden" else here.erase(shown)
    here.now += MINUTE
    assert by.run(now=here.now, going_on=lambda: False).behind > timedelta()
    assert not any(exact in unpacked(key, body) for key, body in objects().items())


def test_it_goes_on_over_midnight_and_through_days_without_a_change() -> None:
    here, by = lives(), publisher()
    published(here, by)
    here.now = datetime(2026, 6, 1, 23, 59, 30, tzinfo=UTC)
    first = here.file(category="rubbish")
    published(here, by)
    here.now = datetime(2026, 6, 9, 0, 0, 10, tzinfo=UTC)
    second = here.file(category="rubbish")
    here.now = datetime(2026, 6, 11, 7, tzinfo=UTC)
    published(here, by)
    told = {each["id"] for each in the_map(objects()[MAP])["features"]}
    assert told == {here.history(each)[0].number for each in (first, second)}


def test_what_shows_late_in_the_index_is_found() -> None:
    """An event is dated before it can be read: by as much as a function may take."""
    here, by = lives(), publisher()
    published(here, by)
    early = here.now + MINUTE
    published(here, by, after=MINUTE * 3)
    now, here.now = here.now, early
    late = here.file(category="rubbish")
    here.now = now
    published(here, by)
    (feature,) = the_map(objects()[MAP])["features"]
    assert feature["id"] == here.history(late)[0].number
    assert MINUTE * 4 < OVERLAP


def test_one_that_cannot_be_published_stops_nobody_and_is_tried_again() -> None:
    here = lives()
    ids = [here.file(category="rubbish") for _ in range(3)]
    broken = here.history(ids[1])[0].number

    def choking(record: PublicRecord, history: Sequence[Event]) -> bytes:
        if record.number == broken:
            raise KeyError("no such text")
        return page_of(record, history)

    done = published(here, publisher(pages=choking))
    assert (done.complaints, done.failed, done.behind) == (3, 1, timedelta())
    assert len(the_map(objects()[MAP])["features"]) == 2
    (aside,) = set_aside.all_of(PUBLISHER)
    assert (aside.id, aside.reason) == (ids[1], "KeyError")
    assert published(here, publisher(pages=choking), after=OVERLAP * 2).failed == 1
    (aside,) = set_aside.all_of(PUBLISHER)
    assert int(aside.tries) == 1
    published(here, publisher(), after=timedelta(hours=1))
    assert set_aside.all_of(PUBLISHER) == []
    assert without_region(objects()) == expected(here, now=here.now)


def test_with_another_region_file_everything_is_written_anew() -> None:
    here = lived(HERE, count=15, seed=4)
    published(here, publisher())
    raw = deepcopy(RAW)
    raw["categories"]["rubbish"]["public"] = None
    raw["categories"]["other"]["public"] = {"place": "rounded"}
    here.region = region_from_dict(raw)
    # Long after anything changed.
    published(here, publisher(here.region), after=timedelta(days=3))
    assert without_region(objects()) == expected(here, now=here.now)
    told = json.loads(objects()[REGION])
    assert [each["id"] for each in told["categories"]] == ["open_manhole", "pothole", "other"]
    assert told["api"] == BASE


def test_two_at_once_lose_nothing() -> None:
    here, one, other = lives(), publisher(), publisher()
    ids = [here.file(category="rubbish") for _ in range(3)]
    published(here, one)
    here.do(ids[0], lambda each: agency.acknowledge(each, by=here.body(each), now=here.now))

    def meanwhile(number: int) -> None:
        if number == 12:
            here.do(ids[1], lambda each: agency.acknowledge(each, by=here.body(each), now=here.now))
            other.run(now=here.now + MINUTE)

    with between_calls(meanwhile):
        published(here, one)
    published(here, publisher())
    assert without_region(objects()) == expected(here, now=here.now)


def test_of_two_at_once_the_last_to_write_a_table_has_read_the_last_csv() -> None:
    """Before each request of the one that reads or writes a file, the other writes all of them."""
    here = lives()
    ids = [here.file(category="rubbish") for _ in range(2)]
    published(here, publisher())
    here.do(ids[0], lambda each: agency.acknowledge(each, by=here.body(each), now=here.now))
    here.now += MINUTE
    told = Told.by(here)
    calls = calls_of(lambda: publisher().run(now=here.now))
    on_files = [at for at, operation in enumerate(calls) if operation.endswith("Object")]
    assert len(on_files) > 8
    for at in on_files:
        here = told.again()

        def meanwhile(number: int, *, here: Lives = here, at: int = at) -> None:
            if number == at:
                here.hide(ids[1])
                publisher().run(now=here.now)

        with between_calls(meanwhile):
            publisher().run(now=here.now)
        found = objects()
        assert found[table_key("2026-06")] == table_of(found[month_key("2026-06")]), at
        published(here, publisher())
        assert without_region(objects()) == expected(here, now=here.now), at


def test_a_table_that_was_made_of_the_same_is_not_made_again() -> None:
    here, by = lives(), publisher()
    changed = here.file(category="rubbish")
    published(here, by)
    here.do(
        changed, lambda each: agency.comment(each, by=here.body(each), text="Hm", internal=True, now=here.now)
    )
    here.now += MINUTE
    with aws_calls() as calls:
        assert by.run(now=here.now).objects == 0
    assert calls.made.count("HeadObject") == 1
    client("s3").delete_object(Bucket=BUCKET, Key=table_key("2026-06"))
    assert published(here, publisher()).objects == 1
    assert without_region(objects()) == expected(here, now=here.now)


def test_under_another_form_each_table_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    here = lives()
    here.file(category="rubbish")
    published(here, publisher())
    before = client("s3").head_object(Bucket=BUCKET, Key=table_key("2026-06"))
    monkeypatch.setattr(publication, "FORM", publication.FORM + 1)
    published(here, publisher())
    after = client("s3").head_object(Bucket=BUCKET, Key=table_key("2026-06"))
    assert after["Metadata"] != before["Metadata"]
    assert after["ETag"] == before["ETag"]
    assert (after["ContentType"], after["CacheControl"]) == (
        "application/vnd.apache.parquet",
        "public, max-age=60",
    )


def test_cut_off_at_any_call_it_ends_in_the_same_files() -> None:
    here = lives()
    first, second, third = (here.file(category="rubbish") for _ in range(3))
    published(here, publisher())
    here.hide(first)
    here.recategorise(second, "other")
    here.do(third, lambda each: agency.acknowledge(each, by=here.body(each), now=here.now))
    here.now += MINUTE
    told = Told.by(here)
    calls = calls_of(lambda: publisher().run(now=here.now))
    assert len(calls) > 15
    for when, fail in ((each, fail) for each in WHENS for fail in failing_differently(calls, each)):
        here, by = told.again(), publisher()
        with aws_calls(fail=fail, when=when), suppress(Exception):
            by.run(now=here.now)
        here.now += MINUTE
        by.run(now=here.now)
        assert without_region(objects()) == expected(here, now=here.now), (when, fail)
        assert set_aside.all_of(PUBLISHER) == []


def test_nothing_of_a_reporter_is_in_any_public_byte() -> None:
    here = lived(HERE, count=60, seed=11)
    published(here, publisher(pages=partial(page.page_of, region=HERE, base_url=BASE)))
    everything = b"\n".join(unpacked(key, body) for key, body in objects().items())
    everything += b"\n".join(key.encode() for key in objects())
    for canary in CANARIES:
        assert canary.encode() not in everything
        assert json.dumps(canary)[1:-1].encode() not in everything
    records = [record_in_feature(each) for each in the_map(objects()[MAP])["features"]]
    records += [each for key, body in objects().items() if key.endswith(".csv.gz") for each in rows(body)]
    tables = [rows_in(body) for key, body in objects().items() if key.endswith(".parquet")]
    records += [record_in(row) for table in tables for row in table]
    assert all(
        point_in(row) == (None if row["lat"] is None else (row["lon"], row["lat"]))
        for table in tables
        for row in table
    )
    told = {(record.lat, record.lon) for record in records}
    for complaint, _ in each_of(here):
        if complaint.category != "open_manhole" or complaint.hidden or complaint.reporter is None:
            lat, lon = here.places[complaint.id]
            assert (round(lat, 6), round(lon, 6)) not in told
            assert not all(f"{degrees:.5f}"[:-1].encode() in everything for degrees in (lat, lon))
    assert {record.place for record in records} == {None, "exact", "rounded"}
    for record in records:
        if record.place == "rounded":
            assert record.lat is not None
            assert record.lon is not None
            assert (rounded(record.lat), rounded(record.lon)) == (record.lat, record.lon)
