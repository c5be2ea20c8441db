"""The benchmarks can be run: each module is there with its function, and what they count is counted as DynamoDB does."""

import inspect
import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import boto3
import pytest

from functions.records import lists
from functions.records.tables import SHARDS
from infra.local.recording import Call
from tests.bench import reads
from tests.bench.__main__ import BENCHES
from tests.bench.burst import Passage, limiting
from tests.bench.burst import tables as burst_tables
from tests.bench.ordered import OrderedTables, read_from
from tests.bench.reads import World
from tests.bench.report import REPORT, SUMMARIES, Row, Table, summary
from tests.bench.telling import percentile, published
from tests.dynamodb import MODELS, tables


@pytest.mark.parametrize("name", BENCHES)
def test_every_bench_has_its_function(name: str) -> None:
    module, function = BENCHES[name]
    measure = getattr(import_module(f"tests.bench.{module}"), function)
    needed = {
        each.name
        for each in inspect.signature(measure).parameters.values()
        if each.default is inspect.Parameter.empty
    }
    assert needed == ({"count"} if name == "burst" else set())


@pytest.fixture(scope="module")
def small() -> Iterator[World]:
    """A small world, in moto too."""
    with tables():
        client = boto3.client("dynamodb")
        described = (client.describe_table(TableName=name)["Table"] for name in MODELS)
        world = World(count=120, tables=OrderedTables(described), urgencies=[], entries=[0] * SHARDS)
        reads._fill(world.tables, world.count, world.urgencies)
        world.tables.fill("deliveries", reads._feed(60, world.entries))
        for table in ("complaints", "deliveries"):
            puts = [{"PutRequest": {"Item": item}} for item in world.tables.items(table)]
            for start in range(0, len(puts), 25):
                client.batch_write_item(RequestItems={table: puts[start : start + 25]})
        world.urgencies.sort()
        yield world
        world.tables.close()


def test_tables_in_order_answer_as_moto_does(small: World, subtests: pytest.Subtests) -> None:
    for read in reads.READS:
        with subtests.test(read.name):
            expected = shown(read.page(small, 0.3))
            small.tables.forget_counts()
            with read_from(small.tables):
                assert shown(read.page(small, 0.3)) == expected
            assert small.tables.requests > 0


def test_a_query_is_charged_for_what_it_walks_over_and_not_for_what_it_keeps(small: World) -> None:
    asked = {
        "TableName": "complaints",
        "IndexName": "worklist",
        "KeyConditionExpression": "worklist = :shard",
        "ExpressionAttributeValues": {":shard": {"S": "roads#1"}, ":none": {"S": "withdrawn"}},
    }
    small.tables.forget_counts()
    whole = small.tables.answer("Query", asked)
    of_all = small.tables.read_units
    small.tables.forget_counts()
    filtered = asked | {
        "FilterExpression": "#s = :none",
        "ExpressionAttributeNames": {"#s": "status"},
    }
    none = small.tables.answer("Query", filtered)
    assert whole["Count"] > 0
    assert none["Items"] == []
    assert none["ScannedCount"] == whole["ScannedCount"]
    assert small.tables.read_units == of_all > 0


def test_the_limiting_step_is_the_longest_at_the_median() -> None:
    passed = [Passage(accepted=0, assigned=1, pushed=4, received=5)] * 3
    slow_once = Passage(accepted=0, assigned=90, pushed=91, received=92)
    assert limiting([*passed, slow_once]).end == "pushed"


def test_what_did_not_come_is_lost_and_fails_the_burst() -> None:
    come = Passage(accepted=0, assigned=1, pushed=2, received=3)
    gone = Passage(accepted=0, assigned=1, pushed=None, received=3)
    whole, _ = burst_tables([come, come], [come, come])
    assert whole.reached
    short, _ = burst_tables([come, come, gone], [come, come])
    assert [row.name for row in short.rows if not row.reached] == ["lost"]


def shown(page: Any) -> Any:
    """A page, or what is near, as values that can be compared."""
    if isinstance(page, lists.Page):
        return [item.attribute_values for item in page.items], page.cursor
    if isinstance(page, tuple):
        return [(near.item.attribute_values, near.distance_m) for near in page]
    return page


def test_the_summary_shows_of_each_table_what_is_furthest_from_its_reach() -> None:
    rows = [
        Row(name="one", cells=["1.10 (1.00–1.20)", "2 / 1"], value=1.1, target=1.2),
        Row(name="another", cells=["1.30 (1.20–1.40)", "3 / 2"], value=1.3, target=2.0),
        Row(name="shown only", cells=["9.00 (8.00–9.50)", "9 / 1"], value=9.0),
    ]
    compared = Table(title="Time", against="x", columns=("ratio (quartiles)", "ms / ms"), rows=rows)
    sizes = Table(
        title="Size",
        against="x",
        columns=("zipped",),
        rows=[Row(name="big", cells=["30 MB"], value=30, target=20)],
    )
    report = (
        f"# Benchmark\n\n{compared.markdown()}\n\nToday.\n\n{sizes.markdown()}\n\n## Lives\n\nNo table.\n"
    )
    assert summary(report).splitlines()[2:] == [
        "| Time | 2 of 2 | one: 1.10 (1.00–1.20) | ≤ 1.2 |",
        "| Size | **0 of 1** | big: 30 MB | ≤ 20 |",
    ]


@pytest.mark.parametrize("page", SUMMARIES, ids=lambda page: page.name)
def test_a_page_shows_what_the_report_says(page: Path) -> None:
    assert f"<!-- ratios -->\n{summary(REPORT.read_text())}\n<!-- /ratios -->" in page.read_text()


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(each) for each in range(20, 0, -1)]
    assert [percentile(values, of) for of in (1, 50, 95, 100)] == [1, 10, 19, 20]
    assert percentile([3.0], 95) == 3


def test_the_push_is_found_by_its_complaint_and_its_text() -> None:
    def call(at: float, complaint_id: str, key: str) -> Call:
        said = json.dumps({"GCM": json.dumps({"complaint_id": complaint_id, "body_loc_key": f"{key}.body"})})
        return Call(
            service="sns",
            action="Publish",
            parameters={"Message": said},
            resources=(),
            access_key="",
            at=at,
            id=str(at),
        )

    made = [call(1, "B", "push.assigned"), call(2, "A", "push.closed"), call(3, "A", "push.assigned")]
    assert published(made, "A") == 3
    assert published(made, "another") is None
