"""Waiting for what must come, however busy the machine is."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from infra.local.story import PATIENCE_S, Cast, pause


def wait_for(true: Callable[[], object], *, what: str, patience: float = PATIENCE_S) -> None:
    """Raises AssertionError where it never comes true."""
    began = time.monotonic()
    while not true():
        waited = time.monotonic() - began
        assert waited < patience, f"waited {patience:.0f} s, and not: {what}"
        time.sleep(pause(waited))


def until_everybody_knows(players: Cast, complaint_id: str) -> None:
    """What a filing causes has happened: its reporter and its body are told, and its watch sleeps.

    That it is assigned says nothing of these: a filing is given to its body in its own transaction.
    """

    def told() -> bool:
        lines = players.citizen.get("/v1/notifications").body["items"]
        return any(line["complaint_id"] == complaint_id for line in lines)

    wait_for(told, what="its reporter is told")
    wait_for(lambda: watches_of(players, complaint_id), what="it is watched")


def watches_of(players: Cast, complaint_id: str) -> list[str]:
    """The executions that watch it now."""
    running = players.deployed.emulator.client("stepfunctions").list_executions(
        stateMachineArn=players.deployed.state_machine_arn, statusFilter="RUNNING", maxResults=1000
    )["executions"]
    return [each["executionArn"] for each in running if each["name"].startswith(complaint_id)]


def stop_watches(players: Cast, complaint_id: str) -> None:
    states = players.deployed.emulator.client("stepfunctions")
    for execution in watches_of(players, complaint_id):
        states.stop_execution(executionArn=execution)


def reminder_at(history: Sequence[Mapping[str, Any]]) -> datetime:
    """When a complaint's first timer runs out: a quarter of the term before the deadline.

    From then on its watch may have called a function, and what is called goes on whatever becomes of the watch.
    """
    begun, due_at = (
        datetime.fromisoformat(each) for each in (history[0]["timestamp"], history[1]["data"]["due_at"])
    )
    return due_at - (due_at - begun) / 4
