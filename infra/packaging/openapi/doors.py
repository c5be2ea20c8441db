"""Every route of every door in one resolver, to be described; nothing is called."""

from datetime import UTC, datetime

from functions.complaints.region import Region
from functions.edge.resolver import Api
from functions.intake.api.about_region import about_region
from functions.intake.api.correcting import correcting
from functions.intake.api.directory import directory
from functions.intake.api.documentation import documentation
from functions.intake.api.filing import filing
from functions.intake.api.flagging import flagging
from functions.intake.api.following import following
from functions.intake.api.reading import reading
from functions.intake.api.receipts import Receipts
from functions.intake.api.sign_in import USER_POOL, sign_in_of
from functions.intake.people.devices import Devices
from functions.intake.people.routes import people
from functions.notify.subscriptions.routes import routes as subscriptions
from functions.notify.webhooks.address import AddressPolicy
from functions.notify.webhooks.attempt import Attempt
from functions.records.agencies.assignees import may_have
from functions.records.store import ComplaintStore
from functions.route.api.desk import Desk
from functions.route.api.routes import routes as agency_routes
from functions.route.officers.manage import manage
from functions.route.officers.me import me
from infra.toolchain import ROOT

_BUCKET = "photos"


def every_route(region: Region) -> Api:
    """The routes as the handlers put them together, under this region's limits."""
    store = ComplaintStore()
    receipts = Receipts(region=region, bucket=_BUCKET)
    desk = Desk(store=store, region=region, may_have=may_have, now=_now)
    api = Api(default_language=region.languages[0])
    for router in (
        filing(store=store, receipts=receipts, refused=api.failed, canary=None, now=_now),
        reading(store=store, region=region, bucket=_BUCKET, now=_now),
        following(store=store, receipts=receipts, now=_now),
        flagging(store=store, region=region, now=_now),
        correcting(store=store, receipts=receipts, now=_now),
        people(region=region, devices=Devices({}), bucket=_BUCKET, now=_now),
        directory(region=region, webhook_addresses=(), now=_now),
        about_region(region=region, sign_in=sign_in_of(region, dict.fromkeys(USER_POOL, "")), desk=None),
        documentation(ROOT, domain=region.domain),
        *agency_routes(desk=desk, bucket=_BUCKET),
        me(region=region),
        manage(pool=None, now=_now),
        *subscriptions(
            policy=AddressPolicy(),
            categories=region.categories.keys(),
            post=_post,
            enqueue=lambda _: None,
            now=_now,
        ),
    ):
        api.include_router(router)
    return api


def _post(url: str, body: bytes, headers: dict[str, str]) -> Attempt:
    raise NotImplementedError


def _now() -> datetime:
    return datetime.now(UTC)
