"""A body that is no more and a category that is given up: nothing of what is open is left with them."""

from datetime import UTC, datetime, timedelta

import pytest

from functions.complaints.complaint import WITH_AGENCY, Actor, ActorKind, Status
from functions.complaints.faults import Invalid
from functions.complaints.history import line, push_kind
from functions.complaints.lapse import Missed
from functions.complaints.moves import agency, citizen
from functions.complaints.moves.parts import part_of
from functions.complaints.moves.reassignment import reassign
from functions.complaints.region import Region, region_from_dict
from functions.complaints.retirement import category_in_use, in_office
from functions.complaints.routing import NobodyResponsible, ladder, responsible_agency
from functions.complaints.texts import LANGUAGES
from functions.complaints.visibility import Viewer, viewing
from tests.core.story import HOUSING, REPORTER, START, Story, assigned, pushed
from tests.region_fixture import RAW, WEST, region, retired
from tests.region_fixture import agency as agency_raw

REGION = region()
WHY = "The road belongs to another body."
SINCE = "2026-06-03"
BEFORE = datetime(2026, 6, 2, 18, 59, 59, tzinfo=UTC)
FROM = datetime(2026, 6, 2, 19, tzinfo=UTC)
"""The day begins at midnight in the region."""


def without(agencies: dict[str, str | None] | None = None, **categories: str | None) -> Region:
    """With roads under the ministry itself, so that it can take over from the akimat."""
    raw = RAW | {"agencies": RAW["agencies"] | {"roads": agency_raw("roads", "ministry")}}
    return region_from_dict(retired(raw, since=SINCE, agencies=agencies, categories=categories))


def moved(story: Story, where: Region):
    return story.then(lambda each: reassign(each, region=where, now=story.now), after=timedelta(days=2))


def climbed(levels: int) -> Story:
    story = assigned(REGION)
    while story.complaint.escalation_level < levels:
        story.wait()
    return story


def test_a_body_is_retired_from_the_beginning_of_the_day_in_the_region() -> None:
    where = without({"housing": "roads"})
    assert in_office(where, "housing", at=BEFORE) == "housing"
    assert in_office(where, "housing", at=FROM) == "roads"
    lat, lon = WEST
    for at, body in ((BEFORE, "housing"), (FROM, "roads")):
        found = responsible_agency(where, category_id="rubbish", lat=lat, lon=lon, at=at)
        assert found.agency_id == body


def test_where_none_is_named_the_body_above_takes_over_and_of_that_in_turn_whoever_did() -> None:
    assert in_office(without({"housing": None}), "housing", at=FROM) == "akimat"
    assert in_office(without({"housing": None, "akimat": "roads"}), "housing", at=FROM) == "roads"
    assert in_office(without({"ministry": None}), "ministry", at=FROM) is None
    assert in_office(without({"housing": "roads", "roads": "housing"}), "housing", at=FROM) is None
    assert in_office(REGION, "nobody", at=FROM) is None
    lat, lon = WEST
    with pytest.raises(NobodyResponsible):
        responsible_agency(
            without({"housing": "roads", "roads": "housing"}),
            category_id="rubbish",
            lat=lat,
            lon=lon,
            at=FROM,
        )


def test_the_ladder_goes_through_whoever_took_over() -> None:
    assert ladder(without({"akimat": None}), "housing", at=BEFORE) == ("akimat", "ministry")
    assert ladder(without({"akimat": None}), "housing", at=FROM) == ("ministry",)
    assert ladder(without({"akimat": "roads", "roads": "ministry"}), "housing", at=FROM) == ("ministry",)


def test_what_is_open_goes_to_whoever_took_over_on_the_clock_that_was_promised() -> None:
    story = assigned(REGION)
    story.then(lambda each: agency.acknowledge(each, by=HOUSING, now=story.now))
    before = story.complaint
    event = moved(story, without({"housing": "roads"}))
    after = story.complaint
    assert (after.agency_id, after.status, after.acknowledged_at) == ("roads", Status.ASSIGNED, None)
    assert (after.due_at, after.near_at, after.promise) == (before.due_at, before.near_at, before.promise)
    assert after.had_since == {"roads": story.now}
    assert after.assigned_at == story.now
    assert {name: event.data[name] for name in ("from", "to", "why", "role")} == {
        "from": "housing",
        "to": "roads",
        "why": "body_retired",
        "role": "owner",
    }
    assert viewing(after, "housing") == Viewer.PASSED_ON
    assert reassign(after, region=without({"housing": "roads"}), now=story.now) is None


