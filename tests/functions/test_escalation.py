"""A timer woke up: it acts once, when it is time, or finds that there is nothing to do."""

from datetime import timedelta

import pytest

from functions.complaints.clock import whole_second
from functions.complaints.complaint import Status
from functions.complaints.duration import Duration
from functions.complaints.faults import NotFound
from functions.complaints.moves import agency
from functions.complaints.timers import watched_timer
from functions.records.move import move
from functions.route.escalation.wake import PAUSE, wake
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

    def wakes(self, *, of_round: int | None = None, store=None) -> bool:
        """Whether it moved the complaint; until when it sleeps on is in `sleeps_until`."""
        before = self.types
        self.sleeps_until = wake(
            self.id,
            watch_round=of_round or self.complaint.watch_round,
            store=store or self.store,
            region=self.region,
            now=self.now,
        )
        return [kind for kind in self.types[len(before) :] if kind in ("reminded", "escalated")] != []

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
    assert watched.wakes()
    assert not watched.wakes()
    assert watched.types == ["submitted", "assigned", "escalated"]
    assert not watched.wakes()


def test_a_timer_that_wakes_early_does_nothing() -> None:
    watched = Watched()
    assert watched.complaint.near_at is not None
    watched.waits(until=watched.complaint.near_at - timedelta(milliseconds=1))
    assert not watched.wakes()
    assert watched.types == ["submitted", "assigned"]


def test_a_timer_of_an_older_deadline_does_not_escalate_and_sleeps_on() -> None:
    watched = Watched()
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
    watched.wakes()
    assert watched.complaint.escalation_level == 0
    assert watched.sleeps_until == whole_second(watched_timer(watched.complaint).at)


def test_an_answer_that_came_first_is_not_escalated() -> None:
    watched = Watched()
    watched.waits(until=watched.due_at)
    watched.answers()
    assert not watched.wakes()
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

    assert watched.wakes(store=RacingStore(watched.store, passed_on))
    assert watched.types == ["submitted", "assigned", "transferred", "escalated"]
    assert (watched.complaint.agency_id, watched.complaint.escalated_to) == ("roads", ("akimat",))


def test_what_is_not_there_is_an_error_for_the_machine_to_retry_and_then_to_report() -> None:
    watched = Watched()
    with pytest.raises(NotFound):
        wake("nothing", watch_round=1, store=watched.store, region=watched.region, now=watched.now)


def test_a_watch_of_an_older_round_does_nothing_and_ends() -> None:
    watched = Watched()
    watched.waits(until=watched.due_at)
    assert not watched.wakes(of_round=watched.complaint.watch_round + 1)
    assert watched.sleeps_until is None


def test_what_has_nothing_worth_a_watch_any_more_ends_it() -> None:
    watched = Watched()
    watched.answers()
    watched.wakes()
    assert watched.sleeps_until is None


def test_a_watch_sleeps_until_the_whole_second_that_is_not_before_the_timer() -> None:
    watched = Watched()
    watched.wakes()
    assert watched.sleeps_until == whole_second(watched_timer(watched.complaint).at)
    assert watched.sleeps_until >= watched_timer(watched.complaint).at


def test_whoever_woke_a_little_early_sleeps_a_little_and_not_in_a_circle() -> None:
    watched = Watched()
    timer = watched_timer(watched.complaint)
    watched.waits(until=timer.at - timedelta(milliseconds=300))
    assert not watched.wakes()
    assert PAUSE <= watched.sleeps_until - watched.now <= PAUSE + timedelta(seconds=1)


def test_what_was_acted_on_late_goes_on_with_what_has_passed_meanwhile_at_once() -> None:
    watched = Watched()
    watched.waits(until=watched.due_at + timedelta(days=1))
    assert watched.wakes()
    assert watched.sleeps_until == whole_second(watched_timer(watched.complaint).at)
