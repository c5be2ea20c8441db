"""`/v1/agency/subscriptions`, `/v1/agency/keys` and `/v1/agency/changes`. What is not the caller's is 404."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from functions.complaints.clock import iso, iso_or_none, parse_iso
from functions.complaints.faults import Conflict, NotFound, invalid
from functions.complaints.keys import Caller, caller_of
from functions.edge.http import Api, answer
from functions.edge.router import Response
from functions.notify import feed
from functions.notify.subscriptions import manage, schemas, views
from functions.notify.subscriptions.verification import Post, Verification, verify
from functions.notify.webhooks import schedule
from functions.notify.webhooks.address import AddressPolicy
from functions.notify.webhooks.delivery import (
    KEPT,
    Delivery,
    DeliveryStatus,
    Lane,
    Nudge,
    read_delivery_id,
    test_delivery,
    ticket_of,
)
from functions.notify.webhooks.endpoints import DynamoEndpoints, Endpoint, endpoint_of
from functions.notify.webhooks.jobs import replay_one
from functions.notify.webhooks.nudges import JobCall
from functions.notify.webhooks.schedule import Pause, SubscriptionHealth
from functions.notify.webhooks.store import DynamoDeliveries, delivery_of_item
from functions.notify.webhooks.tables import DeliveryItem, LaneItem, lane_pk
from functions.notify.webhooks.timers import DynamoTimers, jobs_of, start_replay
from functions.records import agencies
from functions.records.agencies import SubscriptionItem, subscription_of

STATUSES: Final = ("pending", "delivered", "failed")

type Enqueue = Callable[[Sequence[Nudge | JobCall]], None]


def mount(
    api: Api, *, policy: AddressPolicy, post: Post, enqueue: Enqueue, now: Callable[[], datetime]
) -> None:
    """Add every route; `post` sends a verification."""
    _mount_keys(api, now=now)
    _mount_subscriptions(api, policy=policy, post=post, enqueue=enqueue, now=now)
    _mount_actions(api, post=post, enqueue=enqueue, now=now)
    _mount_deliveries(api, enqueue=enqueue, now=now)

    @api.get("/v1/agency/changes")
    def changes() -> Response[str]:
        caller = _caller(api, "read")
        page = feed.changes(
            caller.agency_id, cursor=api.parameter("cursor"), limit=api.page_size(default=100), now=now()
        )
        return answer({"items": page.changes, "cursor": page.cursor, "more": page.more})


# ------------------------------------------------------------------------------------------- keys
def _mount_keys(api: Api, *, now: Callable[[], datetime]) -> None:
    @api.get("/v1/agency/keys")
    def keys() -> Response[str]:
        caller = _caller(api, "admin")
        found = agencies.keys_of(caller.agency_id)
        return answer({"items": [views.key_view(key, now=now()) for key in found]})

    @api.post("/v1/agency/keys")
    def new_key() -> Response[str]:
        caller = _caller(api, "admin")
        body = api.body(schemas.NEW_KEY)
        expires_at = parse_iso(body["expires_at"]) if body.get("expires_at") else None
        if expires_at is not None and expires_at <= now():
            raise invalid("/expires_at", "not_in_future")
        made = agencies.create_key(
            caller.agency_id,
            scopes=tuple(body["scopes"]),
            name=body["name"],
            expires_at=expires_at,
            created_by=caller.key_id,
            now=now(),
        )
        return answer(views.new_key_view(made), status=201)

    @api.delete("/v1/agency/keys/<key_id>")
    def revoke(key_id: str) -> Response[str]:
        agencies.revoke_key(_caller(api, "admin").agency_id, key_id, now=now())
        return Response(status_code=204, body="")

    @api.post("/v1/agency/keys/<key_id>/rotate")
    def rotate(key_id: str) -> Response[str]:
        caller = _caller(api, "admin")
        body = api.body(schemas.KEY_ROTATION)
        overlap = agencies.OVERLAP
        if "overlap_hours" in body:
            overlap = timedelta(hours=body["overlap_hours"])
        made = agencies.rotate_key(
            caller.agency_id, key_id, overlap=overlap, created_by=caller.key_id, now=now()
        )
        return answer(views.new_key_view(made), status=201)


# ---------------------------------------------------------------------------------- subscriptions
def _mount_subscriptions(
    api: Api, *, policy: AddressPolicy, post: Post, enqueue: Enqueue, now: Callable[[], datetime]
) -> None:
    @api.get("/v1/agency/subscriptions")
    def subscriptions() -> Response[str]:
        found = agencies.subscriptions_of(_caller(api, "read").agency_id)
        return answer({"items": [views.subscription_view(each, now=now()) for each in found]})

    @api.post("/v1/agency/subscriptions")
    def subscribe() -> Response[str]:
        caller = _caller(api, "admin")
        body = api.body(schemas.NEW_SUBSCRIPTION)
        made = manage.create_subscription(
            caller.agency_id,
            url=body["url"],
            types=tuple(body["types"]),
            policy=policy,
            description=body.get("description"),
            algorithm=body.get("algorithm") or "v1",
            max_rate=body.get("max_rate"),
            created_by=caller.key_id,
            now=now(),
        )
        verification = verify(made.subscription, post=post, now=now())
        return answer(
            views.subscription_view(made.subscription, now=now())
            | {"secret": made.secret, "verification": views.verification_view(verification)},
            status=201,
            headers={"location": f"/v1/agency/subscriptions/{made.id}"},
        )

    @api.get("/v1/agency/subscriptions/<subscription_id>")
    def show(subscription_id: str) -> Response[str]:
        caller = _caller(api, "read")
        item = subscription_of(caller.agency_id, subscription_id)
        jobs = [views.job_view(job) for job in jobs_of(caller.agency_id, subscription_id)]
        return answer(views.subscription_view(item, now=now()) | {"jobs": jobs})

    @api.patch("/v1/agency/subscriptions/<subscription_id>")
    def alter(subscription_id: str) -> Response[str]:
        caller = _caller(api, "admin")
        item = subscription_of(caller.agency_id, subscription_id)
        body = api.body(schemas.CHANGED_SUBSCRIPTION)
        verification = _altered(item, body, policy=policy, post=post, now=now())
        if verification is not None and verification.verified:
            item = _revived(item, verification, enqueue=enqueue, now=now())
        shown = {} if verification is None else {"verification": views.verification_view(verification)}
        return answer(views.subscription_view(item, now=now()) | shown)

    @api.delete("/v1/agency/subscriptions/<subscription_id>")
    def delete(subscription_id: str) -> Response[str]:
        caller = _caller(api, "admin")
        subscription_of(caller.agency_id, subscription_id).delete()
        DynamoTimers().clear_probe(_lane(caller.agency_id, subscription_id, "-"))
        return Response(status_code=204, body="")


def _altered(
    item: SubscriptionItem, body: Mapping[str, Any], *, policy: AddressPolicy, post: Post, now: datetime
) -> Verification | None:
    """Write what the agency changes. A new URL has to echo a challenge before anything goes to it."""
    actions: list[Any] = []
    moved = False
    if "url" in body:
        url = manage.checked_url(body["url"], policy=policy)
        moved = url != item.url
        actions.append(SubscriptionItem.url.set(url))
    if "types" in body:
        manage.check_types(tuple(body["types"]))
        actions.append(SubscriptionItem.types.set(list(body["types"])))
    for name in ("description", "max_rate"):
        if name in body:
            attribute = getattr(SubscriptionItem, name)
            value = body[name]
            actions.append(attribute.remove() if value is None else attribute.set(value))
    if moved:
        actions.append(SubscriptionItem.status.set("pending"))
    if actions:
        manage.change(item, actions, now=now)
    return verify(item, post=post, now=now) if moved else None


def _revived(
    item: SubscriptionItem, verification: Verification, *, enqueue: Enqueue, now: datetime
) -> SubscriptionItem:
    """A new endpoint does not answer for the old one's failures; only a pause that was asked for stays."""

    def revive(each: Endpoint) -> Endpoint:
        if each.health.paused == Pause.ASKED:
            return each
        return replace(each, health=SubscriptionHealth(proven=verification.quick))

    DynamoEndpoints().change(endpoint_of(item), revive)
    _wake(item.agency_id, item.id, enqueue=enqueue, now=now)
    return subscription_of(item.agency_id, item.id)


