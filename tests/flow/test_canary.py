"""A name, a phone and an address planted wherever anybody can write: in no log line, push, webhook or message."""

import html
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from botocore.client import BaseClient
from PIL import Image

from infra.local.citizen import declaration
from infra.local.receiver import Receiver
from tests.flow.test_whole_way import MONDAY, PLACE, _subscribed
from tests.flow.town import BUCKET, Town, _scan, client, town
from tests.functions import photo_corpus as corpus
from tests.region_fixture import RAW

NAME, PHONE, ADDRESS = "Канарейкина Айгерим", "+77017654321", "ул. Канареечная, 7"
CANARIES = (NAME, PHONE, ADDRESS, "Канаре", "7017654321")
ALL = f"{NAME}, {PHONE}, {ADDRESS}"
BIN = "000140002217"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Town]:
    raw = deepcopy(RAW)
    raw["categories"]["rubbish"]["questions"] = [
        {"id": "since", "text": raw["name"], "kind": "text", "required": False, "choices": []}
    ]
    with town(tmp_path, start=MONDAY, raw=raw) as built:
        yield built


@contextmanager
def sent() -> Iterator[list[tuple[str, str]]]:
    """Whatever is handed to another service than the tables and the bucket, as it is handed over."""
    messages: list[tuple[str, str]] = []
    original = BaseClient._make_api_call

    def call(self: Any, operation: str, parameters: dict[str, Any]) -> Any:
        service = self.meta.service_model.service_name
        if service not in ("dynamodb", "s3"):
            messages.append(
                (f"{service} {operation}", json.dumps(parameters, ensure_ascii=False, default=str))
            )
        return original(self, operation, parameters)

    with patch.object(BaseClient, "_make_api_call", call):
        yield messages


def photo(*, spoilt: bool = False) -> bytes:
    tags = Image.Exif()
    for tag in (0x010D, 0x010E, 0x010F, 0x0110, 0x013B, 0x8298):  # the document's name is among them
        tags[tag] = ALL.encode()
    tags[0x9C9B] = ALL.encode("utf-16-le")
    tags[0x8769] = {0x9003: "2026:06:01 09:05:06", 0x9286: b"UNICODE\0" + ALL.encode(), 0xA430: ALL.encode()}
    tags[0x8825] = corpus.gps(PLACE["lat"], PLACE["lon"], text="Kanareika 7017654321")
    out = BytesIO()
    Image.new("RGB", (64, 48), (1, 90, 60)).save(out, "JPEG", exif=tags.tobytes(), comment=ALL.encode())
    return out.getvalue()[: 900 if spoilt else None]


def live(here: Town) -> str:
    """Everything that a person and two bodies can write, said once and refused once."""
    here.citizen("PUT", "/v1/devices/phone", {"platform": "fcm", "token": "a-token"})
    assert here.citizen("PATCH", "/v1/me", {"kind": "entrepreneur", "bin": BIN}).status == 200
    good, spoilt = photo(), photo(spoilt=True)
    body = {
        "category": "rubbish",
        "comment": ALL,
        "location": PLACE | {"address": ADDRESS},
        "public_name": NAME,
        "answers": {"since": ALL},
        "photos": [declaration(good), declaration(spoilt)],
    }
    assert here.citizen("POST", "/v1/complaints", body | {"category": ALL, ALL: ALL}).status == 422
    filed = here.citizen("POST", "/v1/complaints", body).body
    here.settle()
    for content, upload in zip((spoilt, good), reversed(filed["uploads"]), strict=True):
        here.upload(content, upload)
    mine, theirs = f"/v1/complaints/{filed['id']}", f"/v1/agency/complaints/{filed['id']}"
    assert here.citizen("GET", mine).body["photos"][0]["suggestion"]
    told = {"location": PLACE | {"address": f"{ADDRESS}, 5"}, "answers": {"since": ALL}, "reason": ALL}
    assert here.citizen("POST", f"{mine}/correct", told | {"answers": {"since": NAME}}).status == 200
    here.settle()
    for verb, said in (
        ("correct", told | {"location": PLACE | {"address": ADDRESS}}),
        ("comment", {"text": ALL}),
        ("comment", {"text": ALL, "internal": True}),
        ("ask", {"text": ALL}),
        ("extend", {"by": "P1BD", "reason": ALL}),
        ("split", {"parts": [{"to": "akimat", "text": ALL}]}),
        ("transfer", {"to": "roads", "reason": ALL}),
    ):
        assert here.agency("POST", f"{theirs}/{verb}", said).status == 200, verb
        here.settle()
    assert here.citizen("POST", f"{mine}/comments", {"text": ALL}).status == 200
    answer = {"outcome": "declined", "text": ALL}
    assert here.agency("POST", f"{theirs}/answer", answer, who="roads").status == 200
    here.settle()
    assert here.agency("POST", f"{theirs}/answer", answer | {ALL: ALL}, who="roads").status == 422
    assert here.citizen("POST", f"{mine}/refute", {"reason": ALL}).status == 200
    here.settle()
    assert here.citizen("GET", f"/v1/complaints/{NAME}").status == 404
    assert here.citizen("POST", f"{mine}/withdraw", {"reason": ALL}).status == 200
    here.settle()
    assert here.citizen("POST", f"{mine}/refute", {"reason": ALL}).status == 409
    return str(filed["id"])


