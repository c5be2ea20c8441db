"""The watch's state machine, read as the language's specification reads it, and run."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
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
        "OutputPath",
        "TimeoutSeconds",
        "Retry",
        "Catch",
        "Next",
    },
    "Choice": {"Choices", "Default"},
    "Wait": {"TimestampPath", "Next"},
    "Succeed": set(),
    "Fail": {"Error", "Cause"},
}
# Entered, scheduled, started, succeeded and left; entered and left.
EVENTS = {"Task": 5, "Choice": 2, "Wait": 2, "Succeed": 2, "Fail": 2}
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
    """A lap with every retry."""
    lap = ("Sleep", "Wake", "Decide")
    assert all(b in set(follows(STATES[a])) for a, b in zip(lap, (*lap[1:], "Sleep"), strict=True))
    dearest = sum(EVENTS[STATES[name]["Type"]] for name in lap)
    dearest += sum(
        EVENTS_OF_A_RETRY * STATES[name]["Retry"][0]["MaxAttempts"] for name in lap if name in tasks()
    )
    last = sum(EVENTS[STATES[name]["Type"]] for name in ("ContinueAsNew", "Done"))
    last += EVENTS_OF_A_RETRY * STATES["ContinueAsNew"]["Retry"][0]["MaxAttempts"]
    assert LAPS * dearest + last + 1 < HISTORY_MOST


def test_a_lap_is_three_states_for_states_are_what_is_paid_for() -> None:
    assert len(run(begun(), sleeps=[LATER, None]).trail) == 2 * 3 + 1


def test_it_goes_on_as_a_new_execution_with_what_it_began_with() -> None:
    handed_on = {name.removesuffix(".$") for name in STATES["ContinueAsNew"]["Parameters"]["Input"]}
    given = set(begun())
    assert handed_on == given | {"AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID"}
    assert STATES["ContinueAsNew"]["Parameters"]["Input"]["lap"] == 0
    asked = {name.removesuffix(".$") for name in STATES["Wake"]["Parameters"]["Payload"]}
    assert asked == given - {"sleep_until"}


# Run: what the machine does with one complaint, state by state.


class Machine:
    """An execution at a virtual time; `wake` is what the function answers when it is called at a time."""

    def __init__(self, wake: Callable[[datetime, dict[str, Any]], str | None]) -> None:
        self.now = datetime(2026, 6, 1, tzinfo=UTC)
        self.trail: list[str] = []
        self.woke: list[datetime] = []
        self.started: list[dict[str, Any]] = []
        self._wake = wake

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
                    until = datetime.fromisoformat(data[state["TimestampPath"].removeprefix("$.")])
                    # A Wait drops what is below a second.
                    self.now = max(self.now, until.replace(microsecond=0))
                    name = state["Next"]
                case "Choice":
                    name = next(
                        (each["Next"] for each in state["Choices"] if _holds(each, data)),
                        state.get("Default"),
                    )
        return "still running"

    def _task(self, name: str, data: dict[str, Any]) -> dict[str, Any]:
        if name == "ContinueAsNew":
            self.started.append(data)
            return data
        self.woke.append(self.now)
        asked = {
            key.removesuffix(".$"): data["lap"] + 1
            if path == "States.MathAdd($.lap, 1)"
            else data[path.removeprefix("$.")]
            for key, path in STATES[name]["Parameters"]["Payload"].items()
        }
        until = self._wake(self.now, asked)
        return asked if until is None else asked | {"sleep_until": until}


def _holds(choice: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    if "Not" in choice:
        return not _holds(choice["Not"], data)
    name = choice["Variable"].removeprefix("$.")
    if "IsPresent" in choice:
        return name in data
    return bool(data[name] >= choice["NumericGreaterThanEquals"])


DUE = "2026-06-02T00:00:00.000Z"
LATER = "2026-06-03T00:00:00.000Z"


def begun(*, until: str = DUE) -> dict[str, Any]:
    return json.loads(json.dumps(execution_input("A", 1, until=datetime.fromisoformat(until))))


def run(data: dict[str, Any], *, sleeps: Sequence[str | None]) -> Machine:
    """To its end, where each call of the function says in turn until when to sleep on."""
    answers = iter(sleeps)
    machine = Machine(lambda now, asked: next(answers))
    assert machine.run(data) == "Done"
    return machine


def test_it_sleeps_wakes_the_function_and_ends_when_that_has_nothing_to_wait_for() -> None:
    assert run(begun(), sleeps=[None]).woke == [datetime(2026, 6, 2, tzinfo=UTC)]


def test_it_sleeps_on_as_the_function_says() -> None:
    machine = run(begun(), sleeps=[LATER, None])
    assert machine.woke == [datetime(2026, 6, 2, tzinfo=UTC), datetime(2026, 6, 3, tzinfo=UTC)]


def test_one_whose_time_has_passed_already_wakes_at_once() -> None:
    machine = run(begun(until="2026-05-01T00:00:00.000Z"), sleeps=[None])
    assert machine.woke == [datetime(2026, 6, 1, tzinfo=UTC)]


def test_it_never_sleeps_a_part_of_a_second_too_short() -> None:
    assert begun(until="2026-06-02T00:00:00.001Z")["sleep_until"] == "2026-06-02T00:00:01.000Z"


def test_before_its_history_is_full_it_starts_anew_and_sleeps_on() -> None:
    machine = run(begun() | {"lap": LAPS - 2}, sleeps=[DUE, LATER])
    assert machine.trail[-2:] == ["ContinueAsNew", "Done"]
    assert machine.started[0]["sleep_until"] == LATER
