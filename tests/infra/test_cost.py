"""What a complaint costs is worked out by AWS's own rules; these tests hold the arithmetic, not the prices."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from functions.edge import metrics
from functions.notify.webhooks.metrics import UNDELIVERED_AGE
from infra.bill import metrics as own
from infra.bill import year
from infra.bill.fixed import DOORS, Fixed, Traced, alarm_metrics, fixed, runs_a_month
from infra.bill.page import page
from infra.bill.prices import PRICES, bill, prices, total
from infra.bill.public import CHANGES, MINUTES, REGION_MOST, VERDICT, hiding, public_requests
from infra.bill.recorded import Machine, dump, load, machine_of
from infra.local import cost
from infra.local.cost import (
    Ledger,
    Use,
    _index_units,
    _read_units,
    _size,
    as_written,
    charged_time,
    gb_seconds,
    page_of,
)
from infra.local.cpu import FUNCTION
from infra.local.story import StoryFailed
from infra.stacks.escalation import definition
from infra.toolchain import ROOT
from tests.infra.synthesis import code_left_out
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
    table = yaml.safe_load(PRICES.read_text())
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
    elsewhere = {"OfficersApi", "Open311", "Pages", "PushFailures", "Site", "Subscriptions"}
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


NOTHING = Traced(doors=False, others=False, watch=False)
COMPLAINT = {"http_api_request": 9.0, "lambda_request": 33.0, "state_transition": 2.0}


def function(name: str, **more: Any) -> dict[str, Any]:
    variables = {"POWERTOOLS_SERVICE_NAME": name}
    return {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Variables": variables}} | more}


def of(*resources: Mapping[str, Any]) -> Fixed:
    return fixed([{"Resources": {str(number): each for number, each in enumerate(resources)}}])


def test_an_alarm_is_charged_for_each_metric_that_it_reads() -> None:
    calculated = [
        {"Id": "e", "Expression": "a+b"},
        {"Id": "a", "MetricStat": {}},
        {"Id": "b", "MetricStat": {}},
    ]
    assert alarm_metrics({"MetricName": "Errors"}) == 1
    assert alarm_metrics({"Metrics": calculated}) == 2
    units = of(
        {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Metrics": calculated}},
        {"Type": "AWS::CloudWatch::Alarm", "Properties": {"MetricName": "Errors"}},
        {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": {}},
    ).units
    assert units == {"alarm_metric": 3, "composite_alarm": 1}
    assert total(units, prices()) == pytest.approx(0.80)


def test_what_is_there_by_the_hour_is_counted_for_the_whole_month() -> None:
    units = of(
        {"Type": "AWS::EC2::NatGateway", "Properties": {}},
        {"Type": "AWS::EC2::EIP", "Properties": {}},
        {"Type": "AWS::EC2::VPCEndpoint", "Properties": {"VpcEndpointType": "Gateway"}},
        {
            "Type": "AWS::EC2::VPCEndpoint",
            "Properties": {"VpcEndpointType": "Interface", "SubnetIds": ["a", "b"]},
        },
        {"Type": "AWS::SecretsManager::Secret", "Properties": {"ReplicaRegions": [{}]}},
        {"Type": "Custom::PlatformApplication", "Properties": {"SecretName": "fcm"}},
        {"Type": "Custom::PlatformApplication", "Properties": {"SecretName": ""}},
        {"Type": "AWS::WAFv2::WebACL", "Properties": {"Rules": [{}, {}]}},
    ).units
    by_hour = {"nat_hour": 730, "address_hour": 730, "endpoint_hour": 1460}
    assert units == by_hour | {"secret": 3, "firewall": 1, "firewall_rule": 2}


def test_a_snapshot_is_paid_for_by_the_memory_and_the_second() -> None:
    found = of(
        function("intakeapi", MemorySize=512, SnapStart={"ApplyOn": "PublishedVersions"}), function("x")
    )
    assert found.units["snapshot_gb_second"] == 0.5 * 730 * 3600
    assert found.snapshot_gb == 0.5
    assert total(found.units, prices()) == pytest.approx(1.977, abs=0.001)


@pytest.mark.parametrize(
    ("schedule", "runs"),
    [
        ("rate(1 minute)", 43_800),
        ("rate(5 minutes)", 8_760),
        ("cron(10 * * * ? *)", 730),
        ("rate(1 day)", 30.4),
    ],
)
def test_the_clock_starts_functions_so_often(schedule: str, runs: float) -> None:
    assert runs_a_month(schedule) == pytest.approx(runs, rel=0.001)


def test_a_schedule_that_is_not_understood_is_not_free() -> None:
    with pytest.raises(ValueError, match="L-1"):
        runs_a_month("cron(0 0 L-1 * ? *)")


def test_runs_by_the_clock_are_charged_and_traced_where_functions_are() -> None:
    rule = {"Type": "AWS::Events::Rule", "Properties": {"ScheduleExpression": "rate(1 minute)"}}
    plain = of(function("sweepdue", MemorySize=1024), rule)
    assert plain.units == {"lambda_request": 43_800, "lambda_gb_second": 4_380, "dynamodb_read_unit": 175_200}
    assert of(function("sweepdue", TracingConfig={"Mode": "Active"}), rule).units["trace"] == 43_800


def test_only_a_queue_is_asked_for_when_nothing_comes() -> None:
    stream = {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {"ParallelizationFactor": 10}}
    queue = {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {"ScalingConfig": {}}}
    assert of(stream).units == {}
    assert of(queue).units == {"sqs_request": 657_000}


def test_each_of_our_metrics_is_counted_once() -> None:
    named = {
        value
        for name, value in vars(metrics).items()
        if name.isupper() and isinstance(value, str) and name != "NAMESPACE"
    }
    assert (named - metrics.IN_LOGS) | {UNDELIVERED_AGE} == own.BY_THE_CLOCK | own.BY_COMPLAINTS
    assert not own.BY_THE_CLOCK & own.BY_COMPLAINTS


def test_a_lap_of_the_machine_is_what_its_definition_says() -> None:
    document = {"StartAt": "A", "States": {"A": {"Next": "B"}, "B": {"Default": "A"}}}
    assert machine_of(document) == Machine(lap=2, first=1)
    assert machine_of(definition()) == Machine(lap=3, first=1)


def test_transitions_are_reckoned_for_the_machine_of_now() -> None:
    was = Machine(lap=11, first=3)
    assert [was.wakes(4), was.wakes(48)] == [0, 4]
    now = Machine(lap=3, first=1)
    assert [now.transitions(0), now.transitions(4)] == [2, 14]
    assert now.wakes(now.transitions(4)) == 4
    with pytest.raises(ValueError, match="no whole laps"):
        was.wakes(5)


def test_what_was_recorded_is_read_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "recorded.yaml"
    file.write_text(dump(load()))
    assert load(file) == load()


def parts(
    found: Fixed, complaints: int = 100_000, people: float = 0, subscriptions: int = 0
) -> dict[str, Any]:
    asked = year.Load(complaints=complaints, people=people)
    return year.year(found, COMPLAINT, asked, hiding=1)


def plain(**more: Any) -> Fixed:
    return Fixed(**({"units": {}, "traced": NOTHING, "snapshot_gb": 0, "called": 10} | more))


def test_one_complaint_of_ten_escalates() -> None:
    mean = year.mixed({"answered in time": {"a": 1.0}, "escalated twice": {"a": 11.0, "b": 10.0}})
    assert mean == {"a": 2.0, "b": 1.0}


def test_a_year_has_what_is_fixed_twelve_times_and_each_complaint_once() -> None:
    found = parts(plain(units={"alarm_metric": 3}), complaints=1_000)
    assert found["fixed"]["alarm_metric"] == 36
    assert found["requests"]["state_transition"] == 2_000
    assert "firewall_request" not in found["requests"]
    assert parts(plain(units={"firewall": 1}))["requests"]["firewall_request"] == 900_000


def test_people_are_free_at_first_and_cheaper_later() -> None:
    assert year.people(10_000) == {}
    assert year.people(10_001) == {"cognito_user_month": 12}
    assert year.people(1_000_001) == {
        "cognito_user_month": 90_000 * 12,
        "cognito_user_month_over_100k": 900_000 * 12,
        "cognito_user_month_over_1m": 12,
    }


def test_few_runs_are_all_traced_and_of_many_a_twentieth() -> None:
    assert year.recorded_traces(1_000, functions=1) == pytest.approx(1_000, rel=0.001)
    many = 1_000 * year.YEAR_S
    assert year.recorded_traces(many, functions=1) == pytest.approx(many * 0.05 + 0.95 * year.YEAR_S)


def test_traces_are_of_what_is_traced() -> None:
    doors = parts(plain(traced=Traced(doors=True, others=False, watch=False)), complaints=100)
    assert doors["traces"]["trace"] == pytest.approx(900, rel=0.001)
    watch = parts(plain(traced=Traced(doors=True, others=True, watch=True)), complaints=100)
    assert watch["traces"]["trace"] == pytest.approx(3_400, rel=0.001)
    assert parts(plain())["traces"]["trace"] == 0


def test_seldom_called_doors_start_anew() -> None:
    def restored(complaints: int) -> float:
        found = parts(plain(snapshot_gb=0.5, snapshot_doors=len(DOORS)), complaints=complaints)
        return float(found["starts"]["snapshot_restored_gb"])

    assert restored(1) == pytest.approx(4.5, rel=0.001)
    assert restored(10**8) == pytest.approx(0, abs=0.1)


def test_metrics_of_complaints_are_paid_for_in_hours_that_have_one() -> None:
    most = len(own.BY_COMPLAINTS) * 12
    assert parts(plain(), complaints=10**7)["own metrics, logs"]["own_metric"] == pytest.approx(most)
    assert parts(plain(), complaints=88)["own metrics, logs"]["own_metric"] == pytest.approx(
        most * 0.01, rel=0.01
    )


def test_a_door_without_a_snapshot_is_charged_for_its_start() -> None:
    with_one = len(DOORS) - 1
    starts = parts(plain(snapshot_gb=0.5, snapshot_doors=with_one), complaints=1)["starts"]
    assert starts["snapshot_restored_gb"] == pytest.approx(4.5 * with_one / len(DOORS), rel=0.001)
    assert starts["lambda_gb_second"] == pytest.approx(9 / len(DOORS), rel=0.001)


def test_what_is_kept_for_three_years_is_three_years_of_complaints() -> None:
    stored = parts(plain(), complaints=1_024)["storage"]
    assert stored["s3_gb_month"] == 1 * 3 * 12
    assert stored["dynamodb_gb_month"] == stored["dynamodb_backup_gb_month"]


def test_what_is_seldom_seen_is_kept_where_it_costs_less() -> None:
    stored = parts(plain(cold_after_days=90), complaints=1_024)["storage"]
    assert stored["s3_gb_month"] == pytest.approx(12 * 90 / 365.25)
    assert stored["s3_gb_month"] + stored["s3_cold_gb_month"] == pytest.approx(36)
    rule = {"Prefix": "photos/", "Transitions": [{"StorageClass": "GLACIER_IR", "TransitionInDays": 90}]}
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"LifecycleConfiguration": {"Rules": [rule]}}}
    assert of(bucket).cold_after_days == 90


def test_the_page_shows_what_it_was_given() -> None:
    base = plain(units={"alarm_metric": 10}, called=len(DOORS) + 1)
    asked = {"fixed addresses": plain(units={"alarm_metric": 10, "nat_hour": 100})}
    sizes = {"small": plain(), "city": base, "oblast": base}
    text = page(load(), machine_of(definition()), sizes, asked, prices())  # type: ignore[arg-type]
    assert "| alarm_metric | 0.00 | 1.00 | 1.00 |" in text
    assert "| fixed addresses | 5.20 |" in text
    assert "| state_transition | 2.00 | 14.00 |" in text


def test_a_new_alarm_changes_the_page(cloud: Assembly) -> None:
    """Which says of a city and an oblast what the templates say."""
    written = section_of((ROOT / "docs" / "cost.md").read_text(), "A month, whatever comes in")
    for column, region in ((1, "pavlodar"), (2, "karaganda")):
        templates = [each.body for name, each in cloud.stacks.items() if name.startswith(f"qamqor-{region}-")]
        found = fixed(templates)
        shown = {row[0]: float(row[column + 1]) for row in rows(written) if row[0] in found.units}
        charged = {unit: round(cost, 2) for unit, cost in bill(found.units, prices()).items()}
        assert {unit: shown.get(unit, 0.0) for unit in charged} == charged
        more = {
            "Resources": {"New": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"MetricName": "Errors"}}}
        }
        other = bill(fixed([*templates, more]).units, prices())["alarm_metric"]
        assert round(other, 2) != shown["alarm_metric"]


def test_the_page_is_what_templates_prices_and_the_last_run_say(tmp_path: Path) -> None:
    """Of every size."""
    written = (ROOT / "docs" / "cost.md").read_text()
    with code_left_out(tmp_path):
        assert page_of(load()) == written, "run `python -m infra.local.cost --page`"


def rows(text: str) -> list[list[str]]:
    return [
        [cell.strip(" *") for cell in line.strip("|").split("|")] for line in text.splitlines() if "|" in line
    ]


def test_a_third_less_for_a_city_and_half_for_a_small_town() -> None:
    """With the same promises: `test_observability.py` holds what is always watched."""
    shown = {
        row[0]: row[1:]
        for row in rows(section_of((ROOT / "docs" / "cost.md").read_text(), "A year, all of it"))
    }
    assert shown["US dollars, for complaints a year"] == ["1,000", "10,000", "100,000", "10,000,000"]
    assert int(shown["less than before, `city`"][2].rstrip("%")) >= 34
    assert int(shown["less than before, `small`"][1].rstrip("%")) >= 50


def section_of(text: str, name: str) -> str:
    found = text.partition(f"## {name}\n")[2].partition("## ")[0].rstrip("#").strip()
    assert found, name
    return found


def test_the_readme_shows_the_bill_of_the_page() -> None:
    written = (ROOT / "docs" / "cost.md").read_text()
    assert section_of(written, "A year, all of it") in (ROOT / "README.md").read_text()


def test_of_what_everybody_sees_a_change_alone_writes_its_page_and_three_files() -> None:
    """As `test_publisher.py` counts it; copies of photos beside."""
    alone = public_requests(1, photos=0, hiding=0)
    assert alone["s3_put"] == pytest.approx(1 + CHANGES * (1 + 3), abs=0.01)
    assert alone["s3_get"] == pytest.approx(CHANGES * (1 + 4), abs=0.01)


def test_in_a_minute_the_files_that_all_share_are_written_once_however_many_change() -> None:
    many = public_requests(REGION_MOST, photos=0, hiding=0)
    shared = many["s3_put"] - REGION_MOST * (CHANGES + 1)
    assert MINUTES * 3 * 0.99 < shared < MINUTES * 3
    two_regions = public_requests(2 * REGION_MOST, photos=0, hiding=0)
    assert two_regions["s3_put"] == pytest.approx(2 * many["s3_put"])


def test_what_was_hidden_is_told_at_the_public_faces_cost_and_counted_once() -> None:
    found = year.year(
        plain(), {**COMPLAINT, "dynamodb_write_unit": 200.0}, year.Load(complaints=1_000, people=0), hiding=1
    )
    of_photos = 1_000 * year.PHOTOS * VERDICT["dynamodb_write_unit"]
    assert found[year.PUBLIC]["dynamodb_write_unit"] == pytest.approx(of_photos)
    assert found["requests"]["dynamodb_write_unit"] == pytest.approx(1_000 * 200 - of_photos)


def test_hiding_what_is_in_photos_is_paid_by_the_photo() -> None:
    without, with_photos = (public_requests(1_000, photos=each, hiding=8.5) for each in (0, 2))
    assert with_photos["lambda_gb_second"] - without["lambda_gb_second"] == pytest.approx(2 * 1_000 * 8.5)
    assert hiding(prices()["lambda_runs"]) == pytest.approx(4.915 * 1769 / 1024)
