"""The whole way in one process: every Lambda handler as it is deployed, moto for AWS, and a clock moved by hand.

What AWS does between the functions is done here, at once: the table's stream goes to its two consumers, an upload to the
photo check, the queue to the webhook sender, and a watch that wakes to the function that acts. The stream is handed out
as AWS may: the changes of one complaint's item in their order, those of different items in any, in batches of any size,
and some batches twice.
"""

import gzip
import importlib
import json
import os
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from types import ModuleType, SimpleNamespace
from typing import Any

import boto3
import time_machine
from moto import mock_aws
from moto.dynamodb.models.dynamo_type import Item

from tests.dynamodb import create_tables, items_of, one_at_a_time, prepare_environment
from tests.region_fixture import RAW

BUCKET = "photos"
PUBLIC_BUCKET = "public"
HANDLERS = {
    "intake": "functions.intake.api.handler",
    "photos": "functions.intake.photos.handler",
    "assignment": "functions.route.assignment.handler",
    "escalation": "functions.route.escalation.handler",
    "sweep": "functions.route.escalation.sweep_handler",
    "agency": "functions.route.api.handler",
    "officers": "functions.route.officers.handler",
    "outbox": "functions.notify.outbox.handler",
    "release": "functions.notify.outbox.release",
    "requeue": "functions.notify.webhooks.requeue",
    "webhooks": "functions.notify.webhooks.handler",
    "subscriptions": "functions.notify.subscriptions.handler",
}


@cache
def client(service: str) -> Any:
    """Made once: making one takes longer than most calls of it."""
    return boto3.client(service)


@dataclass(frozen=True, kw_only=True)
class Reply:
    status: int
    body: Any


