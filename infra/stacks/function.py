"""One construct for every Lambda function: what all of them have, and nothing that only one has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.packaging.bundle import bundle
from infra.stacks.deployment import Deployment
from infra.stacks.network import Network, let_into_network
from infra.toolchain import ROOT

_LEAST_HERE_S: Final = 60
"""A developer's machine may be busy with much else, and a first start takes longer there than a request may in Lambda."""


@dataclass(frozen=True, kw_only=True)
class Code:
    """What a function is made of: `sources` are folders below the root, `services` the AWS models it loads.

    `handler` is a dotted path; `lock` names a file of requirements/functions; `memory` in MiB, `timeout` in s.
    `at_most`: how many may run at a time, where nothing else bounds what it is fed with; it is taken from the account's
    pool. `awaited`: who waits for its answer; it starts from a snapshot, and is traced, where the region's size has that.
    `wakes_itself`: it sends to the queue that it reads. Lambda would drop what is in the sixteenth round of that:
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
    """

    handler: str
    sources: Sequence[str]
    lock: str
    services: Sequence[str]
    memory: int = 256
    timeout: int = 15
    at_most: int | None = None
    awaited: Literal["people", "bodies"] | None = None
    wakes_itself: bool = False


class Function(Construct):
    """A function with a role of its own, a log group of its own, and JSON logs."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        deployment: Deployment,
        code: Code,
        environment: Mapping[str, str],
        files: Mapping[str, bytes] | None = None,
        network: Network | None = None,
    ) -> None:
        super().__init__(scope, id)
        self._timeout_ms = code.timeout * 1000
        self.log_group = logs.LogGroup(
            self,
            "Logs",
            retention=_retention(deployment.region.retention.logs),
            removal_policy=deployment.removal,
        )
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"{deployment.name}: {id}",
        )
        self.log_group.grant_write(self.role)
        if network is not None:
            let_into_network(self.role, scope=self)
        asset = bundle(
            name=id.lower(),
            sources=code.sources,
            lock=ROOT / "requirements" / "functions" / f"{code.lock}.txt",
            services=code.services,
            files={"region.json": deployment.region.compiled} | dict(files or {}),
            target=deployment.target,
        )
        self.function = lambda_.Function(
            self,
            "Function",
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64
            if deployment.architecture == "arm64"
            else lambda_.Architecture.X86_64,
            handler=code.handler,
            code=lambda_.Code.from_asset(str(asset), asset_hash=asset.stem),
            memory_size=code.memory,
            timeout=Duration.seconds(max(code.timeout, _LEAST_HERE_S) if deployment.local else code.timeout),
            role=self.role,
            # A developer's machine has a pool of its own.
            reserved_concurrent_executions=None if deployment.local else code.at_most,
            log_group=self.log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            application_log_level_v2=lambda_.ApplicationLogLevel.INFO,
            # REPORT lines, which say what memory and time were used, are of this level.
            # Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
            system_log_level_v2=lambda_.SystemLogLevel.INFO,
            tracing=_tracing(code, deployment=deployment),
            snap_start=lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS
            if _has_snapshot(code, deployment=deployment)
            else None,
            recursive_loop=lambda_.RecursiveLoop.ALLOW
            if code.wakes_itself
            else lambda_.RecursiveLoop.TERMINATE,
            vpc=None if network is None else network.vpc,
            security_groups=None if network is None else [network.group],
            environment={**common_environment(id, deployment=deployment), **environment},
        )

    @cached_property
    def live(self) -> lambda_.Alias:
        """The version that is called, by whatever calls it."""
        return lambda_.Alias(self, "Live", alias_name="live", version=self.function.current_version)

    @property
    def timeout_ms(self) -> int:
        return self._timeout_ms

    @property
    def name(self) -> str:
        return self.function.function_name


def allow(function: Function, actions: Sequence[str], resources: Sequence[str]) -> None:
    function.role.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=list(resources)))


def use_partitions(
    function: Function, table: dynamodb.Table, prefix: str, *actions: str, indexes: Sequence[str] = ()
) -> None:
    """What the function does to items whose partition's key begins with the prefix, and to no others.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
    """
    only_these = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [f"{prefix}*"]}}
    for each, resources in (
        (actions, [table.table_arn]),
        (("Query",) if indexes else (), [f"{table.table_arn}/index/{name}" for name in indexes]),
    ):
        if each:
            function.role.add_to_policy(
                iam.PolicyStatement(
                    actions=[f"dynamodb:{action}" for action in each],
                    resources=resources,
                    conditions=only_these,
                )
            )


def use_table(function: Function, table: dynamodb.Table, *actions: str, indexes: Sequence[str] = ()) -> None:
    """What the function does to items of the table, and which of its indexes it queries: no other."""
    if actions:
        allow(function, [f"dynamodb:{action}" for action in dict.fromkeys(actions)], [table.table_arn])
    if indexes:
        allow(function, ["dynamodb:Query"], [f"{table.table_arn}/index/{name}" for name in indexes])


def metrics_namespace(deployment: Deployment) -> str:
    """Two regions of one account count apart."""
    return f"Qamqor/{deployment.region.id}"


def common_environment(id: str, *, deployment: Deployment) -> dict[str, str]:
    """What every function's environment has, beside what its handler declares."""
    return {
        "POWERTOOLS_SERVICE_NAME": id.lower(),
        "POWERTOOLS_LOG_LEVEL": "INFO",
        "POWERTOOLS_METRICS_NAMESPACE": metrics_namespace(deployment),
        # Else the system's zone data goes before the locked package's, and deadlines would follow whichever
        # release a runtime happens to have: Kazakhstan's zones changed on 1 March 2024.
        "PYTHONTZPATH": "",
    }


def _tracing(code: Code, *, deployment: Deployment) -> lambda_.Tracing:
    """Lambda's sampling cannot be set, so a function is traced as it comes or not by itself at all.
    Source: https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
    """
    traced = deployment.region.size.traced
    if traced == "everything" or (traced == "doors" and code.awaited is not None):
        return lambda_.Tracing.ACTIVE
    return lambda_.Tracing.PASS_THROUGH


def _has_snapshot(code: Code, *, deployment: Deployment) -> bool:
    snapshots = deployment.region.snapshots
    return (code.awaited == "people" and snapshots != "none") or (
        code.awaited == "bodies" and snapshots == "all"
    )


def _retention(days: int) -> logs.RetentionDays:
    """The shortest retention that CloudWatch Logs offers and that keeps logs for `days` at least."""
    offered = {
        1: logs.RetentionDays.ONE_DAY,
        7: logs.RetentionDays.ONE_WEEK,
        30: logs.RetentionDays.ONE_MONTH,
        90: logs.RetentionDays.THREE_MONTHS,
        180: logs.RetentionDays.SIX_MONTHS,
        365: logs.RetentionDays.ONE_YEAR,
        1827: logs.RetentionDays.FIVE_YEARS,
        3653: logs.RetentionDays.TEN_YEARS,
    }
    return offered[next((length for length in offered if length >= days), 3653)]