def test_before_the_day_nothing_moves() -> None:
    story = assigned(REGION)
    assert reassign(story.complaint, region=without({"housing": "roads"}), now=BEFORE) is None


def test_whoever_has_it_above_already_has_it_alone() -> None:
    story = climbed(1)
    since = story.complaint.had_since["akimat"]
    moved(story, without({"housing": None}))
    after = story.complaint
    assert (after.agency_id, after.escalated_to, after.escalation_level) == ("akimat", (), 1)
    assert after.had_since == {"akimat": since}


def test_a_body_above_is_replaced_where_it_stands_and_the_level_stays() -> None:
    story = climbed(2)
    assert story.complaint.escalated_to == ("akimat", "ministry")
    event = moved(story, without({"akimat": "roads"}))
    after = story.complaint
    assert (after.agency_id, after.escalated_to, after.escalation_level) == (
        "housing",
        ("roads", "ministry"),
        2,
    )
    assert set(after.had_since) == {"housing", "roads", "ministry"}
    assert event.data["role"] == "supervisor"
    assert after.passed_by == ()
    story.region = without({"akimat": "roads"})
    story.wait()
    story.wait()
    assert story.complaint.overdue
    assert story.complaint.escalated_to == ("roads", "ministry")


def test_two_that_go_at_once_are_two_steps() -> None:
    story = climbed(1)
    where = without({"housing": "roads", "akimat": None})
    moved(story, where)
    moved(story, where)
    assert (story.complaint.agency_id, story.complaint.escalated_to) == ("roads", ("ministry",))
    assert reassign(story.complaint, region=where, now=story.now) is None


def test_nothing_is_held_against_who_took_over_late() -> None:
    story = assigned(REGION)
    assert story.complaint.due_at is not None
    story.now = story.complaint.due_at - timedelta(hours=1)
    story.then(lambda each: reassign(each, region=without({"housing": "roads"}), now=story.now))
    story.region = without({"housing": "roads"})
    story.wait()
    event = story.wait() if not story.complaint.lapse else story.events[-1]
    assert event.data["missed"] == Missed.PASSED_ON_LATE
    assert (event.data["agency"], event.data["passed_to"]) == ("housing", "roads")


def test_an_answer_that_stands_stays_its_bodys_and_a_dispute_goes_to_who_took_over() -> None:
    story = assigned(REGION)
    had = story.complaint.had_since["housing"]
    story.then(
        lambda each: agency.answer(
            each, by=HOUSING, outcome="resolved", text="Done this morning.", region=REGION, now=story.now
        )
    )
    moved(story, without({"housing": "roads"}))
    assert (story.complaint.status, story.complaint.agency_id) == (Status.ANSWERED, "roads")
    assert story.complaint.answer is not None
    assert story.complaint.answer.agency_id == "housing"
    story.then(lambda each: citizen.refute(each, by=REPORTER, reason="It is not.", now=story.now))
    assert (story.complaint.status, story.complaint.agency_id) == (Status.ASSIGNED, "roads")
    assert [(each.agency_id, each.had_since) for each in story.complaint.disputed] == [("housing", had)]
    story.region = without({"housing": "roads"})
    while story.complaint.lapse is None:
        story.wait()
    assert story.complaint.lapse.missed == Missed.DISPUTED_ANSWER
    assert story.complaint.lapse.agency_id == "housing"


def test_a_part_that_nobody_has_yet_goes_to_who_took_over_and_is_assigned_there() -> None:
    story = assigned(REGION)
    split = story.then(
        lambda each: agency.split(
            each,
            by=HOUSING,
            parts=[agency.Part(agency_id="roads", text=WHY)],
            region=REGION,
            now=story.now,
        )
    )
    (part,) = split.data["parts"]
    opened = part_of(story.complaint, part, split=split, region=REGION, now=story.now)
    where = without({"roads": "akimat"})
    its = Story(region=where, complaint=opened.after, now=story.now)
    moved(its, where)
    assert (its.complaint.status, its.complaint.agency_id) == (Status.SUBMITTED, "akimat")
    its.wait()
    assert (its.complaint.status, its.complaint.agency_id) == (Status.ASSIGNED, "akimat")


