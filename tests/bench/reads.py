"""What a page of each list costs with a thousand complaints in the tables, and with a million."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

import boto3

from functions.complaints.change import Change
from functions.complaints.clock import iso
from functions.complaints.complaint import Status
from functions.complaints.ids import ALPHABET
from functions.complaints.moves.assignment import assign
from functions.complaints.moves.filing import Draft, file
from functions.complaints.places import cell
from functions.notify import feed
from functions.records import lists
from functions.records.codec import complaint_item, event_item
from functions.records.tables import SHARDS, shard_of
from tests.bench.measure import Sample, ratio
from tests.bench.ordered import OrderedTables, read_from
from tests.bench.report import Row, Table, milliseconds, say, spread
from tests.dynamodb import MODELS, tables
from tests.region_fixture import WEST, region

FEW: Final = 1_000
MANY: Final = 1_000_000
MOST: Final = 1.2
ROUNDS: Final = 101
BUDGET_S: Final = 30.0
"""After so long a read that is not flat has shown it."""
PAGE: Final = 20
MONDAY: Final = datetime(2026, 6, 1, 5, 0, tzinfo=UTC)
LATER: Final = MONDAY + timedelta(days=1)

# Each of the lists that are read is longer than a page with a thousand complaints already.
BODIES: Final = ("housing", "roads")
OWN: Final = 60
IN_A_STATE: Final = 200
AROUND: Final = 200
"""Open complaints around the place that is asked about, however many there are elsewhere."""
RADIUS_M: Final = 100

type Shape = tuple[str, bool]
"""The body in charge, and whether it has acknowledged."""
SHAPES: Final = tuple((body, is_seen) for body in BODIES for is_seen in (False, True))
_FIELD, _ROW = "\x1f", "\x1e"


@dataclass(frozen=True, kw_only=True)
class World:
    """`urgencies` of the body's complaints and `entries` of each part of its feed: where a page may go on from."""

    count: int
    tables: OrderedTables
    urgencies: Sequence[str]
    entries: Sequence[int]


@dataclass(frozen=True, kw_only=True)
class Read:
    """`page` reads from a place of the world's list that its number, from 0 to 1, points at."""

    name: str
    page: Callable[[World, float], Any]


READS: Final = (
    Read(
        name="a body's worklist, first page",
        page=lambda _, __: lists.worklist("housing", limit=PAGE, cursor=None),
    ),
    Read(name="a body's worklist, from anywhere", page=lambda world, place: _worklist_from(world, place)),
    Read(
        name="a body's worklist, what is in one state",
        page=lambda _, __: lists.worklist(
            "housing", limit=PAGE, cursor=None, statuses=frozenset({Status.ACKNOWLEDGED.value})
        ),
    ),
    Read(name="a citizen's own", page=lambda _, __: lists.own("asking", limit=PAGE, cursor=None)),
    Read(
        name="nearby, in the busiest place",
        page=lambda _, __: lists.nearby("rubbish", lat=WEST[0], lon=WEST[1], radius_m=RADIUS_M, limit=PAGE),
    ),
    Read(
        name="changes since the beginning",
        page=lambda _, __: feed.changes("housing", cursor=None, limit=PAGE, now=LATER),
    ),
    Read(name="changes since anywhere", page=lambda world, place: _changes_since(world, place)),
)


def measure(*, few: int = FEW, many: int = MANY, rounds: int = ROUNDS) -> Sequence[Table]:
    with worlds(few, many) as (small, large):
        rows = [_row(read, small, large, rounds=rounds) for read in READS]
    units = [row for row, _ in rows]
    times = [row for _, row in rows]
    return [
        Table(
            title=f"Read units of a page with {many:,} complaints in the tables",
            against=f"the same page with {few:,}",
            columns=("requests", "read units", "ratio"),
            rows=units,
            notes=(
                "As DynamoDB charges them: for what a query walks over, before any filter. Half of all complaints are the "
                f"asking body's, {IN_A_STATE} of them in the state that is asked for; {AROUND} are open around the place, "
                "for what is nearby is read whole: it grows with what is open there, and with nothing else.",
            ),
        ),
        Table(
            title="CPU time of the same pages",
            against=f"the same page with {few:,}",
            columns=("ratio (quartiles)", "ms / ms"),
            rows=times,
            notes=(
                "The functions' own reading code against tables in this process that keep every index in the order of its "
                "keys, as DynamoDB does; moto and the emulator look at each item of a table for each query.",
            ),
        ),
    ]


@contextmanager
def worlds(*counts: int) -> Iterator[Sequence[World]]:
    """Worlds of so many complaints each, and the tables that they are read through."""
    with tables():
        made = [world(count) for count in counts]
        try:
            yield made
        finally:
            for each in made:
                each.tables.close()