def _wake(agency_id: str, subscription_id: str, *, enqueue: Enqueue, now: datetime) -> None:
    """Have everything tried that waits for this subscription."""
    lane = _lane(agency_id, subscription_id, "-")
    job_id = DynamoTimers().recover(lane, since=now - KEPT, now=now)
    enqueue([JobCall(agency_id=agency_id, subscription_id=subscription_id, job_id=job_id)])


# ---------------------------------------------------------------------------------------- actions
def _mount_actions(api: Api, *, post: Post, enqueue: Enqueue, now: Callable[[], datetime]) -> None:
    endpoints, deliveries = DynamoEndpoints(), DynamoDeliveries()

    def changed_health(
        subscription_id: str, decide: Callable[[SubscriptionHealth], SubscriptionHealth]
    ) -> Endpoint:
        item = subscription_of(_caller(api, "admin").agency_id, subscription_id)
        return endpoints.change(endpoint_of(item), lambda each: replace(each, health=decide(each.health)))

    def shown(agency_id: str, subscription_id: str, **more: Any) -> Response[str]:
        item = subscription_of(agency_id, subscription_id)
        return answer(views.subscription_view(item, now=now()) | more)

    @api.post("/v1/agency/subscriptions/<subscription_id>/verify")
    def verify_now(subscription_id: str) -> Response[str]:
        caller = _caller(api, "admin")
        item = subscription_of(caller.agency_id, subscription_id)
        was_active = item.status == "active"
        verification = verify(item, post=post, now=now())
        if verification.verified and not was_active:
            _wake(caller.agency_id, subscription_id, enqueue=enqueue, now=now())
        return shown(caller.agency_id, subscription_id, verification=views.verification_view(verification))

    @api.post("/v1/agency/subscriptions/<subscription_id>/pause")
    def pause(subscription_id: str) -> Response[str]:
        endpoint = changed_health(
            subscription_id, lambda health: schedule.paused(health, reason=Pause.ASKED, now=now())
        )
        return shown(endpoint.agency_id, subscription_id)

    @api.post("/v1/agency/subscriptions/<subscription_id>/resume")
    def resume(subscription_id: str) -> Response[str]:
        endpoint = changed_health(subscription_id, lambda health: schedule.resumed(health, now=now()))
        _wake(endpoint.agency_id, subscription_id, enqueue=enqueue, now=now())
        return shown(endpoint.agency_id, subscription_id)

    @api.post("/v1/agency/subscriptions/<subscription_id>/rotate-secret")
    def rotate(subscription_id: str) -> Response[str]:
        caller = _caller(api, "admin")
        body = api.body(schemas.ROTATION)
        made = manage.rotate_secret(
            caller.agency_id, subscription_id, algorithm=body.get("algorithm"), now=now()
        )
        return shown(caller.agency_id, subscription_id, secret=made.secret)

    @api.post("/v1/agency/subscriptions/<subscription_id>/test")
    def test(subscription_id: str) -> Response[str]:
        caller = _caller(api, "write")
        _require_sending(subscription_of(caller.agency_id, subscription_id), now=now())
        delivery = test_delivery(agency_id=caller.agency_id, subscription_id=subscription_id, now=now())
        deliveries.add(delivery)
        deliveries.announce(delivery.lane, [ticket_of(delivery.seq)], now=now())
        # An earlier test that failed is not to keep this one waiting for days.
        deliveries.wake(delivery.lane, now=now())
        enqueue([Nudge(lane=delivery.lane)])
        return answer(views.delivery_view(delivery, whole=True), status=202)

    @api.post("/v1/agency/subscriptions/<subscription_id>/replay")
    def replay(subscription_id: str) -> Response[str]:
        caller = _caller(api, "write")
        _require_active(subscription_of(caller.agency_id, subscription_id))
        start, end = _range(api.body(schemas.REPLAY), now=now())
        job = start_replay(caller.agency_id, subscription_id, start=start, end=end, now=now())
        enqueue([JobCall(agency_id=caller.agency_id, subscription_id=subscription_id, job_id=job.id)])
        return answer(views.job_view(job), status=202)


