"""Alarms ring for what matters, say what to do, and read metrics that something emits."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from functions.edge import metrics
from functions.notify.webhooks import metrics as webhook_metrics
from functions.notify.webhooks.sender import PARKED, PAUSED
from infra.bill import metrics as own
from infra.region import load_region_file
from infra.region.sizes import SIZES
from infra.toolchain import ROOT
from tests.infra import small_region
from tests.infra.synthesis import without_code
from tests.infra.template import Assembly, Template, flat

RUNBOOK = ROOT / "docs" / "runbook.md"

# What the operators are woken for, and where it stands what to do.
SECTIONS = {
    "CalendarYearMissing": "calendar-year-missing",
    "ChainHeads": "chain-heads",
    "DeadLetters": "dead-letters",
    "EscalatedLateAQuarter": "escalated-late",
    "EscalatedLateAnHour": "escalated-late",
    "EscalatedLateSixHours": "escalated-late",
    "EventsDropped": "events-dropped",
    "ExecutionsThrottled": "executions-throttled",
    "FailedExecutions": "failed-executions",
    "IntakeDurations": "function-durations",
    "IntakeErrors": "function-errors",
    "IntakeThrottles": "function-throttles",
    "NotifyDurations": "function-durations",
    "NotifyErrors": "function-errors",
    "NotifyThrottles": "function-throttles",
    "OldestSetAside": "oldest-set-aside",
    "OldestUnmoved": "oldest-unmoved",
    "OldestUnpublished": "oldest-unpublished",
    "OldestUnwatched": "oldest-unwatched",
    "OldestWebhook": "oldest-webhook",
    "OpenExecutions": "open-executions",
    "PushFailures": "push-failures",
    "QueueAge": "queue-age",
    "RetentionSilent": "retention-silent",
    "RolloutErrors": "rollout-errors",
    "RouteDurations": "function-durations",
    "RouteErrors": "function-errors",
    "RouteThrottles": "function-throttles",
    "ServerErrors": "server-errors",
    "StreamAge": "stream-age",
    "TablesThrottled": "tables-throttled",
    "ToldLateAQuarter": "told-late",
    "ToldLateAnHour": "told-late",
    "ToldLateSixHours": "told-late",
}
JOINED = {
    f"{door}{what}" for door in ("Intake", "Route", "Notify") for what in ("Errors", "Throttles", "Durations")
}


WINDOWS = ("AQuarter", "AnHour", "SixHours")
COMPOSED = {
    "functions-unwell": JOINED,
    "told-late": {f"ToldLate{window}" for window in WINDOWS},
    "escalated-late": {f"EscalatedLate{window}" for window in WINDOWS},
}


# Calls a version back, and wakes nobody: what it rings for goes on to the operators' own if it does not end.
SILENT = {"RolloutErrors"}


BY_DOOR = {name: section for name, section in SECTIONS.items() if name in JOINED}
QUOTAS = {"ExecutionsThrottled", "OpenExecutions", "TablesThrottled"}
ALL = {"AllErrors": "function-errors", "AllThrottles": "function-throttles"}
BY_SIZE = {
    "oblast": SECTIONS,
    "city": {
        name: section
        for name, section in SECTIONS.items()
        if name not in QUOTAS and not name.endswith(("Throttles", "Durations"))
    }
    | {"AllThrottles": ALL["AllThrottles"]},
    # Of which nothing is public.
    "small": {
        name: section
        for name, section in SECTIONS.items()
        if name not in QUOTAS | set(BY_DOOR) | {"OldestUnpublished"}
    }
    | ALL,
}
# What is promised, and what would hide that it is broken.
ALWAYS = {
    *(f"{promise}{window}" for promise in ("ToldLate", "EscalatedLate") for window in WINDOWS),
    *(
        "OldestUnwatched",
        "OldestSetAside",
        "DeadLetters",
        "FailedExecutions",
        "ChainHeads",
        "RetentionSilent",
    ),
}


@pytest.fixture
def service(cloud: Assembly) -> Template:
    """Of an oblast's size, which has them all."""
    return cloud["qamqor-karaganda-service"]


