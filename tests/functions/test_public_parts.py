"""A whole and its parts name one another in public: each that is shown itself, whatever became of the others."""

import csv
import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from random import Random
from unittest import mock

import pytest
from ulid import PureRandomPolicy, ULIDGenerator

from functions.complaints.complaint import OPEN, Complaint
from functions.complaints.faults import Conflict, Invalid, NotFound
from functions.complaints.moves import agency
from functions.complaints.public_record import PublicRecord, record_in_cells
from functions.complaints.transitions import MoveRefused
from functions.edge.clients import client
from functions.edge.public_files import month_in, page_key
from functions.notify.publisher.bucket import PublicBucket
from functions.notify.publisher.dataset import relisted
from functions.notify.publisher.page import page_of
from functions.notify.publisher.publication import Publisher
from functions.records.collection import collected
from functions.records.outbox import published
from functions.records.tables import ComplaintItem
from functions.route.assignment.consumer import on_event
from tests.dynamodb import create_tables
from tests.functions.faults import aws_calls
from tests.functions.public_lives import Lives, public_bucket
from tests.functions.watching import Watches
from tests.region_fixture import region

BUCKET, BASE = "public", "https://example.org"
HERE = region()
BODIES = ("housing", "roads", "akimat")
SEEDS = (0, 4, 5)
"""Between them every kind of part is met."""
KINDS = {"named", "divided again", "hidden", "ended", "of another category"}
PUBLIC, NOT_PUBLIC = ("rubbish", "pothole", "open_manhole"), "other"


@pytest.fixture(autouse=True)
def _aws() -> Iterator[None]:
    with public_bucket(BUCKET):
        yield


def publisher() -> Publisher:
    return Publisher(
        region=HERE,
        bucket=PublicBucket(BUCKET, client=client("s3")),
        photos="photos",
        page_of=partial(page_of, region=HERE, base_url=BASE),
        fixed={},
        catalogue_of=partial(relisted, region=HERE, base_url=BASE),
    )


@dataclass(kw_only=True)
class Divided(Lives):
    """Lives of which some are divided; what follows of their events waits until it is `handled`: so many of each are."""

    handled: dict[str, int] = field(default_factory=dict)

    def ids(self) -> list[str]:
        return sorted(item.id for item in ComplaintItem.scan(ComplaintItem.kind == ComplaintItem.KIND))

    def divide(self, complaint_id: str, *bodies: str) -> None:
        parts = [agency.Part(agency_id=each, text="Yours.") for each in bodies]
        self.do(
            complaint_id,
            lambda each: agency.split(
                each, by=self.body(each), parts=parts, region=self.region, now=self.now
            ),
        )

    def handle(self, *, all_of_it: bool = True) -> None:
        """What follows of events: of all, with what comes of that, or of those of some complaints."""
        for complaint_id in self.ids():
            if all_of_it or self.random.random() < 0.4:
                self._handle(complaint_id)
        if all_of_it and any(len(collected(each).events) > self.handled.get(each, 0) for each in self.ids()):
            self.handle()

    def _handle(self, complaint_id: str) -> None:
        fresh = collected(complaint_id).events[self.handled.get(complaint_id, 0) :]
        self.handled[complaint_id] = self.handled.get(complaint_id, 0) + len(fresh)
        for item in fresh:
            on_event(
                published(item),
                store=self.store,
                watch=Watches(),
                erase_left=lambda *_: None,
                copy_changed=lambda *_: None,
                followers=self.store.followers,
                region=self.region,
                now=lambda: self.now,
            )

    def something(self) -> None:
        chosen = self.random.choice(self.ids())
        try:
            match self.random.randrange(8):
                case 0 | 1:
                    self.divide(chosen, *self.random.sample(BODIES, 2))
                case 2:
                    self.recategorise(chosen, self.random.choice((*PUBLIC, NOT_PUBLIC, NOT_PUBLIC)))
                case 3:
                    self.hide(chosen)
                case 4:
                    self.unhide(chosen)
                case _:
                    self.step(chosen)
        except (MoveRefused, NotFound, Invalid, Conflict):
            return