@dataclass
class Town:
    """`seen` are the events that the stream has carried; `twice` is how many of its batches come a second time."""

    clock: time_machine.Traveller
    handlers: Mapping[str, ModuleType]
    queue_url: str
    tries: int = 1
    twice: float = 0.25
    seen: set[tuple[str, str]] = field(default_factory=set)
    records: list[dict[str, Any]] = field(default_factory=list)
    random: Random = field(default_factory=lambda: Random(1))

    @property
    def now(self) -> datetime:
        from functions.complaints.clock import utc_now

        return utc_now()

    def citizen(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        who: str = "aigerim",
        locale: str = "en",
        key: str | None = None,
    ) -> Reply:
        claims = {"jwt": {"claims": {"sub": who, "locale": locale}}}
        return self._call("intake", method, path, body, authorizer=claims, key=key)

    def agency(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        who: str = "housing",
        key: str | None = None,
        officer: str | None = None,
    ) -> Reply:
        """By the body's key, or by a head of it with this id."""
        context = {"agency_id": who, "key_id": officer or "key", "scopes": "read write admin"}
        if officer is not None:
            context |= {"officer_id": officer, "role": "head"}
        return self._call("agency", method, path, body, authorizer={"lambda": context}, key=key)

    def anybody(self, method: str, path: str, body: Any = None) -> Reply:
        """Who has not signed in."""
        return self._call("intake", method, path, body, authorizer={}, key=None)

    def _call(
        self, part: str, method: str, path: str, body: Any, *, authorizer: dict[str, Any], key: str | None
    ) -> Reply:
        plain, _, query = path.partition("?")
        event = {
            "version": "2.0",
            "rawPath": plain,
            "rawQueryString": query,
            "headers": {"content-type": "application/json", "idempotency-key": key or str(uuid.uuid4())},
            "queryStringParameters": dict(pair.split("=") for pair in query.split("&")) if query else None,
            "requestContext": {
                "requestId": "request",
                "domainName": "api.example.org",
                "stage": "$default",
                "http": {"method": method, "path": plain, "sourceIp": "127.0.0.1"},
                "authorizer": authorizer,
            },
            "body": None if body is None else json.dumps(body),
            "isBase64Encoded": False,
        }
        answer = self.handlers[part].handler(event, context())
        return Reply(status=answer["statusCode"], body=json.loads(answer["body"] or "null"))

    def upload(self, photo: bytes, upload: Mapping[str, Any]) -> None:
        """What the presigned request does, and the event that follows it."""
        key = upload["url"].partition("?")[0].split(f"{BUCKET}/", 1)[-1].split(".com/", 1)[-1]
        client("s3").put_object(
            Bucket=BUCKET, Key=key, Body=photo, ContentType=upload["headers"]["content-type"]
        )
        detail = {"bucket": {"name": BUCKET}, "object": {"key": key, "size": len(photo)}}
        event = {"source": "aws.s3", "detail-type": "Object Created", "detail": detail}
        self.handlers["photos"].handler(event, context())
        self.settle()

    def settle(self) -> None:
        """Let everything happen that events cause, until nothing is left to happen."""
        while self._stream() or self._queue():
            pass

    def move_clock(self, by: timedelta) -> None:
        """Move time on, and wake every watch whose timer runs out on the way, at its time."""
        end = self.now + by
        while (soonest := self._soonest(end)) is not None:
            complaint_id, at, watch_round = soonest
            self.clock.move_to(max(at, self.now), tick=False)
            self.handlers["escalation"].handler(
                {"complaint_id": complaint_id, "watch_round": watch_round, "lap": 1}, context()
            )
            self.settle()
        self.clock.move_to(end, tick=False)
        self.on_schedule()

    def on_schedule(self) -> None:
        """What runs every minute or every few: whatever was set aside, held or left behind is tried again."""
        for name in ("release", "requeue", "sweep"):
            self.handlers[name].handler({}, context())
            self.settle()

    def publish(self) -> dict[str, int]:
        """What runs every minute where something is public."""
        if "publisher" not in self.handlers:
            path = "functions.notify.publisher.handler"
            made = importlib.reload(importlib.import_module(path))
            self.handlers = {**self.handlers, "publisher": made}
        done: dict[str, int] = self.handlers["publisher"].handler({}, context())
        return done

    def public_files(self) -> dict[str, bytes]:
        """Everything that everybody may read, by its path, unpacked."""
        files = {}
        for each in client("s3").list_objects_v2(Bucket=PUBLIC_BUCKET).get("Contents", ()):
            found = client("s3").get_object(Bucket=PUBLIC_BUCKET, Key=each["Key"])
            body = found["Body"].read()
            packed = found.get("ContentEncoding") == "gzip" or each["Key"].endswith(".gz")
            files[each["Key"]] = gzip.decompress(body) if packed else body
        return files

    def events(self, complaint_id: str) -> list[str]:
        from functions.records.outbox import published_by

        return [
            brought.event.type.removeprefix("complaint.")
            for record in self.records
            if record["NewImage"]["id"]["S"] == complaint_id
            for brought in published_by(record["NewImage"])
        ]

    def redeploy(self, raw: Mapping[str, Any]) -> None:
        """Every function anew, with this compiled region file."""
        Path(os.environ["REGION_FILE"]).write_text(json.dumps(raw))
        self.handlers = _handlers()

    def deliver_again(self) -> None:
        """The stream hands out everything a second time, as it may."""
        self._consume(self.records)
        self.settle()

    def _stream(self) -> bool:
        from functions.records.outbox import image_of

        fresh = []
        for item in _of_kind("event"):
            key = (item.attrs["pk"].value, item.attrs["sk"].value)
            if key not in self.seen:
                self.seen.add(key)
                fresh.append(item.to_json()["Attributes"])
        records = [
            {"NewImage": image_of(*events), "SequenceNumber": str(len(self.records) + number)}
            for number, events in enumerate(_written_together(fresh))
        ]
        self.records += records
        self._consume(records)
        return bool(records)

    def _consume(self, records: list[dict[str, Any]]) -> None:
        if not records:
            return
        for consumer in ("assignment", "outbox"):
            for batch in self._batches(records):
                for _ in range(2 if self.random.random() < self.twice else 1):
                    self._handed_out(batch, consumer)

    def _batches(self, records: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
        waiting: dict[str, list[dict[str, Any]]] = {}
        for record in records:
            waiting.setdefault(record["NewImage"]["id"]["S"], []).append(record)
        batch: list[dict[str, Any]] = []
        while waiting:
            complaint = self.random.choice(sorted(waiting))
            batch.append(waiting[complaint].pop(0))
            if not waiting[complaint]:
                del waiting[complaint]
            if self.random.random() < 0.1:
                yield batch
                batch = []
        if batch:
            yield batch

    def _handed_out(self, records: Sequence[dict[str, Any]], consumer: str) -> None:
        """As Lambda does it: again from the first that failed, all of them where it fails whole, at most `tries` times."""
        numbers = [record["SequenceNumber"] for record in records]
        for left in reversed(range(self.tries)):
            event = {"Records": [{"eventName": "MODIFY", "dynamodb": record} for record in records]}
            try:
                failures = self.handlers[consumer].handler(event, context())["batchItemFailures"]
            except Exception:
                if not left:
                    raise
                continue
            if not failures:
                return
            first = numbers.index(failures[0]["itemIdentifier"])
            records, numbers = records[first:], numbers[first:]
        raise AssertionError(f"{consumer} failed at {numbers[0]}")

    def _queue(self) -> bool:
        sqs = client("sqs")
        messages = sqs.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10).get("Messages", [])
        if messages:
            records = [{"messageId": each["MessageId"], "body": each["Body"]} for each in messages]
            self.handlers["webhooks"].handler({"Records": records}, context())
            for each in messages:
                sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=each["ReceiptHandle"])
        return bool(messages)

    def _soonest(self, end: datetime) -> tuple[str, datetime, int] | None:
        from functions.complaints.timers import watched_timer
        from functions.records.codec import complaint_of
        from functions.records.tables import ComplaintItem

        waiting = []
        for item in _of_kind("complaint"):
            complaint = complaint_of(ComplaintItem.from_raw_data(item.to_json()["Attributes"]))
            timer = watched_timer(complaint)
            if timer is not None and timer.at <= end:
                waiting.append((complaint.id, timer.at, complaint.watch_round))
        return min(waiting, key=lambda each: each[1], default=None)


