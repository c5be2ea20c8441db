"""What an operator reads: durations as people write them, and queues by the names that the runbook has for them."""

import re
from datetime import timedelta

import pytest

from infra.ops.dead_letters import queue_name
from infra.ops.durations import spoken
from infra.toolchain import ROOT
from tests.infra.template import Assembly


@pytest.mark.parametrize(
    ("span", "said"),
    [
        ({}, "0 s"),
        ({"milliseconds": 999}, "0 s"),
        ({"seconds": 13}, "13 s"),
        ({"minutes": 2, "seconds": 13}, "2 min 13 s"),
        ({"hours": 4}, "4 h"),
        ({"hours": 1, "seconds": 40}, "1 h"),
        ({"days": 1}, "1 day"),
        ({"days": 1, "hours": 1, "minutes": 59}, "1 day 1 h"),
        ({"days": 3}, "3 days"),
        ({"days": 365}, "365 days"),
        ({"minutes": -5}, "5 min"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_durations_are_written_as_people_write_them(span: dict[str, int], said: str) -> None:
    assert spoken(timedelta(**span)) == said


@pytest.mark.parametrize("stage", ["cloud", "local"])
def test_the_runbook_names_every_queue_of_dead_letters_as_the_command_does(
    stage: str, request: pytest.FixtureRequest
) -> None:
    assembly: Assembly = request.getfixturevalue(stage)
    template = assembly[f"qamqor-{'pavlodar' if stage == 'cloud' else 'local'}-storage"]
    queues = {queue_name(id) for id in template.of("AWS::SQS::Queue") if "DeadLetters" in id}
    section = (ROOT / "docs" / "runbook.md").read_text().partition("## dead-letters")[2].partition("\n## ")[0]
    named = set(re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE))
    assert named == queues


def test_what_is_no_queue_of_dead_letters_keeps_its_name() -> None:
    assert queue_name("DeliveriesQueue99C7B338") == "DeliveriesQueue99C7B338"
    assert queue_name("OutboxStreamDeadLetters52F299C8") == "outbox-stream"
