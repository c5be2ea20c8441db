"""What an account must have before a region is deployed into it: `python -m infra.preflight --region pavlodar`.

Reads, and changes nothing. Each line says what is well, or what is missing and how to ask for it. What one may not read is
not known, and counts as missing: a deployment would find out in the middle.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from infra.ops.__main__ import said
from infra.region import RegionFault, RegionFile, load_region_file, region_ids
from infra.region.aws import EDGE_REGION, ZONES
from infra.region.schema import Cognito

type Clients = Callable[[str, str], Any]
"""boto3's client of a service in an AWS Region."""

CONCURRENT: Final = 1000
"""What an account has once AWS trusts it; a new one has 10."""
FREE: Final = 500
"""What a region may need on a busy day beside what is reserved for its photos: webhooks alone may be 200 at a time."""
OPEN_EXECUTIONS: Final = 1_000_000
BOOTSTRAP: Final = 6
"""The version of the CDK's bootstrap stack that the templates ask for."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One thing in a sentence; `ask` is what to do where it is missing."""

    what: str
    ask: str = ""

    @property
    def well(self) -> bool:
        return not self.ask

    def __str__(self) -> str:
        return f"well     {self.what}" if self.well else f"missing  {self.what}\n         {self.ask}"


type Check = Callable[[RegionFile, Clients], Iterator[Seen]]


def preflight(region: RegionFile, clients: Clients) -> Iterator[Seen]:
    """Everything there is to see; in another account than the region's, that alone."""
    account = clients("sts", region.aws_region).get_caller_identity()["Account"]
    if account != region.account:
        yield Seen(
            what=f"These credentials are of account {account}, and the region file names {region.account}.",
            ask="Sign in to that account, or correct aws.account.",
        )
        return
    yield Seen(what=f"The credentials are of account {account}, as the region file says.")
    for check in CHECKS:
        try:
            yield from check(region, clients)
        except (ClientError, BotoCoreError) as error:
            yield Seen(
                what=f"Not known: {check.__name__.replace('_', ' ')}. {said(error)}",
                ask="Look with credentials that may read it.",
            )


def concurrent_executions_of_lambda(region: RegionFile, clients: Clients) -> Iterator[Seen]:
    limits = clients("lambda", region.aws_region).get_account_settings()["AccountLimit"]
    many, free = limits["ConcurrentExecutions"], limits["UnreservedConcurrentExecutions"]
    what = f"Lambda runs {many} calls at a time in {region.aws_region}, {free} of them not reserved."
    if free >= FREE:
        yield Seen(what=what)
        return
    yield Seen(
        what=what,
        ask=f"Ask for more: aws service-quotas request-service-quota-increase --region {region.aws_region} "
        f"--service-code lambda --quota-code L-B99A9384 --desired-value {max(CONCURRENT, many - free + FREE)}",
    )


def codes_by_e_mail(region: RegionFile, clients: Clients) -> Iterator[Seen]:
    if not isinstance(region.identity, Cognito) or region.identity.email is None:
        return
    ses = clients("sesv2", region.aws_region)
    account = ses.get_account()
    if account.get("ProductionAccessEnabled"):
        a_day = int(account["SendQuota"]["Max24HourSend"])
        yield Seen(what=f"SES is out of its sandbox in {region.aws_region} and sends {a_day} e-mails a day.")
    else:
        yield Seen(
            what=f"SES is in its sandbox in {region.aws_region}: nobody but verified addresses would get a code.",
            ask=f"Ask for production access: aws sesv2 put-account-details --region {region.aws_region} "
            "--production-access-enabled --mail-type TRANSACTIONAL --website-url …",
        )
    domain = region.identity.email.rpartition("@")[2]
    try:
        verified = ses.get_email_identity(EmailIdentity=domain)["VerifiedForSendingStatus"]
    except ses.exceptions.NotFoundException:
        verified = False
    if verified:
        yield Seen(what=f"SES has verified {domain}, from which codes are sent.")
    else:
        yield Seen(
            what=f"SES has not verified {domain}, from which codes are to be sent.",
            ask=f"aws sesv2 create-email-identity --region {region.aws_region} --email-identity {domain}, then make "
            "the DKIM records that it shows, and wait.",
        )


