"""CloudFront with a firewall before the API, where the region has a domain of its own.

A stack of its own in us-east-1: CloudFront takes web ACLs and certificates from that Region alone. Nothing is passed
between the two Regions, for the CDK would do it by functions of its own. Both sides know the origin's name, and the
secret that proves a request came this way is one secret with a replica.

The gateway's own address is switched off. The origin's name is known to whoever looks for it, so functions refuse what
does not bring the secret: it lets nobody in (tokens and keys do), it only leaves no way round the firewall.
"""

import json
from typing import Final

import aws_cdk as cdk
from aws_cdk import Duration
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from functions.edge.origin import BEFORE, HEADER, SHOWN
from infra.region.aws import EDGE_REGION
from infra.stacks.deployment import Deployment
from infra.stacks.firewall import firewall

DESK_PATHS: Final = ("/desk", "/desk/*")
PUBLIC_PATHS: Final = ("/c/*", "/feeds/*", "/open/*", "/public/*", "/site/*")


def origin_name(domain: str) -> str:
    return f"origin.{domain}"


def secret_name(deployment: Deployment) -> str:
    return f"{deployment.name}/edge"


def accepted_secrets(deployment: Deployment) -> dict[str, str]:
    """What functions accept, as their environment has it: what CloudFront shows, and what it showed before."""
    return {
        "EDGE_SECRET": _secret(deployment, SHOWN),
        "EDGE_SECRET_BEFORE": _secret(deployment, BEFORE),
        # A secret's new value is not seen by CloudFormation; this is.
        "EDGE_REVISION": str(deployment.region.edge_revision),
    }


def _secret(deployment: Deployment, field: str) -> str:
    """By its name, in either Region: an export could not be taken back while functions use it."""
    return cdk.SecretValue.secrets_manager(secret_name(deployment), json_field=field).unsafe_unwrap()


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
        secretsmanager.Secret(
            self,
            "Secret",
            secret_name=secret_name(deployment),
            description="What CloudFront shows to the API, so that nobody goes round the firewall",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=json.dumps({BEFORE: "none"}),
                generate_string_key=SHOWN,
                password_length=40,
                exclude_punctuation=True,
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
        certificate = acm.Certificate(
            self, "Certificate", domain_name=domain, validation=acm.CertificateValidation.from_dns()
        )
        origin = origins.HttpOrigin(
            origin_name(domain),
            protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
            origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
            custom_headers={HEADER: _secret(deployment, SHOWN)},
        )
        distribution = cloudfront.Distribution(
            self,
            "Distribution",
            # A change of it has CloudFormation read the secret again.
            comment=f"{deployment.name}: API, secret {deployment.region.edge_revision}",
            domain_names=[domain],
            certificate=certificate,
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            web_acl_id=firewall(self, "Firewall", name=f"{deployment.name}-edge").attr_arn,
            default_behavior=cloudfront.BehaviorOptions(
                origin=origin,
                allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
                # Answers are a person's own; what may be kept says so itself, to the app.
                cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
                origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
                response_headers_policy=cloudfront.ResponseHeadersPolicy.SECURITY_HEADERS,
                viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            ),
            additional_behaviors=_kept(self, origin, deployment=deployment),
        )
        cdk.CfnOutput(self, "Alias", value=distribution.distribution_domain_name)


def _kept(
    scope: Construct, origin: cloudfront.IOrigin, *, deployment: Deployment
) -> dict[str, cloudfront.BehaviorOptions] | None:
    """What is the same for everybody: the desk's page, and what is public."""
    paths = [
        *(DESK_PATHS if deployment.has_desk else ()),
        *(PUBLIC_PATHS if deployment.region.public else ()),
    ]
    return dict.fromkeys(paths, _same_for_everybody(scope, origin, deployment=deployment)) if paths else None


def _same_for_everybody(
    scope: Construct, origin: cloudfront.IOrigin, *, deployment: Deployment
) -> cloudfront.BehaviorOptions:
    """Kept for as long as it says itself, a copy for each coding and language.

    Nothing of a request but its path, coding and language goes on to the origin, so that nobody can put anything into what
    is kept. Of the security headers CloudFront adds what the function does not send: none of them is overridden or doubled.
    Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html
    """
    return cloudfront.BehaviorOptions(
        origin=origin,
        allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD,
        cache_policy=cloudfront.CachePolicy(
            scope,
            "Kept",
            cache_policy_name=f"{deployment.name}-kept",
            comment="By path, coding and language alone",
            query_string_behavior=cloudfront.CacheQueryStringBehavior.allow_list("lang"),
            min_ttl=Duration.seconds(0),
            default_ttl=Duration.seconds(0),
            max_ttl=Duration.days(365),
            enable_accept_encoding_brotli=True,
            enable_accept_encoding_gzip=True,
        ),
        response_headers_policy=cloudfront.ResponseHeadersPolicy.SECURITY_HEADERS,
        # People type the address.
        viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
    )
