"""What a read costs does not depend on what the tables hold: queries, items looked at and units, at two sizes."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from functions.complaints.complaint import Status
from functions.complaints.ids import new_id
from functions.complaints.places import ROUNDED_BY_M, cells_within
from functions.notify import feed
from functions.records import lists
from functions.records import worklist as worklists
from functions.records.codec import complaint_item
from functions.records.cursor import opaque
from functions.records.tables import SHARDS, ComplaintItem, shard_of
from tests.bench.units import Spent, counting
from tests.core.story import REPORTER, START, assigned
from tests.dynamodb import tables
from tests.region_fixture import region

REGION = region()
FEW, MANY = 40, 200
LIMIT = 5
LOOKED_THROUGH = 8
NOW = START + timedelta(days=1)
HERE, ELSEWHERE = 52.5, 40.0


def id_in(shard: int, *, made_at: datetime = START) -> str:
    """An id whose complaint is in that part of the sharded indexes."""
    return next(made for made in iter(lambda: new_id(made_at), "") if shard_of(made) == shard)


@contextmanager
def holding(count: int) -> Iterator[None]:
    """So many overdue complaints of one person and one body, LIMIT of them in one place, and as many changes."""
    story = assigned(REGION)
    while not story.complaint.overdue:
        story.wait()
    like = story.complaint
    with tables():
        with ComplaintItem.batch_write() as batch:
            for number in range(count):
                place = HERE if number < LIMIT else ELSEWHERE + number / 100
                # Their order is that of their numbers.
                made_at = START + timedelta(milliseconds=number)
                id = id_in(number % SHARDS, made_at=made_at)
                batch.save(complaint_item(replace(like, id=id, lat=place)))
        with feed.EntryItem.batch_write() as batch:
            for number in range(count):
                pk, n = feed._pk("housing", number % SHARDS), 1 + number // SHARDS
                entry = feed.EntryItem(
                    pk, feed._sk(n), n=n, at=START, body='{"n": 1}', expires=NOW + feed.KEPT
                )
                batch.save(entry)
        yield


def worklist(*statuses: Status) -> lists.Page:
    wanted = worklists.Wanted(statuses=frozenset(status.value for status in statuses) or None)
    return worklists.worklist("housing", limit=LIMIT, cursor=None, wanted=wanted)


def after(position: int) -> str:
    return opaque(".".join([str(position)] * SHARDS))


def nearby(held: int) -> None:
    assert len(lists.nearby("rubbish", lat=HERE, lon=76.5, radius_m=100, limit=20)) == LIMIT


@dataclass(frozen=True, kw_only=True)
class Read:
    """`queries` that it may take, each of which may look at `most` items. `read` is told how many are held."""

    read: Callable[[int], object]
    queries: int
    most: int = LIMIT + 1


READS = {
    "own": Read(read=lambda _: lists.own(REPORTER.id, limit=LIMIT, cursor=None), queries=1),
    "worklist": Read(read=lambda _: worklist(), queries=SHARDS),
    "worklist of a state that most have": Read(
        read=lambda _: worklist(Status.ASSIGNED), queries=SHARDS, most=LOOKED_THROUGH
    ),
    "worklist of a state that none has": Read(
        read=lambda _: worklist(Status.ANSWERED), queries=SHARDS, most=LOOKED_THROUGH
    ),
    "overdue": Read(read=lambda _: lists.overdue(limit=LIMIT, cursor=None), queries=SHARDS),
    "changes since": Read(
        read=lambda held: feed.changes("housing", cursor=after(held // SHARDS - 2), limit=LIMIT, now=NOW),
        queries=SHARDS,
    ),
    "nearby": Read(
        read=nearby, queries=len(cells_within(HERE, 76.5, radius_m=100 + ROUNDED_BY_M)), most=LIMIT
    ),
}


@pytest.fixture(scope="module")
def spent() -> dict[int, dict[str, Sequence[Spent]]]:
    """What each read asked of tables that hold FEW, and MANY."""
    found: dict[int, dict[str, Sequence[Spent]]] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worklists, "LOOKED_THROUGH", LOOKED_THROUGH)
        for held in (FEW, MANY):
            with holding(held), counting() as counter:
                for counter.by, each in READS.items():
                    each.read(held)
            found[held] = {name: [one for one in counter.spent if one.by == name] for name in READS}
    return found


@pytest.mark.parametrize("name", READS)
def test_a_page_costs_the_same_however_much_there_is(
    name: str, spent: dict[int, dict[str, Sequence[Spent]]]
) -> None:
    few, many = spent[FEW][name], spent[MANY][name]
    assert few == many
    assert [each.operation for each in few] == ["Query"] * READS[name].queries
    assert all(each.looked_at <= READS[name].most for each in few)
    assert sum(each.looked_at for each in few) >= LIMIT
    assert all(each.read > 0 for each in few)


def test_a_worklist_of_a_rare_state_is_read_to_its_end_in_calls_that_are_each_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worklists, "LOOKED_THROUGH", 4)
    like = assigned(REGION).complaint
    rare: set[str] = set()
    with tables():
        with ComplaintItem.batch_write() as batch:
            for number in range(16 * SHARDS):
                status = Status.ACKNOWLEDGED if number % 25 == 7 else Status.ASSIGNED
                each = replace(like, id=id_in(number % SHARDS), status=status)
                rare |= {each.id} if status == Status.ACKNOWLEDGED else set()
                batch.save(complaint_item(each))
        seen: list[str] = []
        cursor, pages = None, 0
        while pages == 0 or cursor is not None:
            with counting() as counter:
                counter.by = "read"
                wanted = worklists.Wanted(statuses=frozenset({Status.ACKNOWLEDGED.value}))
                page = worklists.worklist("housing", limit=1, cursor=cursor, wanted=wanted)
            assert len(counter.spent) == SHARDS
            assert sum(each.looked_at for each in counter.spent) <= 4 * SHARDS
            seen += [item.id for item in page.items]
            cursor, pages = page.cursor, pages + 1
            assert pages < 16 * SHARDS
    assert seen == sorted(rare)
    # Some calls found nothing, and led on all the same.
    assert pages > len(rare) > 1


def test_each_item_of_a_batch_is_counted() -> None:
    with tables(), counting() as counter:
        counter.by = "write"
        like = assigned(REGION).complaint
        with ComplaintItem.batch_write() as batch:
            for _ in range(3):
                batch.save(complaint_item(replace(like, id=new_id(START))))
    (written,) = counter.spent
    assert (written.operation, written.table) == ("BatchWriteItem", "complaints")
    assert written.written >= 3
    assert written.index >= 3
