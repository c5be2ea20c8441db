"""The operator's commands against a deployment: what they read from its wiring, and what they mend."""

import json
import time
from datetime import UTC, datetime

import pytest

from infra.local.citizen import Caller
from infra.local.deployed import Deployed
from infra.local.story import CATEGORY, COMMENT, PLACE, Cast, wait_until
from tests.e2e.operator import ops
from tests.e2e.waiting import reminder_at, stop_watches, until_everybody_knows, wait_for


def filed(players: Cast, category: str = CATEGORY) -> dict[str, object]:
    answer = players.citizen.post(
        "/v1/complaints", {"category": category, "comment": COMMENT, "location": PLACE}
    )
    assert answer.status == 201, answer.body
    until_everybody_knows(players, answer.body["id"])
    return dict(answer.body)


def queue(deployed: Deployed, part: str) -> str:
    urls = deployed.emulator.client("sqs").list_queues()["QueueUrls"]
    return next(url for url in urls if "qamqor-local" in url and part in url)


def trace(players: Cast, number: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in ops(players.deployed, "trace", number, "--json").splitlines()]


def test_a_trace_joins_events_and_the_watch(players: Cast) -> None:
    number = str(filed(players)["number"])
    wait_for(
        lambda: any(line["source"] == "webhook city_housing" for line in trace(players, number)), what="sent"
    )
    lines = trace(players, number)
    told = [line["what"] for line in lines]
    assert any("complaint.submitted by citizen" in what for what in told)
    assert any("complaint.assigned by system: assigned, city_housing" in what for what in told)
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)
    assert {"ExecutionStarted", "Sleep"} <= set(told)


def test_every_queue_of_dead_letters_is_known_with_what_fills_it(deployed: Deployed) -> None:
    shown = ops(deployed, "dead-letters", "list")
    assert "unknown" not in shown
    for part, origin in (
        ("deliveries", "queue"),
        ("assignment-stream", "stream"),
        ("outbox-stream", "stream"),
        ("upload", "rule"),
        ("push-failure", "topic"),
    ):
        line = next(line for line in shown.splitlines() if line.startswith(f"{part} "))
        assert line.split()[1] == origin


def test_a_dead_letter_of_the_stream_is_handled_from_the_table(players: Cast) -> None:
    """The event is taken back from the person's inbox, as if it had never been told, and told by the redrive."""
    complaint_id, deployed = str(filed(players)["id"]), players.deployed
    dynamodb = deployed.emulator.client("dynamodb")
    taken = lines_of(players, complaint_id)
    for pk, sk in taken:
        dynamodb.delete_item(TableName=deployed.people_table, Key={"pk": {"S": pk}, "sk": {"S": sk}})
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    batch = {"approximateArrivalOfFirstRecord": stamp, "approximateArrivalOfLastRecord": stamp}
    deployed.emulator.client("sqs").send_message(
        QueueUrl=queue(deployed, "OutboxStreamDeadLetters"),
        MessageBody=json.dumps({"DDBStreamBatchInfo": batch}),
    )
    assert "about 1 to" in ops(deployed, "dead-letters", "redrive", "outbox-stream")
    # Others may have come by themselves since.
    assert taken.isdisjoint(lines_of(players, complaint_id))
    assert "1 handled, 0 failed" in ops(deployed, "dead-letters", "redrive", "outbox-stream", "--apply")
    assert taken <= lines_of(players, complaint_id)


def test_a_lost_watch_is_found_and_its_complaint_escalates_in_time(players: Cast) -> None:
    complaint_id = lost(players)
    assert complaint_id in ops(players.deployed, "watches", "lost", status=1)
    ops(players.deployed, "watches", "restart", "--apply")
    # Of other complaints a watch may be on its way.
    assert complaint_id not in ops(players.deployed, "watches", "lost", status=None)
    shown = wait_until(players, complaint_id, lambda it: it["escalation_level"] >= 1)
    assert [line["type"] for line in shown["timeline"]].count("complaint.escalated") == 1


def lost(players: Cast) -> str:
    """A complaint whose watch was stopped before it did anything; another where the machine was too slow for that."""
    for _ in range(4):
        complaint_id = str(filed(players)["id"])
        stop_watches(players, complaint_id)
        history = players.agency.get(f"/v1/agency/complaints/{complaint_id}").body["events"]
        if datetime.now(UTC) < reminder_at(history):
            return complaint_id
    raise AssertionError("four times too late")


@pytest.mark.slow
def test_a_key_that_an_operator_makes_opens_the_door_until_it_is_revoked(deployed: Deployed) -> None:
    printed = ops(deployed, "keys", "make", "city_housing", "--name", "by hand", "--apply")
    key_id, token = printed.splitlines()[-2:]
    assert Caller(base=deployed.api_url, token=token).get("/v1/agency/complaints").status == 200
    assert key_id in ops(deployed, "keys", "list", "city_housing")
    ops(deployed, "keys", "revoke", "city_housing", key_id, "--apply")
    line = next(each for each in ops(deployed, "keys", "list", "city_housing").splitlines() if key_id in each)
    assert line.split()[1] == "ended"
    # The gateway may keep the authorizer's answer for 55 seconds.
    ends = time.monotonic() + 60
    while (status := Caller(base=deployed.api_url, token=token).get("/v1/agency/complaints").status) == 200:
        assert time.monotonic() < ends, "still let in a minute after it was revoked"
        time.sleep(1)
    assert status in (401, 403)


def test_a_paused_subscription_gets_what_it_missed_in_order_when_it_is_resumed(players: Cast) -> None:
    deployed = players.deployed
    listed = ops(deployed, "subscriptions", "list", players.agency_id).splitlines()
    subscription_id = next(line.split()[1] for line in listed if players.agency_hook.url in line)
    ops(deployed, "subscriptions", "pause", players.agency_id, subscription_id, "--apply")
    complaint_id = str(filed(players)["id"])
    time.sleep(2)
    before = [each.data["id"] for each in list(players.agency_hook.received.queue)]
    assert complaint_id not in before
    ops(deployed, "subscriptions", "resume", players.agency_id, subscription_id, "--apply")
    got = players.agency_hook.wait_for(
        "complaint.assigned", timeout=30, accept=lambda each: each.data["id"] == complaint_id
    )
    assert got.data["sequence"] == 2


def test_every_history_of_this_deployment_verifies(players: Cast) -> None:
    filed(players)
    assert ", 0 broken" in ops(players.deployed, "chain", "verify", "--all")


def test_without_the_regions_account_nothing_is_done(deployed: Deployed) -> None:
    ops(deployed, "dead-letters", "list", region="pavlodar", status=2)


def lines_of(players: Cast, complaint_id: str) -> set[tuple[str, str]]:
    """The keys of what inboxes say of it."""
    dynamodb = players.deployed.emulator.client("dynamodb")
    items = dynamodb.scan(TableName=players.deployed.people_table)["Items"]
    keys = [(item["pk"]["S"], item["sk"]["S"]) for item in items]
    return {(pk, sk) for pk, sk in keys if sk.startswith("told#") and complaint_id in sk.split("#")}
