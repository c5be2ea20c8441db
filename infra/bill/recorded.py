"""What a run on the emulator counted, kept so that the page can be written anew without one."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

RECORDED: Final = Path(__file__).with_name("recorded.yaml")
HEAD: Final = """\
# What `make cost WRITE=1` counted in its last run, for each life: units that AWS charges for, and requests.
#
# `lap` and `first`: how many states the state machine of that run entered for each timer that it woke for, and for the one
# that it was stopped in. Where the machine has changed since, the page reckons with the machine of now.

"""


@dataclass(frozen=True, kw_only=True)
class Machine:
    """`lap`: states entered for each timer that it wakes for. `first`: those before it is stopped in its sleep."""

    lap: int
    first: int

    def wakes(self, transitions: float) -> int:
        """How often it woke; its start is a transition too. Raises ValueError where that does not divide."""
        wakes, left = divmod(transitions - 1 - self.first, self.lap)
        if left or wakes < 0:
            raise ValueError(f"{transitions} are no whole laps of {self.lap} states")
        return int(wakes)

    def transitions(self, wakes: int) -> int:
        return 1 + self.first + self.lap * wakes


@dataclass(frozen=True, kw_only=True)
class Recorded:
    on: str
    machine: Machine
    units: Mapping[str, Mapping[str, float]]
    requests: Mapping[str, Mapping[str, int]]

    def now(self, machine: Machine) -> Mapping[str, Mapping[str, float]]:
        """Units by life, with the state transitions that a machine such as this needs for the same wakes."""
        return {
            life: {**units, "state_transition": machine.transitions(self._wakes(units))}
            for life, units in self.units.items()
        }

    def _wakes(self, units: Mapping[str, float]) -> int:
        return self.machine.wakes(units["state_transition"])


def machine_of(definition: Mapping[str, Any]) -> Machine:
    """Of an Amazon States Language document whose first state is the sleep: the way from it back to it."""
    states, first = definition["States"], definition["StartAt"]
    lap, name = 1, states[first]["Next"]
    while name != first:
        lap, name = lap + 1, states[name].get("Next") or states[name]["Default"]
    return Machine(lap=lap, first=1)


def load(file: Path = RECORDED) -> Recorded:
    found = yaml.safe_load(file.read_text())
    return Recorded(
        on=found["on"],
        machine=Machine(**found["machine"]),
        units={life: each["units"] for life, each in found["lives"].items()},
        requests={life: each["requests"] for life, each in found["lives"].items()},
    )


def dump(recorded: Recorded) -> str:
    """The file as text."""
    body = {
        "on": recorded.on,
        "machine": {"lap": recorded.machine.lap, "first": recorded.machine.first},
        "lives": {
            life: {
                "units": dict(sorted(units.items())),
                "requests": dict(sorted(recorded.requests[life].items())),
            }
            for life, units in recorded.units.items()
        },
    }
    return HEAD + yaml.safe_dump(body, sort_keys=False, allow_unicode=True)
