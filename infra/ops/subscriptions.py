"""Webhook subscriptions as an operator sees them: how each endpoint is, pausing it, and sending again."""

import argparse
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from infra.ops.command import Group, command, done, group, table
from infra.ops.place import NotThere, Place

if TYPE_CHECKING:
    from functions.records.agencies.subscriptions import SubscriptionItem


def add_to(commands: Group) -> None:
    mine = group(commands, "subscriptions", help="webhooks: list, pause, resume, replay")
    listed = command(mine, "list", _list, help="subscriptions and how their endpoints are")
    listed.add_argument("agency", nargs="?", help="of this agency alone; a partner is partner:ID")
    pause = command(mine, "pause", _pause, help="send nothing more; what comes meanwhile waits", changes=True)
    resume = command(mine, "resume", _resume, help="send what waits, in order, and go on", changes=True)
    replay = command(
        mine, "replay", _replay, help="send again what was sent in a time, in order", changes=True
    )
    for parser in (pause, resume, replay):
        parser.add_argument("agency", help="a partner is partner:ID")
        parser.add_argument("subscription_id")
    replay.add_argument("--from", dest="start", type=_instant, required=True, metavar="2026-03-03T04:05:06Z")
    replay.add_argument(
        "--to", dest="end", type=_instant, metavar="2026-03-03T04:05:06Z", help="now without it"
    )


def _list(place: Place, options: argparse.Namespace) -> int:
    from functions.complaints.clock import iso_or_none
    from functions.complaints.partners import subject_of
    from functions.notify.webhooks.endpoints import endpoint_of
    from functions.records.agencies.partners import partner_keys
    from functions.records.agencies.subscriptions import subscriptions_of

    rows = []
    partners = sorted({subject_of(key.partner_id) for key in partner_keys()})
    for agency_id in [options.agency] if options.agency else [*place.region.agencies, *partners]:
        for item in subscriptions_of(agency_id):
            health = endpoint_of(item).health
            state = f"paused ({health.paused.value})" if health.paused else item.status
            failing = iso_or_none(health.failing_since)
            rows.append((agency_id, item.id, state, health.breaker, health.failures, failing, item.url))
    print(
        table(rows, head=("agency", "subscription", "state", "breaker", "failures", "failing since", "url"))
    )
    return 0


def _pause(place: Place, options: argparse.Namespace) -> int:
    from functions.complaints.clock import utc_now
    from functions.notify.webhooks import schedule
    from functions.notify.webhooks.endpoints import DynamoEndpoints, endpoint_of

    item = _subscription(options)
    print(f"pause {item.url}")
    if options.apply:
        DynamoEndpoints().change(
            endpoint_of(item),
            lambda each: replace(
                each, health=schedule.paused(each.health, reason=schedule.Pause.ASKED, now=utc_now())
            ),
        )
    return done(options)


def _resume(place: Place, options: argparse.Namespace) -> int:
    from functions.complaints.clock import utc_now
    from functions.notify.webhooks import schedule
    from functions.notify.webhooks.delivery import KEPT, Lane
    from functions.notify.webhooks.endpoints import DynamoEndpoints, endpoint_of
    from functions.notify.webhooks.timers import DynamoTimers

    item = _subscription(options)
    print(f"resume {item.url}")
    if options.apply:
        DynamoEndpoints().change(
            endpoint_of(item),
            lambda each: replace(each, health=schedule.resumed(each.health, now=utc_now())),
        )
        anywhere = Lane(agency_id=item.agency_id, subscription_id=item.id, complaint_id="-")
        job_id = DynamoTimers().recover(anywhere, since=utc_now() - KEPT, now=utc_now())
        _begin(place, item, job_id)
    return done(options)


def _replay(place: Place, options: argparse.Namespace) -> int:
    from functions.complaints.clock import iso, utc_now
    from functions.notify.webhooks.tables import DeliveryItem
    from functions.notify.webhooks.timers import start_replay

    item = _subscription(options)
    start, end = options.start, options.end or utc_now()
    if item.status != "active":
        raise NotThere(f"the subscription is {item.status}: nothing is sent to it")
    count = DeliveryItem.by_time.count(item.id, DeliveryItem.created.between(iso(start), iso(end)))
    print(f"send {count} deliveries of events from {iso(start)} to {iso(end)} again to {item.url}")
    if options.apply:
        job = start_replay(item.agency_id, item.id, start=start, end=end, now=utc_now())
        _begin(place, item, job.id)
    return done(options)


def _begin(place: Place, item: "SubscriptionItem", job_id: str) -> None:
    from functions.notify.webhooks.nudges import JobCall, SqsNudges

    queue = SqsNudges(place.variable("DELIVERIES_QUEUE_URL"))
    queue([JobCall(agency_id=item.agency_id, subscription_id=item.id, job_id=job_id)])
    print(f"begun as {job_id}")


def _subscription(options: argparse.Namespace) -> "SubscriptionItem":
    from functions.records.agencies.subscriptions import subscription_of

    return subscription_of(options.agency, options.subscription_id)


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no instant such as 2026-03-03T04:05:06Z") from error
    if instant.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text!r} has no zone: end it with Z or +05:00")
    return instant.astimezone(UTC)