def test_nobody_passes_anything_on_to_a_body_that_is_no_more() -> None:
    story = assigned(REGION)
    where = without({"roads": "akimat"})
    for move in (
        lambda: agency.transfer(story.complaint, by=HOUSING, to="roads", reason=WHY, region=where, now=FROM),
        lambda: agency.split(
            story.complaint,
            by=HOUSING,
            parts=[agency.Part(agency_id="roads", text=WHY)],
            region=where,
            now=FROM,
        ),
    ):
        with pytest.raises(Invalid) as refused:
            move()
        assert [fault.key for fault in refused.value.faults] == ["retired_agency"]
    assert agency.transfer(story.complaint, by=HOUSING, to="roads", reason=WHY, region=where, now=BEFORE)


def test_a_category_that_is_given_up_for_another_becomes_that_and_its_running_term_stays() -> None:
    story = assigned(REGION)
    due_at = story.complaint.due_at
    where = without(rubbish="open_manhole")
    event = moved(story, where)
    assert (story.complaint.category, story.complaint.danger) == ("open_manhole", True)
    assert (story.complaint.due_at, story.complaint.agency_id) == (due_at, "housing")
    assert event.data == {
        "why": "category_retired",
        "from_category": "rubbish",
        "category": "open_manhole",
    }
    assert reassign(story.complaint, region=where, now=story.now) is None


def test_a_category_that_is_given_up_for_none_keeps_what_is_open_with_its_terms() -> None:
    story = assigned(REGION)
    story.now += timedelta(days=2)
    where = without(rubbish=None)
    assert reassign(story.complaint, region=where, now=story.now) is None
    assert category_in_use(where, "rubbish", at=FROM) == "rubbish"
    story.region = where
    while not story.complaint.overdue:
        story.wait()
    assert story.complaint.escalated_to == ("akimat", "ministry")


@pytest.mark.parametrize("language", LANGUAGES)
def test_everybody_is_told_with_both_names_and_by_when(language: str) -> None:
    where = without({"housing": "roads"}, rubbish="pothole")
    story = assigned(REGION)
    body = moved(story, where)
    category = moved(story, where)
    names = {
        kind: {key: each["name"][language] for key, each in RAW[kind].items()}
        for kind in ("agencies", "categories")
    }
    for viewer in Viewer:
        said = line(body, language=language, region=where, viewer=viewer)
        assert said is not None
        assert names["agencies"]["housing"] in said["body"]
        assert names["agencies"]["roads"] in said["body"]
        assert "22" in said["body"]
        assert said["agency"]["id"] == "roads"
        renamed = line(category, language=language, region=where, viewer=viewer)
        assert renamed is not None
        assert names["categories"]["rubbish"] in renamed["body"]
        assert names["categories"]["pothole"] in renamed["body"]
    for viewer in (Viewer.REPORTER, Viewer.JOINER):
        shows = pushed(body, region=where, language=language, viewer=viewer)
        assert shows is not None
        assert names["agencies"]["roads"] in shows.body
        assert push_kind(category, viewer=viewer) is None


def test_another_body_above_is_a_line_and_no_push() -> None:
    story = climbed(1)
    event = moved(story, without({"akimat": "roads"}))
    assert push_kind(event) is None
    assert line(event, language="en", region=REGION) is not None


# ------------------------------------------------------------------------- what the file no longer lists
@pytest.mark.parametrize("gone", RAW["agencies"])
@pytest.mark.parametrize("level", [0, 1, 2])
def test_without_a_body_of_it_in_the_file_a_complaint_still_goes_up_and_ends_overdue(
    gone: str, level: int
) -> None:
    story = climbed(level)
    story.region = region(agencies={name: each for name, each in RAW["agencies"].items() if name != gone})
    while not story.complaint.overdue:
        story.wait()
    known = {name for name in ("akimat", "ministry") if name != gone}
    if (gone, level) != ("housing", 0) and gone != "akimat":
        assert known <= set(story.complaint.escalated_to)


@pytest.mark.parametrize("category", RAW["categories"])
def test_without_its_category_in_the_file_a_complaint_still_goes_up_and_can_be_worked_on(
    category: str,
) -> None:
    story = assigned(REGION, category=category)
    story.region = region(
        categories={name: each for name, each in RAW["categories"].items() if name != category}
    )
    by = Actor(kind=ActorKind.AGENCY, id=story.complaint.agency_id)
    done = agency.answer(
        story.complaint,
        by=by,
        outcome="resolved",
        text="Done this morning.",
        region=story.region,
        now=START + timedelta(minutes=5),
    )
    assert done is not None
    while not story.complaint.overdue:
        assert story.complaint.status in WITH_AGENCY
        story.wait()
    assert story.complaint.escalated_to[-1] == "ministry"
