"""A small town for fuzzing: the four functions in this process over moto's tables, with some complaints in it."""

import json
import os
import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3
from werkzeug.test import Client

from functions.complaints.region import region_from_dict
from infra.packaging.openapi import document
from infra.packaging.viewer import documentation
from tests.dynamodb import ENVIRONMENT, tables
from tests.fuzz.gateway import AGENCY_ID, Gateway
from tests.region_fixture import RAW, WEST

PERSON = "person-1"
HANDLERS = (
    "functions.intake.api.handler",
    "functions.route.api.handler",
    "functions.notify.subscriptions.handler",
    "functions.route.officers.handler",
)
COMPLAINTS = 12
PHOTO = {"content_type": "image/jpeg", "size": 1_000, "sha256": "0" * 64}


@dataclass(frozen=True, kw_only=True)
class Town:
    """`gateway` is a WSGI application; `ids` what there is, by the name of the parameter in a path."""

    gateway: Gateway
    ids: Mapping[str, Sequence[str]]


@contextmanager
def town(*, push: bool = False) -> Iterator[Town]:
    """The town, for as long as the context lasts, with a push platform if asked for. No name is resolved in it, so
    nothing is sent to anybody.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        tables(),
        patch.dict(os.environ, _environment(Path(folder)) | (_phones() if push else {})),
        patch.object(socket, "getaddrinfo", side_effect=socket.gaierror("no names here")),
    ):
        intake, route, subscriptions, officers = (_loaded(module) for module in HANDLERS)
        gateway = Gateway(intake=intake, route=route, subscriptions=subscriptions, officers=officers)
        yield Town(gateway=gateway, ids=_settled(gateway))


def _environment(folder: Path) -> dict[str, str]:
    raw = deepcopy(RAW)
    raw["limits"] |= {
        f"{what}_per_person_per_day": 10**9
        for what in ("complaints", "comments", "declarations", "joins", "devices")
    }
    (folder / "region.json").write_text(json.dumps(raw), encoding="utf-8")
    for path, content in documentation(document(region_from_dict(raw))).items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(content)
    files = {"REGION_FILE": str(folder / "region.json"), "PHOTOS_BUCKET": "photos"}
    # Without a push platform, whatever the environment has.
    no_push = {"FCM_APPLICATION_ARN": "", "APNS_APPLICATION_ARN": ""}
    # What resumes a subscription wakes it through this.
    boto3.client("s3").create_bucket(
        Bucket="photos", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    queue = boto3.client("sqs").create_queue(QueueName="deliveries")["QueueUrl"]
    return ENVIRONMENT | files | no_push | {"DELIVERIES_QUEUE_URL": queue}


def _phones() -> dict[str, str]:
    made = boto3.client("sns").create_platform_application(
        Name="phones", Platform="GCM", Attributes={"PlatformCredential": "x"}
    )
    return {"FCM_APPLICATION_ARN": made["PlatformApplicationArn"]}


def _loaded(module: str) -> Any:
    """Fresh, for the region of this environment."""
    sys.modules.pop(module, None)
    return import_module(module).handler


def _settled(gateway: Gateway) -> dict[str, Sequence[str]]:
    """Complaints that are with the body, some that wait for a photo, and a subscription."""
    from functions.complaints.clock import utc_now
    from functions.notify.webhooks.signature import new_secret
    from functions.records.agencies.agreements import agree
    from functions.records.agencies.subscriptions import new_subscription

    now = utc_now()
    agree(AGENCY_ID, requests_per_minute=10**9, now=now)
    client = Client(gateway)
    ids, photos = [], []
    for number in range(COMPLAINTS):
        filed = client.post(
            "/v1/complaints",
            json={
                "category": "rubbish",
                "comment": "x",
                "location": {"lat": WEST[0], "lon": WEST[1]},
                "photos": [] if number % 3 else [PHOTO],
            },
            headers={"Authorization": f"Bearer {PERSON}", "Idempotency-Key": f"town-{number}"},
        )
        made = json.loads(filed.data)
        ids.append(made["id"])
        photos += [upload["photo_id"] for upload in made["uploads"]]
    subscription = new_subscription(
        AGENCY_ID,
        url="https://agency.example/hook",
        types=("complaint.*",),
        secret=new_secret(),
        active=True,
        now=now,
    )
    return {
        "id": [*ids, subscription.id],
        "photo_id": photos,
        "device_id": ["phone"],
        "delivery_id": [],
    }
