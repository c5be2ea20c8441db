"""CloudFront with a firewall before the API, where the region has a domain of its own.

A stack of its own in us-east-1: CloudFront takes web ACLs and certificates from that Region alone. Nothing is passed
between the two Regions, for the CDK would do it by functions of its own. Both sides know the origin's name, and the
secret that proves a request came this way is one secret with a replica.

The gateway's own address is switched off. The origin's name is known to whoever looks for it, so functions refuse what
does not bring the secret: it lets nobody in (tokens and keys do), it only leaves no way round the firewall.
"""

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from functions.edge.origin import HEADER
from infra.stacks.deployment import Deployment

EDGE_REGION: Final = "us-east-1"
RATE_PER_ADDRESS: Final = 1000
"""Requests from one address in five minutes. Mobile operators put thousands of phones behind one address."""
MANAGED_RULES: Final = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
)
# A complaint's body may be longer than the 8 KB at which this rule blocks; the functions have a limit of their own.
COUNTED_ONLY: Final = ("SizeRestrictions_BODY",)


def origin_name(domain: str) -> str:
    return f"origin.{domain}"


def secret_name(deployment: Deployment) -> str:
    return f"{deployment.name}/edge"


class Origin(Construct):
    """The API under the name that CloudFront calls, in the region's own stack."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        domain: str,
        api: apigateway.HttpApi,
        stage: apigateway.HttpStage,
    ) -> None:
        super().__init__(scope, id)
        name = origin_name(domain)
        custom = apigateway.DomainName(
            self,
            "Domain",
            domain_name=name,
            certificate=acm.Certificate(
                self, "Certificate", domain_name=name, validation=acm.CertificateValidation.from_dns()
            ),
            security_policy=apigateway.SecurityPolicy.TLS_1_2,
        )
        apigateway.ApiMapping(self, "Mapping", api=api, domain_name=custom, stage=stage)
        # Where the DNS name of the origin must point to.
        cdk.CfnOutput(self, "Alias", value=custom.regional_domain_name)


class EdgeSecret(Construct):
    """Made by AWS, seen by nobody, and there in both Regions."""

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment) -> None:
        super().__init__(scope, id)
        replicas = [] if deployment.region.aws_region == EDGE_REGION else [EDGE_REGION]
        self.secret = secretsmanager.Secret(
            self,
            "Secret",
            secret_name=secret_name(deployment),
            description="What CloudFront shows to the API, so that nobody goes round the firewall",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                password_length=40, exclude_punctuation=True
            ),
            replica_regions=[secretsmanager.ReplicaRegion(region=region) for region in replicas],
        )


class Edge(cdk.Stack):
    """The distribution and its firewall. It goes after the service stack, whose secret and origin it uses."""

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment, domain: str) -> None:
        super().__init__(
            scope,
            id,
            stack_name=f"{deployment.name}-edge",
            env=cdk.Environment(account=deployment.region.account, region=EDGE_REGION),
        )
        shown = cdk.SecretValue.secrets_manager(secret_name(deployment)).unsafe_unwrap()
        certificate = acm.Certificate(
            self, "Certificate", domain_name=domain, validation=acm.CertificateValidation.from_dns()
        )
        distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=f"{deployment.name}: API",
            domain_names=[domain],
            certificate=certificate,
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            web_acl_id=self._firewall(deployment).attr_arn,
            default_behavior=cloudfront.BehaviorOptions(
                origin=origins.HttpOrigin(
                    origin_name(domain),
                    protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
                    origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
                    custom_headers={HEADER: shown},
                ),
                allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
                # Answers are a person's own; what may be kept says so itself, to the app.
                cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
                origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
                response_headers_policy=cloudfront.ResponseHeadersPolicy.SECURITY_HEADERS,
                viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            ),
        )
        cdk.CfnOutput(self, "Alias", value=distribution.distribution_domain_name)

    def _firewall(self, deployment: Deployment) -> waf.CfnWebACL:
        rules = [
            _rule(
                priority,
                name,
                override=True,
                statement=waf.CfnWebACL.StatementProperty(
                    managed_rule_group_statement=waf.CfnWebACL.ManagedRuleGroupStatementProperty(
                        vendor_name="AWS",
                        name=name,
                        rule_action_overrides=[
                            waf.CfnWebACL.RuleActionOverrideProperty(
                                name=counted, action_to_use=waf.CfnWebACL.RuleActionProperty(count={})
                            )
                            for counted in (COUNTED_ONLY if name.endswith("CommonRuleSet") else ())
                        ],
                    )
                ),
            )
            for priority, name in enumerate(MANAGED_RULES, start=1)
        ]
        per_address = _rule(
            0,
            "RatePerAddress",
            statement=waf.CfnWebACL.StatementProperty(
                rate_based_statement=waf.CfnWebACL.RateBasedStatementProperty(
                    limit=RATE_PER_ADDRESS, aggregate_key_type="IP"
                )
            ),
        )
        return waf.CfnWebACL(
            self,
            "Firewall",
            name=f"{deployment.name}-edge",
            scope="CLOUDFRONT",
            default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=_visible(f"{deployment.name}-edge"),
            rules=[per_address, *rules],
        )


def _rule(
    priority: int, name: str, *, statement: waf.CfnWebACL.StatementProperty, override: bool = False
) -> waf.CfnWebACL.RuleProperty:
    """A group brings actions of its own, which are left as they are; a rule blocks."""
    return waf.CfnWebACL.RuleProperty(
        name=name,
        priority=priority,
        statement=statement,
        action=None if override else waf.CfnWebACL.RuleActionProperty(block={}),
        override_action=waf.CfnWebACL.OverrideActionProperty(none={}) if override else None,
        visibility_config=_visible(name),
    )


def _visible(name: str) -> waf.CfnWebACL.VisibilityConfigProperty:
    return waf.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=True
    )
