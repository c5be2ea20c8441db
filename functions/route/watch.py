"""The watch over a complaint's timers: one Step Functions execution per complaint and round."""

import json
from datetime import datetime
from typing import Final, Protocol

from functions.complaints.clock import iso, whole_second
from functions.edge.clients import client
from functions.edge.telemetry import logger

FIRST_LAP: Final = 0


class Watch(Protocol):
    """What starts and ends watches; the Step Functions one below, and one in memory for simulations."""

    def start(self, complaint_id: str, *, watch_round: int, until: datetime) -> None: ...

    def stop(self, complaint_id: str, *, watch_round: int) -> None: ...


class StepFunctionsWatch:
    def __init__(self, *, state_machine_arn: str) -> None:
        self._arn = state_machine_arn

    def start(self, complaint_id: str, *, watch_round: int, until: datetime) -> None:
        """Start the round's watch, which sleeps `until` then; a round that was started before is left alone."""
        states = client("stepfunctions")
        try:
            states.start_execution(
                stateMachineArn=self._arn,
                name=execution_name(complaint_id, watch_round, lap=FIRST_LAP),
                input=json.dumps(execution_input(complaint_id, watch_round, until=until)),
            )
        except states.exceptions.ExecutionAlreadyExists:
            logger.debug("watch runs already", extra={"watch_round": watch_round})

    def stop(self, complaint_id: str, *, watch_round: int) -> None:
        """End a round's watch at best effort: one that goes on finds nothing to do and ends by itself."""
        states = client("stepfunctions")
        name = execution_name(complaint_id, watch_round, lap=FIRST_LAP)
        arn = self._arn.replace(":stateMachine:", ":execution:") + ":" + name
        try:
            states.stop_execution(executionArn=arn, cause="the complaint has ended")
        except states.exceptions.ClientError as error:
            logger.info("watch not stopped", extra={"reason": error.response["Error"]["Code"]})


def execution_input(complaint_id: str, watch_round: int, *, until: datetime) -> dict[str, object]:
    """A watch's state: whom it watches, in which round, how often it woke, and until when it sleeps."""
    return {
        "complaint_id": complaint_id,
        "watch_round": watch_round,
        "lap": FIRST_LAP,
        "sleep_until": iso(whole_second(until)),
    }


def execution_name(complaint_id: str, watch_round: int, *, lap: int) -> str:
    return f"{complaint_id}-{watch_round}-{lap}"
