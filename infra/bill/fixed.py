"""What a region costs a month whatever comes in, read from its synthesised templates.

Only what the templates can say: how much each complaint adds is `infra.bill.year`'s.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

HOURS: Final = 730
"""Of a month, as AWS's own calculator has it."""
MINUTES: Final = HOURS * 60
SECONDS: Final = MINUTES * 60
POLLS_A_MINUTE: Final = 15
"""Five pollers that each wait for twenty seconds, as an event source mapping has them when nothing comes.
Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html"""
CLOCK_S: Final = 0.1
CLOCK_READS: Final = 4
"""Of a run that the clock starts and that finds nothing to do: assumed."""
DOORS: Final = ("intakeapi", "agencyapi", "officersapi", "site", "subscriptions")
"""Functions behind the API."""

type Template = Mapping[str, Any]
type Resource = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Traced:
    """Whose runs X-Ray records."""

    doors: bool
    others: bool
    watch: bool


@dataclass(frozen=True, kw_only=True)
class Fixed:
    """`units`: amounts a month by what is charged, of `prices.yaml`. `snapshot_gb`: of each door's memory that is kept as
    a snapshot. `snapshot_doors`: how many have one. `called`: how many functions complaints and not the clock call.
    `cold_after_days`: when photos go where they cost less.
    """

    units: Mapping[str, float]
    traced: Traced
    snapshot_gb: float
    called: int
    snapshot_doors: int = 0
    cold_after_days: int | None = None


def fixed(templates: Iterable[Template]) -> Fixed:
    """Of all stacks of one region."""
    resources = [resource for template in templates for resource in template["Resources"].values()]
    units: defaultdict[str, float] = defaultdict(float)
    for resource in resources:
        for unit, amount in _of(resource.get("Properties", {}), kind=resource["Type"]):
            units[unit] += amount
    units["secret"] += len(_push_secrets(resources))
    functions = _functions(resources)
    runs = sum(map(runs_a_month, _schedules(resources)))
    units["lambda_request"] += runs
    units["lambda_gb_second"] += runs * CLOCK_S * _mean_gb(functions)
    units["dynamodb_read_unit"] += runs * CLOCK_READS
    traced = Traced(
        doors=any(_is_traced(each) for name, each in functions.items() if name in DOORS),
        others=any(_is_traced(each) for name, each in functions.items() if name not in DOORS),
        watch=any(
            each["Properties"].get("TracingConfiguration", {}).get("Enabled", False)
            for each in resources
            if each["Type"] == "AWS::StepFunctions::StateMachine"
        ),
    )
    # They come one by one, slower than the one a second that is always recorded.
    units["trace"] += runs if traced.others else 0
    snapshots = [_gb(each) for each in functions.values() if "SnapStart" in each]
    return Fixed(
        units={unit: amount for unit, amount in units.items() if amount},
        traced=traced,
        snapshot_gb=sum(snapshots) / len(snapshots) if snapshots else 0,
        called=len(functions) - len(_schedules(resources)),
        snapshot_doors=len(snapshots),
        cold_after_days=next(iter(_cold_after(resources)), None),
    )


def alarm_metrics(alarm: Resource) -> int:
    """How many metrics a metric alarm reads, which is what is charged for: those that calculate are free."""
    asked = alarm.get("Metrics", ())
    return sum("MetricStat" in each for each in asked) or 1


def runs_a_month(schedule: str) -> float:
    """Of an EventBridge rule: `rate(5 minutes)`, or a cron that names its minutes and hours. Raises ValueError."""
    if rate := re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", schedule):
        each = {"minute": 1, "hour": 60, "day": 1440}[rate[2]]
        return MINUTES / (int(rate[1]) * each)
    if cron := re.fullmatch(r"cron\(\d+ (\*|\d+) \* \* \? \*\)", schedule):
        return HOURS if cron[1] == "*" else HOURS / 24
    raise ValueError(schedule)


def _of(properties: Resource, *, kind: str) -> Iterator[tuple[str, float]]:
    match kind:
        case "AWS::CloudWatch::Alarm":
            yield "alarm_metric", alarm_metrics(properties)
        case "AWS::CloudWatch::CompositeAlarm":
            yield "composite_alarm", 1
        case "AWS::CloudWatch::Dashboard":
            yield "dashboard", 1
        case "AWS::SecretsManager::Secret":
            yield "secret", 1 + len(properties.get("ReplicaRegions", ()))
        case "AWS::KMS::Key":
            yield "kms_key", 1
        case "AWS::Lambda::Function" if "SnapStart" in properties:
            yield "snapshot_gb_second", _gb(properties) * SECONDS
        case "AWS::Lambda::EventSourceMapping" if "ScalingConfig" in properties:
            # Of queues alone; to read a table's stream costs a function nothing.
            yield "sqs_request", POLLS_A_MINUTE * MINUTES
        case "AWS::WAFv2::WebACL":
            yield "firewall", 1
            yield "firewall_rule", len(properties["Rules"])
        case "AWS::EC2::NatGateway":
            yield "nat_hour", HOURS
        case "AWS::EC2::EIP":
            yield "address_hour", HOURS
        case "AWS::EC2::VPCEndpoint" if properties.get("VpcEndpointType") == "Interface":
            yield "endpoint_hour", HOURS * len(properties.get("SubnetIds", ())) or HOURS


def _cold_after(resources: Sequence[Resource]) -> Iterator[int]:
    for each in resources:
        for rule in each.get("Properties", {}).get("LifecycleConfiguration", {}).get("Rules", ()):
            for transition in rule.get("Transitions", ()):
                yield transition["TransitionInDays"]


def _push_secrets(resources: Sequence[Resource]) -> set[str]:
    """Secrets that no template makes but a push platform reads, by name."""
    named = (
        each["Properties"].get("SecretName")
        for each in resources
        if each["Type"] == "Custom::PlatformApplication"
    )
    return {name for name in named if name}


def _schedules(resources: Sequence[Resource]) -> list[str]:
    return [
        each["Properties"]["ScheduleExpression"]
        for each in resources
        if each["Type"] == "AWS::Events::Rule" and "ScheduleExpression" in each["Properties"]
    ]


def _functions(resources: Sequence[Resource]) -> dict[str, Resource]:
    """Properties by the function's name; of those that work, not of those that deploy."""
    named = {
        each["Properties"].get("Environment", {}).get("Variables", {}).get("POWERTOOLS_SERVICE_NAME"): each[
            "Properties"
        ]
        for each in resources
        if each["Type"] == "AWS::Lambda::Function"
    }
    return {name: each for name, each in named.items() if name not in (None, "loader", "provider")}


def _is_traced(function: Resource) -> bool:
    return bool(function.get("TracingConfig", {}).get("Mode") == "Active")


def _gb(function: Resource) -> float:
    return float(function.get("MemorySize", 128)) / 1024


def _mean_gb(functions: Mapping[str, Resource]) -> float:
    return sum(map(_gb, functions.values())) / len(functions) if functions else 0
