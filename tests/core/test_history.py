"""History in words: each step as the citizen, an agency and the public read it, and what is pushed."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.complaints.complaint import SYSTEM, Actor, ActorKind, Complaint
from functions.complaints.duration import Duration
from functions.complaints.events import Event, EventType
from functions.complaints.history import BODY_MOST, PUSHED, line, push, push_kind
from functions.complaints.lapse import Missed
from functions.complaints.moves import agency, citizen
from functions.complaints.moves import photos as photo_moves
from functions.complaints.moves.correcting import Correction, Place, correct
from functions.complaints.moves.declaration import expect_photos
from functions.complaints.moves.officers import assign_officer
from functions.complaints.moves.publicity import flag, hide, redact, unhide
from functions.complaints.moves.reassignment import reassign
from functions.complaints.redaction import WHOLE
from functions.complaints.region import region_from_dict
from functions.complaints.texts import LANGUAGES, UNKNOWN, text
from functions.complaints.visibility import Shown, Viewer, shown
from functions.intake.photos.limits import REASONS
from tests.core import two_ladders
from tests.core.story import HOUSING, NEIGHBOUR, NUMBER, REPORTER, Story, assigned, filed, pushed
from tests.naughty import NAUGHTY
from tests.region_fixture import region as small_region
from tests.region_fixture import retired, with_category

REGION = small_region()
WITHOUT_ROADS = region_from_dict(retired(since="2026-06-01", agencies={"roads": None}))
SECRET = "My neighbour Ivan did it"


def told(event: Event, *, language: str = "en", viewer: Any = Viewer.REPORTER) -> dict[str, Any]:
    said = line(event, language=language, region=REGION, viewer=viewer)
    assert said is not None
    return said


def in_words(event: Event, *, language: str = "en", viewer: Any = Viewer.REPORTER) -> str:
    said = told(event, language=language, viewer=viewer)
    return f"{said['title']}. {said['body']}"


def answered(story: Story, *, outcome: str = "resolved", text: str = "It has been collected.") -> Event:
    return story.then(
        lambda complaint: agency.answer(
            complaint, by=HOUSING, outcome=outcome, text=text, region=REGION, now=story.now
        )
    )


AKIMAT = replace(HOUSING, id="akimat")
PUBLIC = "It shows a home."


def whole_life() -> list[Event]:
    """A history with every event that a move can leave, the free texts all SECRET but where everybody is told why."""
    story = filed(REGION, photos=3)
    first, second, _ = (photo.id for photo in story.complaint.photos)
    story.then(
        lambda each: photo_moves.add_photo(
            each, first, width=2, height=1, clean_sha256="0" * 64, now=story.now
        )
    )
    story.then(lambda each: photo_moves.refuse_photo(each, second, reason="corrupt", now=story.now))
    story.wait()
    moves: tuple[Callable[[Complaint], Any], ...] = (
        lambda each: agency.acknowledge(each, by=HOUSING, now=story.now),
        lambda each: agency.comment(each, by=HOUSING, text=SECRET, internal=True, now=story.now),
        lambda each: agency.comment(each, by=HOUSING, text=SECRET, internal=False, now=story.now),
        lambda each: assign_officer(each, by=HOUSING, to="officer-1", now=story.now),
        lambda each: assign_officer(each, by=HOUSING, to=None, now=story.now),
        lambda each: agency.ask(each, by=HOUSING, text=SECRET, now=story.now),
        lambda each: citizen.comment(each, by=REPORTER, text=SECRET, now=story.now),
        lambda each: citizen.comment(each, by=REPORTER, text=SECRET, now=story.now),
        lambda each: citizen.join(each, by=NEIGHBOUR, now=story.now),
        lambda each: citizen.leave(each, by=NEIGHBOUR, now=story.now),
        lambda each: expect_photos(each, (), by=HOUSING, region=REGION, now=story.now),
        lambda each: agency.extend_deadline(
            each, by=HOUSING, extension=Duration.parse("P5BD"), reason=SECRET, region=REGION, now=story.now
        ),
        lambda each: agency.transfer(
            each, by=HOUSING, to="roads", reason=SECRET, region=REGION, now=story.now
        ),
    )
    roads = replace(HOUSING, id="roads")
    corrections = (
        Correction(category="pothole", reason=SECRET),
        Correction(place=Place(lat=52.6, lon=76.6, address=SECRET), reason=SECRET),
    )
    for move in moves:
        story.then(move)
    for each in corrections:
        story.then(
            lambda complaint, each=each: correct(complaint, each, by=roads, region=REGION, now=story.now)
        )
    for _ in range(4):
        story.wait()
    story.then(
        lambda each: agency.instruct(
            each, by=AKIMAT, to="housing", reason=SECRET, region=REGION, now=story.now
        )
    )
    story.then(
        lambda each: agency.transfer(each, by=AKIMAT, to="roads", reason=SECRET, region=REGION, now=story.now)
    )
    ends: tuple[Callable[[Complaint], Any], ...] = (
        lambda each: agency.answer(
            each, by=roads, outcome="declined", text=SECRET, region=REGION, now=story.now
        ),
        lambda each: citizen.refute(each, by=REPORTER, reason=SECRET, now=story.now),
        lambda each: agency.answer(
            each, by=roads, outcome="resolved", text=SECRET, region=REGION, now=story.now
        ),
        lambda each: reassign(each, region=WITHOUT_ROADS, now=story.now),
        lambda each: flag(each, reason="person", now=story.now),
        lambda each: redact(each, first, boxes=(WHOLE,), by=SYSTEM, now=story.now),
        lambda each: hide(each, by=AKIMAT, reason=PUBLIC, now=story.now),
        lambda each: unhide(each, by=SYSTEM, reason=PUBLIC, now=story.now),
        lambda each: citizen.withdraw(each, by=REPORTER, reason=SECRET, region=REGION, now=story.now),
    )
    for move in ends:
        story.then(move)
    return story.events


LIFE = whole_life()


def test_the_example_holds_every_event_that_a_move_leaves_today() -> None:
    without_move_or_elsewhere = {
        EventType.CLOSED,
        EventType.DEADLINE_MOVED,
        EventType.SPLIT,
        EventType.LEFT_TO_JOINERS,
        EventType.MERGED,
        EventType.ABSORBED,
    }
    assert {event.type for event in LIFE} == set(EventType) - without_move_or_elsewhere


# --- The timeline


def test_the_first_message_says_who_has_it_and_by_when() -> None:
    assignment = assigned(REGION).events[-1]
    assert (
        in_words(assignment) == "Body in charge found. The Housing has it and must answer by 22 June, 18:30."
    )
    assert in_words(assignment, language="ru") == (
        "Ответственный орган определён. Обращение рассматривает: Housing (ru). Срок ответа органа: 22 июня, 18:30."
    )
    assert in_words(assignment, language="kk") == (
        "Жауапты орган анықталды. Өтінішті қарайтын орган: Housing (kk). Органның жауап беру мерзімі: 22 маусым, 18:30."
    )
    said = told(assignment)
    assert said["agency"] == {"id": "housing", "name": "Housing"}
    assert said["due_at"] == "2026-06-22T13:30:00.000Z"
    assert said["explanation"] == "Due 22 June, 18:30 – 15 working days from 1 June"


def test_a_submission_gives_its_number_and_counts_the_photos_awaited() -> None:
    story = filed(REGION, photos=2)
    assert told(story.events[0])["body"] == (f"Number {story.complaint.number}. We are waiting for 2 photos.")


def test_an_extension_says_from_when_to_when_and_why() -> None:
    story = assigned(REGION)
    event = story.then(
        lambda each: agency.extend_deadline(
            each,
            by=HOUSING,
            extension=Duration.parse("P5BD"),
            reason="The lorry broke.",
            region=REGION,
            now=story.now,
        )
    )
    assert told(event)["body"] == (
        "The Housing needs more time. New deadline for its answer: 29 June, 18:30 (before: 22 June, 18:30). "
        "Reason: The lorry broke."
    )


def test_a_correction_says_what_it_is_now_whose_and_by_when() -> None:
    story = assigned(REGION)

    def corrected(by: Actor, **what: Any) -> Event:
        given = Correction(**what)
        return story.then(lambda each: correct(each, given, by=by, region=REGION, now=story.now))

    event = corrected(REPORTER, place=Place(lat=52.6, lon=76.6))
    assert in_words(event) == (
        "Place or answers corrected. The complaint is more exact now. The body must answer by 22 June, 18:30."
    )
    event = corrected(HOUSING, place=Place(lat=52.7, lon=76.6), reason="It is the next yard.")
    assert in_words(event) == (
        "Place or answers corrected. Corrected by the Housing. The body must answer by 22 June, 18:30. "
        "Reason: It is the next yard."
    )
    event = corrected(HOUSING, category="open_manhole")
    assert in_words(event) == (
        "Category corrected. New category: Open Manhole. Corrected by the Housing. "
        "The body must answer by 1 June, 14:00."
    )
    assert told(event)["explanation"] == "Due 1 June, 14:00 – 4 hours from 1 June, 10:00"
    event = corrected(HOUSING, category="pothole")
    assert in_words(event) == (
        "Category corrected. New category: Pothole. The body before: Housing. The body now: Roads. "
        "The body must answer by 1 June, 14:00."
    )
    assert in_words(event, language="ru") == (
        "Категория исправлена. Новая категория: Pothole (ru). Прежде обращение рассматривал орган: Housing (ru). "
        "Теперь его рассматривает: Roads (ru). Срок ответа органа: 1 июня, 14:00."
    )
    assert told(event)["agency"] == {"id": "roads", "name": "Roads"}
    shows = pushed(event, region=REGION, category="pothole")
    assert shows is not None
    assert (shows.title, shows.body) == (f"Category corrected · {NUMBER}", "Pothole. The Roads has it now.")


def test_a_transfer_names_both_bodies_and_says_that_the_deadline_stays() -> None:
    story = assigned(REGION)
    event = story.then(
        lambda each: agency.transfer(
            each, by=HOUSING, to="roads", reason="A road.", region=REGION, now=story.now
        )
    )
    assert told(event)["body"] == (
        "Passed on by the Housing to the Roads. The deadline for its answer stays: 22 June, 18:30. Reason: A road."
    )
    assert told(event)["agency"]["id"] == "roads"


def given_back() -> tuple[Story, Event]:
    story = assigned(REGION)
    while not story.complaint.escalated_to:
        story.wait()
    due_at = story.complaint.due_at
    story.then(
        lambda each: agency.transfer(
            each, by=AKIMAT, to="roads", reason="A road.", region=REGION, now=story.now
        )
    )
    event = story.then(
        lambda each: agency.instruct(
            each, by=AKIMAT, to="housing", reason="A yard.", region=REGION, now=story.now
        )
    )
    assert story.complaint.due_at == due_at
    return story, event


def test_what_is_given_back_down_says_by_whom_to_whom_and_by_when() -> None:
    _, event = given_back()
    assert told(event)["body"] == (
        "The Akimat instructed the Housing, which must answer by 30 June, 18:30. "
        "The body that gave the instruction watches over it. Reason: A yard."
    )
    assert told(event)["agency"]["id"] == "housing"
    shows = pushed(event, region=REGION)
    assert shows is not None
    assert shows.body == "Rubbish. The Akimat instructed the Housing, which must answer by 30 June, 18:30."


def overdue_story() -> Story:
    story = assigned(two_ladders.REGION)
    while not story.complaint.overdue:
        story.wait()
    return story


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_every_term_passed_of_promises_no_time_and_what_gets_a_new_one_says_so(language: str) -> None:
    fresh, stays = overdue_story(), overdue_story()
    for story, to, key in ((fresh, "police", "fresh"), (stays, "roads", "overdue")):
        event = story.then(
            lambda each, to=to, now=story.now: agency.transfer(
                each, by=HOUSING, to=to, reason="Theirs.", region=two_ladders.REGION, now=now
            )
        )
        assert (event.data["due_at"] is None) == (key == "overdue")
        for viewer in (Viewer.REPORTER, Viewer.JOINER, Viewer.PUBLIC):
            said = line(event, language=language, region=two_ladders.REGION, viewer=viewer)
            assert said is not None
            assert UNKNOWN not in said["body"]
            assert ("explanation" in said) == ("due_at" in said) == (key == "fresh")
        shows = pushed(event, region=two_ladders.REGION, language=language)
        assert shows is not None
        assert UNKNOWN not in shows.title + shows.body


def test_silence_climbs_the_ladder_and_ends_with_the_appeal() -> None:
    story = assigned(REGION)
    bodies = []
    while not story.complaint.overdue:
        event = story.wait()
        if event.type == EventType.ESCALATED:
            bodies.append(told(event)["body"])
    assert bodies == [
        "The Housing did not answer by 22 June, 18:30. "
        "Now the Akimat, the body above, has it too. New deadline for an answer: 30 June, 18:30.",
        "These bodies did not answer by 30 June, 18:30: Housing; Akimat. "
        "Now the Ministry, the body above, has it too. New deadline for an answer: 6 July, 18:30.",
        "These bodies did not answer by 6 July, 18:30: Housing; Akimat; Ministry. "
        "No body is left above, and everybody can see this. "
        "By law silence counts as a refusal. It can be taken to court: the text for it is ready.",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("missed", [Missed.SILENCE, Missed.DISPUTED_ANSWER, Missed.PASSED_ON_LATE])
def test_that_an_appeal_is_ready_is_said_to_those_alone_whose_complaint_it_is(
    missed: Missed, language: str
) -> None:
    story = assigned(REGION)
    while not story.complaint.overdue:
        event = story.wait()
    event = replace(event, data={**event.data, "missed": missed})
    said = {viewer: line(event, language=language, region=REGION, viewer=viewer) for viewer in Viewer}
    ready = text(f"event.{event.type}.{missed}.top.next", language)
    assert {viewer for viewer, each in said.items() if each is not None and ready in each["body"]} == {
        Viewer.REPORTER,
        Viewer.JOINER,
    }


def test_a_missed_acknowledgement_is_told_apart_from_a_missed_answer() -> None:
    story = assigned(REGION, category="open_manhole")
    event = story.wait()
    assert in_words(event) == (
        "Work not begun in time. The Housing did not begin work by 1 June, 11:00. "
        "Now the Akimat, the body above, has it too."
    )


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refused_photo_says_why_in_words(reason: str, language: str) -> None:
    story = filed(REGION, photos=1)
    photo_id = story.complaint.photos[0].id
    event = story.then(lambda each: photo_moves.refuse_photo(each, photo_id, reason=reason, now=story.now))
    assert told(event, language=language)["body"].endswith(text(f"photo.{reason}", language))


def test_where_every_photo_was_refused_none_is_said_not_to_have_come() -> None:
    story = filed(REGION, photos=1)
    refused = story.complaint.photos[0].id
    story.then(lambda each: photo_moves.refuse_photo(each, refused, reason="empty", now=story.now))
    for event, words in (
        (story.wait(), "None of the photos sent could be used"),
        (filed(REGION, photos=1).wait(), "1 photo did not arrive"),
    ):
        assert event.type == EventType.PHOTO_MISSED
        assert words in in_words(event)
        told_by_phone = pushed(event, region=REGION)
        assert told_by_phone is not None
        assert ("arrive" in told_by_phone.title) is ("arrive" in words)


def test_an_answer_asks_the_person_whether_it_is_so() -> None:
    story = assigned(REGION)
    event = answered(story)
    assert in_words(event) == (
        "Answer: done. The Housing answered: It has been collected. "
        "Do you agree with the answer? It can be confirmed or disputed until 11 June, 10:02."
    )


def test_the_end_says_whether_anybody_confirmed() -> None:
    confirmed, lapsed = assigned(REGION), assigned(REGION)
    answered(confirmed)
    answered(lapsed)
    event = confirmed.then(lambda each: citizen.confirm(each, by=REPORTER, now=confirmed.now))
    assert told(event)["body"] == "The answer was confirmed. Thank you!"
    assert told(lapsed.wait())["body"] == "Nobody disputed the answer in time."


@pytest.mark.parametrize(
    ("joined", "said"), [(1, "ещё 1 человек."), (3, "ещё 3 человека."), (11, "ещё 11 человек.")]
)
def test_those_who_joined_are_counted(joined: int, said: str) -> None:
    story = assigned(REGION)
    for _ in range(joined):
        event = story.then(lambda each: citizen.join(each, by=NEIGHBOUR, now=story.now))
    assert told(event, language="ru")["body"].endswith(said)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("viewer", Viewer)
def test_every_event_of_a_life_can_be_told_with_nothing_unknown(language: str, viewer: Any) -> None:
    for event in LIFE:
        if shown(event, viewer) != Shown.NOTHING:
            said = in_words(event, language=language, viewer=viewer)
            assert UNKNOWN not in said, said
            assert "event." not in said, said


@pytest.mark.parametrize("event_type", EventType)
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_event_without_data_is_still_told(event_type: EventType, language: str) -> None:
    """Also one that an older version wrote, before a field was added."""
    bare = replace(LIFE[0], type=event_type, data={}, actor=ActorKind.SYSTEM)
    assert told(bare, language=language, viewer=Viewer.IN_CHARGE)["title"]
    pushed(bare, region=REGION, language=language)


def test_a_body_that_left_the_region_file_is_told_by_its_id() -> None:
    smaller = small_region(agencies={})
    said = line(assigned(REGION).events[-1], language="en", region=smaller)
    assert said is not None
    assert said["agency"] == {"id": "housing", "name": "housing"}


@pytest.mark.parametrize("comment", NAUGHTY)
def test_comments_come_through_as_they_were_written(comment: str) -> None:
    story = assigned(REGION)
    event = story.then(lambda each: citizen.comment(each, by=REPORTER, text=comment, now=story.now))
    assert told(event)["body"] == comment


# --- Who sees what


def test_an_internal_comment_is_for_agencies_alone() -> None:
    (internal,) = (event for event in LIFE if event.data.get("internal"))
    assert line(internal, language="en", region=REGION, viewer=Viewer.REPORTER) is None
    assert line(internal, language="en", region=REGION, viewer=Viewer.PUBLIC) is None
    assert in_words(internal, viewer=Viewer.IN_CHARGE) == f"Internal note of the Housing. {SECRET}"
    assert push_kind(internal) is None


def test_the_public_sees_steps_but_nothing_that_a_person_wrote() -> None:
    lines = [line(event, language="en", region=REGION, viewer=Viewer.PUBLIC) for event in LIFE]
    assert SECRET not in json.dumps(lines)
    seen = {said["type"] for said in lines if said is not None}
    assert seen == {event.type for event in LIFE if shown(event, Viewer.PUBLIC) != Shown.NOTHING}


def test_the_citizen_sees_what_the_agency_wrote_to_them() -> None:
    lines = [line(event, language="en", region=REGION, viewer=Viewer.REPORTER) for event in LIFE]
    by_type = {said["type"]: said for said in lines if said is not None}
    for event in (
        "commented",
        "question_asked",
        "answered",
        "refuted",
        "deadline_extended",
        "transferred",
        "instructed",
    ):
        assert SECRET in by_type[f"complaint.{event}"]["body"]


def test_agencies_see_every_event() -> None:
    assert all(line(event, language="kk", region=REGION, viewer=Viewer.IN_CHARGE) for event in LIFE)


# --- Pushes


def test_the_first_push_says_what_is_happening_who_has_it_and_by_when() -> None:
    story = assigned(REGION)
    told = pushed(story.events[-1], region=REGION)
    assert told is not None
    assert (told.title, told.body) == (
        f"Body in charge found · {NUMBER}",
        "Rubbish. The Housing has it and must answer by 22 June, 18:30.",
    )
    assert told.collapse_id == story.complaint.id
    assert len(told.collapse_id.encode()) <= 64
    assert told.kind == "progress"


def test_a_discreet_category_is_not_named() -> None:
    region = with_category("rubbish", discreet=True)
    event = assigned(region).events[-1]
    for viewer, said in (
        (Viewer.REPORTER, "The Housing has it and must answer by 22 June, 18:30."),
        (Viewer.JOINER, "You joined this. The Housing has it and must answer by 22 June, 18:30."),
    ):
        told = pushed(event, region=region, viewer=viewer)
        assert told is not None
        assert told.body == said


def test_one_that_the_region_file_no_longer_has_is_not_named_either() -> None:
    told = pushed(assigned(REGION).events[-1], region=REGION, category="gone")
    assert told is not None
    assert "gone" not in told.body


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_complaints_at_one_body_are_told_apart_by_their_titles(language: str) -> None:
    event = assigned(REGION).events[-1]
    titles = set()
    for number in ("TST-26-7K3M9T", "TST-26-7K3M9V"):
        told = push(event, number=number, category="rubbish", region=REGION, language=language)
        assert told is not None
        assert number in told.title
        titles.add(told.title)
    assert len(titles) == 2


def test_pushes_hold_nothing_that_a_person_wrote() -> None:
    for event in LIFE:
        for language, viewer in product(LANGUAGES, (Viewer.REPORTER, Viewer.JOINER)):
            told = pushed(event, region=REGION, language=language, viewer=viewer)
            said = "" if told is None else f"{told.title} {told.body}"
            assert SECRET not in said
            assert UNKNOWN not in said


def test_what_a_person_did_themselves_is_not_pushed_to_them() -> None:
    assert [event for event in LIFE if event.actor == ActorKind.CITIZEN and push_kind(event)] == []


def test_a_refused_proof_photo_is_the_agencys_affair() -> None:
    (refused,) = (event for event in LIFE if event.type == EventType.PHOTO_REFUSED)
    assert push_kind(refused) == "photo"
    theirs = replace(refused, data=dict(refused.data) | {"by": "agency"})
    assert push_kind(theirs) is None


@pytest.mark.parametrize("language", LANGUAGES)
@given(name=st.text(min_size=1, max_size=400), kind=st.text(min_size=1, max_size=200))
def test_a_body_is_never_longer_than_a_lock_screen_shows(language: str, name: str, kind: str) -> None:
    agencies = {
        key: raw | {"name": dict.fromkeys(LANGUAGES, name)} for key, raw in REGION.raw["agencies"].items()
    }
    lengthy = with_category("rubbish", name=dict.fromkeys(LANGUAGES, kind), agencies=agencies)
    for event, viewer in product(LIFE, (Viewer.REPORTER, Viewer.JOINER)):
        told = pushed(event, region=lengthy, language=language, viewer=viewer)
        assert told is None or len(told.body) <= BODY_MOST


def test_of_long_names_a_push_leaves_out_first_the_category_and_then_who_is_known() -> None:
    def body(name: str, kind: str) -> str:
        long = {"housing": name, "akimat": "Akimat"}
        agencies = {
            key: raw | {"name": dict.fromkeys(LANGUAGES, long.get(key, "x"))}
            for key, raw in REGION.raw["agencies"].items()
        }
        region = with_category("rubbish", name=dict.fromkeys(LANGUAGES, kind), agencies=agencies)
        story = assigned(region)
        while story.events[-1].type != EventType.ESCALATED:
            story.wait()
        told = pushed(story.events[-1], region=region)
        assert told is not None
        return told.body

    end = "now has it too. New deadline for an answer: 30 June, 18:30."
    short = f"The Akimat, the body above, {end}"
    assert body("Housing", "Rubbish") == f"Rubbish. The Housing did not answer. The Akimat {end}"
    assert body("H" * 70, "R" * 30) == f"{'R' * 30}. {short}"
    assert body("H" * 70, "R" * 160) == f"The {'H' * 70} did not answer. The Akimat {end}"
    assert body("H" * 170, "R" * 160) == short


def test_quiet_steps_are_not_pushed() -> None:
    assert EventType.SUBMITTED not in PUSHED
    assert EventType.DEADLINE_NEAR not in PUSHED
    assert set(PUSHED.values()) == {"progress", "question", "escalation", "answer", "photo"}