# ------------------------------------------------------------------------------------- deliveries
def _mount_deliveries(api: Api, *, enqueue: Enqueue, now: Callable[[], datetime]) -> None:
    deliveries = DynamoDeliveries()

    @api.get("/v1/agency/subscriptions/<subscription_id>/deliveries")
    def listed(subscription_id: str) -> Response[str]:
        caller = _caller(api, "read")
        return answer(_page(api, subscription_of(caller.agency_id, subscription_id), now=now()))

    @api.get("/v1/agency/subscriptions/<subscription_id>/deliveries/<delivery_id>")
    def show(subscription_id: str, delivery_id: str) -> Response[str]:
        caller = _caller(api, "read")
        delivery = _delivery(caller, subscription_id, delivery_id)
        item = subscription_of(caller.agency_id, subscription_id)
        (view,) = _views([delivery], item, now=now(), whole=True)
        return answer(view)

    @api.post("/v1/agency/subscriptions/<subscription_id>/deliveries/<delivery_id>/replay")
    def replay(subscription_id: str, delivery_id: str) -> Response[str]:
        caller = _caller(api, "write")
        delivery = _delivery(caller, subscription_id, delivery_id)
        _require_active(subscription_of(caller.agency_id, subscription_id))
        replay_one(delivery, deliveries=deliveries, enqueue=enqueue, now=now())
        again = deliveries.get(delivery.lane, delivery.seq) or delivery
        return answer(views.delivery_view(again, whole=True), status=202)


