"""The whole way on the emulator: the story that `make demo` tells, and what must not change it."""

import json
import time
import uuid
from dataclasses import replace

import pytest

from functions.records.outbox import image_of
from infra.local.citizen import Caller, declaration, sign_in, upload
from infra.local.deployed import Deployed
from infra.local.story import CATEGORY, COMMENT, PLACE, Cast, Teller, photograph, play, wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]


def test_a_complaint_goes_from_photo_to_confirmed_answer_with_every_party_told(players: Cast) -> None:
    lines: list[str] = []
    shown = play(players, Teller(write=lines.append))
    assert shown["status"] == "closed"
    assert shown["escalation_level"] >= 1
    assert "read back in a browser" in lines[-1]


def test_the_history_verifies_and_says_the_same_to_the_agency(players: Cast) -> None:
    filed = _filed(players.citizen)
    assert (filed["status"], filed["version"]) == ("assigned", 2)
    seen = players.agency.get(f"/v1/agency/complaints/{filed['id']}").body
    assert [event["sequence"] for event in seen["events"]] == [1, 2]
    assert seen["events"][-1]["hash"] == seen["chain_head"]
    mine = players.citizen.get(f"/v1/complaints/{filed['id']}").body
    assert [line["type"] for line in mine["timeline"]] == [event["type"] for event in seen["events"]]
    by_number = players.agency.get(f"/v1/agency/complaints/{seen['number'].lower()}")
    assert by_number.body["id"] == filed["id"]


def test_a_repeated_post_with_the_same_key_is_one_complaint(players: Cast) -> None:
    photo = photograph()
    key = str(uuid.uuid4())
    body = _body() | {"photos": [declaration(photo)]}
    first = players.citizen.call("POST", "/v1/complaints", body, key=key)
    second = players.citizen.call("POST", "/v1/complaints", body, key=key)
    assert (first.status, second.status) == (201, 201)
    assert second.body["id"] == first.body["id"]
    assert [each["photo_id"] for each in second.body["uploads"]] == [
        each["photo_id"] for each in first.body["uploads"]
    ]
    other = players.citizen.call("POST", "/v1/complaints", body | {"comment": "Another"}, key=key)
    assert other.status == 422
    assert other.body["type"] == "/problems/idempotency-key-reused"


def test_duplicate_uploads_and_duplicate_events_change_nothing(players: Cast) -> None:
    photo = photograph()
    filed = _filed(players.citizen, category="rubbish", photos=[declaration(photo)])
    presigned = filed["uploads"][0]
    assert upload(photo, presigned).status == 200
    upload(photo, presigned)
    before = wait_until(players, filed["id"], lambda it: it["status"] == "assigned")
    _replay_upload(players.deployed, filed["id"], presigned["photo_id"])
    _replay_stream(players.deployed, filed["id"])
    time.sleep(2)
    after = players.citizen.get(f"/v1/complaints/{filed['id']}").body
    moved = {"complaint.photo_added", "complaint.assigned", "complaint.photo_refused"}
    kinds = [line["type"] for line in after["timeline"] if line["type"] in moved]
    assert kinds == ["complaint.photo_added", "complaint.assigned"]
    assert [photo["status"] for photo in after["photos"]] == ["ready"]
    assert before["due_at"] == after["due_at"]


def test_a_photo_that_is_not_what_it_claims_is_refused_told_and_can_be_sent_again(players: Cast) -> None:
    text = b"<html>not a photo</html>" * 10
    filed = _filed(players.citizen, category="rubbish", photos=[declaration(text)])
    assert upload(text, filed["uploads"][0]).status == 200
    shown = wait_until(players, filed["id"], lambda it: it["photos"][0]["status"] == "refused")
    assert shown["status"] == "awaiting_photos"
    assert shown["photos"][0]["reason"] == "not_an_image"
    told = [item["type"] for item in _inbox(players.citizen, filed["id"], "complaint.photo_refused")]
    assert told == ["complaint.photo_refused"]
    photo = photograph()
    again = players.citizen.post(f"/v1/complaints/{filed['id']}/photos", {"photos": [declaration(photo)]})
    assert again.status == 201
    assert upload(photo, again.body["uploads"][0]).status == 200
    wait_until(players, filed["id"], lambda it: it["status"] == "assigned")


