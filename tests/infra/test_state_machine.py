"""The watch's state machine, read as the language's specification reads it, and run."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.route.watch import execution_input
from infra.stacks.escalation import LAPS, definition

DEFINITION = definition()
STATES: Mapping[str, Mapping[str, Any]] = DEFINITION["States"]
HISTORY_MOST = 25_000
FIELDS = {
    "Task": {
        "Resource",
        "Parameters",
        "ResultSelector",
        "ResultPath",
        "TimeoutSeconds",
        "Retry",
        "Catch",
        "Next",
    },
    "Choice": {"Choices", "Default"},
    "Wait": {"Seconds", "TimestampPath", "Next"},
    "Pass": {"Parameters", "Next"},
    "Succeed": set(),
    "Fail": {"Error", "Cause"},
}
# Entered, scheduled, started, succeeded and left; entered and left.
EVENTS = {"Task": 5, "Choice": 2, "Wait": 2, "Pass": 2, "Succeed": 2, "Fail": 2}
# A try that failed: scheduled, started, failed.
EVENTS_OF_A_RETRY = 3


def tasks() -> dict[str, Mapping[str, Any]]:
    return {name: state for name, state in STATES.items() if state["Type"] == "Task"}


def follows(state: Mapping[str, Any]) -> Iterator[str]:
    if "Next" in state:
        yield state["Next"]
    if "Default" in state:
        yield state["Default"]
    for each in (*state.get("Choices", ()), *state.get("Catch", ())):
        yield each["Next"]


def test_it_has_the_fields_of_the_language_and_no_other() -> None:
    assert set(DEFINITION) == {"Comment", "StartAt", "States"}
    for name, state in STATES.items():
        assert set(state) - {"Type", "Comment"} <= FIELDS[state["Type"]], name


def test_every_state_is_reached_and_every_way_leads_on() -> None:
    reached, waiting = set(), [DEFINITION["StartAt"]]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += follows(STATES[name])
    assert reached == set(STATES)
    for name, state in STATES.items():
        assert any(follows(state)) == (state["Type"] not in ("Succeed", "Fail")), name


@pytest.mark.parametrize("name", tasks())
def test_every_task_has_a_timeout_a_jittered_retry_and_a_catch_that_fails_loudly(name: str) -> None:
    state = STATES[name]
    assert 0 < state["TimeoutSeconds"] <= 60
    (retry,) = state["Retry"]
    assert retry["ErrorEquals"] == ["States.ALL"]
    assert retry["JitterStrategy"] == "FULL"
    assert retry["BackoffRate"] > 1
    assert retry["MaxAttempts"] >= 8
    assert retry["MaxDelaySeconds"] <= 60
    (catch,) = state["Catch"]
    assert catch["ErrorEquals"] == ["States.ALL"]
    assert STATES[catch["Next"]]["Type"] == "Fail"


def test_the_history_stays_within_its_limit_however_often_a_deadline_moves() -> None:
    """The dearest lap: reads, acts in vain, pauses and counts, every task after all its retries."""
    lap = ("Read", "Decide", "Act", "Acted", "Pause", "Count", "Enough")
    assert all(b in set(follows(STATES[a])) for a, b in zip(lap, (*lap[1:], "Read"), strict=True))
    dearest = sum(EVENTS[STATES[name]["Type"]] for name in lap)
    dearest += sum(
        EVENTS_OF_A_RETRY * STATES[name]["Retry"][0]["MaxAttempts"] for name in lap if name in tasks()
    )
    last = sum(EVENTS[STATES[name]["Type"]] for name in ("ContinueAsNew", "Done"))
    last += EVENTS_OF_A_RETRY * STATES["ContinueAsNew"]["Retry"][0]["MaxAttempts"]
    assert LAPS * dearest + last + 1 < HISTORY_MOST


def test_it_goes_on_as_a_new_execution_with_what_it_began_with() -> None:
    handed_on = {name.removesuffix(".$") for name in STATES["ContinueAsNew"]["Parameters"]["Input"]}
    given = set(execution_input("A", 1))
    assert handed_on == given | {"AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID"}
    assert STATES["ContinueAsNew"]["Parameters"]["Input"]["lap"] == 0
    counted = {name.removesuffix(".$") for name in STATES["Count"]["Parameters"]}
    assert counted == given


def test_it_is_read_from_the_table_itself_and_not_from_a_copy() -> None:
    assert STATES["Read"]["Parameters"]["ConsistentRead"] is True


# Run: what the machine does with one complaint's item, state by state.


class Machine:
    """An execution at a virtual time; `item` is what Read finds, `act` what the function answers."""

    def __init__(self, item: Any, act: Any) -> None:
        self.now = datetime(2026, 6, 1, tzinfo=UTC)
        self.trail: list[str] = []
        self.waits: list[datetime] = []
        self._item, self._act = item, act
        self.started: list[dict[str, Any]] = []

    def run(self, data: dict[str, Any], *, most: int = 60) -> str:
        name = DEFINITION["StartAt"]
        for _ in range(most):
            self.trail.append(name)
            state = STATES[name]
            match state["Type"]:
                case "Succeed" | "Fail":
                    return name
                case "Task":
                    data = self._task(name, data)
                    name = state["Next"]
                case "Wait":
                    self._wait(state, data)
                    name = state["Next"]
                case "Pass":
                    data = {
                        key.removesuffix(".$"): _value(path, data)
                        for key, path in state["Parameters"].items()
                    }
                    name = state["Next"]
                case "Choice":
                    name = next(
                        (each["Next"] for each in state["Choices"] if _holds(each, data)),
                        state.get("Default"),
                    )
        return "still running"

    def _task(self, name: str, data: dict[str, Any]) -> dict[str, Any]:
        if name == "Read":
            item = self._item(self.now)
            return data | {"complaint": {"item": item}}
        if name == "Act":
            version = data["complaint"]["item"]["deadline_version"]["N"]
            return data | {"result": {"acted": self._act(self.now, version)}}
        self.started.append(data)
        return data

    def _wait(self, state: Mapping[str, Any], data: dict[str, Any]) -> None:
        if "Seconds" in state:
            self.now += timedelta(seconds=state["Seconds"])
            return
        until = datetime.fromisoformat(_path(state["TimestampPath"], data))
        self.waits.append(until)
        # A Wait drops what is below a second.
        self.now = max(self.now, until.replace(microsecond=0))


def _path(path: str, data: Any) -> Any:
    for part in path.removeprefix("$.").split("."):
        data = data[part]
    return data


def _value(path: str, data: Any) -> Any:
    if path == "States.MathAdd($.lap, 1)":
        return data["lap"] + 1
    return _path(path, data)


def _holds(choice: Mapping[str, Any], data: Any) -> bool:
    if "Not" in choice:
        return not _holds(choice["Not"] | {"Next": ""}, data)
    try:
        value = _path(choice["Variable"], data)
    except KeyError:
        return False
    if "IsPresent" in choice:
        return True
    if "StringEqualsPath" in choice:
        return value == _path(choice["StringEqualsPath"], data)
    if "BooleanEquals" in choice:
        return value is choice["BooleanEquals"]
    return value >= choice["NumericGreaterThanEquals"]


def item(watch_at: str | None, *, watch_round: int = 1, version: int = 1) -> dict[str, Any]:
    more = {} if watch_at is None else {"watch_at": {"S": watch_at}}
    return more | {"watch_round": {"N": str(watch_round)}, "deadline_version": {"N": str(version)}}


DUE = "2026-06-02T00:00:00.000Z"
LATER = "2026-06-03T00:00:00.000Z"


def begun() -> dict[str, Any]:
    return json.loads(json.dumps(execution_input("A", 1)))


def test_it_waits_reads_again_acts_once_and_ends_when_no_timer_is_left() -> None:
    acted: list[datetime] = []
    machine = Machine(
        lambda now: item(None if acted else DUE), lambda now, version: acted.append(now) or True
    )
    assert machine.run(begun()) == "Done"
    assert acted == [datetime(2026, 6, 2, tzinfo=UTC)]
    assert machine.trail.count("Read") == 3


def test_a_deadline_that_moved_is_waited_for_again_and_not_acted_on() -> None:
    acted: list[datetime] = []
    moved = datetime(2026, 6, 1, 12, tzinfo=UTC)

    def read(now: datetime) -> dict[str, Any]:
        return item(None) if acted else item(DUE if now < moved else LATER)

    machine = Machine(read, lambda now, version: acted.append(now) or True)
    assert machine.run(begun()) == "Done"
    assert acted == [datetime(2026, 6, 3, tzinfo=UTC)]


def test_another_round_and_a_complaint_that_has_ended_end_it() -> None:
    assert Machine(lambda now: item(DUE, watch_round=2), None).run(begun()) == "Done"
    assert Machine(lambda now: item(None), None).run(begun()) == "Done"
    assert Machine(lambda now: {}, None).run(begun()) == "Done"


def test_one_whose_time_has_passed_already_is_acted_on_at_once() -> None:
    acted: list[datetime] = []
    machine = Machine(
        lambda now: item(None if acted else "2026-05-01T00:00:00.000Z"),
        lambda now, version: acted.append(now) or True,
    )
    assert machine.run(begun()) == "Done"
    assert acted == [datetime(2026, 6, 1, tzinfo=UTC)]


def test_a_function_whose_clock_is_behind_is_asked_again() -> None:
    asked: list[datetime] = []

    def act(now: datetime, version: str) -> bool:
        asked.append(now)
        return len(asked) == 3

    machine = Machine(lambda now: item(None if len(asked) == 3 else DUE), act)
    assert machine.run(begun()) == "Done"
    assert [each - asked[0] for each in asked] == [timedelta(), timedelta(seconds=2), timedelta(seconds=4)]


def test_before_its_history_is_full_it_starts_anew_with_what_it_waited_for() -> None:
    machine = Machine(lambda now: item(DUE), lambda now, version: False)
    assert machine.run(begun() | {"lap": LAPS - 2}) == "Done"
    assert "ContinueAsNew" in machine.trail
    assert machine.started[0]["waited"] == DUE