def _page(api: Api, subscription: SubscriptionItem, *, now: datetime) -> dict[str, Any]:
    """A page of deliveries, newest first; with `status` only those."""
    status = api.parameter("status")
    if status is not None and status not in STATUSES:
        raise invalid("status", "unknown_choice", choices=", ".join(STATUSES))
    condition = None if status is None else DeliveryItem.status == status
    start, end = _instant(api, "from"), _instant(api, "to")
    limit = api.page_size()
    query = DeliveryItem.by_time.query(
        subscription.id,
        DeliveryItem.created.between(iso(start or now - 2 * KEPT), iso(end or now + timedelta(days=1))),
        filter_condition=condition,
        scan_index_forward=False,
        limit=limit,
        page_size=limit if status is None else 100,
        last_evaluated_key=_read_cursor(api.parameter("cursor"), subscription.id),
    )
    found = [delivery_of_item(item) for item in query]
    return {"items": _views(found, subscription, now=now), "cursor": _cursor(query.last_evaluated_key)}


def _views(
    found: Sequence[Delivery], subscription: SubscriptionItem, *, now: datetime, whole: bool = False
) -> list[dict[str, Any]]:
    """Deliveries with their next attempts: one read of the lanes in which some of them wait."""
    endpoint = endpoint_of(subscription)
    _, permit = schedule.ask(endpoint.health, now=now)
    times: dict[str, datetime | None] = {}
    if endpoint.active and permit.kind != "paused":
        waiting = (each for each in found if each.status == DeliveryStatus.PENDING)
        pks = dict.fromkeys(lane_pk(subscription.id, each.lane.complaint_id) for each in waiting)
        for lane in LaneItem.batch_get([(pk, LaneItem.SK) for pk in pks], consistent_read=True):
            ahead = lane.next_at if lane.attempt_at is None else lane.attempt_at
            times[lane.pk] = ahead if permit.until is None else permit.until
    return [
        views.delivery_view(
            each,
            next_attempt_at=times.get(lane_pk(subscription.id, each.lane.complaint_id)),
            whole=whole,
        )
        for each in found
    ]


def _delivery(caller: Caller, subscription_id: str, delivery_id: str) -> Delivery:
    """Raises NotFound, also for another agency's subscription."""
    subscription_of(caller.agency_id, subscription_id)
    named = read_delivery_id(delivery_id)
    if named is None:
        raise NotFound(delivery_id)
    complaint_id, seq = named
    delivery = DynamoDeliveries().get(_lane(caller.agency_id, subscription_id, complaint_id), seq)
    if delivery is None:
        raise NotFound(delivery_id)
    return delivery


def _range(body: Mapping[str, Any], *, now: datetime) -> tuple[datetime, datetime]:
    start = parse_iso(body["from"])
    end = parse_iso(body["to"]) if "to" in body else now
    if start < now - KEPT:
        raise invalid("/from", "not_in_range", min=iso(now - KEPT), max=iso(now))
    if end <= start:
        raise invalid("/to", "not_in_range", min=iso(start), max=iso(now))
    return start, end


def _instant(api: Api, name: str) -> datetime | None:
    text = api.parameter(name)
    if text is None:
        return None
    try:
        return parse_iso(text)
    except ValueError as error:
        raise invalid(name, "not_an_instant") from error


def _require_active(item: SubscriptionItem) -> None:
    if item.status != "active":
        raise Conflict("subscription_not_active")


def _require_sending(item: SubscriptionItem, *, now: datetime) -> None:
    """A test event is for now: raises Conflict where it would not be sent before a pause or a rest is over."""
    _require_active(item)
    _, permit = schedule.ask(endpoint_of(item).health, now=now)
    if permit.kind == "paused":
        raise Conflict("subscription_paused")
    if permit.kind == "wait":
        raise Conflict("subscription_resting", until=iso_or_none(permit.until))


def _caller(api: Api, scope: str) -> Caller:
    caller = caller_of(api.current_event.raw_event)
    caller.require(scope)
    return caller


def _lane(agency_id: str, subscription_id: str, complaint_id: str) -> Lane:
    return Lane(agency_id=agency_id, subscription_id=subscription_id, complaint_id=complaint_id)


def _cursor(key: Mapping[str, Any] | None) -> str | None:
    if key is None:
        return None
    text = json.dumps([key["pk"]["S"], key["sk"]["S"], key["created"]["S"]])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(cursor: str | None, subscription_id: str) -> dict[str, Any] | None:
    """The key to go on after; the subscription in it is the caller's, whatever the cursor says."""
    if cursor is None:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        pk, sk, created = (str(each) for each in json.loads(text))
    except (ValueError, TypeError) as error:
        raise invalid("cursor", "wrong_form") from error
    if not pk.startswith(f"lane#{subscription_id}#"):
        raise invalid("cursor", "wrong_form")
    key = {"pk": pk, "sk": sk, "created": created, "subscription_id": subscription_id}
    return {name: {"S": value} for name, value in key.items()}
