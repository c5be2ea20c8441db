"""Copies of tables and photos in a second account, where the region file names one: what is lost with the first account, or
destroyed by whoever rules it, is still there.

Tables and photos are both fully managed by AWS Backup, so that a copy is encrypted with the key of the vault that it lies
in, and neither vault needs a key of our own. Both accounts are of one organisation, and the other vault's policy lets
this one copy into it (docs/first-deployment.md).
Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html
"""

from collections.abc import Sequence
from typing import Final

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_backup as backup
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.region.schema import SecondAccount
from infra.stacks.deployment import Deployment

KEPT_HERE_DAYS: Final = 7
"""In this account, where a table comes back to any second without a copy."""
_MAY: Final = (
    "service-role/AWSBackupServiceRolePolicyForBackup",
    "AWSBackupServiceRolePolicyForS3Backup",
)
"""AWS's own, which grow with the service. Source:
https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html
"""


class Copies(Construct):
    """Made each night at 22:00 UTC, three in the morning in Kazakhstan."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        deployment: Deployment,
        second: SecondAccount,
        tables: Sequence[dynamodb.Table],
        photos: s3.Bucket,
    ) -> None:
        super().__init__(scope, id)
        vault = backup.BackupVault(self, "Vault", removal_policy=deployment.removal)
        copied_to = Stack.of(self).format_arn(
            service="backup",
            account=second.account,
            resource="backup-vault",
            resource_name=second.vault,
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        plan = backup.BackupPlan(
            self,
            "Plan",
            backup_vault=vault,
            backup_plan_rules=[
                backup.BackupPlanRule(
                    rule_name="nightly",
                    schedule_expression=events.Schedule.cron(hour="22", minute="0"),
                    start_window=Duration.hours(1),
                    completion_window=Duration.hours(12),
                    delete_after=Duration.days(KEPT_HERE_DAYS),
                    copy_actions=[
                        backup.BackupPlanCopyActionProps(
                            destination_backup_vault=backup.BackupVault.from_backup_vault_arn(
                                self, "Second", copied_to
                            ),
                            delete_after=Duration.days(second.days),
                        )
                    ],
                )
            ],
        )
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("backup.amazonaws.com"),
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(name) for name in _MAY],
        )
        plan.add_selection(
            "Kept",
            role=role,
            resources=[
                *(backup.BackupResource.from_dynamo_db_table(table) for table in tables),
                backup.BackupResource.from_arn(photos.bucket_arn),
            ],
        )


def tell_of_failed_copies(scope: Construct, topic: sns.ITopic) -> None:
    """Whoever receives alarms is told of each backup and each copy that failed, or never began.
    Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
    """
    events.Rule(
        scope,
        "CopiesFailed",
        event_pattern=events.EventPattern(
            source=["aws.backup"],
            detail_type=["Backup Job State Change", "Copy Job State Change"],
            detail={"state": ["ABORTED", "EXPIRED", "FAILED"]},
        ),
        targets=[
            targets.SnsTopic(
                topic,
                message=events.RuleTargetInput.from_text(
                    f"{events.EventField.from_path('$.detail-type')}: {events.EventField.from_path('$.detail.state')}. "
                    "A copy for the second account was not made. Runbook: docs/runbook.md#copies-failed"
                ),
            )
        ],
    )
