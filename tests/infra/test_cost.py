"""What a complaint costs is worked out by AWS's own rules; these tests hold the arithmetic, not the prices."""

from collections import defaultdict
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from infra.local import cost
from infra.local.cost import (
    Ledger,
    Use,
    _index_units,
    _read_units,
    _size,
    as_written,
    bill,
    charged_time,
    gb_seconds,
    page,
    prices,
)
from infra.local.cpu import FUNCTION
from infra.local.story import StoryFailed
from infra.toolchain import ROOT
from tests.infra.template import Assembly

BY_PERSON = {
    "KeySchema": [{"AttributeName": "person"}, {"AttributeName": "id"}],
    "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["status"]},
}
TABLE = "complaints"


class Table:
    """As much of DynamoDB's client as the ledger asks: one table with one index."""

    def __init__(self, *items: dict[str, Any]) -> None:
        self.items = items

    def client(self, _: str) -> "Table":
        return self

    def describe_table(self, **_: Any) -> dict[str, Any]:
        return {"Table": {"GlobalSecondaryIndexes": [BY_PERSON]}}

    def get_item(self, **asked: Any) -> dict[str, Any]:
        found = [item for item in self.items if asked["Key"].items() <= item.items()]
        return {"Item": found[0]} if found else {}

    def query(self, **asked: Any) -> dict[str, Any]:
        assert "ReturnConsumedCapacity" not in asked
        return {"Items": list(self.items)}


class Here:
    def __init__(self, *items: dict[str, Any]) -> None:
        self.emulator = Table(*items)


def item(**more: str) -> dict[str, Any]:
    return {"pk": {"S": "complaint#1"}, "sk": {"S": "complaint"}} | {
        name: {"S": value} for name, value in more.items()
    }


def ledger(*items: dict[str, Any]) -> Ledger:
    return Ledger(Here(*items))  # type: ignore[arg-type]


def put(new: dict[str, Any]) -> dict[str, Any]:
    return {"TableName": TABLE, "Item": new}


def test_a_transactional_write_counts_twice_for_each_kilobyte_begun() -> None:
    assert ledger().write("Put", put(item(comment="x" * 900)), times=1) == 1
    assert ledger().write("Put", put(item(comment="x" * 900)), times=2) == 2
    assert ledger().write("Put", put(item(comment="x" * 1100)), times=2) == 4


def test_an_index_entry_costs_one_to_make_or_change_two_to_move_none_to_leave() -> None:
    first = item(person="a", id="1", status="assigned")
    assert _index_units({}, first, BY_PERSON) == 1
    assert _index_units(first, first | {"comment": {"S": "not projected"}}, BY_PERSON) == 0
    assert _index_units(first, first | {"status": {"S": "closed"}}, BY_PERSON) == 1
    assert _index_units(first, first | {"person": {"S": "b"}}, BY_PERSON) == 2
    assert _index_units(first, item(), BY_PERSON) == 1
    assert _index_units(item(), item(comment="x"), BY_PERSON) == 0


def test_the_ledger_remembers_what_a_write_left() -> None:
    kept = ledger()
    whole = item(person="a", id="1", status="assigned")
    assert kept.write("Put", put(whole), times=1) == 2
    assert kept.write("Put", put(whole), times=1) == 1
    delete = {"TableName": TABLE, "Key": {name: whole[name] for name in ("pk", "sk")}}
    assert kept.write("Delete", delete, times=1) == 2


def test_what_an_update_left_is_read_back() -> None:
    stored = item(person="a", id="1", comment="x" * 2000)
    update = {"TableName": TABLE, "Key": {name: stored[name] for name in ("pk", "sk")}}
    assert ledger(stored).write("Update", update, times=1) == 2 + 1


@pytest.mark.parametrize(
    ("size", "consistent", "units"), [(0, True, 1), (4096, True, 1), (4097, True, 2), (100, False, 0.5)]
)
def test_reads_are_counted_by_four_kilobytes(size: int, consistent: bool, units: float) -> None:
    assert _read_units(size, consistent=consistent) == units


def test_the_size_of_an_item_is_that_of_its_names_and_values() -> None:
    assert _size({"name": {"S": "сәлем"}}) == 4 + 10
    assert _size({"n": {"N": "1234"}}) == 1 + 3
    assert _size({"b": {"BOOL": True}}) == 2
    assert _size({"l": {"L": [{"S": "ab"}]}}) == 1 + 3 + 1 + 2


