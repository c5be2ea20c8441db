"""The empty functions of the burst's floor: each does only what hands the thing on to the next hop.

Packed by itself; the emulator has boto3. `put` is called over HTTP, `assign` and `tell` by the table's stream, and `send`
by the queue.
"""

import json
import os
import urllib.request
from typing import Any

import boto3

_dynamodb, _sqs, _sns = boto3.client("dynamodb"), boto3.client("sqs"), boto3.client("sns")


def put(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Filing: one write."""
    name = json.loads(event["body"])["id"]
    _put(name, "submitted")
    return {"statusCode": 201, "body": json.dumps({"id": name})}


def assign(event: dict[str, Any], context: object) -> None:
    """Assignment: one write, which the stream carries too."""
    for name, kind in _events(event):
        if kind == "submitted":
            _put(name, "assigned")


def tell(event: dict[str, Any], context: object) -> None:
    """Telling: one push, and one message to the sender."""
    for name, kind in _events(event):
        if kind == "assigned":
            _sns.publish(TargetArn=os.environ["ENDPOINT"], Message=json.dumps({"id": name}))
            _sqs.send_message(QueueUrl=os.environ["QUEUE"], MessageBody=json.dumps({"id": name}))


def send(event: dict[str, Any], context: object) -> None:
    """The webhook: one request."""
    for record in event["Records"]:
        request = urllib.request.Request(os.environ["RECEIVER"], data=record["body"].encode())
        with urllib.request.urlopen(request, timeout=15) as response:
            response.read()


def _put(name: str, kind: str) -> None:
    item = {"pk": {"S": name}, "sk": {"S": kind}, "kind": {"S": "event"}}
    _dynamodb.put_item(TableName=os.environ["TABLE"], Item=item)


def _events(event: dict[str, Any]) -> list[tuple[str, str]]:
    images = [record["dynamodb"]["NewImage"] for record in event["Records"]]
    return [(image["pk"]["S"], image["sk"]["S"]) for image in images]
