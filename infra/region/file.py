"""The region file as infrastructure reads it: typed, and only of a file without findings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from functions.complaints.duration import Duration
from infra.region import defaults
from infra.region.compile import compiled, to_json
from infra.region.document import REGIONS
from infra.region.lint import sound_document

type Stage = Literal["cloud", "local"]


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who signs people in: an OpenID Connect issuer, or a Cognito user pool where `issuer` is None."""

    issuer: str | None = None
    audience: str | None = None

    @property
    def cognito(self) -> bool:
        return self.issuer is None


@dataclass(frozen=True, kw_only=True)
class Push:
    """Names of secrets in Secrets Manager; None: no such platform."""

    fcm_secret: str | None = None
    apns_secret: str | None = None
    apns_sandbox: bool = False
    fcm_revision: int = 1
    apns_revision: int = 1


@dataclass(frozen=True, kw_only=True)
class Webhooks:
    allow_http: bool
    allow_private: bool
    fixed_addresses: bool


@dataclass(frozen=True, kw_only=True)
class Retention:
    """All in days."""

    photos: int
    logs: int
    audit: int
    quarantine: int
    inbox: int


@dataclass(frozen=True, kw_only=True)
class RegionFile:
    """One region as a deployment sees it. `compiled` is the `region.json` of every function's asset.

    `contact_emails`: by address, the agencies that are reached there.
    """

    id: str
    stage: Stage
    name: str
    number_prefix: str
    account: str
    aws_region: str
    time_zone: str
    domain: str | None
    malware_scan: bool
    identity: Identity
    push: Push
    webhooks: Webhooks
    retention: Retention
    alarm_emails: tuple[str, ...]
    photo_bytes: int
    agencies: tuple[str, ...]
    contact_emails: Mapping[str, tuple[str, ...]]
    categories: tuple[str, ...]
    compiled: bytes

    @property
    def local(self) -> bool:
        return self.stage == "local"


def load_region_file(region_id: str, *, folder: Path = REGIONS) -> RegionFile:
    """Raises RegionFault with every finding of the linter."""
    document = sound_document(region_id, folder)
    raw: dict[str, Any] = document.region.plain()
    terms = defaults.TERMS | raw.get("terms", {})
    retention = defaults.RETENTION | raw.get("retention", {})
    push = raw.get("push") or {}
    return RegionFile(
        id=raw["region"],
        stage=raw.get("stage", "cloud"),
        name=raw["name"]["en"],
        number_prefix=raw["number_prefix"],
        account=raw["aws"]["account"],
        aws_region=raw["aws"]["region"],
        time_zone=raw["time_zone"],
        domain=raw.get("domain"),
        malware_scan=raw.get("malware_scan", False),
        identity=Identity(issuer=raw["identity"].get("issuer"), audience=raw["identity"].get("audience")),
        push=Push(
            fcm_secret=push.get("fcm", {}).get("secret"),
            apns_secret=push.get("apns", {}).get("secret"),
            apns_sandbox=push.get("apns", {}).get("sandbox", False),
            fcm_revision=push.get("fcm", {}).get("revision", 1),
            apns_revision=push.get("apns", {}).get("revision", 1),
        ),
        webhooks=Webhooks(**(defaults.WEBHOOKS | raw.get("webhooks", {}))),
        retention=Retention(
            **{key: _days(value) for key, value in retention.items()},
            quarantine=_days(terms["quarantine"]),
            inbox=_days(terms["inbox"]),
        ),
        alarm_emails=tuple(raw.get("alarms", {}).get("email", ())),
        photo_bytes=(defaults.LIMITS | raw.get("limits", {}))["photo_bytes"],
        agencies=tuple(agency["id"] for agency in raw["agencies"]),
        contact_emails=_contact_emails(raw["agencies"]),
        categories=tuple(category["id"] for category in raw["categories"]),
        compiled=to_json(compiled(document)),
    )


def _contact_emails(agencies: Sequence[Mapping[str, Any]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for agency in agencies:
        if address := agency.get("contact_email"):
            found[address] = (*found.get(address, ()), agency["id"])
    return found


def _days(text: str) -> int:
    return Duration.parse(text).elapsed.days