def test_a_query_is_asked_again_to_know_what_it_read() -> None:
    assert ledger(item(), item()).queried({"ReturnConsumedCapacity": "TOTAL"}) == 2 * _size(item())


def test_a_bill_names_the_dearest_first_and_knows_every_price() -> None:
    charged = bill({"state_transition": 10, "lambda_request": 1}, prices())
    assert list(charged) == ["state_transition", "lambda_request"]
    assert charged["state_transition"] == pytest.approx(0.00025)
    with pytest.raises(KeyError):
        bill({"moon_dust": 1}, prices())


def test_every_price_is_dated_named_and_says_whether_it_could_be_read() -> None:
    table = yaml.safe_load(cost.PRICES.read_text())
    assert date.fromisoformat(table["as_of"]) <= datetime.now(UTC).date()
    for name, price in table["prices"].items():
        assert price["each"] > 0, name
        assert price["source"].startswith("https://aws.amazon.com/"), name
        assert price["checked"] in ("read", "recalled"), name


RUNS = {"cpu_ms": {"IntakeApi": 10.0, "Photos": 400.0}, "waiting_ms": 15}


def test_a_run_is_charged_by_what_it_needs_of_a_core_and_not_by_how_long_the_machine_took() -> None:
    # At a whole core a millisecond of it lasts one; at a half of its memory two, which cost the same.
    assert gb_seconds(RUNS, "Photos", memory=1769) == pytest.approx((400 + 15) / 1000 * 1769 / 1024)
    waiting = 15 / 1000 / 1024
    small, large = (gb_seconds(RUNS, "IntakeApi", memory=each) - waiting * each for each in (256, 1769))
    assert small == pytest.approx(large)
    # More memory than a core's makes one thread no quicker.
    assert gb_seconds(RUNS, "Photos", memory=3538) == 2 * gb_seconds(RUNS, "Photos", memory=1769)


def test_a_function_that_was_not_measured_is_not_free() -> None:
    use = Use()
    use.runs["IntakeApi", 512] = 2
    charged_time(use, RUNS)
    assert use.units["lambda_gb_second"] == pytest.approx(2 * gb_seconds(RUNS, "IntakeApi", memory=512))
    use.runs["Unheard", 256] = 1
    with pytest.raises(KeyError, match="Unheard"):
        charged_time(use, RUNS)


def test_every_function_that_a_complaint_runs_was_measured(local: Assembly) -> None:
    functions = {
        found[1]
        for id in local["qamqor-local-service"].of("AWS::Lambda::Function")
        if (found := FUNCTION.search(id))
    }
    measured = set(prices()["lambda_runs"]["cpu_ms"])
    elsewhere = {"PushFailures", "Subscriptions"}
    assert functions - cost.BY_THE_CLOCK - elsewhere == measured
    assert date.fromisoformat(prices()["lambda_runs"]["measured"]) <= datetime.now(UTC).date()


@pytest.mark.parametrize(("levels", "tries"), [([3, 2], 2), ([2], 1), ([3] * cost.TRIES, None)])
def test_a_life_that_a_busy_machine_made_longer_is_played_again(
    monkeypatch: pytest.MonkeyPatch, levels: list[int], tries: int | None
) -> None:
    played: list[str] = []

    def measured(here: Any, players: Any, play: Any) -> Use:
        played.append(play.__name__)
        return Use(complaint_id=str(len(played)))

    def shown(path: str) -> Any:
        return SimpleNamespace(body={"escalation_level": levels[int(path.rpartition("/")[2]) - 1]})

    players: Any = SimpleNamespace(citizen=SimpleNamespace(get=shown))
    monkeypatch.setattr(cost, "measure", measured)
    if tries is None:
        with pytest.raises(StoryFailed, match="escalated twice"):
            as_written(players, players, "escalated twice")
    else:
        assert as_written(players, players, "escalated twice").complaint_id == str(tries)
    assert played == ["escalated_twice"] * (tries or cost.TRIES)


def test_the_page_prices_a_year_of_three_sizes() -> None:
    use = Use(units=defaultdict(float, state_transition=4.0))
    text = page({"answered in time": use}, prices())
    assert "| 1,000 | 0.10 |" in text
    assert "| 10,000,000 | 1,000.00 |" in text
    assert "state_transition 100%" in text


def test_the_readme_shows_the_bill_of_the_page() -> None:
    page = (ROOT / "docs" / "cost.md").read_text()
    bill = page.partition("## A year")[2].partition("## ")[0].strip()
    assert "| 10,000,000 |" in bill
    assert bill in (ROOT / "README.md").read_text()
