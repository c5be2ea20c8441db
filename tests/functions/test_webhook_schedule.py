"""The retry schedule, the breaker, warnings and pauses: rules over random histories."""

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.notify.webhooks.schedule import (
    BREAKER_THRESHOLD,
    DELAYS,
    MIN_ATTEMPTS,
    PROBE_LEASE,
    WINDOW,
    Pause,
    SubscriptionHealth,
    Warning,
    after_failure,
    after_gone,
    after_success,
    ask,
    due_warnings,
    next_attempt,
    overdue,
    pause_due,
    paused,
    places,
    resumed,
    waiting,
    with_warned,
)

START = datetime(2026, 3, 3, 4, 5, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
WELL = SubscriptionHealth(proven=True)
MIDDLE = lambda: 0.5  # noqa: E731

chances = st.randoms(use_true_random=False).map(lambda source: source.random)
retry_afters = st.none() | st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3))


def attempts(chance, *, retry_after=lambda: None, took=timedelta(0)):
    """The times of all attempts of a delivery that never succeeds."""
    times = [START]
    while True:
        now = times[-1] + took
        due = next_attempt(
            attempts_made=len(times), now=now, first_at=START, retry_after=retry_after(), random=chance
        )
        if due is None:
            return times
        assert due > now
        times.append(due)


def test_the_delays_grow_and_fill_five_days():
    assert all(earlier < later for earlier, later in pairwise(DELAYS))
    assert timedelta(hours=119) < sum(DELAYS, timedelta(0)) < WINDOW


@given(chances, st.sampled_from([0, 1, 15]))
def test_one_at_once_and_at_least_twelve_tries_over_five_days_whatever_the_jitter(chance, seconds):
    times = attempts(chance, took=timedelta(seconds=seconds))
    assert len(times) >= 1 + 12
    assert times[-1] - START == WINDOW
    for number, (earlier, later) in enumerate(pairwise(times)):
        delay = DELAYS[min(number, len(DELAYS) - 1)]
        waited = later - earlier - timedelta(seconds=seconds)
        assert waited <= delay * 1.2
        assert waited >= delay * 0.8 or later == times[-1]


@pytest.mark.parametrize("value", [0.0, 0.5, 0.999999])
def test_the_tries_of_a_constant_chance(value):
    times = attempts(lambda: value)
    assert 13 <= len(times) <= 17
    assert times[-1] - START == WINDOW


def test_jitter_spreads_the_first_retry_over_the_whole_range():
    source = random.Random(1)
    waits = [
        (
            next_attempt(attempts_made=5, now=START, first_at=START, retry_after=None, random=source.random)
            - START
        )
        / DELAYS[4]
        for _ in range(2000)
    ]
    assert 0.8 <= min(waits) < 0.81
    assert 1.19 < max(waits) <= 1.2


@given(chances, st.integers(1, 40), retry_afters, st.timedeltas(timedelta(0), timedelta(days=9)))
def test_retry_after_only_ever_lengthens_the_wait_and_by_a_day_at_most(chance, made, asked, since):
    now = START + since
    due = next_attempt(attempts_made=made, now=now, first_at=START, retry_after=asked, random=chance)
    if due is None:
        assert since >= WINDOW
        assert made >= MIN_ATTEMPTS
        return
    honoured = min(asked or timedelta(0), timedelta(hours=24))
    assert due >= now + honoured
    assert due <= now + max(honoured, DELAYS[min(made, len(DELAYS)) - 1] * 1.2)


@given(chances, st.randoms(use_true_random=False))
def test_a_receiver_that_always_asks_to_wait_still_gets_its_tries(chance, source):
    times = attempts(chance, retry_after=lambda: timedelta(hours=source.choice([0, 1, 24, 48])))
    assert len(times) >= 1 + 12
    assert times[-1] - START >= WINDOW


def test_a_delivery_that_was_never_tried_has_no_next_try():
    with pytest.raises(ValueError, match="at once"):
        next_attempt(attempts_made=0, now=START, first_at=START, retry_after=None, random=MIDDLE)


# ---- the breaker


def failed(times, *, health=None, now=START, every=timedelta(0), chance=MIDDLE):
    health = health or SubscriptionHealth()
    for number in range(times):
        health = after_failure(health, now=now + every * number, retry_after=None, random=chance)
    return health