@pytest.fixture(scope="module")
def sized(cloud: Assembly, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Template]:
    """A region of each size."""
    regions = tmp_path_factory.mktemp("sizes")
    small_region.write(regions, yaml=small_region.YAML.replace("SML\n", "SML\nsize: small\n"))
    small = without_code(regions, tmp_path_factory.mktemp("sizes-made"))
    return {
        "oblast": cloud["qamqor-karaganda-service"],
        "city": cloud["qamqor-pavlodar-service"],
        "small": small["qamqor-small-service"],
    }


def alarms(template: Template) -> dict[str, dict[str, Any]]:
    return {
        alarm["Properties"]["AlarmName"].rpartition("-")[2]: alarm["Properties"]
        for alarm in template.of("AWS::CloudWatch::Alarm").values()
    }


def metrics_of(alarm: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The metrics that an alarm reads: `{Namespace, MetricName, Dimensions}`."""
    if "MetricName" in alarm:
        yield alarm
    for each in alarm.get("Metrics", ()):
        if "MetricStat" in each:
            yield each["MetricStat"]["Metric"]


@pytest.mark.parametrize("size", list(SIZES))
def test_each_alarm_names_its_section_of_the_runbook(sized: dict[str, Template], size: str) -> None:
    found = {
        name: re.search(r"Runbook: docs/runbook\.md#([a-z-]+)$", alarm["AlarmDescription"])
        for name, alarm in alarms(sized[size]).items()
    }
    assert {name: match and match[1] for name, match in found.items()} == BY_SIZE[size]
    assert found.keys() >= ALWAYS


def test_where_nothing_is_public_there_is_nothing_to_publish(sized: dict[str, Template]) -> None:
    for size, template in sized.items():
        public = size != "small"
        assert ({"publisher", "site", "open311"} <= template.functions().keys()) is public
        routes = {each["Properties"]["RouteKey"] for each in template.of("AWS::ApiGatewayV2::Route").values()}
        assert ("GET /c/{number}" in routes) is public
        assert ("POST /open311/v2/{file}" in routes) is public


@pytest.mark.parametrize("size", list(SIZES))
def test_an_alarm_that_tells_nobody_is_part_of_one_that_does(sized: dict[str, Template], size: str) -> None:
    template = sized[size]
    rules = [
        json.dumps(each["Properties"]) for each in template.of("AWS::CloudWatch::CompositeAlarm").values()
    ]
    assert all("AlarmActions" in rule for rule in rules)
    for id, alarm in template.of("AWS::CloudWatch::Alarm").items():
        name = alarm["Properties"]["AlarmName"].rpartition("-")[2]
        told = bool(alarm["Properties"].get("AlarmActions")) or any(f'"{id}"' in rule for rule in rules)
        assert told == (name not in SILENT), name


@pytest.mark.parametrize("size", list(SIZES))
def test_every_functions_errors_and_throttles_are_watched_at_every_size(
    sized: dict[str, Template], size: str
) -> None:
    functions = {
        id for id in sized[size].of("AWS::Lambda::Function") if "Provider" not in id and "Directory" not in id
    }
    for metric in ("Errors", "Throttles"):
        read = [
            each
            for name, alarm in alarms(sized[size]).items()
            if name not in SILENT
            for each in metrics_of(alarm)
            if (each["Namespace"], each["MetricName"]) == ("AWS/Lambda", metric)
        ]
        by_name = {dimension["Value"]["Ref"] for each in read for dimension in each.get("Dimensions", ())}
        of_all = any("Dimensions" not in each for each in read)
        assert of_all or by_name >= functions, metric


@pytest.mark.parametrize(("size", "machine"), [("small", False), ("city", False), ("oblast", True)])
def test_what_is_traced_is_chosen_by_size(sized: dict[str, Template], size: str, machine: bool) -> None:
    modes = {name: each["TracingConfig"]["Mode"] for name, each in sized[size].functions().items()}
    active = {name for name, mode in modes.items() if mode == "Active"}
    assert set(modes.values()) <= {"Active", "PassThrough"}
    assert (
        active
        == {
            "nothing": set(),
            "doors": {"intakeapi", "agencyapi", "officersapi", "subscriptions"},
            "everything": set(modes),
        }[SIZES[size].traced]
    )
    watch = sized[size].one("AWS::StepFunctions::StateMachine")["Properties"]
    assert watch.get("TracingConfiguration", {}).get("Enabled", False) is machine


@pytest.mark.parametrize(
    ("size", "doors"),
    [
        ("small", set()),
        ("city", {"intakeapi"}),
        ("oblast", {"intakeapi", "agencyapi", "officersapi", "subscriptions"}),
    ],
)
def test_which_doors_start_from_a_snapshot_is_chosen_by_size(
    sized: dict[str, Template], size: str, doors: set[str]
) -> None:
    assert {name for name, each in sized[size].functions().items() if "SnapStart" in each} == doors


@pytest.mark.parametrize("size", list(SIZES))
def test_a_metric_that_is_paid_for_is_read_by_an_alarm_or_a_dashboard(
    sized: dict[str, Template], size: str
) -> None:
    """And what is read is one: the others are in the log."""
    text = json.dumps([alarms(sized[size]), sized[size].of("AWS::CloudWatch::Dashboard")])
    read = {
        name for name in own.BY_THE_CLOCK | own.BY_COMPLAINTS if f'"{name}' in text or f"{name}\\" in text
    }
    unsaid = set() if "publisher" in sized[size].functions() else {metrics.OLDEST_UNPUBLISHED}
    assert read | unsaid == own.BY_THE_CLOCK | own.BY_COMPLAINTS
    assert not read & unsaid
    assert not any(f'"{name}\\"' in text for name in metrics.IN_LOGS | webhook_metrics.IN_LOGS)


@pytest.mark.parametrize(
    ("size", "names"), [("small", {"all"}), ("city", {"all"}), ("oblast", {"business", "technical"})]
)
def test_both_views_are_there_at_every_size(sized: dict[str, Template], size: str, names: set[str]) -> None:
    boards = [each["Properties"] for each in sized[size].of("AWS::CloudWatch::Dashboard").values()]
    assert {each["DashboardName"].rpartition("-")[2] for each in boards} == names
    text = json.dumps(boards)
    for title in ("Complaints in", "Answered in time, %", "Alarms", "Dead letters", "Watches"):
        assert title in text


def test_the_runbook_has_the_sections_that_alarms_name() -> None:
    headings = {
        re.sub(r"[^a-z0-9 -]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in RUNBOOK.read_text().splitlines()
        if line.startswith("## ")
    }
    assert {*SECTIONS.values(), *COMPOSED} <= headings


def test_an_alarm_reaches_the_operators_alone_or_joined_with_its_like(service: Template) -> None:
    joined = set().union(*COMPOSED.values())
    for name, alarm in alarms(service).items():
        assert bool(alarm.get("AlarmActions")) == (name not in joined | SILENT), name
        assert alarm.get("OKActions") == alarm.get("AlarmActions"), name
    logical = {
        id: alarm["Properties"]["AlarmName"].rpartition("-")[2]
        for id, alarm in service.of("AWS::CloudWatch::Alarm").items()
    }
    found = {}
    for joint in service.of("AWS::CloudWatch::CompositeAlarm").values():
        properties = joint["Properties"]
        rule = json.dumps(properties["AlarmRule"])
        assert properties["AlarmActions"] == properties["OKActions"]
        name = properties["AlarmName"].removeprefix("qamqor-karaganda-")
        assert properties["AlarmDescription"].endswith(f"Runbook: docs/runbook.md#{name}")
        found[name] = {alarm for id, alarm in logical.items() if f'"{id}"' in rule}
    assert found == COMPOSED


@pytest.mark.parametrize(("promise", "budget"), [("ToldLate", 0.5), ("EscalatedLate", 0.1)])
def test_a_promise_rings_while_its_budget_burns_fast_or_slowly_and_goes_on_burning(
    service: Template, promise: str, budget: float
) -> None:
    found = {window: alarms(service)[f"{promise}{window}"] for window in WINDOWS}
    periods = {
        window: {m["MetricStat"]["Period"] for m in alarm["Metrics"] if "MetricStat" in m}
        for window, alarm in found.items()
    }
    assert periods == {"AQuarter": {900}, "AnHour": {3600}, "SixHours": {21_600}}
    rates = {window: round(alarm["Threshold"] / budget, 6) for window, alarm in found.items()}
    assert rates == {"AQuarter": 6, "AnHour": 14.4, "SixHours": 6}
    (rule,) = (
        each["Properties"]["AlarmRule"]["Fn::Join"][1]
        for each in service.of("AWS::CloudWatch::CompositeAlarm").values()
        if promise[:4].lower() in each["Properties"]["AlarmName"]
    )
    shape = "".join(part if isinstance(part, str) else "*" for part in rule)
    assert re.sub(r'ALARM\("?\*"?\)', "*", shape) == "(* AND (* OR *))"


def test_the_operators_of_the_region_file_are_told(service: Template) -> None:
    told = {
        each["Properties"]["Endpoint"]
        for each in service.of("AWS::SNS::Subscription").values()
        if each["Properties"]["Protocol"] == "email"
    }
    assert told == set(load_region_file("karaganda").alarm_emails)
    assert told


def test_every_function_is_watched(service: Template) -> None:
    functions = set(service.of("AWS::Lambda::Function"))
    for metric in ("Errors", "Throttles", "Duration"):
        watched = {
            dimension["Value"]["Ref"]
            for alarm in alarms(service).values()
            for each in metrics_of(alarm)
            if each["MetricName"] == metric
            for dimension in each["Dimensions"]
        }
        # Custom resources run while somebody looks on: the deployment itself fails with them.
        assert {id for id in functions - watched if "Provider" not in id and "Directory" not in id} == set()


def test_what_waits_for_a_paused_subscription_is_measured_within_the_alarms_window(service: Template) -> None:
    """Each look also comes up to GRACE, a minute of the requeue and its queue late."""
    alarm = alarms(service)["OldestWebhook"]
    assert alarm["DatapointsToAlarm"] == 1
    window = timedelta(seconds=alarm["Period"] * alarm["EvaluationPeriods"])
    assert window >= PAUSED + timedelta(hours=1) >= PARKED + timedelta(hours=1)


def test_every_queue_of_dead_letters_is_watched(cloud: Assembly, service: Template) -> None:
    dead = {
        flat({"Fn::GetAtt": [id, "QueueName"]})
        for id in cloud["qamqor-karaganda-storage"].of("AWS::SQS::Queue")
    }
    watched = {
        flat(dimension["Value"])
        for each in metrics_of(alarms(service)["DeadLetters"])
        for dimension in each["Dimensions"]
    }
    assert watched == dead
    assert len(dead) == 6


def test_own_metrics_in_alarms_are_ones_that_functions_emit(service: Template) -> None:
    emitted = {
        value for name, value in vars(metrics).items() if name.isupper() and isinstance(value, str)
    } | {webhook_metrics.UNDELIVERED_AGE}
    read = {
        (each["Namespace"], each["MetricName"])
        for alarm in alarms(service).values()
        for each in metrics_of(alarm)
        if str(each["Namespace"]).startswith("Qamqor")
    }
    assert len(read) >= 7
    for namespace, name in read:
        assert namespace in {"Qamqor/karaganda", "Qamqor/karaganda/Webhooks"}
        assert name in emitted


def test_functions_count_in_their_regions_namespace(cloud: Assembly) -> None:
    for region in ("karaganda", "pavlodar"):
        for properties in cloud[f"qamqor-{region}-service"].functions().values():
            namespace = properties["Environment"]["Variables"]["POWERTOOLS_METRICS_NAMESPACE"]
            assert namespace == f"Qamqor/{region}"


def test_a_function_near_its_timeout_is_measured_by_its_own(service: Template) -> None:
    (duration,) = [
        each["Expression"] for each in alarms(service)["IntakeDurations"]["Metrics"] if "Expression" in each
    ]
    functions = service.functions()
    for name in ("intakeapi", "photos"):
        assert f"/{functions[name]['Timeout'] * 1000}*100" in duration


def test_the_open_executions_are_read_against_the_quota(service: Template) -> None:
    alarm = alarms(service)["OpenExecutions"]
    assert alarm["Threshold"] == 70
    read = {each["MetricName"] for each in metrics_of(alarm)}
    assert read == {"OpenExecutionCount", "OpenExecutionLimit", "ExecutionsStarted"}


def test_an_account_that_does_not_tell_how_many_watches_are_open_rings_as_soon_as_one_starts(
    service: Template,
) -> None:
    alarm = alarms(service)["OpenExecutions"]
    (expression,) = [each["Expression"] for each in alarm["Metrics"] if "Expression" in each]
    assert expression.startswith("IF(FILL(open,-1)<0, IF(FILL(started,0)>0, 100, 0), ")
    # A quota that nobody tells is the default one.
    assert "FILL(quota,1000000)" in expression


def test_one_escalation_that_is_late_rings_where_they_are_few(service: Template) -> None:
    for window in WINDOWS:
        alarm = alarms(service)[f"EscalatedLate{window}"]
        (expression,) = (each["Expression"] for each in alarm["Metrics"] if "Expression" in each)
        assert ")>=1," in expression
        # One of so many, in per cent.
        assert alarm["Threshold"] < 100 / 69
        assert (alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"]) == (1, 1)


def test_whatever_lambda_is_given_and_nobody_waits_for_is_missed(service: Template) -> None:
    """A call of the clock or of an event that is dropped rings, or its silence does."""
    dropped = {
        (each["MetricName"], flat(each["Dimensions"][0]["Value"]))
        for each in metrics_of(alarms(service)["EventsDropped"])
    }
    assert ("RecursiveInvocationsDropped", "{FunctionsWebhooksFunction}") in dropped
    heard = {name for metric, name in dropped if metric == "AsyncEventsDropped"}
    silent = ("SweepDue", "Archive", "Retention", "Publisher")
    by_silence = {f"{{Functions{name}Function}}" for name in silent}
    called = {
        flat({"Ref": service.resources[alias]["Properties"]["FunctionName"]["Ref"]})
        for kind in ("AWS::Events::Rule", "AWS::SNS::Subscription")
        for each in service.of(kind).values()
        for alias in re.findall(r'"(Functions[A-Za-z]+Live[0-9A-F]{8})"', json.dumps(each))
    }
    assert heard | by_silence == called
    assert not heard & by_silence


def test_every_table_that_refuses_for_number_rings(service: Template) -> None:
    seen = {
        (each["MetricName"], flat(each["Dimensions"][0]["Value"]))
        for each in metrics_of(alarms(service)["TablesThrottled"])
    }
    tables = ("Agencies", "Complaints", "Deliveries", "People")
    assert seen == {(f"{what}ThrottleEvents", f"{{{name}}}") for what in ("Read", "Write") for name in tables}


def test_silence_of_the_sweep_is_an_alarm_too(service: Template) -> None:
    for name, alarm in alarms(service).items():
        silent = alarm["TreatMissingData"]
        assert silent == (
            "breaching"
            if name in {"OldestUnpublished", "OldestUnwatched", "ChainHeads", "RetentionSilent"}
            else "notBreaching"
        ), name


def test_one_dashboard_is_for_the_business_and_one_for_the_machinery(service: Template) -> None:
    bodies = {
        each["Properties"]["DashboardName"]: json.dumps(each["Properties"]["DashboardBody"])
        for each in service.of("AWS::CloudWatch::Dashboard").values()
    }
    assert set(bodies) == {"qamqor-karaganda-business", "qamqor-karaganda-technical"}
    for name in (
        metrics.SUBMITTED,
        f"sum({metrics.SUBMITTED}.0) as submitted",
        metrics.ASSIGNED_PROMPTLY,
        "Assigned within 2 minutes, %",
        metrics.ANSWERED_IN_TIME,
        metrics.ESCALATED,
        metrics.REFUTED,
        "by Agency",
        "by Category",
    ):
        assert name in bodies["qamqor-karaganda-business"]
    for title in ("Alarms", "Errors", "Throttles", "Dead letters", "Watches", "Age of the stream"):
        assert title in bodies["qamqor-karaganda-technical"]


def test_the_local_stage_has_the_dashboards_and_wakes_nobody(local: Assembly) -> None:
    template = local["qamqor-local-service"]
    assert len(template.of("AWS::CloudWatch::Dashboard")) == 2
    assert not template.of("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
    receivers = template.of("AWS::SNS::Subscription").values()
    assert {each["Properties"]["Protocol"] for each in receivers} <= {"lambda"}
