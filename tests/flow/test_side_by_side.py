"""A batch of a stream whose complaints are worked on side by side, with a fault in each try: told once, in order, whole."""

import itertools
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from infra.local.receiver import Receiver
from tests.flow.test_whole_way import MONDAY, PLACE, _subscribed
from tests.flow.town import Town, town
from tests.sweeps import draws

PEOPLE, FILED = 6, 30


class Unsteady:
    """Of the calls that follow `plan`, one fails, before or after it took effect. `pushed` are those that took it."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.pushed: list[dict[str, Any]] = []
        self.faults = 0
        self.plan(most=0)

    def plan(self, *, most: int) -> None:
        self.calls, self.fails = itertools.count(1), self.chance.randint(1, most) if most else 0
        self.before = self.chance.random() < 0.5

    @contextmanager
    def in_aws(self) -> Iterator[None]:
        request = BaseClient._make_api_call

        def call(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
            fails = next(self.calls) == self.fails
            self.faults += fails
            if fails and self.before:
                raise ConnectTimeoutError(endpoint_url="https://example.org")
            answer = request(client, operation, parameters)
            if operation == "Publish" and "TargetArn" in parameters:
                self.pushed.append(json.loads(json.loads(parameters["Message"])["GCM"])["fcmV1Message"])
            if fails:
                raise ReadTimeoutError(endpoint_url="https://example.org")
            return answer

        with patch.object(BaseClient, "_make_api_call", call):
            yield


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(draws(gate=1, whole=10)))
def test_everybody_is_told_once_and_in_order_whatever_fails_in_a_batch(tmp_path: Path, seed: int) -> None:
    unsteady = Unsteady(Random(seed))
    with town(tmp_path, start=MONDAY, side_by_side=True) as here, Receiver() as receiver, unsteady.in_aws():
        _subscribed(here, receiver)
        for number in range(PEOPLE):
            phone = {"platform": "fcm", "token": f"token-{number}"}
            assert here.citizen("PUT", "/v1/devices/phone", phone, who=f"person-{number}").status < 300
        here.tries = 40
        for name in ("assignment", "outbox"):
            here.handlers[name].handler = _disturbed(here, name, unsteady)  # type: ignore[attr-defined]
        filed = {_file(here, number % PEOPLE): f"person-{number % PEOPLE}" for number in range(FILED)}
        _settle(here)
        for complaint_id in list(filed)[::2]:
            assert here.agency("POST", f"/v1/agency/complaints/{complaint_id}/acknowledge").status == 200
            answer = {"outcome": "resolved", "text": "Collected."}
            assert here.agency("POST", f"/v1/agency/complaints/{complaint_id}/answer", answer).status == 200
        _settle(here)
        told = {each: ["assigned"] for each in filed} | {
            each: ["assigned", "acknowledged", "answered"] for each in list(filed)[::2]
        }
        assert unsteady.faults >= 2
        assert Counter(each["message"]["data"]["complaint_id"] for each in unsteady.pushed) == {
            each: len(steps) for each, steps in told.items()
        }
        inboxes = {
            each: here.citizen("GET", "/v1/notifications?limit=50", who=each) for each in filed.values()
        }
        assert Counter(
            item["complaint_id"] for answer in inboxes.values() for item in answer.body["items"]
        ) == {each: len(steps) for each, steps in told.items()}
        got = [receiver.received.get(timeout=1) for _ in range(receiver.received.qsize())]
        for complaint_id, steps in told.items():
            own = [each.type.removeprefix("complaint.") for each in got if each.data["id"] == complaint_id]
            assert own == steps
        assert receiver.refused == 0
        assert _feed() == told


def _settle(here: Town) -> None:
    """With the seconds that the rate of attempts at one endpoint asks for, and the minutes that what failed waits."""
    for _ in range(4):
        here.settle()
        here.clock.shift(timedelta(seconds=2))
    for _ in range(3):
        here.clock.shift(timedelta(minutes=1))
        here.on_schedule()


def _disturbed(here: Town, name: str, unsteady: Unsteady) -> Any:
    handler = here.handlers[name].handler

    def disturbed(event: Any, context: Any) -> Any:
        # Each try gets further than the last one did, or not as far.
        unsteady.plan(most=3 * len(event["Records"]))
        try:
            return handler(event, context)
        finally:
            unsteady.plan(most=0)

    return disturbed


def _file(here: Town, number: int) -> str:
    body = {"category": "rubbish", "comment": "Not collected.", "location": PLACE}
    answer = here.citizen("POST", "/v1/complaints", body, who=f"person-{number}")
    assert answer.status == 201, answer.body
    return str(answer.body["id"])


def _feed() -> dict[str, list[str]]:
    """The housing body's changes: each complaint's, in their order."""
    from functions.complaints.clock import utc_now
    from functions.notify.feed import changes

    found: dict[str, list[str]] = {}
    for each in changes("housing", cursor=None, limit=1000, now=utc_now()).changes:
        found.setdefault(each["data"]["id"], []).append(each["type"].removeprefix("complaint."))
    return found
