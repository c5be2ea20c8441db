"""A timer woke up: it acts once, when it is time, or finds that there is nothing to do."""

from datetime import timedelta

import pytest

from functions.complaints.complaint import Status
from functions.complaints.duration import Duration
from functions.complaints.faults import NotFound
from functions.complaints.moves import agency
from functions.records.move import move
from functions.route.escalation.wake import wake
from tests.core.story import HOUSING
from tests.functions.watching import Route
from tests.simulation.store import RacingStore

WHY = "The pipe has to be ordered first."


class Watched(Route):
    """A complaint that is assigned; `due_at` is its first deadline."""

    def __init__(self) -> None:
        super().__init__()
        self.id = self.files()
        self.consumed()
        self.due_at = self.complaint.due_at
        assert self.due_at is not None

    @property
    def complaint(self):
        return self.store.get(self.id)

    @property
    def types(self) -> list[str]:
        return [change.event.type.rpartition(".")[2] for change in self.store.changes[self.id]]

    def wakes(self, *, version: int | None = None, store=None) -> bool:
        return wake(
            self.id,
            deadline_version=version or self.complaint.deadline_version,
            store=store or self.store,
            region=self.region,
            now=self.now,
        )

    def answers(self) -> None:
        self.does(
            self.id,
            lambda each: agency.answer(
                each, by=HOUSING, outcome="resolved", text="Done.", region=self.region, now=self.now
            ),
        )


def test_a_missed_deadline_escalates_once() -> None:
    watched = Watched()
    watched.waits(until=watched.due_at)
    version = watched.complaint.deadline_version
    assert watched.wakes(version=version)
    assert not watched.wakes(version=version)
    assert watched.types == ["submitted", "assigned", "escalated"]
    assert not watched.wakes()


def test_a_timer_that_wakes_early_does_nothing() -> None:
    watched = Watched()
    assert watched.complaint.near_at is not None
    watched.waits(until=watched.complaint.near_at - timedelta(milliseconds=1))
    assert not watched.wakes()
    assert watched.types == ["submitted", "assigned"]


def test_a_timer_of_an_older_deadline_does_nothing() -> None:
    watched = Watched()
    version = watched.complaint.deadline_version
    watched.does(
        watched.id,
        lambda each: agency.extend_deadline(
            each,
            by=HOUSING,
            extension=Duration.parse("P5BD"),
            reason=WHY,
            region=watched.region,
            now=watched.now,
        ),
    )
    watched.waits(until=watched.due_at)
    assert not watched.wakes(version=version)
    assert watched.complaint.escalation_level == 0


def test_an_answer_that_came_first_is_not_escalated() -> None:
    watched = Watched()
    watched.waits(until=watched.due_at)
    version = watched.complaint.deadline_version
    watched.answers()
    assert not watched.wakes(version=version)
    assert watched.complaint.status == Status.ANSWERED


def test_an_answer_that_is_committed_while_the_timer_decides_wins() -> None:
    watched = Watched()
    watched.waits(until=watched.due_at)
    assert not watched.wakes(store=RacingStore(watched.store, watched.answers))
    assert watched.types == ["submitted", "assigned", "answered"]


def test_an_escalation_that_is_committed_while_the_agency_answers_comes_before_the_answer() -> None:
    watched = Watched()
    watched.waits(until=watched.due_at)
    move(
        RacingStore(watched.store, watched.wakes),
        watched.id,
        lambda each: agency.answer(
            each, by=HOUSING, outcome="resolved", text="Done.", region=watched.region, now=watched.now
        ),
    )
    assert watched.types == ["submitted", "assigned", "escalated", "answered"]
    assert watched.complaint.escalation_level == 1


def test_a_transfer_while_it_escalates_leaves_both_in_the_history() -> None:
    watched = Watched()
    watched.waits(until=watched.due_at)

    def passed_on() -> None:
        watched.does(
            watched.id,
            lambda each: agency.transfer(
                each, by=HOUSING, to="roads", reason=WHY, region=watched.region, now=watched.now
            ),
        )

    version = watched.complaint.deadline_version
    assert watched.wakes(version=version, store=RacingStore(watched.store, passed_on))
    assert watched.types == ["submitted", "assigned", "transferred", "escalated"]
    assert (watched.complaint.agency_id, watched.complaint.escalated_to) == ("roads", ("akimat",))


def test_what_is_not_there_is_an_error_for_the_machine_to_retry_and_then_to_report() -> None:
    watched = Watched()
    with pytest.raises(NotFound):
        wake("nothing", deadline_version=1, store=watched.store, region=watched.region, now=watched.now)