def test_what_people_write_is_in_no_public_byte(here: Town) -> None:
    complaint_id = live(here)
    number = here.citizen("GET", f"/v1/complaints/{complaint_id}").body["number"]
    assert here.publish()["failed"] == 0
    files = here.public_files()
    assert files[f"c/{number}"].startswith(b"<!doctype html>")
    assert number.encode() in files["open/complaints.geojson"]
    everything = b"".join([*files.values(), *map(str.encode, files)])
    for canary in (*CANARIES, BIN, "aigerim"):
        for form in (canary, json.dumps(canary)[1:-1], html.escape(canary)):
            assert form.encode() not in everything, canary


def test_what_people_write_is_in_no_log_push_webhook_or_message(
    here: Town, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="qamqor")
    with Receiver() as receiver, sent() as messages:
        _subscribed(here, receiver)
        _subscribed_too(here, receiver)
        complaint_id = live(here)
        hooks = [receiver.received.get(timeout=1) for _ in range(receiver.received.qsize())]
        assert receiver.refused == 0
    out, err = capsys.readouterr()
    told = {
        "log": out + err + caplog.text + "".join(str(each.__dict__) for each in caplog.records),
        "webhooks": "".join(json.dumps(each.data, ensure_ascii=False) + each.type for each in hooks),
        "messages": "".join(f"{name} {text}" for name, text in messages),
        "deliveries": json.dumps(list(_scan("deliveries")), ensure_ascii=False, default=str),
        "objects": "".join(
            client("s3").get_object(Bucket=BUCKET, Key=each["Key"])["Body"].read().decode("latin-1")
            for each in client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
        ),
    }
    for where, text in told.items():
        assert [each for each in CANARIES if _found(text, each)] == [], where
    # None of these was empty: each tells of the complaint, or of what was done.
    assert complaint_id in told["webhooks"]
    assert complaint_id in told["deliveries"]
    assert "photo refused" in told["log"]
    operations = {name for name, _ in messages}
    assert {"sns Publish", "sqs SendMessageBatch", "stepfunctions StartExecution"} <= operations
    assert {"complaint.commented", "complaint.transferred", "complaint.withdrawn"} <= {
        each.type for each in hooks
    }


def test_the_search_would_find_them() -> None:
    for each in CANARIES:
        for text in (each, json.dumps(each), json.dumps(json.dumps(each)), each.encode().decode("latin-1")):
            assert _found(f"x{text}x", each)


def _forms(canary: str) -> set[str]:
    """As it is, as JSON writes it, as JSON within JSON does, and as bytes read one by one."""
    escaped = json.dumps(canary)[1:-1]
    return {canary, escaped, json.dumps(escaped)[1:-1], canary.encode().decode("latin-1")}


def _found(text: str, canary: str) -> set[str]:
    return {form for form in _forms(canary) if form in text}


def _subscribed_too(here: Town, receiver: Receiver) -> None:
    from functions.records.agencies.subscriptions import new_subscription

    assert receiver.secret is not None
    new_subscription(
        "roads", url=receiver.url, types=("complaint.*",), secret=receiver.secret, active=True, now=here.now
    )
