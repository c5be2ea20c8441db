"""The region file as infrastructure reads it: typed, and only of a file without findings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from functions.complaints.duration import Duration
from infra.region.compile import compiled, to_json
from infra.region.document import REGIONS
from infra.region.lint import sound_document
from infra.region.schema import Agency, Identity, Officers, Push, Region, SecondAccount, Webhooks
from infra.region.sizes import SIZES, Size, Snapshots

type Stage = Literal["cloud", "local"]


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

    `canary`: the category of its complaints. `contact_emails`: by address, the agencies that are reached there. `public`:
    something is, of some category.
    """

    id: str
    stage: Stage
    name: str
    number_prefix: str
    account: str
    aws_region: str
    owner: str | None
    cost_centre: str | None
    time_zone: str
    domain: str | None
    edge_revision: int
    malware_scan: bool
    size: Size
    snapshots: Snapshots
    identity: Identity
    officers: Officers | None
    push: Push
    webhooks: Webhooks
    retention: Retention
    alarm_emails: tuple[str, ...]
    canary: str | None
    budget: int | None
    backup: SecondAccount | None
    photo_bytes: int
    agencies: tuple[str, ...]
    contact_emails: Mapping[str, tuple[str, ...]]
    categories: tuple[str, ...]
    public: bool
    compiled: bytes

    @property
    def local(self) -> bool:
        return self.stage == "local"


def load_region_file(region_id: str, *, folder: Path = REGIONS) -> RegionFile:
    """Raises RegionFault with every finding of the linter."""
    document = sound_document(region_id, folder)
    form = document.form
    return RegionFile(
        id=form.region,
        stage=form.stage,
        name=form.name.en,
        number_prefix=form.number_prefix,
        account=form.aws.account,
        aws_region=form.aws.region,
        owner=form.aws.owner,
        cost_centre=form.aws.cost_centre,
        time_zone=form.time_zone,
        domain=form.domain,
        edge_revision=form.edge_revision,
        malware_scan=form.malware_scan,
        size=SIZES[form.size],
        snapshots=_snapshots(form),
        identity=form.identity,
        officers=form.officers,
        push=form.push or Push(),
        webhooks=form.webhooks,
        retention=Retention(
            photos=_days(form.retention.photos),
            logs=_days(form.retention.logs),
            audit=_days(form.retention.audit),
            quarantine=_days(form.terms.quarantine),
            inbox=_days(form.terms.inbox),
        ),
        alarm_emails=tuple(form.alarms.email),
        canary=form.canary.category if form.canary else None,
        budget=form.budget,
        backup=form.backup,
        photo_bytes=form.limits.photo_bytes,
        agencies=tuple(agency.id for agency in form.agencies),
        contact_emails=_contact_emails(form.agencies),
        categories=tuple(category.id for category in form.categories),
        public=any(category.public is not None for category in form.categories),
        compiled=to_json(compiled(document)),
    )


def _contact_emails(agencies: Iterable[Agency]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for agency in agencies:
        if address := agency.contact_email:
            found[address] = (*found.get(address, ()), agency.id)
    return found


def _snapshots(form: Region) -> Snapshots:
    if form.snapstart is None:
        return SIZES[form.size].snapshots
    return "all" if form.snapstart else "none"


def _days(text: str) -> int:
    return Duration.parse(text).elapsed.days