def test_nobody_gets_in_without_a_token_of_this_region(players: Cast) -> None:
    base = players.deployed.api_url
    assert Caller(base=base, token=None).get("/v1/complaints").status == 401
    assert Caller(base=base, token="e30.e30.e30").get("/v1/complaints").status == 401
    assert Caller(base=base, token="qk_none_none").get("/v1/agency/complaints").status in (401, 403)
    citizen_at_the_agency_door = Caller(base=base, token=players.citizen.token)
    assert citizen_at_the_agency_door.get("/v1/agency/complaints").status in (401, 403)


def test_a_token_of_another_user_pool_is_refused(players: Cast) -> None:
    deployed = players.deployed
    cognito = deployed.emulator.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="another")["UserPool"]["Id"]
    flows = ["ALLOW_USER_PASSWORD_AUTH"]
    app = cognito.create_user_pool_client(UserPoolId=pool, ClientName="app", ExplicitAuthFlows=flows)
    client_id = app["UserPoolClient"]["ClientId"]
    stranger = sign_in(replace(deployed, user_pool_id=pool, client_id=client_id), "demo-citizen")
    assert stranger.get("/v1/me").status == 401


def test_what_is_not_yours_does_not_exist(players: Cast) -> None:
    filed = _filed(players.citizen)
    stranger = sign_in(players.deployed, "stranger")
    for answer in (
        stranger.get(f"/v1/complaints/{filed['id']}"),
        stranger.post(f"/v1/complaints/{filed['id']}/withdraw"),
    ):
        assert answer.status == 404
        assert answer.body["type"] == "/problems/not-found"


def _body() -> dict[str, object]:
    return {"category": CATEGORY, "comment": COMMENT, "location": PLACE}


def _filed(citizen: Caller, **more: object) -> dict[str, object]:
    answer = citizen.post("/v1/complaints", _body() | more)
    assert answer.status == 201, answer.body
    return dict(answer.body)


def _inbox(citizen: Caller, complaint_id: object, type: str) -> list[dict[str, object]]:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        items = [
            item
            for item in citizen.get("/v1/notifications").body["items"]
            if item["complaint_id"] == complaint_id and item["type"] == type
        ]
        if items:
            return items
        time.sleep(0.3)
    return []


def _function(deployed: Deployed, part: str) -> str:
    functions = deployed.emulator.client("lambda").get_paginator("list_functions").paginate()
    names = [each["FunctionName"] for page in functions for each in page["Functions"]]
    return next(name for name in names if f"-Functions{part}Function" in name)


def _invoke(deployed: Deployed, part: str, event: dict[str, object]) -> None:
    answer = deployed.emulator.client("lambda").invoke(
        FunctionName=_function(deployed, part), Payload=json.dumps(event).encode()
    )
    assert "FunctionError" not in answer, answer["Payload"].read()


def _replay_upload(deployed: Deployed, complaint_id: object, photo_id: object) -> None:
    detail = {
        "bucket": {"name": deployed.photos_bucket},
        "object": {"key": f"quarantine/{complaint_id}/{photo_id}"},
    }
    event = {"source": "aws.s3", "detail-type": "Object Created", "detail": detail}
    _invoke(deployed, "Photos", event)


def _replay_stream(deployed: Deployed, complaint_id: object) -> None:
    """Every event of the complaint once more, to both consumers."""
    items = deployed.emulator.client("dynamodb").query(
        TableName=deployed.complaints_table,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
        ExpressionAttributeValues={
            ":pk": {"S": f"complaint#{complaint_id}"},
            ":sk": {"S": "event#"},
        },
    )["Items"]
    records = [
        {
            "eventID": str(index),
            "eventName": "MODIFY",
            "dynamodb": {"NewImage": image_of(item), "SequenceNumber": str(index)},
        }
        for index, item in enumerate(items)
    ]
    for part in ("Assignment", "Outbox"):
        _invoke(deployed, part, {"Records": records})
