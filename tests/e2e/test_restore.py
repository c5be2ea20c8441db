"""The drill: a table is restored beside its deployment, what was lost is put back, and everything goes on."""

import pytest

from infra.local.story import CATEGORY, COMMENT, PLACE, Cast, wait_until
from tests.e2e.operator import ops
from tests.e2e.waiting import stop_watches, until_everybody_knows, wait_for

pytestmark = pytest.mark.timeout(900)


def test_what_was_deleted_comes_back_whole_with_its_watch(players: Cast) -> None:
    deployed = players.deployed
    dynamodb = deployed.emulator.client("dynamodb")
    closed = _filed(players)
    wait_until(players, closed, lambda it: it["escalation_level"] >= 1)
    lost, kept = _filed(players), _filed(players)
    until_everybody_knows(players, lost)
    until_everybody_knows(players, kept)
    before = players.citizen.get(f"/v1/complaints/{lost}").body

    restored = f"restored-{lost.lower()}"
    dynamodb.restore_table_to_point_in_time(
        SourceTableName=deployed.complaints_table, TargetTableName=restored, UseLatestRestorableTime=True
    )
    dynamodb.get_waiter("table_exists").wait(TableName=restored)
    _destroy(players, lost)
    assert players.citizen.get(f"/v1/complaints/{lost}").status == 404
    # The one that was not lost goes on meanwhile: the restore must not set it back.
    _well(players.agency.post(f"/v1/agency/complaints/{kept}/acknowledge").status)
    # One that ended meanwhile is on no supervisor's list any more.
    _well(players.citizen.post(f"/v1/complaints/{closed}/withdraw").status)
    had = set(_keys(players, closed, table=restored))
    wait_for(lambda: had - set(_keys(players, closed)), what="it is on no list any more")
    gone = had - set(_keys(players, closed))

    assert " are missing in" in ops(deployed, "restore", "complaints", restored)
    assert players.citizen.get(f"/v1/complaints/{lost}").status == 404
    ops(deployed, "restore", "complaints", restored, "--apply")
    assert ops(deployed, "restore", "complaints", restored, "--apply").startswith("0 items of")
    assert gone.isdisjoint(_keys(players, closed))

    assert ", 0 broken" in ops(deployed, "chain", "verify", "--all")
    assert players.citizen.get(f"/v1/complaints/{kept}").body["status"] == "acknowledged"
    after = players.citizen.get(f"/v1/complaints/{lost}").body
    assert [line["type"] for line in after["timeline"]][:2] == [line["type"] for line in before["timeline"]][
        :2
    ]

    ops(deployed, "watches", "restart", "--apply")
    # Of other complaints a watch may be on its way.
    assert lost not in ops(deployed, "watches", "lost", status=None)
    shown = wait_until(players, lost, lambda it: it["escalation_level"] >= 1)
    assert [line["type"] for line in shown["timeline"]].count("complaint.assigned") == 1
    dynamodb.delete_table(TableName=restored)


def _filed(players: Cast) -> str:
    answer = players.citizen.post(
        "/v1/complaints", {"category": CATEGORY, "comment": COMMENT, "location": PLACE}
    )
    _well(answer.status)
    return str(answer.body["id"])


def _destroy(players: Cast, complaint_id: str) -> None:
    """All of it, and its watch."""
    deployed = players.deployed
    dynamodb = deployed.emulator.client("dynamodb")
    for sk in _keys(players, complaint_id):
        key = {"pk": {"S": f"complaint#{complaint_id}"}, "sk": {"S": sk}}
        dynamodb.delete_item(TableName=deployed.complaints_table, Key=key)
    stop_watches(players, complaint_id)


def _keys(players: Cast, complaint_id: str, *, table: str | None = None) -> list[str]:
    """The sort keys of all that there is of the complaint, in the deployment's table or another."""
    items = players.deployed.emulator.client("dynamodb").query(
        TableName=table or players.deployed.complaints_table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"complaint#{complaint_id}"}},
    )["Items"]
    return [item["sk"]["S"] for item in items]


def _well(status: int) -> None:
    assert 200 <= status < 300
