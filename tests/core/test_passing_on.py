"""To whom a complaint may go, and that no ladder is left by it: whoever was silent, somebody above hears."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.complaints import routing
from functions.complaints.complaint import Actor, ActorKind, Complaint, Status
from functions.complaints.events import Event, EventType
from functions.complaints.faults import Conflict, Invalid, NotFound
from functions.complaints.lapse import Missed
from functions.complaints.moves import agency, escalation
from functions.complaints.moves import receivers as receiving
from functions.complaints.moves.parts import part_of
from functions.complaints.region import Region
from functions.complaints.routing import beyond
from functions.complaints.timers import TimerKind, timers
from functions.complaints.visibility import Viewer, viewing
from tests.core import two_ladders
from tests.core.story import HOUSING, START, Story, assigned
from tests.region_fixture import RAW, region, with_category
from tests.region_fixture import agency as body

REGION = two_ladders.REGION
WHY = "It belongs to another body."
ROADS, AKIMAT, MINISTRY, POLICE = (
    Actor(kind=ActorKind.AGENCY, id=each) for each in ("roads", "akimat", "ministry", "police")
)
MINUTE = timedelta(minutes=1)
ladder = partial(routing.ladder, at=START)
next_above = partial(routing.next_above, at=START)
next_rung = partial(escalation.next_rung, now=START)
receivers = partial(receiving.receivers, now=START)
instructed = partial(receiving.instructed, now=START)


def passes_on(story: Story, to: str, by: Actor = HOUSING, *, after: timedelta = MINUTE) -> Event:
    def move(each: Complaint) -> Any:
        return agency.transfer(each, by=by, to=to, reason=WHY, region=story.region, now=story.now)

    return story.then(move, after=after)


def instructs(story: Story, to: str, by: Actor, *, after: timedelta = MINUTE) -> Event:
    def move(each: Complaint) -> Any:
        return agency.instruct(each, by=by, to=to, reason=WHY, region=story.region, now=story.now)

    return story.then(move, after=after)


def climbed(levels: int, *, category: str = "rubbish", here: Region = REGION) -> Story:
    story = assigned(here, category=category)
    while story.complaint.escalation_level < levels:
        story.wait()
    return story


def escalates(story: Story) -> Event:
    while (event := story.wait()).type != EventType.ESCALATED:
        pass
    return event


def key_of(refused: pytest.ExceptionInfo[Invalid]) -> tuple[str, str]:
    (fault,) = refused.value.faults
    return fault.pointer, fault.key


# To whom


def test_it_goes_to_who_answers_for_something_or_to_ones_own_parent() -> None:
    story = assigned(REGION)
    assert set(receivers(story.complaint, by=HOUSING, region=REGION)) == {"roads", "police", "akimat"}


def test_nobody_passes_it_to_the_top_past_a_rung_that_would_not_hear_and_is_told_which_is_next() -> None:
    for here in (REGION, with_category("pothole", responsible={"default": "ministry", "districts": {}})):
        with pytest.raises(Invalid) as refused:
            passes_on(assigned(here), "ministry")
        assert key_of(refused) == ("/to", "past_a_rung")
        assert refused.value.faults[0].params == {"next": REGION.agencies["akimat"].name}


def test_a_body_that_answers_for_nothing_is_given_nothing_but_from_below() -> None:
    story = assigned(REGION, category="noise")
    with pytest.raises(Invalid) as refused:
        passes_on(story, "ministry", POLICE)
    assert key_of(refused) == ("/to", "answers_for_nothing")


def test_a_part_goes_to_no_other_bodies_than_the_whole() -> None:
    story = assigned(REGION)
    for to, key in (("ministry", "past_a_rung"), ("nobody", "unknown_agency"), ("housing", "already_there")):
        parts = [agency.Part(agency_id="roads", text=WHY), agency.Part(agency_id=to, text=WHY)]
        with pytest.raises(Invalid) as refused:
            agency.split(story.complaint, by=HOUSING, parts=parts, region=REGION, now=story.now)
        assert key_of(refused) == ("/parts/1/to", key)


def test_a_supervising_body_takes_over_what_it_supervises_though_it_answers_for_nothing() -> None:
    story = climbed(2)
    passes_on(story, "ministry", MINISTRY)
    assert (story.complaint.agency_id, story.complaint.escalated_to) == ("ministry", ("akimat",))
    assert next_rung(story.complaint, region=REGION) is None


# The ladder goes on


def test_the_ladder_is_not_climbed_again_from_below() -> None:
    tall = region(
        agencies=RAW["agencies"]
        | {"transport": body("transport", "akimat"), "roads": body("roads", "transport")}
    )
    story = climbed(1, here=tall)
    assert story.complaint.escalated_to == ("akimat",)
    passes_on(story, "roads", AKIMAT)
    assert escalates(story).data["to"] == "ministry"


def test_what_goes_to_another_ladder_climbs_the_one_that_it_left_once_that_one_has_no_rung() -> None:
    story = climbed(1)
    due_at = story.complaint.due_at
    passes_on(story, "police")
    assert (story.complaint.due_at, story.complaint.escalated_to) == (due_at, ("akimat",))
    assert escalates(story).data["to"] == "ministry"
    assert not story.complaint.overdue
    assert escalates(story).data["exhausted"]


def test_an_overdue_one_gets_a_clock_of_its_own_in_another_ladder() -> None:
    story = climbed(3)
    level = story.complaint.escalation_level
    event = passes_on(story, "police", AKIMAT)
    after = story.complaint
    assert (after.overdue, after.escalation_level, after.escalated_to) == (
        False,
        level,
        ("akimat", "ministry"),
    )
    assert after.promise is not None
    assert (after.promise["agency"], after.promise["params"]["due_at"]) == ("police", event.data["due_at"])
    assert {each.kind for each in timers(after)} == {TimerKind.DUE, TimerKind.NEAR}
    assert story.changes[-1].watch_round is not None
    lapse = escalates(story)
    assert (lapse.data["missed"], lapse.data["agency"], lapse.data["exhausted"]) == (
        "silence",
        "police",
        True,
    )
    assert story.complaint.overdue


def test_a_clock_is_not_won_anew_by_passing_to_and_fro() -> None:
    story = climbed(3)
    passes_on(story, "police", AKIMAT)
    escalates(story)
    passes_on(story, "housing", AKIMAT)
    passes_on(story, "police", AKIMAT)
    assert story.complaint.overdue
    assert timers(story.complaint) == ()


@pytest.mark.parametrize("category", ["rubbish", "open_manhole"])
def test_an_overdue_one_that_stays_in_its_ladder_promises_nothing(category: str) -> None:
    story = climbed(3, category=category)
    while not story.complaint.overdue:
        story.wait()
    event = passes_on(story, "roads")
    assert story.complaint.overdue
    assert event.data["due_at"] is None
    assert story.complaint.acknowledge_by is None
    assert timers(story.complaint) == ()


def test_a_body_above_that_took_it_over_after_a_missed_term_stays_in_charge_of_who_gets_it() -> None:
    story = climbed(1)
    passes_on(story, "akimat", AKIMAT)
    passes_on(story, "roads", AKIMAT)
    assert story.complaint.escalated_to == ("akimat",)
    assert escalates(story).data["to"] == "ministry"


# Instructing


def test_who_was_passed_it_by_its_own_department_gives_it_back_and_stays_in_charge() -> None:
    story = assigned(REGION)
    before = story.complaint
    passes_on(story, "akimat")
    with pytest.raises(Conflict) as refused:
        passes_on(story, "housing", AKIMAT)
    assert refused.value.key == "passed_on_before"
    event = instructs(story, "housing", AKIMAT)
    after = story.complaint
    assert (after.agency_id, after.escalated_to, after.status) == ("housing", ("akimat",), Status.ASSIGNED)
    assert (after.due_at, after.promise, after.escalation_level) == (before.due_at, before.promise, 0)
    assert event.data == {"from": "akimat", "to": "housing", "reason": WHY, "due_at": event.data["due_at"]}
    assert viewing(after, "akimat") == Viewer.ABOVE
    assert escalates(story).data["to"] == "ministry"


def test_what_was_given_back_down_is_not_passed_up_again() -> None:
    story = assigned(REGION)
    passes_on(story, "akimat")
    instructs(story, "housing", AKIMAT)
    with pytest.raises(Conflict) as refused:
        passes_on(story, "akimat")
    assert refused.value.key == "passed_on_before"


def test_a_supervising_body_instructs_who_never_had_it_and_its_own_clock_to_acknowledge_runs() -> None:
    story = climbed(1, category="open_manhole")
    story.then(lambda each: agency.acknowledge(each, by=HOUSING, now=story.now))
    instructs(story, "roads", AKIMAT)
    after = story.complaint
    assert (after.agency_id, after.escalated_to, after.passed_by) == ("roads", ("akimat",), ("housing",))
    assert after.acknowledge_by == story.now + timedelta(hours=1)
    assert viewing(after, "housing") == Viewer.PASSED_ON


@pytest.mark.parametrize(
    ("by", "to", "key"),
    [
        (AKIMAT, "police", "not_below"),
        (AKIMAT, "ministry", "not_below"),
        (HOUSING, "roads", "not_below"),
        (AKIMAT, "housing", "already_there"),
        (AKIMAT, "nobody", "unknown_agency"),
    ],
)
def test_only_a_body_below_is_instructed(by: Actor, to: str, key: str) -> None:
    with pytest.raises(Invalid) as refused:
        instructs(climbed(1), to, by)
    assert key_of(refused) == ("/to", key)


def test_who_is_not_in_charge_instructs_nobody() -> None:
    with pytest.raises(NotFound):
        instructs(assigned(REGION), "roads", AKIMAT)


def test_the_instructed_body_is_not_named_for_what_it_was_given_too_late() -> None:
    story = assigned(REGION)
    passes_on(story, "akimat")
    assert story.complaint.due_at is not None
    instructs(story, "roads", AKIMAT, after=story.complaint.due_at - story.now - MINUTE)
    data = escalates(story).data
    assert (data["missed"], data["agency"], data["passed_to"]) == (Missed.PASSED_ON_LATE, "akimat", "roads")


def test_who_gets_back_at_once_what_it_passed_on_late_was_silent_and_did_not_pass_on_to_itself() -> None:
    story = assigned(REGION)
    had_since = story.now
    assert story.complaint.due_at is not None
    passes_on(story, "akimat", after=story.complaint.due_at - story.now - 2 * MINUTE)
    instructs(story, "housing", AKIMAT)
    assert story.complaint.had_since["housing"] == had_since
    data = escalates(story).data
    assert (data["missed"], data["agency"]) == (Missed.SILENCE, "housing")


def test_a_part_that_comes_back_to_who_passed_the_whole_on_late_is_its_own_waiting() -> None:
    story = climbed(1)
    had_since = story.complaint.had_since["housing"]
    assert story.complaint.due_at is not None
    passes_on(story, "roads", after=story.complaint.due_at - story.now - 3 * MINUTE)
    parts = [agency.Part(agency_id="housing", text=WHY)]
    split = story.then(lambda each: agency.split(each, by=AKIMAT, parts=parts, region=REGION, now=story.now))
    made = part_of(story.complaint, split.data["parts"][0], split=split, region=REGION, now=story.now)
    part = Story(region=REGION, complaint=made.after, now=story.now)
    part.wait()
    assert part.complaint.had_since == {"housing": had_since}
    data = escalates(part).data
    assert (data["missed"], data["agency"]) == (Missed.SILENCE, "housing")


# Any region


@st.composite
def regions(draw: st.DrawFn) -> Region:
    """Up to eight bodies, each below one that was named before it or at the top of a ladder of its own."""
    names = [f"body-{place}" for place in range(draw(st.integers(1, 8)))]
    agencies = {
        name: body(name, draw(st.sampled_from([None, *names[:place]]))) for place, name in enumerate(names)
    }
    kinds = len(RAW["categories"])
    answering = draw(st.lists(st.sampled_from(names), min_size=kinds, max_size=kinds))
    categories = {
        key: replaced | {"responsible": {"default": who, "districts": {}}}
        for (key, replaced), who in zip(RAW["categories"].items(), answering, strict=True)
    }
    return region(agencies=agencies, categories=categories)


@st.composite
def standings(draw: st.DrawFn) -> tuple[Region, Complaint]:
    """A complaint that is with some body, others in charge beside it and others having passed it on."""
    here = draw(regions())
    bodies = sorted(here.agencies)
    some = st.lists(st.sampled_from(bodies), unique=True)
    owner, beside = draw(st.sampled_from(bodies)), draw(some)
    complaint = replace(
        assigned(here).complaint,
        agency_id=owner,
        escalated_to=tuple(each for each in beside if each != owner),
        passed_by=tuple(draw(some)),
    )
    return here, complaint


@given(standings())
def test_who_hears_next_is_above_every_rung_of_that_ladder_that_heard_and_nobody_only_at_every_top(
    drawn: tuple[Region, Complaint],
) -> None:
    here, complaint = drawn
    owner, beside = complaint.agency_id, complaint.escalated_to
    assert owner is not None
    above = next_above(here, owner=owner, beside=beside)
    ladders = [(each, *ladder(here, each)) for each in complaint.in_charge]
    if above is None:
        assert all(rungs[-1] in complaint.in_charge for rungs in ladders)
        return
    assert above not in complaint.in_charge
    climbed = [
        (rungs[: rungs.index(above)], rungs[rungs.index(above) :]) for rungs in ladders if above in rungs
    ]
    assert any(
        below[-1] in complaint.in_charge and not set(ahead) & set(complaint.in_charge)
        for below, ahead in climbed
    )
    if beyond(ladder(here, owner), complaint.in_charge):
        assert above in ladder(here, owner)


@given(standings())
def test_silence_always_ends_at_the_top_of_every_ladder(drawn: tuple[Region, Complaint]) -> None:
    here, complaint = drawn
    for _ in range(len(here.agencies) + 1):
        above = next_rung(complaint, region=here)
        if above is None:
            return
        complaint = replace(complaint, escalated_to=(*complaint.escalated_to, above))
    raise AssertionError("it climbs for ever")


@given(standings(), st.data())
def test_by_passing_on_no_body_gets_past_a_rung_of_its_own_ladder_and_who_instructs_stands_above(
    drawn: tuple[Region, Complaint], data: st.DataObject
) -> None:
    here, complaint = drawn
    by = Actor(kind=ActorKind.AGENCY, id=data.draw(st.sampled_from(complaint.in_charge)))
    above = ladder(here, str(by.id))
    for to in receivers(complaint, by=by, region=here):
        assert to == by.id or to in above[:1] or (to in routing.answering(here, at=START) and to not in above)
    for to in instructed(complaint, by=by, region=here):
        change = agency.instruct(complaint, by=by, to=to, reason=WHY, region=here, now=complaint.changed_at)
        assert by.id in change.after.escalated_to
        assert by.id in ladder(here, to)
        assert change.after.due_at == complaint.due_at
        assert len(set(change.after.in_charge)) == len(change.after.in_charge)
