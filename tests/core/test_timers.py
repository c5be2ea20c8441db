"""Timers: which run in which state, which is next, and what counts when several have passed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.complaints.complaint import ENDED, OPEN, Complaint, PhotoStatus, Status
from functions.complaints.timers import (
    ASSIGNED_WITHIN,
    WATCHED,
    TimerKind,
    next_timer,
    passed_timer,
    timers,
    watched_timer,
)
from tests.core.story import START, filed
from tests.region_fixture import region

instants = st.integers(-1000, 1000).map(lambda minutes: START + timedelta(minutes=minutes))
BLANK = filed(region()).complaint
EXPECTED = filed(region(), photos=1).complaint.photos[0]


@st.composite
def complaints(draw: st.DrawFn) -> Complaint:
    maybe = st.none() | instants
    return replace(
        BLANK,
        status=draw(st.sampled_from(list(Status))),
        overdue=draw(st.booleans()),
        photos=draw(st.sampled_from([(), (EXPECTED,)])),
        photos_due_at=draw(maybe),
        acknowledge_by=draw(maybe),
        near_at=draw(maybe),
        due_at=draw(maybe),
        close_at=draw(maybe),
    )


@given(complaints())
def test_the_next_timer_is_the_earliest_and_the_watched_one_the_earliest_watched(
    complaint: Complaint,
) -> None:
    running = timers(complaint)
    assert next_timer(complaint) == min(running, key=lambda each: each.at, default=None)
    watched = [each for each in running if each.kind in WATCHED]
    assert watched_timer(complaint) == min(watched, key=lambda each: each.at, default=None)


@given(complaints(), instants)
def test_a_timer_has_passed_when_its_time_has_come_and_not_before(complaint: Complaint, now) -> None:
    passed = passed_timer(complaint, now=now)
    due = [each for each in timers(complaint) if each.at <= now]
    assert (passed is None) == (not due)
    if passed is not None:
        assert passed == due[0]


@given(complaints())
def test_nothing_runs_once_it_has_ended_or_nobody_is_left_above(complaint: Complaint) -> None:
    if complaint.status in ENDED:
        assert timers(complaint) == ()
    if complaint.overdue and complaint.status in (Status.ASSIGNED, Status.ACKNOWLEDGED):
        assert {each.kind for each in timers(complaint)} <= {TimerKind.PHOTOS}


@pytest.mark.parametrize("status", sorted(OPEN))
@pytest.mark.parametrize("overdue", [False, True])
def test_photos_are_waited_for_in_every_open_state_beside_all_else(status: Status, overdue: bool) -> None:
    waiting = replace(WITH_ALL, status=status, overdue=overdue, photos=(EXPECTED,))
    assert [each.at for each in timers(waiting) if each.kind == TimerKind.PHOTOS] == [START]
    if status != Status.AWAITING_PHOTOS:
        came = replace(waiting, photos=(replace(EXPECTED, status=PhotoStatus.READY),))
        assert timers(came) == timers(waiting)[:-1]


WITH_ALL = replace(
    BLANK,
    photos_due_at=START,
    acknowledge_by=START + timedelta(hours=1),
    near_at=START + timedelta(hours=2),
    due_at=START + timedelta(hours=3),
    close_at=START + timedelta(hours=4),
)


@pytest.mark.parametrize(
    ("status", "kinds"),
    [
        (Status.AWAITING_PHOTOS, [TimerKind.PHOTOS]),
        (Status.SUBMITTED, [TimerKind.ASSIGNMENT]),
        (Status.ASSIGNED, [TimerKind.DUE, TimerKind.ACKNOWLEDGEMENT, TimerKind.NEAR]),
        (Status.ACKNOWLEDGED, [TimerKind.DUE, TimerKind.NEAR]),
        (Status.ANSWERED, [TimerKind.CLOSE]),
        (Status.CLOSED, []),
        (Status.WITHDRAWN, []),
    ],
)
def test_which_timers_run_in_which_state(status: Status, kinds: list[TimerKind]) -> None:
    assert [each.kind for each in timers(replace(WITH_ALL, status=status))] == kinds


def test_after_an_outage_what_is_missed_outweighs_its_reminder() -> None:
    late = WITH_ALL.due_at
    assert late is not None
    missed = passed_timer(replace(WITH_ALL, status=Status.ASSIGNED), now=late)
    assert missed is not None
    assert missed.kind == TimerKind.DUE


def test_what_was_not_assigned_within_minutes_was_lost_on_the_way() -> None:
    (timer,) = timers(replace(BLANK, status=Status.SUBMITTED))
    assert timer.at == BLANK.changed_at + ASSIGNED_WITHIN
