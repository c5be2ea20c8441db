"""The story's history is right however slow the machine was that it was played on, and wrong where a step is missing."""

import pytest

from infra.local.story import HISTORY, played

QUICK = "submitted photo_added assigned deadline_near escalated acknowledged photo_added answered closed"
BUSY = (
    "submitted photo_added assigned escalated deadline_near escalated deadline_near escalated acknowledged photo_added "
    "deadline_near answered closed"
)


@pytest.mark.parametrize(
    "types", [QUICK, BUSY, " ".join(HISTORY)], ids=["quick", "busy", "no reminder in time"]
)
def test_reminders_and_further_terms_depend_on_the_machine(types: str) -> None:
    assert played(types.split()) == HISTORY


@pytest.mark.parametrize("missing", sorted(set(HISTORY)))
def test_a_step_that_is_missing_is_missed(missing: str) -> None:
    assert played([type for type in QUICK.split() if type != missing]) != HISTORY


def test_a_step_that_came_twice_is_seen() -> None:
    assert played([*QUICK.split(), "closed"]) != HISTORY
    assert played(["submitted", *QUICK.split()]) != HISTORY
