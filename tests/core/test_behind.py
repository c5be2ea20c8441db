"""Who is behind with a complaint's events, and who is not any more."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from functions.complaints.behind import EVERYBODY, Behind, agency, name_of, pause, person

RECIPIENTS = st.sampled_from([person("a"), person("b"), agency("roads"), EVERYBODY])
FAILED = st.dictionaries(RECIPIENTS, st.integers(1, 9), max_size=3)
BEHIND = st.builds(
    Behind, waiting=st.dictionaries(RECIPIENTS, st.integers(1, 9), min_size=1), seen=st.integers(9, 12)
)


def owed(behind: Behind | None, recipient: str) -> set[int]:
    return (
        set()
        if behind is None
        else {seq for seq in range(1, behind.seen + 1) if behind.is_owed(recipient, seq)}
    )


@given(behind=BEHIND, failed=FAILED, seen=st.integers(1, 15), recipient=RECIPIENTS)
def test_whoever_falls_behind_is_owed_that_event_and_all_later_ones_and_nobody_loses_any(
    behind: Behind, failed: dict[str, int], seen: int, recipient: str
) -> None:
    after = behind.joined_by(failed, seen=seen)
    assert after.seen == max(behind.seen, seen)
    assert owed(behind, recipient) <= owed(after, recipient)
    for each, seq in failed.items():
        assert set(range(seq, after.seen + 1)) <= owed(after, each)
    assert after.joined_by(failed, seen=seen) == after


@given(behind=BEHIND, later=st.integers(0, 3), recipient=RECIPIENTS)
def test_who_was_told_of_all_that_had_come_is_owed_only_what_came_meanwhile(
    behind: Behind, later: int, recipient: str
) -> None:
    now = behind.joined_by({}, seen=behind.seen + later)
    after = now.after_telling(through=behind.seen, failed={}, tried=behind.waiting)
    if behind.waits(recipient):
        assert owed(after, recipient) <= set(range(behind.seen + 1, now.seen + 1))
    assert (after is None) == (later == 0)


@given(behind=BEHIND, at=st.integers(1, 9), recipient=RECIPIENTS)
def test_who_fails_again_is_owed_the_event_that_failed_and_the_later_ones(
    behind: Behind, at: int, recipient: str
) -> None:
    after = behind.after_telling(through=behind.seen, failed={recipient: at}, tried=behind.waiting)
    assert owed(after, recipient) == set(range(at, behind.seen + 1))


@given(tries=st.integers(0, 10_000))
def test_pauses_grow_from_a_minute_to_six_hours(tries: int) -> None:
    assert timedelta(minutes=1) <= pause(tries) <= pause(tries + 1) <= timedelta(hours=6)
    assert pause(tries + 1) <= 2 * pause(tries)


def test_a_recipient_has_the_name_of_whom_it_stands_for() -> None:
    assert name_of(person("eu-central-1:0#7")) == "eu-central-1:0#7"
    assert name_of(agency("roads")) == "roads"
