"""What a deployment needs: push, sign-in, webhooks, logs; and what an app is told of it."""

from collections.abc import Iterator
from typing import Final

from infra.region.document import Document
from infra.region.finding import Finding
from infra.region.sizes import SIZES, Size
from infra.region.source import Node

# Source: https://docs.aws.amazon.com/sns/latest/dg/sns-mobile-push-supported-regions.html
PUSH_REGIONS: Final = frozenset(
    (
        *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "us-gov-west-1", "ca-central-1", "sa-east-1"),
        *("eu-central-1", "eu-west-1", "eu-west-2", "eu-west-3", "eu-south-1", "eu-south-2", "eu-north-1"),
        *("ap-south-1", "ap-east-1", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3"),
        *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "me-south-1", "me-central-1", "af-south-1"),
    )
)
# Source: https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html
NO_SNAPSHOTS: Final = frozenset(("ap-southeast-6", "ap-east-2"))
# Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
LOG_DAYS: Final = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip


def push_where_sns_has_it(document: Document) -> Iterator[Finding]:
    place = document.region.at("aws", "region")
    region = None if place is None else place.text()
    if place is None or region is None or document.local or not document.region.fields("push"):
        return
    if region not in PUSH_REGIONS:
        yield place.fault(
            "aws-push",
            f"SNS sends no mobile push from {region}.",
            "Choose another AWS Region, such as eu-central-1, or no push.",
        )


def snapshots_where_lambda_has_them(document: Document) -> Iterator[Finding]:
    place = document.region.at("aws", "region")
    wanted = document.region.get("snapstart")
    if place is None or document.local or (wanted is not None and wanted.value is False):
        return
    if (wanted is None or wanted.value is None) and _size(document).snapshots == "none":
        return
    if place.text() in NO_SNAPSHOTS:
        yield place.fault(
            "aws-snapstart", f"Lambda keeps no snapshots in {place.text()}.", "Write snapstart: false."
        )


def _size(document: Document) -> Size:
    """That of most, where the file says none or one that is not there."""
    said = document.region.get("size")
    return next(
        (size for name, size in SIZES.items() if said is not None and said.value == name), SIZES["city"]
    )


def webhooks_stay_safe(document: Document) -> Iterator[Finding]:
    if document.local:
        return
    for key in ("allow_http", "allow_private"):
        place = document.region.at("webhooks", key)
        if place is not None and place.value is True:
            yield place.fault("webhook-safety", f"{key} is on outside stage: local.", "Remove it.")


def issuer_speaks_tls(document: Document) -> Iterator[Finding]:
    place = document.region.at("identity", "issuer")
    if place is not None and not document.local and (place.text() or "").startswith("http:"):
        yield place.fault(
            "identity-issuer", "The issuer's keys would come over plain http.", "Write an address with https."
        )


def officers_issuer_speaks_tls(document: Document) -> Iterator[Finding]:
    if document.local:
        return
    addresses = ("issuer", "jwks_uri", "authorization_endpoint", "token_endpoint", "end_session_endpoint")
    for key in addresses:
        place = document.region.at("officers", key)
        if place is not None and (place.text() or "").startswith("http:"):
            yield place.fault(
                "officers-issuer",
                f"{key} is reached over plain http, which anybody on the way may change.",
                "Write an address with https.",
            )


def officers_have_a_page(document: Document) -> Iterator[Finding]:
    """They are sent back to it from where they sign in, and whoever sends them must know its address before it is made."""
    place = document.region.get("officers")
    if place is None or not place.fields() or document.local:
        return
    domain = document.region.get("domain")
    if domain is None or domain.value is None:
        yield place.fault(
            "officers-domain",
            "Officers sign in at the desk, which has no address of its own.",
            "Name the API's domain in domain, or write officers: null.",
        )


def officers_claims_are_two(document: Document) -> Iterator[Finding]:
    place = document.region.at("officers", "role_claim")
    body = document.region.at("officers", "agency_claim")
    if place is not None and body is not None and place.text() is not None and place.text() == body.text():
        yield place.fault(
            "officers-claims",
            f"{place.text()} is to hold the body's id and the role.",
            "Name another claim in one of the two.",
        )


def base_map_speaks_tls(document: Document) -> Iterator[Finding]:
    if document.local:
        return
    for key in ("style", "pmtiles"):
        place = document.region.at("base_map", key)
        if place is not None and (place.text() or "").startswith("http:"):
            yield place.fault(
                "base-map",
                "The base map would come over plain http, which pages that came over HTTPS do not load.",
                "Write an address with https.",
            )


def codes_can_be_sent(document: Document) -> Iterator[Finding]:
    """Without SES a pool sends some 50 e-mails a day: the next person could neither sign up nor get back in.
    Source: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-email.html
    """
    place = document.region.at("identity", "provider")
    if place is not None and not document.local and document.region.at("identity", "email") is None:
        yield place.fault(
            "identity-email",
            "Cognito's own sender takes 50 e-mails a day, for all who sign up or have lost their password.",
            "Add identity.email, an address at a domain that SES has verified: no-reply@example.kz.",
        )


def logs_can_be_kept_so_long(document: Document) -> Iterator[Finding]:
    place = document.region.at("retention", "logs")
    text = None if place is None else place.text()
    if place is not None and text and text not in {f"P{days}D" for days in LOG_DAYS}:
        yield place.fault(
            "log-retention",
            f"CloudWatch Logs cannot keep logs for {text}.",
            f"Write one of {', '.join(f'P{days}D' for days in LOG_DAYS)}.",
        )


def quiet_hours_end(document: Document) -> Iterator[Finding]:
    place = document.region.get("quiet_hours")
    if place is not None and _same(place):
        yield place.fault(
            "quiet-hours", "The quiet hours end when they begin.", "Change one, or write quiet_hours: null."
        )


def emergency_numbers_stand_once(document: Document) -> Iterator[Finding]:
    seen: set[str] = set()
    for entry in document.region.items("emergency_numbers"):
        place, number = entry.get("number"), entry.text("number")
        if place is not None and number is not None and number in seen:
            yield place.fault("emergency-number", f"{number} stands here twice.", "Remove one.")
        seen.add(number or "")


def _same(place: Node) -> bool:
    return place.text("from") is not None and place.text("from") == place.text("to")


RULES = (
    push_where_sns_has_it,
    snapshots_where_lambda_has_them,
    issuer_speaks_tls,
    codes_can_be_sent,
    officers_issuer_speaks_tls,
    officers_have_a_page,
    officers_claims_are_two,
    base_map_speaks_tls,
    webhooks_stay_safe,
    logs_can_be_kept_so_long,
    quiet_hours_end,
    emergency_numbers_stand_once,
)
