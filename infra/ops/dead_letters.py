"""Dead letters: what a function could not handle, from where it came, and handing it over once more.

A queue's origin is read from the deployment's wiring: the queue that feeds it, the rule or the topic that targets a
function, or the mapping of a stream. A dead letter of a stream names no records, only when they arrived: the events of
that time are read from the table, where they stay, and handed out again. All of this may be done twice: consumers take
it.
"""

import argparse
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched
from typing import Any, Final, Literal

from infra.ops.command import Group, command, done, group, table
from infra.ops.place import NotThere, Place

type Origin = Literal["queue", "stream", "rule", "topic", "unknown"]

_QUEUE: Final = re.compile(r"(\w+)DeadLetters[0-9A-F]{8}", re.ASCII)
BATCH: Final = 100
HIDDEN_S: Final = 120
_BEFORE: Final = timedelta(minutes=2)
"""How long before its arrival in the stream an event may have got its time: the longest that a function may run."""
_AFTER: Final = timedelta(minutes=1)


class NotHandled(Exception):
    """It failed once more; the dead letter stays."""


@dataclass(frozen=True, kw_only=True)
class DeadLetters:
    """A queue of them. `target` is where they failed: a queue's URL, or a function's ARN; None for `unknown`."""

    name: str
    url: str
    origin: Origin
    target: str | None
    waiting: int


def queue_name(logical_id: str) -> str:
    """As the runbook writes it: `outbox-stream` of `OutboxStreamDeadLetters52F299C8`, its id in the template."""
    found = _QUEUE.fullmatch(logical_id)
    return logical_id if found is None else re.sub(r"(?<!^)(?=[A-Z])", "-", found[1]).lower()


def add_to(commands: Group) -> None:
    mine = group(
        commands, "dead-letters", help="what could not be handled: list it, look at it, hand it over again"
    )
    command(mine, "list", _list, help="every queue of dead letters, and how many wait in it")
    show = command(mine, "show", _show, help="the dead letters of a queue; they stay where they are")
    show.add_argument("queue", help="its name, or a part of it")
    redrive = command(
        mine, "redrive", _redrive, help="hand dead letters over again; what fails stays", changes=True
    )
    redrive.add_argument(
        "queue", nargs="?", default="", help="its name, or a part of it; all queues without it"
    )


def queues(place: Place) -> tuple[DeadLetters, ...]:
    """Every queue that something of the deployment gives up into."""
    sqs = place.client("sqs")
    names = {
        each["PhysicalResourceId"]: each["LogicalResourceId"]
        for each in place.resources
        if each["ResourceType"] == "AWS::SQS::Queue"
    }
    attributes = {
        url: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"] for url in names
    }
    fed: dict[str, tuple[Origin, str | None]] = dict(_wiring(place, attributes))
    found = []
    for url, each in attributes.items():
        origin, target = fed.get(each["QueueArn"], ("unknown", None))
        if target is not None or "DeadLetters" in names[url]:
            waiting = int(each["ApproximateNumberOfMessages"])
            name = queue_name(names[url])
            found.append(DeadLetters(name=name, url=url, origin=origin, target=target, waiting=waiting))
    return tuple(sorted(found, key=lambda each: each.name))


def redrive(place: Place, letters: DeadLetters) -> tuple[int, int]:
    """Hand over what waits in the queue; how many went through and how many failed and stay."""
    sqs = place.client("sqs")
    went = failed = 0
    for message in _taken(sqs, letters.url):
        try:
            _handed_over(place, letters, message)
        except NotHandled as error:
            print(f"  {message['MessageId']}: {error}")
            failed += 1
        else:
            sqs.delete_message(QueueUrl=letters.url, ReceiptHandle=message["ReceiptHandle"])
            went += 1
    return went, failed


# ------------------------------------------------------------------------------------------------ commands
def _list(place: Place, options: argparse.Namespace) -> int:
    rows = [(each.name, each.origin, each.waiting, _short(each.target)) for each in queues(place)]
    print(table(rows, head=("queue", "origin", "waiting", "redriven to")))
    return 0


def _show(place: Place, options: argparse.Namespace) -> int:
    for letters in _chosen(place, options.queue):
        sqs = place.client("sqs")
        print(f"{letters.name}: about {letters.waiting}")
        taken = list(_taken(sqs, letters.url))
        for message in taken:
            print(f"  {message['MessageId']}  {message['Body']}")
            sqs.change_message_visibility(
                QueueUrl=letters.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
            )
    return 0


def _redrive(place: Place, options: argparse.Namespace) -> int:
    failures = 0
    for letters in _chosen(place, options.queue):
        if letters.target is None:
            print(
                f"{letters.name}: nothing says where its {letters.waiting} came from; look at them with `show`"
            )
            continue
        print(f"{letters.name}: about {letters.waiting} to {_short(letters.target)}")
        if options.apply:
            went, failed = redrive(place, letters)
            print(f"  {went} handled, {failed} failed")
            failures += failed
    return done(options) or (1 if failures else 0)


def _chosen(place: Place, part: str) -> Sequence[DeadLetters]:
    """Of that name, or with that in its address, as the console shows it."""
    there = queues(place)
    chosen = [each for each in there if part in each.name or part in each.url]
    if not chosen:
        names = ", ".join(each.name for each in there)
        raise NotThere(f"no queue of dead letters is called {part!r}; there are {names}")
    return chosen


