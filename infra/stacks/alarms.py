"""Alarms: few, each with the section of docs/runbook.md that says what it means and what to do.

What only one function can say (errors, throttles, durations) is summed up for each of the three doors: which
function it is, the technical dashboard shows. These ring together as one alarm.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

from functions.edge import metrics as names
from functions.notify.webhooks.metrics import UNDELIVERED_AGE
from infra.stacks.deployment import Deployment
from infra.stacks.function import Function, metrics_namespace

RUNBOOK: Final = "docs/runbook.md"
MISSING_IS_WELL: Final = cloudwatch.TreatMissingData.NOT_BREACHING
MISSING_IS_BAD: Final = cloudwatch.TreatMissingData.BREACHING
OPEN_EXECUTIONS: Final = 1_000_000
"""How many may be open in an account by default. Source:
https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"""
IN_ALARM: Final = cloudwatch.AlarmState.ALARM
ABOVE: Final = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD


@dataclass(frozen=True, kw_only=True)
class Told:
    """An alarm in words: `section` is the runbook's."""

    what: str
    section: str

    @property
    def description(self) -> str:
        return f"{self.what} Runbook: {RUNBOOK}#{self.section}"


ERRORS: Final = Told(what="Functions of this account fail.", section="function-errors")
THROTTLES: Final = Told(what="Functions of this account are throttled.", section="function-throttles")


@dataclass(frozen=True, kw_only=True)
class Door:
    """Functions that are watched together; no more than ten, which is what an alarm can add up."""

    name: str
    functions: Sequence[Function]


class Alarms(Construct):
    def __init__(self, scope: Construct, id: str, *, deployment: Deployment, topic: sns.ITopic) -> None:
        super().__init__(scope, id)
        self._deployment = deployment
        self._action = actions.SnsAction(topic)
        self.all: list[cloudwatch.AlarmBase] = []

    # ------------------------------------------------------------------------------------ functions
    def functions(self, doors: Sequence[Door]) -> None:
        """Errors, throttles and durations near the timeout, as closely as the region's size has it."""
        size = self._deployment.region.size
        if not size.errors_by_door:
            self.ring("AllErrors", ERRORS, of_all_functions("Errors"), above=0, of=(2, 3))
        if not size.throttles_by_door:
            self.ring("AllThrottles", THROTTLES, of_all_functions("Throttles"), above=0, of=(2, 3))
        joined = [alarm for door in doors for alarm in self._of_door(door)]
        if joined:
            told = Told(
                what="Functions fail, are throttled, or come near their timeouts: see which alarm of a door rings.",
                section="functions-unwell",
            )
            rings = [cloudwatch.AlarmRule.from_alarm(each, IN_ALARM) for each in joined]
            self._composite("FunctionsUnwell", told, cloudwatch.AlarmRule.any_of(*rings))

    def _of_door(self, door: Door) -> list[cloudwatch.Alarm]:
        five, size = Duration.minutes(5), self._deployment.region.size
        each = list(enumerate(door.functions))
        joined: list[cloudwatch.Alarm] = []
        if size.errors_by_door:
            told = Told(what=f"Functions of {door.name} fail.", section="function-errors")
            errors = {f"e{n}": function.function.metric_errors(period=five) for n, function in each}
            joined.append(self._joint(f"{door.name}Errors", told, _sum(errors), threshold=0, of=(2, 3)))
        if size.throttles_by_door:
            told = Told(what=f"Functions of {door.name} are throttled.", section="function-throttles")
            throttles = {f"t{n}": function.function.metric_throttles(period=five) for n, function in each}
            joined.append(self._joint(f"{door.name}Throttles", told, _sum(throttles), threshold=0, of=(2, 3)))
        if size.durations:
            told = Told(
                what=f"A function of {door.name} needs over 80 % of its timeout (p99).",
                section="function-durations",
            )
            shares = ",".join(f"d{n}/{function.timeout_ms}*100" for n, function in each)
            nearest = cloudwatch.MathExpression(
                expression=f"MAX([{shares}])",
                using_metrics={
                    f"d{n}": function.function.metric_duration(period=five, statistic="p99")
                    for n, function in each
                },
                label="% of the timeout",
                period=five,
            )
            joined.append(self._joint(f"{door.name}Durations", told, nearest, threshold=80, of=(2, 3)))
        return joined

    # ------------------------------------------------------------------------------------- promises
    def promise(self, id: str, told: Told, *, late: str, kept: str, budget: float, at_least: int) -> None:
        """Rings while the share of what comes late uses up a month's `budget` (of all, in per cent) in two days, or in
        five, and goes on doing so: burn rates of 14.4 and 6 in an hour and in six, and of 6 in the last quarter.
        Source: https://sre.google/workbook/alerting-on-slos/#6-multiwindow-multi-burn-rate-alerts
        """

        def burning(window: str, period: Duration, rate: float) -> cloudwatch.IAlarmRule:
            metric = share(self._deployment, late, kept, at_least=at_least, period=period)
            of_window = Told(what=f"{told.what} Of {window}; rings as a part.", section=told.section)
            name = f"{id}{window.title().replace(' ', '')}"
            alarm = self._joint(name, of_window, metric, threshold=rate * budget, of=(1, 1))
            return cloudwatch.AlarmRule.from_alarm(alarm, IN_ALARM)

        now = burning("a quarter", Duration.minutes(15), 6)
        fast, slow = burning("an hour", Duration.hours(1), 14.4), burning("six hours", Duration.hours(6), 6)
        rule = cloudwatch.AlarmRule.all_of(now, cloudwatch.AlarmRule.any_of(fast, slow))
        self._composite(id, told, rule)

    # ---------------------------------------------------------------------------------- the rest
    def ring(
        self,
        id: str,
        told: Told,
        metric: cloudwatch.IMetric,
        *,
        above: float,
        of: tuple[int, int] = (1, 1),
        missing: cloudwatch.TreatMissingData = MISSING_IS_WELL,
    ) -> cloudwatch.Alarm:
        """An alarm that tells the operators; `of`: how many of how many periods must be above."""
        alarm = self._alarm(id, told, metric, threshold=above, of=of, missing=missing)
        self._tell(alarm)
        return alarm

    def _tell(self, alarm: cloudwatch.AlarmBase) -> None:
        """Of both: whoever was woken is told when it is over."""
        alarm.add_alarm_action(self._action)
        alarm.add_ok_action(self._action)

    def _joint(
        self,
        id: str,
        told: Told,
        metric: cloudwatch.IMetric,
        *,
        threshold: float,
        of: tuple[int, int],
    ) -> cloudwatch.Alarm:
        """One that tells nobody by itself."""
        return self._alarm(id, told, metric, threshold=threshold, of=of, missing=MISSING_IS_WELL)

    def _composite(self, id: str, told: Told, rule: cloudwatch.IAlarmRule) -> None:
        alarm = cloudwatch.CompositeAlarm(
            self,
            id,
            composite_alarm_name=f"{self._deployment.name}-{told.section}",
            alarm_description=told.description,
            alarm_rule=rule,
        )
        self._tell(alarm)
        self.all.append(alarm)

    def _alarm(
        self,
        id: str,
        told: Told,
        metric: cloudwatch.IMetric,
        *,
        threshold: float,
        of: tuple[int, int],
        missing: cloudwatch.TreatMissingData,
    ) -> cloudwatch.Alarm:
        alarm = cloudwatch.Alarm(
            self,
            id,
            alarm_name=f"{self._deployment.name}-{id}",
            alarm_description=told.description,
            metric=metric,
            threshold=threshold,
            comparison_operator=ABOVE,
            datapoints_to_alarm=of[0],
            evaluation_periods=of[1],
            treat_missing_data=missing,
        )
        self.all.append(alarm)
        return alarm