def records() -> dict[str, PublicRecord]:
    found: dict[str, PublicRecord] = {}
    s3 = client("s3")
    for key in [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET, Prefix="open/")["Contents"]]:
        if month_in(key) is None:
            continue
        body = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        _, *rows = csv.reader(io.StringIO(gzip.decompress(body).decode(), newline=""))
        found |= {record.number: record for record in map(record_in_cells, rows)}
    return found


def page(number: str) -> str:
    return client("s3").get_object(Bucket=BUCKET, Key=page_key(number))["Body"].read().decode()


def lived(seed: int, by: Publisher) -> Divided:
    """All that happened has been followed, and published. The same for the same seed, down to the ids."""
    create_tables()
    here = Divided(region=HERE, random=Random(seed))
    ids = ULIDGenerator(randomness=lambda _: here.random.randbytes(10), policy=PureRandomPolicy())
    with (
        mock.patch("functions.complaints.ids.ulids", ids),
        mock.patch("functions.complaints.ids.secrets.choice", here.random.choice),
    ):
        live(here, by)
    return here


def live(here: Divided, by: Publisher) -> None:
    for category in (*PUBLIC, NOT_PUBLIC):
        here.file(category=category)
    for _ in range(60):
        here.now += timedelta(minutes=here.random.randrange(1, 30))
        here.something()
        if here.random.random() < 0.4:
            here.handle(all_of_it=False)
        if here.random.random() < 0.3:
            by.run(now=here.now)
    here.handle()
    by.run(now=here.now)


def test_the_parts_of_a_whole_are_those_that_are_of_it() -> None:
    kinds: set[str] = set()
    for seed in SEEDS:
        here = lived(seed, publisher())
        found = records()
        for number, record in found.items():
            assert {*record.parts} == {each.number for each in found.values() if each.part_of == number}
            assert list(record.parts) == sorted(record.parts)
            for named in (*record.parts, *filter(None, [record.part_of])):
                assert not found[named].is_hidden
                assert f'href="{named}"' in page(number)
        complaints = {each: here.store.get(each) for each in here.ids()}
        for part in complaints.values():
            if part.parent_id is not None and part.number in found:
                whole = complaints[part.parent_id]
                shown = {number for number, record in found.items() if not record.is_hidden}
                named = found[part.number].part_of is not None
                assert named == ({part.number, whole.number} <= shown)
                kinds |= set(kinds_of(part, whole))
    assert kinds == KINDS, "else it holds of nothing"


def kinds_of(part: Complaint, whole: Complaint) -> Iterator[str]:
    yield "named"
    if len(whole.children) > 2:
        yield "divided again"
    if part.hidden and not whole.hidden:
        yield "hidden"
    if part.status not in OPEN:
        yield "ended"
    if part.category != whole.category:
        yield "of another category"


def test_a_part_that_was_never_made_is_not_named() -> None:
    here, by = Divided(region=HERE, random=Random(1)), publisher()
    whole = here.file(category="rubbish")
    here.divide(whole, "roads")
    number = here.store.get(whole).number
    by.run(now=here.now)
    assert records()[number].parts == ()
    here.do(
        whole,
        lambda each: agency.acknowledge(each, by=here.body(each), now=here.now),
    )
    here.handle()
    here.now += timedelta(minutes=1)
    by.run(now=here.now)
    assert records()[number].parts == (f"{number}-1",)
    assert records()[f"{number}-1"].part_of == number


def test_who_has_no_parts_costs_no_more_than_before() -> None:
    here, by = Divided(region=HERE, random=Random(1)), publisher()
    changed = here.file(category="rubbish")
    by.run(now=here.now)
    here.now += timedelta(minutes=1)
    here.do(changed, lambda each: agency.acknowledge(each, by=here.body(each), now=here.now))
    with aws_calls() as alone:
        by.run(now=here.now)
    here.now += timedelta(minutes=1)
    here.divide(changed, "roads")
    with aws_calls() as divided:
        by.run(now=here.now)
    assert divided.made.count("Query") == alone.made.count("Query") + 1, "the part, which is not there yet"
