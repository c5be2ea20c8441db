"""SNS platform applications, in which every phone has its endpoint. They live with the tables, and stay where a region file
gives them up: phones are found again when it names them once more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aws_cdk import ArnFormat, CustomResource, Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.region.schema import Apns, Fcm
from infra.stacks.deployment import Deployment
from infra.stacks.function import Code, Function

ANY: Final = "*"
"""What is granted for platform applications and endpoints, except sending: the Service Authorization Reference names no
resource type for these actions, so that nothing narrower is sure to be let through. Source:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
"""
PLATFORM_APPLICATIONS: Final = Code(
    handler="functions.notify.platform_applications.handler.handler",
    sources=("functions/notify/platform_applications",),
    lock="platform-applications",
    services=("sns", "secretsmanager"),
    timeout=120,
)
ANSWERED_WITHIN: Final = Duration.minutes(5)
"""Else CloudFormation waits for an hour for a function that cannot answer."""


@dataclass(frozen=True, kw_only=True)
class Platform:
    """`key` is the region file's; `name` SNS's."""

    key: str
    name: str
    credential: Fcm | Apns | None

    def application(self, deployment: Deployment) -> str:
        suffix = "" if self.credential else "-placeholder"
        return f"{deployment.name}-{self.name.lower().replace('_', '-')}{suffix}"


class PushPlatforms(Construct):
    """CloudFormation knows no platform applications: a custom resource of our own makes them.

    Locally no secret is needed: the applications are placeholders that carry this in their name. Other stacks name an
    application by its ARN as it must be: an export could not be taken back while they use it.
    """

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment) -> None:
        super().__init__(scope, id)
        self._deployment = deployment
        self.failures = self._failures()
        self.platforms = _platforms(deployment)
        self.made = self._made() if self.platforms else []

    @property
    def environment(self) -> Mapping[str, str]:
        return {f"{each.key.upper()}_APPLICATION_ARN": self._arn("app", each) for each in self.platforms}

    @property
    def endpoint_arns(self) -> list[str]:
        return [f"{self._arn('endpoint', each)}/*" for each in self.platforms]

    def _arn(self, resource: str, platform: Platform) -> str:
        name = f"{platform.name}/{platform.application(self._deployment)}"
        return Stack.of(self).format_arn(service="sns", resource=resource, resource_name=name)

    def _made(self) -> list[CustomResource]:
        provider = Function(
            self, "Provider", deployment=self._deployment, code=PLATFORM_APPLICATIONS, environment={}
        )
        self._grant(provider)
        made = [
            CustomResource(
                self,
                platform.name,
                service_token=provider.function.function_arn,
                resource_type="Custom::PlatformApplication",
                service_timeout=ANSWERED_WITHIN,
                removal_policy=self._deployment.removal,
                properties={
                    "Name": platform.application(self._deployment),
                    "Platform": platform.name,
                    "SecretName": platform.credential.secret if platform.credential else "",
                    "FailureTopicArn": self.failures.topic_arn,
                    # A secret's new value is not seen by CloudFormation; this is.
                    "Revision": str(platform.credential.revision if platform.credential else 1),
                },
            )
            for platform in self.platforms
        ]
        for each in made:
            # Not before the function may do it, and as long as it may.
            each.node.add_dependency(provider.role)
        return made

    def _failures(self) -> sns.Topic:
        """Where SNS tells of pushes that it took and could not deliver."""
        secure = not self._deployment.local
        topic = sns.Topic(self, "Failures", display_name="Qamqor pushes", enforce_ssl=secure)
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("sns.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
            )
        )
        return topic

    def _grant(self, provider: Function) -> None:
        stack = Stack.of(self)
        secrets = [each.credential.secret for each in self.platforms if each.credential is not None]
        provider.role.add_to_policy(
            iam.PolicyStatement(
                actions=[
                    "sns:CreatePlatformApplication",
                    "sns:SetPlatformApplicationAttributes",
                    "sns:DeletePlatformApplication",
                ],
                resources=[ANY],
            )
        )
        if secrets:
            provider.role.add_to_policy(
                iam.PolicyStatement(
                    actions=["secretsmanager:GetSecretValue"],
                    resources=[
                        stack.format_arn(
                            service="secretsmanager",
                            resource="secret",
                            resource_name=f"{secret}-??????",
                            arn_format=ArnFormat.COLON_RESOURCE_NAME,
                        )
                        for secret in secrets
                    ],
                )
            )


def _platforms(deployment: Deployment) -> tuple[Platform, ...]:
    push = deployment.region.push
    apns = "APNS_SANDBOX" if push.apns is not None and push.apns.sandbox else "APNS"
    both = (
        Platform(key="fcm", name="GCM", credential=push.fcm),
        Platform(key="apns", name=apns, credential=push.apns),
    )
    return tuple(each for each in both if each.credential is not None or deployment.local)