def world(count: int) -> World:
    """Must be made where moto has the tables, whose keys and indexes it takes."""
    say(f"  {count:,} complaints")
    client = boto3.client("dynamodb")
    ordered = OrderedTables(client.describe_table(TableName=table)["Table"] for table in MODELS)
    urgencies: list[str] = []
    _fill(ordered, count, urgencies)
    entries = [0] * SHARDS
    ordered.fill("deliveries", _feed(count // len(BODIES), entries))
    return World(count=count, tables=ordered, urgencies=sorted(urgencies), entries=entries)


def _row(read: Read, small: World, large: World, *, rounds: int) -> tuple[Row, Row]:
    say(f"  {read.name}")
    random = Random(7)
    places = [random.random() for _ in range(rounds)]
    taken: dict[int, list[float]] = {small.count: [], large.count: []}
    charged: dict[int, set[tuple[int, float]]] = {small.count: set(), large.count: set()}
    end = time.monotonic() + BUDGET_S
    for place in (0.5, *places):
        if len(taken[large.count]) > 2 and time.monotonic() > end:
            break
        for each in (small, large):
            each.tables.forget_counts()
            with read_from(each.tables):
                began = time.process_time()
                page = read.page(each, place)
                taken[each.count].append(time.process_time() - began)
            assert page, read.name
            charged[each.count].add((each.tables.requests, each.tables.read_units))
    few, many = (max(charged[each.count], key=lambda cost: cost[1]) for each in (small, large))
    mine, its = (Sample(values=taken[each.count][1:]) for each in (large, small))
    compared = ratio(mine, its)
    return (
        Row(
            name=read.name,
            cells=[f"{many[0]} / {few[0]}", f"{many[1]:g} / {few[1]:g}", f"{many[1] / few[1]:.2f}"],
            value=many[1] / few[1],
            target=1.0,
        ),
        Row(
            name=read.name,
            cells=[spread(*compared), f"{milliseconds(mine.median)} / {milliseconds(its.median)}"],
            value=compared[0],
            target=MOST,
        ),
    )


def _worklist_from(world: World, place: float) -> lists.Page:
    """From somewhere after which the world still has a page in each part."""
    last = len(world.urgencies) * 2 // 3
    cursor = lists._cursor({"urgency": world.urgencies[int(place * last)]})
    return lists.worklist("housing", limit=PAGE // 2, cursor=cursor)


def _changes_since(world: World, place: float) -> feed.Page:
    positions = [int(place * count / 2) for count in world.entries]
    return feed.changes("housing", cursor=feed._cursor(positions), limit=PAGE // 2, now=LATER)


# --------------------------------------------------------------------------------- what the worlds are filled with
def _fill(tables: OrderedTables, count: int, urgencies: list[str]) -> None:
    """Every complaint and its last event: made by the core once for each body and state, and then again as text, with
    other keys.
    """
    texts = {
        shape: _ROW.join(
            _FIELD.join(row) for item in _shape(*shape) for row in tables.entries("complaints", item)
        )
        for shape in SHAPES
    }
    tables.keep(
        row.split(_FIELD)
        for shape, keys in _complaints(count, urgencies)
        for row in _with_keys(texts[shape], keys).split(_ROW)
    )


def _complaints(count: int, urgencies: list[str]) -> Iterator[tuple[Shape, Mapping[str, str]]]:
    """Of each its shape, and the keys by which it stands in tables and indexes."""
    random = Random(count)
    of_the_asking = set(random.sample(range(count), OWN))
    for number in range(count):
        body = BODIES[number % len(BODIES)]
        is_seen = body == "housing" and number < IN_A_STATE * len(BODIES)
        id = "01" + "".join(random.choices(ALPHABET, k=24))
        at = iso(MONDAY + timedelta(milliseconds=random.randrange(86_400_000)))
        # The others are a degree away: what is nearby is read whole, and has to be as much in both.
        lat, lon = WEST if number < AROUND else (53.5 + random.random(), 76 + random.random())
        urgency = f"{at}#1{random.randrange(10)}#{id}"
        if body == "housing":
            urgencies.append(urgency)
        yield (
            (body, is_seen),
            {
                "<id>": id,
                "<person>": "asking" if number in of_the_asking else f"person-{number:07d}",
                "<shard>": str(shard_of(id)),
                "<urgency>": urgency,
                "<cell>": cell(lat, lon),
                "<day>": at[:10],
                "<moment>": f"{at}#{id}#000002",
            },
        )


def _with_keys(text: str, keys: Mapping[str, str]) -> str:
    for name, value in keys.items():
        text = text.replace(name, value)
    return text


def _shape(body: str, is_seen: bool) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """An assigned complaint and its event as items, with names in the place of keys."""
    change = _assigned()
    after = replace(change.after, agency_id=body)
    if is_seen:
        after = replace(after, status=Status.ACKNOWLEDGED)
    item = complaint_item(after).to_dynamodb_dict()
    event = event_item(change, correlation_id=None).to_dynamodb_dict()
    own = {"S": "complaint#<id>"}
    return (
        item
        | {
            "pk": own,
            "id": {"S": "<id>"},
            "person": {"S": "<person>"},
            "worklist": {"S": f"{body}#<shard>"},
            "urgency": {"S": "<urgency>"},
            "timer_shard": {"S": "<shard>"},
            "place": {"S": "rubbish#<cell>"},
        },
        event
        | {
            "pk": own,
            "complaint_id": {"S": "<id>"},
            "day_shard": {"S": "<day>#<shard>"},
            "moment": {"S": "<moment>"},
        },
    )


def _assigned() -> Change:
    draft = Draft(
        category="rubbish",
        comment="Rubbish in the yard has not been collected for a week.",
        lat=WEST[0],
        lon=WEST[1],
        address=None,
        photos=(),
        answers={},
        public_name=None,
        written_at=None,
        language="ru",
    )
    town = region()
    filed = file(draft, region=town, reporter="somebody", now=MONDAY)
    return assign(filed.after, region=town, now=MONDAY + timedelta(seconds=1))


def _feed(count: int, entries: list[int]) -> Iterator[Mapping[str, Any]]:
    """The asking body's feed: `count` entries over its parts; `entries` is left with how many each part has."""
    for number in range(count):
        part = number % SHARDS
        entries[part] += 1
        yield feed.EntryItem(
            feed._pk("housing", part),
            feed._sk(entries[part]),
            n=entries[part],
            at=MONDAY + timedelta(milliseconds=number),
            body='{"type":"complaint.assigned"}',
            expires=LATER + timedelta(days=29),
        ).to_dynamodb_dict()