def _short(target: str | None) -> str:
    """The queue's name, or the function's, without its alias."""
    if target is None:
        return ""
    return target.partition(":function:")[2].partition(":")[0] or target.rpartition("/")[2]


# -------------------------------------------------------------------------------------------------- wiring
def _wiring(
    place: Place, queue_attributes: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[str, tuple[Origin, str | None]]]:
    """The ARN of each queue of dead letters with what feeds it."""
    for url, each in queue_attributes.items():
        if "RedrivePolicy" in each:
            yield json.loads(each["RedrivePolicy"])["deadLetterTargetArn"], ("queue", url)
    functions = place.client("lambda")
    for name in place.names_of("AWS::Lambda::Function"):
        for mapping in functions.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]:
            to = mapping.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
            if to:
                yield to, ("stream", mapping["FunctionArn"])
    events = place.client("events")
    for rule in place.names_of("AWS::Events::Rule"):
        for target in events.list_targets_by_rule(Rule=rule)["Targets"]:
            if to := target.get("DeadLetterConfig", {}).get("Arn"):
                yield to, ("rule", target["Arn"])
    topics = place.client("sns")
    for topic in place.names_of("AWS::SNS::Topic"):
        for subscription in topics.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]:
            if subscription["Protocol"] == "lambda":
                told = topics.get_subscription_attributes(SubscriptionArn=subscription["SubscriptionArn"])
                if policy := told["Attributes"].get("RedrivePolicy"):
                    yield json.loads(policy)["deadLetterTargetArn"], ("topic", subscription["Endpoint"])


# --------------------------------------------------------------------------------------------- handing over
def _taken(sqs: Any, url: str) -> Iterator[Mapping[str, Any]]:
    """Each message once, hidden for HIDDEN_S from everybody else."""
    seen: set[str] = set()
    while True:
        answer = sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=HIDDEN_S,
            WaitTimeSeconds=1,
            MessageAttributeNames=["All"],
            AttributeNames=["All"],
        )
        new = [each for each in answer.get("Messages", ()) if each["MessageId"] not in seen]
        if not new:
            return
        seen.update(each["MessageId"] for each in new)
        yield from new


def _handed_over(place: Place, letters: DeadLetters, message: Mapping[str, Any]) -> None:
    assert letters.target is not None
    match letters.origin:
        case "queue":
            _sent(place, letters.target, message)
        case "stream":
            for records in batched(_records(json.loads(message["Body"])), BATCH, strict=False):
                answer = _invoked(place, letters.target, {"Records": list(records), "news_only": False})
                if (answer or {}).get("batchItemFailures"):
                    raise NotHandled("an event failed again; the function's log says why")
        case _:
            _invoked(place, letters.target, _as_invoked(json.loads(message["Body"])))


def _as_invoked(body: dict[str, Any]) -> dict[str, Any]:
    """What the function was to be given. SNS leaves the bare message where it could not invoke the function at all."""
    if body.get("Type") == "Notification":
        return {"Records": [{"EventSource": "aws:sns", "Sns": body}]}
    return body


def _sent(place: Place, url: str, message: Mapping[str, Any]) -> None:
    group_id = message.get("Attributes", {}).get("MessageGroupId")
    place.client("sqs").send_message(
        QueueUrl=url,
        MessageBody=message["Body"],
        MessageAttributes={
            name: {
                key: value for key, value in each.items() if key in ("DataType", "StringValue", "BinaryValue")
            }
            for name, each in message.get("MessageAttributes", {}).items()
        },
        **({} if group_id is None else {"MessageGroupId": group_id}),
    )


def _invoked(place: Place, function: str, event: Mapping[str, Any]) -> Any:
    answer = place.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event).encode())
    payload = answer["Payload"].read()
    if "FunctionError" in answer:
        raise NotHandled(payload.decode(errors="replace")[:500])
    return json.loads(payload or b"null")


def _records(letter: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The events that were in the batch, and those of the same minutes, as the stream would hand them out."""
    from functions.complaints.clock import parse_iso
    from functions.records.outbox import image_of

    batch = letter["DDBStreamBatchInfo"]
    first = parse_iso(batch["approximateArrivalOfFirstRecord"]) - _BEFORE
    last = parse_iso(batch["approximateArrivalOfLastRecord"]) + _AFTER
    for number, event in enumerate(events_between(first, last)):
        yield {
            "eventID": str(number),
            "eventName": "MODIFY",
            "eventSource": "aws:dynamodb",
            "dynamodb": {"NewImage": image_of(event), "SequenceNumber": str(number)},
        }


def events_between(first: datetime, last: datetime) -> Iterator[dict[str, Any]]:
    """Every event of the time, oldest first, as the table has it in its own notation."""
    import heapq

    from functions.complaints.clock import iso
    from functions.records.codec import day_shard
    from functions.records.tables import SHARDS, EventItem

    days = [first + timedelta(days=count) for count in range((last.date() - first.date()).days + 1)]
    for day in days:
        parts = (
            EventItem.by_change.query(
                day_shard(day, shard), EventItem.moment.between(iso(first), f"{iso(last)}~")
            )
            for shard in range(SHARDS)
        )
        for found in heapq.merge(*parts, key=lambda each: each.moment):
            if found.seq is None:
                # Erasure stands there too, and is no event.
                continue
            item = EventItem.get(found.pk, found.sk, consistent_read=True)
            yield item.serialize()