def test_the_breaker_opens_at_the_fifth_failure_in_a_row():
    almost = failed(BREAKER_THRESHOLD - 1)
    assert ask(almost, now=START)[1].kind == "send"
    assert failed(BREAKER_THRESHOLD - 1, health=after_success(almost)).breaker == "closed"
    opened = failed(1, health=almost)
    assert opened.breaker == "open"
    assert opened.rest_until == START + timedelta(seconds=30)
    permit = ask(opened, now=START + timedelta(seconds=29))[1]
    assert (permit.kind, permit.until) == ("wait", opened.rest_until)


def test_after_the_rest_exactly_one_probe_goes_out():
    opened = failed(BREAKER_THRESHOLD)
    now = opened.rest_until
    half_open, permit = ask(opened, now=now)
    assert (permit.kind, half_open.breaker) == ("probe", "half_open")
    others = [ask(half_open, now=now + timedelta(seconds=second))[1] for second in (0, 1, 59)]
    assert {(permit.kind, permit.until) for permit in others} == {("wait", now + PROBE_LEASE)}


def test_a_probe_that_died_with_its_sender_is_followed_by_another():
    opened = failed(BREAKER_THRESHOLD)
    half_open, _ = ask(opened, now=opened.rest_until)
    assert ask(half_open, now=opened.rest_until + PROBE_LEASE)[1].kind == "probe"


def test_a_probe_that_succeeds_closes_the_breaker_and_forgets_the_run():
    opened = failed(BREAKER_THRESHOLD)
    half_open, _ = ask(opened, now=opened.rest_until)
    assert after_success(half_open) == WELL


def test_each_failed_probe_doubles_the_rest_up_to_half_an_hour():
    health = failed(BREAKER_THRESHOLD)
    rests, now = [], START
    for _ in range(20):
        rests.append(health.rest_until - now)
        now = health.rest_until
        half_open, _ = ask(health, now=now)
        health = after_failure(half_open, now=now, retry_after=None, random=MIDDLE)
    assert [rest.total_seconds() for rest in rests[:8]] == [30, 60, 120, 240, 480, 960, 1800, 1800]
    assert rests[-1] == timedelta(minutes=30)


def test_what_was_under_way_when_it_opened_does_not_lengthen_the_rest():
    opened = failed(BREAKER_THRESHOLD)
    later = failed(10, health=opened, now=START + timedelta(seconds=15))
    assert later.rest_until == opened.rest_until
    assert later.failures == BREAKER_THRESHOLD + 10


@given(retry_afters, chances)
def test_the_rest_honours_retry_after(asked, chance):
    almost = failed(BREAKER_THRESHOLD - 1)
    rest = after_failure(almost, now=START, retry_after=asked, random=chance).rest_until - START
    honoured = min(asked or timedelta(0), timedelta(hours=24))
    assert max(honoured, timedelta(seconds=24)) <= rest <= max(honoured, timedelta(seconds=36))


@given(
    st.lists(st.tuples(st.sampled_from(["ask", "fail", "succeed"]), st.integers(0, 4000)), max_size=60),
    chances,
)
def test_a_failing_endpoint_gets_one_attempt_at_a_time_and_is_never_forgotten(steps, chance):
    """While not closed, permits are a lease apart, and there is always a time to ask again."""
    health, now, last_probe = SubscriptionHealth(), START, None
    for step, seconds in steps:
        now += timedelta(seconds=seconds)
        if step == "fail":
            health = after_failure(health, now=now, retry_after=None, random=chance)
        elif step == "succeed":
            health, last_probe = after_success(health), None
        else:
            was = health.breaker
            health, permit = ask(health, now=now)
            assert (permit.kind == "send") == (was == "closed")
            if permit.kind == "probe":
                assert was == "open" or now - last_probe >= PROBE_LEASE
                last_probe = now
            elif permit.kind == "wait":
                assert now < permit.until <= now + timedelta(minutes=36)


# ---- warnings and the pause


def failing_for(hours, *, failures=25):
    health = failed(1)
    return failed(failures - 1, health=health, now=START + HOUR * hours)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (0, ()), (0.99, ()), (1, (Warning.FAILING_1H,)),
        (23.9, (Warning.FAILING_1H,)), (24, (Warning.FAILING_24H,)),
        (72, (Warning.FAILING_72H,)), (96, (Warning.FAILING_72H, Warning.PAUSE_IN_24H)),
    ],
)  # fmt: skip
def test_warnings_fall_due_by_the_length_of_the_failure(hours, expected):
    assert due_warnings(failing_for(hours), now=START + HOUR * hours) == expected


