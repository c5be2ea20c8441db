"""A calendar that lacks a year: nothing waits for it, and what is counted without it says so."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.complaints.calendar import Calendar, Holiday
from functions.complaints.change import Change
from functions.complaints.complaint import Complaint, Status
from functions.complaints.deadlines import Deadline, due, due_as_known
from functions.complaints.duration import Duration
from functions.complaints.events import EventType
from functions.complaints.faults import Invalid
from functions.complaints.moves import agency, citizen
from functions.complaints.moves.declaration import expect_photos
from functions.complaints.moves.filing import DeclaredPhoto
from functions.complaints.moves.parts import part_of
from functions.complaints.moves.recount import move_deadline
from functions.complaints.promise import promise_text
from functions.complaints.reach import last_day, missing_year
from functions.complaints.region import Region, region_from_dict
from functions.complaints.timers import next_timer
from tests.core.calendars import all_terms, calendars, milliseconds
from tests.core.story import HOUSING, REPORTER, START, Story, assigned, filed
from tests.region_fixture import RAW

WHY = "The road belongs to another body."
PHOTO = DeclaredPhoto(content_type="image/jpeg", size=1, sha256="0" * 64)
WORKING_TERMS = {
    "photos_wait": "P1BD",
    "close_after_answer": "P5BD",
    "least_after_transfer": "P1BD",
    "forward_within": "P3BD",
}


def here(*years: int, **category: Any) -> Region:
    """Every term counts working days, in a calendar of these years."""
    raw = deepcopy(RAW)
    raw["calendar"]["years"] = list(years)
    raw["terms"] |= WORKING_TERMS
    raw["categories"]["rubbish"] |= {"acknowledge_within": "P1BD", "reminder": "P1BD"} | category
    return region_from_dict(raw)


def divided(each: Complaint, story: Story) -> Change:
    parts = [agency.Part(agency_id="roads", text="Mend the kerb.")]
    return agency.split(each, by=HOUSING, parts=parts, region=story.region, now=story.now)


MOVES: dict[str, Callable[[Complaint, Story], Change | None]] = {
    "photos": lambda each, story: expect_photos(
        each, (PHOTO,), by=HOUSING, region=story.region, now=story.now
    ),
    "transfer": lambda each, story: agency.transfer(
        each, by=HOUSING, to="roads", reason=WHY, region=story.region, now=story.now
    ),
    "split": divided,
    "answer": lambda each, story: agency.answer(
        each, by=HOUSING, outcome="resolved", text="Done.", region=story.region, now=story.now
    ),
}


@pytest.mark.parametrize("years", [(2025,), (2027, 2028)], ids=["ended", "begins later"])
@pytest.mark.parametrize("move", MOVES)
def test_no_move_waits_for_the_calendar_and_no_missed_term_stays_without_consequence(
    move: str, years: tuple[int, ...]
) -> None:
    story = assigned(here(*years))
    whole = story.complaint
    assert whole.promise is not None
    assert (whole.promise["params"]["estimated"], whole.promise["params"]["missing_year"]) == (True, 2026)
    split = story.then(lambda each: MOVES[move](each, story))
    if move == "split":
        part = part_of(
            story.complaint, split.data["parts"][0], split=split, region=story.region, now=story.now
        )
        assert part.after.due_at == whole.due_at
    if move == "answer":
        story.then(lambda each: citizen.refute(each, by=REPORTER, reason="Still there.", now=story.now))
    while not story.complaint.overdue:
        story.wait()
    levels = [event for event in story.events if event.type == EventType.ESCALATED]
    assert [event.data["to"] for event in levels] == ["akimat", "ministry", None]
    assert levels[-1].data["exhausted"]


def test_what_is_counted_by_plain_weekdays_is_where_it_would_be_without_days_off() -> None:
    """The calendar of the tests has none."""
    assert assigned(here(2025)).complaint.due_at == assigned(here(2026)).complaint.due_at


def test_complaints_that_wait_for_photos_or_for_the_end_of_an_answer_end_too() -> None:
    story = filed(here(2025), photos=1)
    story.wait()
    assert [step.after.status for step in story.changes[1:]] == [Status.SUBMITTED, Status.ASSIGNED]
    story = assigned(here(2025))
    story.then(lambda each: MOVES["answer"](each, story))
    assert story.wait().type == EventType.CLOSED


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "(date estimated) – 15 working days from 1 June; the calendar of 2026 is not known yet"),
        ("ru", "календарь на 2026 год ещё не известен"),
        ("kk", "2026 жылғы күнтізбе әлі белгісіз"),
    ],
)
def test_the_promise_says_that_it_is_an_estimate_and_for_want_of_which_year(language: str, said: str) -> None:
    promise = assigned(here(2025)).complaint.promise
    assert promise is not None
    assert said in promise_text(promise, language)
    assert Deadline.explained_by(promise).missing_year == 2026


@given(calendars(), all_terms, milliseconds, st.integers(2024, 2026))
def test_an_estimate_moves_to_the_right_day_once_the_year_is_there(
    calendar: Calendar, term: Duration, received: datetime, last: int
) -> None:
    short = replace(calendar, years=frozenset(range(2024, last + 1)))
    estimate = due_as_known(term, received_at=received, calendar=short)
    known = due(term, received_at=received, calendar=calendar)
    if estimate.missing_year is None:
        assert estimate == due(term, received_at=received, calendar=short)
    else:
        assert estimate.estimated
        # The holidays are there already, and moved days too: it is the knowledge of the year alone that is not.
        assert estimate.at == known.at


def test_with_the_year_the_deadline_moves_and_is_no_estimate() -> None:
    story = assigned(here(2025))
    raw = deepcopy(RAW)
    raw["calendar"] |= {"years": [2026], "moved_off": ["2026-06-10"]}
    known = region_from_dict(raw)
    story.then(lambda each: move_deadline(each, region=known, now=story.now))
    after = story.complaint
    assert after.promise is not None
    assert {"estimated", "missing_year"}.isdisjoint(after.promise["params"])
    expected = due(Duration.parse("P15BD"), received_at=START, calendar=known.calendar)
    assert after.due_at == expected.at


@pytest.mark.parametrize(
    ("by", "key", "params"),
    [
        ("P150BD", "calendar_year_missing", {"year": "2027"}),
        ("P8M", "calendar_year_missing", {"year": "2027"}),
        ("P300BD", "extension_too_long", {"limit": "P10M"}),
        ("P36525BD", "extension_too_long", {"limit": "P10M"}),
    ],
)
def test_an_extension_into_an_unknown_year_is_refused_with_its_name_and_one_beyond_the_limit_for_that(
    by: str, key: str, params: dict[str, str]
) -> None:
    story = assigned(here(2026, extension={"limit": "P10M", "times": 1}))
    with pytest.raises(Invalid) as refused:
        extended(story, by)
    (fault,) = refused.value.faults
    assert (fault.pointer, fault.key, fault.params) == ("/by", key, params)


def test_an_extension_within_the_known_years_is_given_though_its_limit_lies_beyond() -> None:
    story = assigned(here(2026, extension={"limit": "P10M", "times": 1}))
    change = extended(story, "P20BD")
    assert change.after.due_at is not None
    assert change.after.due_at > story.complaint.due_at


def extended(story: Story, by: str) -> Change:
    return agency.extend_deadline(
        story.complaint,
        by=HOUSING,
        extension=Duration.parse(by),
        reason=WHY,
        region=story.region,
        now=story.now,
    )


def test_holidays_that_are_foreseen_count_in_an_estimate() -> None:
    calendar = Calendar.from_dict(RAW["calendar"])
    foreseen = replace(
        calendar, years=frozenset({2026}), holidays={date(2027, 1, 1): Holiday(name={"en": "New Year"})}
    )
    received = datetime(2026, 12, 30, 5, tzinfo=UTC)
    estimate = due_as_known(Duration.parse("P2BD"), received_at=received, calendar=foreseen)
    assert foreseen.local(estimate.at).date() == date(2027, 1, 4)
    assert [day.date for day in estimate.skipped] == [date(2027, 1, 1)]


@pytest.mark.parametrize(
    ("now", "year"), [("2026-06-01", None), ("2026-10-30", None), ("2026-11-02", 2027), ("2027-03-01", 2027)]
)
def test_the_year_that_terms_of_today_need_is_named(now: str, year: int | None) -> None:
    """Two months of an extension are the longest."""
    assert missing_year(here(2025, 2026), now=datetime.fromisoformat(f"{now}T05:00+00:00")) == year


def test_the_last_day_is_that_of_the_longest_chain_of_terms() -> None:
    """Extended by two months, to Monday 3 August; five working days at the level above, three at the next, five to dispute
    the answer, each after a day on which what came at closing time is registered.
    """
    assert last_day(here(2026), now=START) == date(2026, 8, 25)
    assert last_day(here(2025), now=START) == last_day(here(2026), now=START)


def test_there_always_is_a_timer() -> None:
    story = assigned(here(2025))
    while not story.complaint.overdue:
        timer = next_timer(story.complaint)
        assert timer is not None
        assert timer.at - story.now < timedelta(days=60)
        story.wait()