def own_metric(
    deployment: Deployment,
    name: str,
    *,
    statistic: str = "Sum",
    period: Duration | None = None,
    label: str | None = None,
) -> cloudwatch.Metric:
    """A metric of `functions.edge.metrics`."""
    return cloudwatch.Metric(
        namespace=metrics_namespace(deployment),
        metric_name=name,
        statistic=statistic,
        period=period or Duration.minutes(5),
        label=label,
    )


def of_all_functions(name: str) -> cloudwatch.Metric:
    """Of every function in the account and its Region, another deployment's too: one metric, and so one price.
    Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    """
    return cloudwatch.Metric(
        namespace="AWS/Lambda", metric_name=name, statistic="Sum", period=Duration.minutes(5)
    )


def webhook_age(deployment: Deployment) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=f"{metrics_namespace(deployment)}/Webhooks",
        metric_name=UNDELIVERED_AGE,
        statistic="Maximum",
        period=Duration.hours(1),
    )


def share(
    deployment: Deployment, part: str, whole: str | Sequence[str], *, at_least: int, period: Duration
) -> cloudwatch.MathExpression:
    """`part` in per cent of `whole` (several are added up); 0 where the whole is below `at_least`."""
    wholes = [whole] if isinstance(whole, str) else list(whole)
    used = {f"w{n}": own_metric(deployment, name, period=period) for n, name in enumerate(wholes)}
    total = "+".join(f"FILL(w{n},0)" for n in range(len(wholes)))
    return cloudwatch.MathExpression(
        expression=f"IF(({total})>={at_least}, FILL(p,0)/({total})*100, 0)",
        using_metrics={"p": own_metric(deployment, part, period=period), **used},
        label=f"{part}, %",
        period=period,
    )


