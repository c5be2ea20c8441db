"""The benchmarks can be run, and the pages show what the report says."""

import inspect

import pytest

from tests.bench import requests, warm
from tests.bench.__main__ import BENCHES, measure_of
from tests.bench.burst import Passage
from tests.bench.burst import tables as burst_tables
from tests.bench.report import REPORT, SUMMARY, Row, Table, summary


@pytest.mark.parametrize("name", BENCHES)
def test_every_bench_takes_what_it_is_told(name: str) -> None:
    assert {*BENCHES[name]} <= inspect.signature(measure_of(name)).parameters.keys()


def test_a_warm_invocation_is_compared_with_the_same_requests() -> None:
    (table,) = warm.measure(rounds=1, repeat=2)
    (row,) = table.rows
    assert row.value > 0
    assert row.cells[0] == str(len(warm.filing()[1]))


def test_every_function_of_a_life_is_said_to_ask_for_something() -> None:
    assert requests.WHAT_FOR.keys() == requests.REQUESTS.keys()


def test_what_did_not_come_is_lost_and_fails_the_burst() -> None:
    come = Passage(accepted=0, pushed=2, received=3)
    gone = Passage(accepted=0, pushed=None, received=3)
    (whole,) = burst_tables([come, come], [come, come])
    assert whole.reached
    (short,) = burst_tables([come, come, gone], [come, come])
    assert [row.name for row in short.rows if not row.reached] == ["lost"]


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


def test_the_page_shows_what_the_report_says() -> None:
    assert f"<!-- ratios -->\n{summary(REPORT.read_text())}\n<!-- /ratios -->" in SUMMARY.read_text()