@contextmanager
def town(
    folder: Path, *, start: datetime, raw: Mapping[str, Any] = RAW, side_by_side: bool = False
) -> Iterator[Town]:
    """A town with empty tables at `start`; `raw` is its compiled region file. With `side_by_side` the complaints of a
    batch are worked on at the same time, as they are in Lambda; else in turn, which is the same each time.
    """
    prepare_environment()
    # Webhooks are sent side by side in any case, and of two who write at once moto lets both.
    working = nullcontext() if side_by_side else one_at_a_time()
    region_file = folder / "region.json"
    region_file.write_text(json.dumps(raw))
    with mock_aws(), working, time_machine.travel(start, tick=False) as clock:
        os.environ |= _resources() | {"REGION_FILE": str(region_file), "SWEEP_GRACE_SECONDS": "60"}
        create_tables()
        for bucket in (BUCKET, PUBLIC_BUCKET):
            client("s3").create_bucket(
                Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
            )
        # New containers: what another town's knew of its feeds is not true here.
        importlib.import_module("functions.notify.outbox.deliveries")._feed.cache_clear()
        yield Town(clock=clock, handlers=_handlers(), queue_url=os.environ["DELIVERIES_QUEUE_URL"])


def _handlers() -> dict[str, ModuleType]:
    return {name: importlib.reload(importlib.import_module(path)) for name, path in HANDLERS.items()}


def _resources() -> dict[str, str]:
    sns, sqs, states = client("sns"), client("sqs"), client("stepfunctions")
    machine = states.create_state_machine(
        name="watch",
        definition=json.dumps({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}),
        roleArn="arn:aws:iam::123456789012:role/watch",
    )
    platform = sns.create_platform_application(
        Name="phones", Platform="GCM", Attributes={"PlatformCredential": "x"}
    )
    return {
        "PHOTOS_BUCKET": BUCKET,
        "PUBLIC_BUCKET": PUBLIC_BUCKET,
        "BASE_URL": "https://api.example.org",
        "DELIVERIES_QUEUE_URL": sqs.create_queue(QueueName="deliveries")["QueueUrl"],
        "WARNINGS_TOPIC_ARN": sns.create_topic(Name="warnings")["TopicArn"],
        "STATE_MACHINE_ARN": machine["stateMachineArn"],
        "FCM_APPLICATION_ARN": platform["PlatformApplicationArn"],
    }


def _written_together(events: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The events in the order of time, as transactions wrote them: an assignment that nothing had to be read for before
    is of the same moment as what made the complaint ready.
    """
    of_complaint: dict[str, list[list[dict[str, Any]]]] = {}
    for event in sorted(events, key=lambda item: int(item["seq"]["N"])):
        written = of_complaint.setdefault(event["complaint_id"]["S"], [])
        ready = written[-1][-1] if written else {}
        if event["type"]["S"] == "complaint.assigned" and (ready.get("status"), ready.get("at")) == (
            {"S": "submitted"},
            event["at"],
        ):
            written[-1].append(event)
        else:
            written.append([event])
    return sorted(
        (each for written in of_complaint.values() for each in written),
        key=lambda each: str(each[0]["moment"]["S"]),
    )


def _of_kind(kind: str) -> Iterator[Item]:
    """What the complaints' table has of it, as moto keeps it: by far most of it was seen before, and is not read again."""
    for item in items_of("complaints"):
        if "kind" in item.attrs and item.attrs["kind"].value == kind:
            yield item


def _scan(table: str) -> Iterator[dict[str, Any]]:
    pages = client("dynamodb").get_paginator("scan").paginate(TableName=table)
    for page in pages:
        yield from page["Items"]


def context() -> SimpleNamespace:
    """A Lambda context with plenty of time."""
    return SimpleNamespace(
        aws_request_id="request",
        function_name="function",
        memory_limit_in_mb=512,
        invoked_function_arn="arn:aws:lambda:eu-central-1:123456789012:function:function",
        get_remaining_time_in_millis=lambda: 300_000,
    )