def open_executions_of_step_functions(region: RegionFile, clients: Clients) -> Iterator[Seen]:
    """By their name: AWS publishes no list of quota codes. One open execution watches each open complaint."""
    pages = clients("service-quotas", region.aws_region).get_paginator("list_service_quotas")
    quotas = [
        quota
        for page in pages.paginate(ServiceCode="states")
        for quota in page["Quotas"]
        if {"open", "executions"} <= set(str(quota["QuotaName"]).lower().split())
    ]
    if not quotas:
        yield Seen(
            what=f"Step Functions tells no quota of open executions: it is {OPEN_EXECUTIONS} unless lowered."
        )
    for quota in quotas:
        what = f"Step Functions keeps {int(quota['Value'])} executions open ({quota['QuotaName']})."
        if quota["Value"] >= OPEN_EXECUTIONS:
            yield Seen(what=what)
        else:
            yield Seen(
                what=what,
                ask=f"Ask for {OPEN_EXECUTIONS}: aws service-quotas request-service-quota-increase --region "
                f"{region.aws_region} --service-code states --quota-code {quota['QuotaCode']} "
                f"--desired-value {OPEN_EXECUTIONS}",
            )


def fixed_addresses(region: RegionFile, clients: Clients) -> Iterator[Seen]:
    if not region.webhooks.fixed_addresses:
        return
    used = len(clients("ec2", region.aws_region).describe_addresses()["Addresses"])
    quotas = clients("service-quotas", region.aws_region)
    most = int(quotas.get_service_quota(ServiceCode="ec2", QuotaCode="L-0263D0A3")["Quota"]["Value"])
    what = f"{used} of {most} Elastic IPs of {region.aws_region} are used, and webhooks need {len(ZONES)}."
    if used + len(ZONES) <= most:
        yield Seen(what=what)
    else:
        yield Seen(
            what=what,
            ask="Release some, or ask for more, unless the region's own are among them: aws service-quotas "
            f"request-service-quota-increase --region {region.aws_region} --service-code ec2 --quota-code L-0263D0A3 "
            f"--desired-value {used + len(ZONES)}",
        )


def bootstrap(region: RegionFile, clients: Clients) -> Iterator[Seen]:
    for place in [region.aws_region, *([EDGE_REGION] if region.domain else [])]:
        ssm = clients("ssm", place)
        try:
            version = int(ssm.get_parameter(Name="/cdk-bootstrap/hnb659fds/version")["Parameter"]["Value"])
        except ssm.exceptions.ParameterNotFound:
            version = 0
        if version >= BOOTSTRAP:
            yield Seen(what=f"{place} is bootstrapped for the CDK (version {version}).")
        else:
            yield Seen(
                what=f"{place} is not bootstrapped for the CDK, or by an old one (version {version}).",
                ask=f"cdk bootstrap aws://{region.account}/{place}",
            )


def secrets_of_push(region: RegionFile, clients: Clients) -> Iterator[Seen]:
    """That they are there. What is in them is read by the deployment alone."""
    for platform in (region.push.fcm, region.push.apns):
        if platform is None:
            continue
        secrets = clients("secretsmanager", region.aws_region)
        try:
            secret = secrets.describe_secret(SecretId=platform.secret)
        except secrets.exceptions.ResourceNotFoundException:
            secret = None
        if secret is not None and "DeletedDate" not in secret:
            yield Seen(what=f"The secret {platform.secret} is there.")
        else:
            yield Seen(
                what=f"There is no secret {platform.secret}, or it is about to be deleted.",
                ask=f"aws secretsmanager create-secret --region {region.aws_region} --name {platform.secret} "
                "--secret-string file://…, or push: null until then.",
            )


CHECKS: Final[tuple[Check, ...]] = (
    concurrent_executions_of_lambda,
    codes_by_e_mail,
    open_executions_of_step_functions,
    fixed_addresses,
    bootstrap,
    secrets_of_push,
)


def main(arguments: list[str] | None = None, *, clients: Clients | None = None) -> int:
    """0 where nothing is missing, 1 where something is, 2 when asked wrongly."""
    parser = argparse.ArgumentParser(prog="python -m infra.preflight", description=__doc__)
    parser.add_argument("--region", required=True, choices=region_ids(), help="the region file's name")
    options = parser.parse_args(arguments)
    try:
        seen = list(preflight(load_region_file(options.region), clients or _boto3))
    except RegionFault as fault:
        print(fault, file=sys.stderr)
        return 2
    except (BotoCoreError, ClientError) as error:
        print(said(error), file=sys.stderr)
        return 2
    for each in seen:
        print(each)
    missing = sum(not each.well for each in seen)
    print(f"{missing} missing" if missing else "nothing is missing")
    return 1 if missing else 0


def _boto3(service: str, aws_region: str) -> Any:
    import boto3

    return boto3.client(service, region_name=aws_region)


if __name__ == "__main__":
    sys.exit(main())
