"""The hourly run that puts chain heads under lock, and the verifier that goes by them: on the emulator, against somebody
who may write the table and counts every hash anew."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.complaints.clock import iso, utc_now
from functions.complaints.events import sealed
from functions.records.codec import day_shard, event_of, moment
from functions.records.tables import EventItem, shard_of
from functions.route.archive.heads import closed_hours, key_of
from infra.local.story import COMMENT, PLACE, Cast
from tests.e2e.operator import ops
from tests.e2e.waiting import until_everybody_knows

pytestmark = pytest.mark.e2e

CALM = "rubbish"
"""Its term is weeks: no reminder comes between the events that are counted."""


def test_a_history_that_was_written_anew_does_not_fit_its_archived_head(players: Cast) -> None:
    deployed = players.deployed
    filed = players.citizen.post("/v1/complaints", {"category": CALM, "comment": COMMENT, "location": PLACE})
    complaint_id = str(filed.body["id"])
    until_everybody_knows(players, complaint_id)
    players.citizen.post(f"/v1/complaints/{complaint_id}/withdraw")
    hour = list(closed_hours(utc_now()))[-1]
    s3, bucket = deployed.emulator.client("s3"), archive(players)["Variables"]["CHAIN_HEADS_BUCKET"]
    s3.delete_object(Bucket=bucket, Key=key_of(hour))

    with happened_in(players, complaint_id, hour):
        answer = deployed.emulator.client("lambda").invoke(FunctionName=archive(players)["Name"])
    assert json.loads(answer["Payload"].read())["heads"] >= 1
    heads = s3.get_object(Bucket=bucket, Key=key_of(hour))["Body"].read().decode().splitlines()
    (head,) = [json.loads(line) for line in heads if complaint_id in line]
    assert head["seq"] == 3
    assert ", 0 broken" in ops(deployed, "chain", "verify", "--all", "--archived")

    with written_anew(players, complaint_id):
        # Its own chain is whole; what is under lock says that it is another.
        assert ", 0 broken" in ops(deployed, "chain", "verify", complaint_id)
        said = ops(deployed, "chain", "verify", "--all", "--archived", status=1)
        assert ", 1 broken" in said
        assert f"{complaint_id}: event 3: not the one that was archived" in said
    assert ", 0 broken" in ops(deployed, "chain", "verify", "--all", "--archived")


def archive(players: Cast) -> dict[str, Any]:
    """The function's name, and its environment's variables."""
    functions = players.deployed.emulator.client("lambda").get_paginator("list_functions").paginate()
    (found,) = (
        each
        for page in functions
        for each in page["Functions"]
        if "qamqor-local-service-FunctionsArchive" in each["FunctionName"]
    )
    return {"Name": found["FunctionName"], "Variables": found["Environment"]["Variables"]}


@contextmanager
def happened_in(players: Cast, complaint_id: str, hour: datetime) -> Iterator[None]:
    """Move the complaint's events in the index of changes, and back at the end."""
    before = events(players, complaint_id)
    for number, item in enumerate(events(players, complaint_id)):
        at = hour + timedelta(minutes=number)
        then = moment(replace(event_of(EventItem.from_raw_data(dict(item))), at=at))
        moved = {"day_shard": {"S": day_shard(at, shard_of(complaint_id))}, "moment": {"S": then}}
        put(players, item | moved)
    try:
        yield
    finally:
        for item in before:
            put(players, item)


@contextmanager
def written_anew(players: Cast, complaint_id: str) -> Iterator[None]:
    """The first event a second earlier, every hash after it and the complaint's own counted again; undone at the end."""
    before = [*events(players, complaint_id), complaint(players, complaint_id)]
    previous = ""
    for number, item in enumerate(events(players, complaint_id)):
        event = event_of(EventItem.from_raw_data(dict(item)))
        at = event.at - timedelta(seconds=1) if number == 0 else event.at
        forged = sealed(replace(event, at=at, previous=previous))
        changed = {"at": {"S": iso(at)}, "previous": {"S": previous}, "hash": {"S": forged.hash}}
        shard = day_shard(at, shard_of(complaint_id))
        changed |= {"day_shard": {"S": shard}, "moment": {"S": moment(forged)}}
        put(players, item | changed)
        previous = forged.hash
    put(players, complaint(players, complaint_id) | {"head": {"S": previous}})
    try:
        yield
    finally:
        for item in before:
            put(players, item)


def events(players: Cast, complaint_id: str) -> list[dict[str, Any]]:
    found = players.deployed.emulator.client("dynamodb").query(
        TableName=players.deployed.complaints_table,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
        ExpressionAttributeValues={":pk": {"S": f"complaint#{complaint_id}"}, ":sk": {"S": "event#"}},
    )
    return list(found["Items"])


def complaint(players: Cast, complaint_id: str) -> dict[str, Any]:
    key = {"pk": {"S": f"complaint#{complaint_id}"}, "sk": {"S": "complaint"}}
    found = players.deployed.emulator.client("dynamodb").get_item(
        TableName=players.deployed.complaints_table, Key=key
    )
    return dict(found["Item"])


def put(players: Cast, item: dict[str, Any]) -> None:
    players.deployed.emulator.client("dynamodb").put_item(
        TableName=players.deployed.complaints_table, Item=item
    )