def open_executions(started: cloudwatch.Metric) -> cloudwatch.MathExpression:
    """In per cent of the account's quota, which all regions in it share; a quota that is not told is the default one.

    Where watches are `started` and AWS tells of no open ones, it is 100: the count itself is then what is missing.
    Source: https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html (resource count metrics)
    """
    hour = Duration.hours(1)

    def counted(name: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(namespace="AWS/States", metric_name=name, statistic="Maximum", period=hour)

    return cloudwatch.MathExpression(
        expression=f"IF(FILL(open,-1)<0, IF(FILL(started,0)>0, 100, 0), open/FILL(quota,{OPEN_EXECUTIONS})*100)",
        using_metrics={
            "open": counted("OpenExecutionCount"),
            "quota": counted("OpenExecutionLimit"),
            "started": started.with_(period=hour, statistic="Sum"),
        },
        label="open executions, % of the quota",
        period=hour,
    )


def _sum(used: Mapping[str, cloudwatch.IMetric]) -> cloudwatch.MathExpression:
    return cloudwatch.MathExpression(
        expression=f"SUM([{','.join(used)}])",
        using_metrics=dict(used),
        label="in five minutes",
        period=Duration.minutes(5),
    )


def ring_promises(alarms: Alarms, *, deployment: Deployment) -> None:
    """The two things that people were promised, and what shows soonest that they will be broken."""
    quarter = Duration.minutes(15)
    alarms.promise(
        "ToldLate",
        Told(
            what="Of what happened, more is told later than a minute than was promised.", section="told-late"
        ),
        late=names.TOLD_LATE,
        kept=names.TOLD,
        budget=0.5,
        at_least=5,
    )
    # They are few: one that is late in an hour of fewer than seventy rings.
    alarms.promise(
        "EscalatedLate",
        Told(
            what="Of escalations, more come later than a minute than was promised.", section="escalated-late"
        ),
        late=names.ESCALATED_LATE,
        kept=names.ESCALATED,
        budget=0.1,
        at_least=1,
    )
    alarms.ring(
        "OldestUnwatched",
        Told(
            what="A complaint's deadline passed over ten minutes ago with nobody watching, or the sweep is not running.",
            section="oldest-unwatched",
        ),
        own_metric(deployment, names.OLDEST_UNWATCHED, statistic="Maximum", period=Duration.minutes(10)),
        above=600,
        of=(2, 2),
        missing=MISSING_IS_BAD,
    )
    alarms.ring(
        "CalendarYearMissing",
        Told(
            what="Terms are estimates: they reach into the year of this metric, which the region file's calendar lacks.",
            section="calendar-year-missing",
        ),
        own_metric(deployment, names.MISSING_YEAR, statistic="Maximum", period=Duration.hours(1)),
        above=0,
    )
    alarms.ring(
        "OldestUnmoved",
        Told(
            what="A body that is no more, or a category that is given up, has had open complaints for over a day.",
            section="oldest-unmoved",
        ),
        own_metric(deployment, names.OLDEST_UNMOVED, statistic="Maximum", period=quarter),
        above=86_400,
        of=(2, 2),
    )
    alarms.ring(
        "OldestSetAside",
        Told(
            what="Somebody has been behind with a complaint's events for over fifteen minutes.",
            section="oldest-set-aside",
        ),
        own_metric(deployment, names.OLDEST_SET_ASIDE, statistic="Maximum", period=quarter),
        above=900,
    )
    alarms.ring(
        "OldestWebhook",
        Told(what="A webhook has not been delivered for six hours.", section="oldest-webhook"),
        webhook_age(deployment),
        above=6 * 3600,
        # A lane whose endpoint rests or is paused is measured when it is looked at, every six hours at least.
        of=(1, 12),
    )
    alarms.ring(
        "PushFailures",
        Told(what="Over 20 % of pushes fail.", section="push-failures"),
        share(
            deployment,
            names.PUSH_FAILED,
            [names.PUSH_SENT, names.PUSH_FAILED],
            at_least=10,
            period=quarter,
        ),
        above=20,
        of=(2, 2),
    )
    alarms.ring(
        "ChainHeads",
        Told(
            what="The heads of the event chains have not been put under lock for three hours.",
            section="chain-heads",
        ),
        hours_without(own_metric(deployment, names.HEADS_ARCHIVED, statistic="SampleCount")),
        above=0,
        of=(3, 3),
        missing=MISSING_IS_BAD,
    )


def hours_without(metric: cloudwatch.Metric) -> cloudwatch.MathExpression:
    """1 for each hour in which the metric has nothing to say."""
    hour = Duration.hours(1)
    return cloudwatch.MathExpression(
        expression="IF(said>=0, 0, 1)",
        using_metrics={"said": metric.with_(period=hour)},
        label="hours without",
        period=hour,
    )
