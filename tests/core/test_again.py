"""What was closed and is reported again: whose, of what, until when; and that it starts one rung up."""

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.complaints.complaint import Status
from functions.complaints.faults import Invalid
from functions.complaints.history import line
from functions.complaints.moves import agency, citizen
from functions.complaints.moves.again import again_refusal
from functions.complaints.moves.assignment import assign
from functions.complaints.moves.filing import Draft, file
from functions.complaints.personal import without_words
from functions.complaints.texts import LANGUAGES
from functions.complaints.visibility import Viewer
from tests.core.story import HOUSING, REPORTER, START, Story, assigned
from tests.region_fixture import RAW, region, with_category
from tests.region_fixture import agency as body

REGION = region()
LAT, LON = 52.50123, 76.50321
MOMENT = timedelta(milliseconds=1)


def closed():
    story = assigned(REGION)
    story.complaint = replace(story.complaint, lat=LAT, lon=LON)
    story.then(
        lambda each: agency.answer(
            each, by=HOUSING, outcome="resolved", text="Done.", region=REGION, now=story.now
        )
    )
    story.then(lambda each: citizen.confirm(each, by=REPORTER, now=story.now))
    return story.complaint


CLOSED = closed()
DRAFT = Draft(category="rubbish", comment="Still there", lat=LAT, lon=LON, again_of=CLOSED.id)
LAST = CLOSED.ended_at + REGION.again_within.elapsed


def refused(earlier, draft=DRAFT, *, person="person", now=LAST) -> str | None:
    refusal = again_refusal(earlier, draft, person=person, region=REGION, now=now)
    assert refusal is None or isinstance(refusal, Invalid)
    return None if refusal is None else refusal.faults[0].key


def test_the_last_moment_and_the_next() -> None:
    assert refused(CLOSED) is None
    assert refused(CLOSED, now=LAST + MOMENT) == "again_too_late"


def test_another_persons_is_as_one_that_there_is_not() -> None:
    part = replace(CLOSED, parent_id="another")
    assert {refused(None), refused(CLOSED, person="other"), refused(part)} == {"unknown_complaint"}
    assert refused(replace(CLOSED, reporter=None)) == "unknown_complaint"


@pytest.mark.parametrize("status", [each for each in Status if each != Status.CLOSED])
def test_one_that_was_not_closed(status: Status) -> None:
    assert refused(replace(CLOSED, status=status)) == "again_not_closed"


def test_of_another_matter_or_another_place() -> None:
    assert refused(CLOSED, replace(DRAFT, category="pothole")) == "again_elsewhere"
    assert refused(CLOSED, replace(DRAFT, lat=LAT + 0.0008)) is None
    assert refused(CLOSED, replace(DRAFT, lat=LAT + 0.0011)) == "again_elsewhere"
    erased = without_words(CLOSED)
    assert refused(erased, replace(DRAFT, lat=LAT + 0.0011)) is None
    assert refused(erased, replace(DRAFT, lat=LAT + 0.02)) == "again_elsewhere"


def again(given=REGION) -> Story:
    change = file(DRAFT, region=given, reporter="person", now=START)
    story = Story(region=given, complaint=change.after, events=[change.event], changes=[change])
    story.then(lambda each: assign(each, region=given, now=story.now))
    return story


def test_it_starts_one_rung_up_with_the_shorter_of_both_terms() -> None:
    story, new = again(), assigned(REGION)
    complaint = story.complaint
    assert (complaint.agency_id, complaint.escalated_to, complaint.escalation_level) == (
        "housing",
        ("akimat",),
        1,
    )
    assert set(complaint.had_since) == {"housing", "akimat"}
    assert complaint.due_at < new.complaint.due_at
    longer = again(with_category("rubbish", escalation_terms=["P20BD"])).complaint
    assert longer.due_at == new.complaint.due_at
    story.wait()
    story.wait()
    assert (story.complaint.escalation_level, story.complaint.escalated_to) == (2, ("akimat", "ministry"))


def test_where_nobody_is_above_it_starts_as_any() -> None:
    top = region(agencies=RAW["agencies"] | {"housing": body("housing", None)})
    complaint = again(top).complaint
    assert (complaint.escalated_to, complaint.escalation_level) == ((), 0)
    assert complaint.due_at == assigned(top).complaint.due_at


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_said_to_be_of_again_to_the_two_sides_and_that_it_is_above_to_all(language: str) -> None:
    new, story = assigned(REGION), again()
    for viewer in Viewer:
        first, then = (
            [line(event, language=language, region=REGION, viewer=viewer)["body"] for event in each.events]
            for each in (new, story)
        )
        knows = viewer in (Viewer.REPORTER, Viewer.IN_CHARGE, Viewer.ABOVE)
        assert (len(then[0]) > len(first[0])) is knows
        assert "Akimat" in then[1]
        assert "Akimat" not in first[1]
