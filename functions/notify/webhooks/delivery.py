"""A delivery: one event for one subscription. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from functions.complaints.clock import iso

KEPT: Final = timedelta(days=30)
TEST_TYPE: Final = "subscription.test"
TEST_LANE: Final = "test"
VERIFICATION_TYPE: Final = "subscription.verification"
VERIFICATION_LANE: Final = "verification"
ATTEMPTS_FIRST: Final = 3
ATTEMPTS_LAST: Final = 17
REPLAYS: Final = 1000
"""After so many replays a delivery's tickets begin anew: of one that waits there is one at a time."""


class DeliveryStatus(StrEnum):
    """`failed`: given up, for this delivery alone did not get through."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Lane:
    """What is delivered in order: the events of one complaint to one subscription."""

    agency_id: str
    subscription_id: str
    complaint_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """`body` is what is sent, byte for byte the same each time. `tries` and `first_at` count since it was made or
    last replayed; `attempts` is a log that a replay does not forget: the first ATTEMPTS_FIRST and the last
    ATTEMPTS_LAST of them, with `attempts_made` saying how many there were.
    """

    lane: Lane
    seq: int
    message_id: str
    type: str
    body: str
    created: datetime
    status: DeliveryStatus = DeliveryStatus.PENDING
    tries: int = 0
    first_at: datetime | None = None
    attempts: tuple[Mapping[str, Any], ...] = ()
    delivered_at: datetime | None = None
    replayed_at: datetime | None = None
    correlation_id: str | None = None

    @property
    def id(self) -> str:
        return delivery_id(self.lane.complaint_id, self.seq)

    @property
    def waiting_since(self) -> datetime:
        """From when on its delivery is late: its event, or the replay that was asked for."""
        return self.replayed_at or self.created

    @property
    def attempts_made(self) -> int:
        return int(self.attempts[-1]["n"]) if self.attempts else 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Nudge:
    """Asks a worker to look into a lane. `probe`: although it is not its time yet; the breaker wants to know."""

    lane: Lane
    probe: bool = False
    delay: timedelta = field(default=timedelta(0))


def test_delivery(*, agency_id: str, subscription_id: str, now: datetime) -> Delivery:
    lane = Lane(agency_id=agency_id, subscription_id=subscription_id, complaint_id=TEST_LANE)
    seq = int(now.timestamp() * 1000)
    body = to_body(TEST_TYPE, at=now, data={"subscription_id": subscription_id, "sequence": seq})
    return Delivery(
        lane=lane,
        seq=seq,
        message_id=message_id(f"{TEST_LANE}.{seq}", subscription_id),
        type=TEST_TYPE,
        body=body,
        created=now,
    )


def verification_delivery(*, agency_id: str, subscription_id: str, now: datetime) -> Delivery:
    """What has an endpoint asked by itself. The challenge is no part of it: each try has one of its own, which nobody is
    shown.
    """
    lane = Lane(agency_id=agency_id, subscription_id=subscription_id, complaint_id=VERIFICATION_LANE)
    seq = int(now.timestamp() * 1000)
    return Delivery(
        lane=lane,
        seq=seq,
        message_id=message_id(f"{VERIFICATION_LANE}.{seq}", subscription_id),
        type=VERIFICATION_TYPE,
        body=to_body(VERIFICATION_TYPE, at=now, data={"subscription_id": subscription_id}),
        created=now,
    )


def to_body(type: str, *, at: datetime, data: Mapping[str, Any]) -> str:
    """The payload of Standard Webhooks 1.0.0: type, timestamp, data."""
    payload = {"type": type, "timestamp": iso(at), "data": data}
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))


def message_id(event_id: str, subscription_id: str) -> str:
    """`webhook-id`: the same on every attempt and replay, so that a receiver can tell what it had already."""
    digest = hashlib.sha256(f"{event_id}\n{subscription_id}".encode()).hexdigest()
    return f"msg_{digest[:32]}"


def delivery_id(complaint_id: str, seq: int) -> str:
    return f"{complaint_id}-{seq}"


def read_delivery_id(text: str) -> tuple[str, int] | None:
    complaint_id, _, seq = text.rpartition("-")
    if not complaint_id or not seq.isascii() or not seq.isdigit() or len(seq) > 15:
        return None
    return complaint_id, int(seq)


def ticket_of(seq: int, *, replay: int = 0) -> int:
    """What stands in a lane's queue for a delivery that was replayed so often; sorts as the deliveries do.

    A replay of what was done with has a ticket of its own, so that a worker that is just done with the delivery does
    not take the replay's ticket away with its own. What waits already is replayed under the ticket that it has.
    """
    return seq * REPLAYS + replay % REPLAYS


def seq_of(ticket: int) -> int:
    return ticket // REPLAYS


def with_attempt(delivery: Delivery, record: Mapping[str, Any], *, at: datetime) -> Delivery:
    """The delivery with one more attempt in its log; the middle of a long log is left out."""
    numbered = {"n": delivery.attempts_made + 1, **record}
    log = (*delivery.attempts, numbered)
    if len(log) > ATTEMPTS_FIRST + ATTEMPTS_LAST:
        log = log[:ATTEMPTS_FIRST] + log[-ATTEMPTS_LAST:]
    return replace(delivery, attempts=log, tries=delivery.tries + 1, first_at=delivery.first_at or at)