def test_each_warning_is_due_once_and_in_time():
    health, given_at = failed(1), {}
    for minutes in range(0, 121 * 60, 10):
        now = START + timedelta(minutes=minutes)
        health = after_failure(health, now=now, retry_after=None, random=MIDDLE)
        for warning in due_warnings(health, now=now):
            assert warning not in given_at
            given_at[warning] = now - START
            health = with_warned(health, warning, now=now)
        if pause_due(health, now=now):
            break
    assert given_at == {
        Warning.FAILING_1H: HOUR,
        Warning.FAILING_24H: HOUR * 24,
        Warning.FAILING_72H: HOUR * 72,
        Warning.PAUSE_IN_24H: HOUR * 96,
    }
    assert now - START == HOUR * 120


def test_the_notice_of_a_pause_waits_for_the_failures_that_make_one():
    now = START + HOUR * 100
    assert Warning.PAUSE_IN_24H not in due_warnings(failing_for(100, failures=19), now=now)
    assert Warning.PAUSE_IN_24H in due_warnings(failing_for(100, failures=20), now=now)


@given(st.integers(1, 60), st.integers(0, 400), st.none() | st.integers(0, 400))
def test_never_paused_before_five_days_twenty_failures_and_a_days_notice(failures, hours, notice_at):
    health = failing_for(0, failures=failures)
    if notice_at is not None:
        health = with_warned(health, Warning.PAUSE_IN_24H, now=START + HOUR * notice_at)
    expected = failures >= 20 and hours >= 120 and notice_at is not None and hours - notice_at >= 24
    assert pause_due(health, now=START + HOUR * hours) == expected


def test_a_success_ends_the_run_and_its_warnings():
    health = with_warned(failing_for(100), Warning.PAUSE_IN_24H, now=START + HOUR * 100)
    well = after_success(health)
    assert well == WELL
    assert not pause_due(well, now=START + HOUR * 200)
    again = failed(30, health=well, now=START + HOUR * 200)
    assert due_warnings(again, now=START + HOUR * 201) == (Warning.FAILING_1H,)


def test_nothing_is_sent_while_paused_and_no_warning_given():
    health = paused(failing_for(130), reason=Pause.FAILING, now=START)
    assert ask(health, now=START + HOUR * 1000)[1].kind == "paused"
    assert due_warnings(health, now=START + HOUR * 1000) == ()
    assert not pause_due(health, now=START + HOUR * 1000)
    assert after_success(health).paused == Pause.FAILING


def test_gone_pauses_at_once_and_says_so():
    health = after_gone(SubscriptionHealth(), now=START)
    assert (health.paused, health.paused_at) == (Pause.GONE, START)
    assert paused(health, reason=Pause.ASKED, now=START + HOUR) == health


def test_a_resumed_endpoint_that_was_failing_is_tried_with_a_probe_first():
    resumed_health = resumed(paused(failing_for(130), reason=Pause.FAILING, now=START), now=START + HOUR)
    half_open, permit = ask(resumed_health, now=START + HOUR)
    assert permit.kind == "probe"
    assert after_success(half_open) == WELL
    failed_again = after_failure(half_open, now=START + HOUR, retry_after=None, random=MIDDLE)
    assert (failed_again.breaker, failed_again.failing_since) == ("open", START + HOUR)


def test_a_healthy_subscription_that_was_paused_by_hand_goes_on_at_once():
    health = paused(SubscriptionHealth(), reason=Pause.ASKED, now=START)
    assert ask(resumed(health, now=START), now=START)[1].kind == "send"


# ---- places


@pytest.mark.parametrize(
    ("took", "most"),
    [([], 4), ([1], None), ([3], 4), ([1, 3], None), ([1, 6], 2), ([6, 1], None), ([1, 6, 3], 2)],
)
def test_how_many_attempts_at_once_depends_on_how_quick_the_last_ones_were(took, most):
    health = SubscriptionHealth()
    for seconds in took:
        health = after_success(health, took=timedelta(seconds=seconds))
    assert places(health) == most
    failed = SubscriptionHealth()
    for seconds in took:
        failed = after_failure(
            failed, now=START, retry_after=None, random=MIDDLE, took=timedelta(seconds=seconds)
        )
    assert places(failed) == most


def test_an_attempt_that_is_overdue_makes_its_endpoint_slow_and_a_quick_one_clears_it():
    assert places(overdue(WELL)) == 2
    assert places(after_success(overdue(WELL), took=timedelta(seconds=1))) is None


def test_the_oldest_event_that_waits_is_remembered_for_as_long_as_the_run_lasts():
    assert waiting(WELL, since=START - HOUR).waiting_since is None
    health = failing_for(3)
    old = health.failing_since - 48 * HOUR
    health = waiting(waiting(health, since=old), since=old + HOUR)
    assert health.waiting_since == old
    assert after_success(health).waiting_since is None
