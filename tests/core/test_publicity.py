"""What is public, who takes it from the public and gives it back, what flags do, and what is hidden in photos."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.complaints.complaint import SYSTEM, Actor, ActorKind, Complaint, Hidden, Photo, Role, Status
from functions.complaints.events import EventType
from functions.complaints.faults import Conflict, Invalid, NotFound, RoleRefused
from functions.complaints.history import hidden_reason, line, push_kind
from functions.complaints.moves import agency, citizen
from functions.complaints.moves.declaration import expect_photos
from functions.complaints.moves.filing import DeclaredPhoto, Draft, file
from functions.complaints.moves.parts import part_of
from functions.complaints.moves.photos import add_photo
from functions.complaints.moves.possible import possible
from functions.complaints.moves.publicity import flag, hide, redact, unhide
from functions.complaints.personal import without_words
from functions.complaints.publicity import (
    FLAG_REASONS,
    FLAGGED,
    FLAGS_HIDE,
    LOOKED_AT,
    has_public_copy,
    is_public,
    may_be_public,
    public_photos,
    public_place,
)
from functions.complaints.redaction import Box, Redaction
from functions.complaints.texts import LANGUAGES
from functions.complaints.transitions import Move, MoveRefused
from functions.complaints.visibility import Viewer
from tests.core.story import HOUSING, REPORTER, START, Story, assigned, filed
from tests.region_fixture import WEST, region

REGION = region()
AKIMAT = replace(HOUSING, id="akimat")
ROADS = replace(HOUSING, id="roads")
WHY = "A person at home can be recognised in it."
FACE = Box(x=0.25, y=0.5, w=0.125, h=0.25)
PLATE = Box(x=0.5, y=0.5, w=0.25, h=0.125)
PHOTO = DeclaredPhoto(content_type="image/jpeg", size=1, sha256="0" * 64)


def hidden(story: Story, *, by: Actor = HOUSING, reason: str = WHY) -> Any:
    return story.then(lambda each: hide(each, by=by, reason=reason, now=story.now))


def shown(story: Story, *, by: Actor = HOUSING) -> Any:
    return story.then(lambda each: unhide(each, by=by, reason=WHY, now=story.now))


def flagged(story: Story, reason: str = "person") -> Any:
    return story.then(lambda each: flag(each, reason=reason, now=story.now))


def redacted(story: Story, photo: str, *boxes: Box, by: Actor = SYSTEM) -> Any:
    return story.then(lambda each: redact(each, photo, boxes=boxes, by=by, now=story.now))


def photographed(*, private: bool = False) -> tuple[Story, str]:
    """One that a body has, with a good photo of its reporter."""
    draft = Draft(
        category="rubbish",
        comment="Not collected",
        lat=WEST[0],
        lon=WEST[1],
        photos=(PHOTO,),
        photos_private=private,
    )
    change = file(draft, region=REGION, reporter=REPORTER.id or "", now=START)
    story = Story(region=REGION, complaint=change.after, events=[change.event], changes=[change])
    photo = story.complaint.photos[0].id
    story.then(lambda each: add_photo(each, photo, width=2, height=1, clean_sha256="0" * 64, now=story.now))
    story.wait()
    assert story.complaint.status == Status.ASSIGNED
    return story, photo


def photo_of(story: Story, photo: str) -> Photo:
    found = story.complaint.photo(photo)
    assert found is not None
    return found


# --- What is public


def test_a_category_that_has_not_opted_in_is_not_public() -> None:
    assert not is_public(assigned(REGION, category="other").complaint, region=REGION)
    gone = replace(assigned(REGION).complaint, category="no_longer_in_the_file")
    assert not is_public(gone, region=REGION)


def test_it_is_public_from_when_a_body_has_it_and_stays_so_after_its_end() -> None:
    assert not is_public(filed(REGION, photos=1).complaint, region=REGION)
    assert not is_public(filed(REGION).complaint, region=REGION)
    story = assigned(REGION)
    assert is_public(story.complaint, region=REGION)
    story.then(lambda each: citizen.withdraw(each, by=REPORTER, reason=None, region=REGION, now=story.now))
    assert is_public(story.complaint, region=REGION)


def test_what_was_taken_back_before_a_body_had_it_never_is() -> None:
    story = filed(REGION)
    story.then(lambda each: citizen.withdraw(each, by=REPORTER, reason=None, region=REGION, now=story.now))
    assert not may_be_public(story.complaint, region=REGION)


def test_a_place_is_exact_only_where_the_category_says_so_and_it_is_still_kept_so() -> None:
    exact, coarse = (52.51234, 76.51567), (52.512, 76.516)
    for category, seen in (("open_manhole", exact), ("rubbish", coarse), ("other", coarse)):
        complaint = replace(assigned(REGION, category=category).complaint, lat=exact[0], lon=exact[1])
        assert public_place(complaint, region=REGION) == seen
    manhole = replace(assigned(REGION, category="open_manhole").complaint, lat=exact[0], lon=exact[1])
    assert public_place(without_words(manhole), region=REGION) == (52.51, 76.52)
    assert public_place(replace(manhole, left_to_joiners=True), region=REGION) == coarse


# --- Hiding


def test_a_body_takes_it_from_the_public_with_a_reason_and_gives_it_back() -> None:
    story = assigned(REGION)
    event = hidden(story)
    assert (event.type, event.data) == (EventType.HIDDEN, {"reason": WHY})
    assert story.complaint.hidden == Hidden(by=ActorKind.AGENCY, agency_id="housing", reason=WHY, at=event.at)
    assert not is_public(story.complaint, region=REGION)
    assert may_be_public(story.complaint, region=REGION)
    assert shown(story).type == EventType.UNHIDDEN
    assert story.complaint.hidden is None
    assert is_public(story.complaint, region=REGION)


def test_the_same_again_changes_nothing_and_another_reason_is_a_conflict() -> None:
    story = assigned(REGION)
    assert unhide(story.complaint, by=HOUSING, reason=WHY, now=story.now) is None
    hidden(story)
    assert hide(story.complaint, by=HOUSING, reason=WHY, now=story.now) is None
    with pytest.raises(Conflict, match="hidden_before"):
        hide(story.complaint, by=HOUSING, reason="Another.", now=story.now)


def test_whoever_stands_above_is_not_overruled_from_below() -> None:
    story = assigned(REGION)
    while not story.complaint.escalated_to:
        story.wait()
    hidden(story, by=AKIMAT)
    with pytest.raises(Conflict, match="hidden_from_above"):
        shown(story, by=HOUSING)
    shown(story, by=AKIMAT)
    hidden(story, by=HOUSING)
    shown(story, by=AKIMAT)
    hidden(story, by=SYSTEM)
    for body in (HOUSING, AKIMAT):
        assert Move.UNHIDE not in possible(story.complaint, by=body, region=REGION, now=story.now)
        with pytest.raises(Conflict, match="hidden_by_operator"):
            shown(story, by=body)
    shown(story, by=SYSTEM)


def test_it_is_the_bodies_in_charge_alone_that_do_and_not_a_viewer() -> None:
    story = assigned(REGION)
    for turn in (hide, unhide):
        with pytest.raises(NotFound):
            turn(story.complaint, by=ROADS, reason=WHY, now=story.now)
        with pytest.raises(RoleRefused):
            turn(
                story.complaint,
                by=replace(HOUSING, officer="1", role=Role.VIEWER),
                reason=WHY,
                now=story.now,
            )
    hidden(story, by=replace(HOUSING, officer="1", role=Role.OFFICER))


def test_nothing_is_hidden_that_no_body_has_yet() -> None:
    story = filed(REGION)
    with pytest.raises(MoveRefused):
        hide(story.complaint, by=SYSTEM, reason=WHY, now=story.now)
    with pytest.raises(MoveRefused):
        flag(story.complaint, reason="person", now=story.now)


def test_a_complaint_that_has_ended_can_be_hidden_too() -> None:
    story = assigned(REGION)
    story.then(lambda each: citizen.withdraw(each, by=REPORTER, reason=None, region=REGION, now=story.now))
    now = possible(story.complaint, by=HOUSING, region=REGION, now=story.now)
    assert now == (Move.HIDE,)
    hidden(story)
    assert possible(story.complaint, by=HOUSING, region=REGION, now=story.now) == (Move.UNHIDE,)


def test_what_is_not_public_anyway_is_not_offered_to_be_hidden() -> None:
    story = assigned(REGION, category="other")
    assert Move.HIDE not in possible(story.complaint, by=AKIMAT, region=REGION, now=story.now)


# --- Flags


def test_three_flags_hide_it_and_none_counts_once_somebody_has_looked() -> None:
    story = assigned(REGION)
    for count in range(1, FLAGS_HIDE):
        event = flagged(story)
        assert (event.type, event.data) == (EventType.FLAGGED, {"reason": "person", "count": count})
        assert story.complaint.hidden is None
    flagged(story)
    assert [each.type for each in story.events[-2:]] == [EventType.FLAGGED, EventType.HIDDEN]
    assert story.complaint.hidden is not None
    assert (story.complaint.hidden.by, story.complaint.hidden.reason) == (ActorKind.CITIZEN, FLAGGED)
    assert flag(story.complaint, reason="person", now=story.now) is None
    shown(story)
    assert story.complaint.flags == LOOKED_AT
    assert flag(story.complaint, reason="person", now=story.now) is None


def test_what_flags_have_hidden_a_body_goes_on_to_hide_with_a_reason_of_its_own() -> None:
    story = assigned(REGION)
    for _ in range(FLAGS_HIDE):
        flagged(story)
    assert {Move.HIDE, Move.UNHIDE} <= {*possible(story.complaint, by=HOUSING, region=REGION, now=story.now)}
    hidden(story)
    assert story.complaint.hidden is not None
    assert (story.complaint.hidden.agency_id, story.complaint.hidden.reason) == ("housing", WHY)


def test_a_flag_has_one_of_a_few_reasons() -> None:
    story = assigned(REGION)
    with pytest.raises(Invalid):
        flag(story.complaint, reason="I do not like it", now=story.now)
    for reason in FLAG_REASONS:
        assert flag(story.complaint, reason=reason, now=story.now) is not None


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_flags_the_bodies_know_and_why_it_is_hidden_everybody_does(language: str) -> None:
    story = assigned(REGION)
    for _ in range(FLAGS_HIDE):
        flagged(story)
    one, last = story.events[-4], story.events[-1]
    hidden(story)
    by_body = story.events[-1]
    shown(story, by=SYSTEM)
    for viewer in Viewer:
        seen = [line(each, language=language, region=REGION, viewer=viewer) for each in (one, last, by_body)]
        assert (seen[0] is not None) is (viewer in (Viewer.IN_CHARGE, Viewer.ABOVE))
        assert seen[1] is not None
        assert seen[2] is not None
        assert WHY in seen[2]["body"]
        assert all(push_kind(each, viewer=viewer) is None for each in story.events[-5:])
    for each in (story.complaint.hidden, replace(by_body_of(story), by=ActorKind.CITIZEN)):
        if each is not None:
            assert hidden_reason(each, language=language) not in ("", FLAGGED, WHY)


def by_body_of(story: Story) -> Hidden:
    return Hidden(by=ActorKind.AGENCY, agency_id="housing", reason=WHY, at=story.now)


# --- Photos


def test_a_photo_has_a_public_copy_from_when_somebody_said_what_is_hidden_in_it() -> None:
    story, photo = photographed()
    assert not has_public_copy(story.complaint, photo_of(story, photo))
    assert list(public_photos(story.complaint)) == []
    event = redacted(story, photo, FACE)
    assert (event.type, event.actor, dict(event.data)) == (
        EventType.PHOTO_REDACTED,
        ActorKind.SYSTEM,
        {
            "photo": photo,
            "by": ActorKind.CITIZEN,
            "revision": 1,
            "boxes": [{"x": 0.25, "y": 0.5, "w": 0.125, "h": 0.25}],
        },
    )
    assert photo_of(story, photo).redaction == Redaction(boxes=(FACE,), revision=1, by=ActorKind.SYSTEM)
    assert [each.id for each in public_photos(story.complaint)] == [photo]


def test_the_detector_speaks_once_and_a_bodys_word_stays() -> None:
    story, photo = photographed()
    redacted(story, photo, FACE)
    assert redact(story.complaint, photo, boxes=(PLATE,), by=SYSTEM, now=story.now) is None
    redacted(story, photo, FACE, PLATE, by=HOUSING)
    redaction = photo_of(story, photo).redaction
    assert redaction == Redaction(boxes=(FACE, PLATE), revision=2, by=ActorKind.AGENCY)
    assert redact(story.complaint, photo, boxes=(FACE, PLATE), by=HOUSING, now=story.now) is None
    assert redact(story.complaint, photo, boxes=(), by=SYSTEM, now=story.now) is None
    redacted(story, photo, by=HOUSING)
    assert photo_of(story, photo).redaction == Redaction(boxes=(), revision=3, by=ActorKind.AGENCY)


def test_of_photos_that_their_reporter_keeps_private_no_copy_is_made() -> None:
    story, photo = photographed(private=True)
    assert redact(story.complaint, photo, boxes=(FACE,), by=SYSTEM, now=story.now) is None
    assert Move.REDACT not in possible(story.complaint, by=HOUSING, region=REGION, now=story.now)
    with pytest.raises(Conflict, match="photo_private"):
        redact(story.complaint, photo, boxes=(FACE,), by=HOUSING, now=story.now)
    story.then(lambda each: expect_photos(each, (PHOTO,), by=HOUSING, region=REGION, now=story.now))
    own = story.complaint.photos[-1].id
    with pytest.raises(Conflict, match="photo_not_ready"):
        redact(story.complaint, own, boxes=(FACE,), by=HOUSING, now=story.now)
    story.then(lambda each: add_photo(each, own, width=2, height=1, clean_sha256="0" * 64, now=story.now))
    redacted(story, own, PLATE)
    assert list(public_photos(story.complaint)) == []
    story.then(
        lambda each: agency.answer(
            each, by=HOUSING, outcome="resolved", text="Done.", photos=[own], region=REGION, now=story.now
        )
    )
    assert [each.id for each in public_photos(story.complaint)] == [own]


def test_a_box_off_the_photo_is_refused_by_its_place() -> None:
    story, photo = photographed()
    with pytest.raises(Invalid) as refused:
        redact(
            story.complaint,
            photo,
            boxes=(FACE, Box(x=0.9, y=0.0, w=0.2, h=0.1)),
            by=HOUSING,
            now=story.now,
        )
    assert [(each.pointer, each.key) for each in refused.value.faults] == [("/boxes/1/w", "box_off_photo")]
    # What a detector finds at the edge may stand out of the picture: it is cut to it.
    redacted(story, photo, Box(x=0.9, y=-0.1, w=0.2, h=0.2))
    redaction = photo_of(story, photo).redaction
    assert redaction is not None
    assert redaction.boxes == (Box(x=0.9, y=0.0, w=0.1, h=0.1),)


def test_a_parts_photos_are_the_parents_to_redact() -> None:
    story, photo = photographed()
    redacted(story, photo, FACE)
    parts = [agency.Part(agency_id="roads", text="Mend the road.")]
    split = story.then(lambda each: agency.split(each, by=HOUSING, parts=parts, region=REGION, now=story.now))
    part: Complaint = part_of(
        story.complaint, split.data["parts"][0], split=split, region=REGION, now=story.now
    ).after
    assert part.photos[0].redaction is None
    assert not is_public(part, region=REGION)
    for by in (SYSTEM, ROADS):
        with pytest.raises(NotFound):
            redact(part, photo, boxes=(FACE,), by=by, now=story.now + timedelta(1))
