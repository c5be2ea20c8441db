"""Who sees what: each cell of the table, and that nothing stands outside of it."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from functions.complaints.complaint import ActorKind, Answer, Complaint, Hidden, Photo, PhotoStatus
from functions.complaints.events import Event, EventType
from functions.complaints.history import line
from functions.complaints.proof import Proof
from functions.complaints.redaction import Redaction
from functions.complaints.texts import LANGUAGES, text
from functions.complaints.visibility import (
    FIELDS,
    INTERNAL,
    MATTER_FIELDS,
    STEP_FIELDS,
    STEPS,
    WORDS_FIELDS,
    Field,
    Kind,
    Shown,
    Viewer,
    as_seen,
    complaint_as_seen,
    kind_of,
    viewing,
)
from tests.core.story import assigned, pushed
from tests.core.test_history import LIFE, REGION

NAMES = REGION.categories["rubbish"].name
LIFE_PHOTO = Photo(
    id="1",
    by=ActorKind.AGENCY,
    content_type="image/jpeg",
    size=1,
    sha256="0" * 64,
    status=PhotoStatus.READY,
    proof=Proof(),
)
CANARY = "Flat 17, +7 701 765 43 21"
THE_TWO = {Viewer.REPORTER, Viewer.IN_CHARGE, Viewer.ABOVE}
PERSONS = (EventType.REFUTED, EventType.WITHDRAWN, EventType.COMMENTED)
"""What a person writes in a step; the rest is a body's."""
SAID_TO_ALL = {EventType.HIDDEN, EventType.UNHIDDEN}
"""Why it is not public is."""


def example(kind: Kind) -> Event:
    """An event of this row in which every field is full of what must not get about."""
    if isinstance(kind, tuple):
        type, actor = kind
    else:
        type = EventType.COMMENTED if kind == INTERNAL else EventType(kind)
        actor = ActorKind.CITIZEN if type in PERSONS and kind != INTERNAL else ActorKind.AGENCY
    data: dict[str, Any] = dict.fromkeys(WORDS_FIELDS | MATTER_FIELDS, CANARY) | {"by": actor}
    if kind == INTERNAL:
        data["internal"] = True
    return replace(LIFE[0], type=type, actor=actor, data=data)


@pytest.mark.parametrize(("kind", "viewer"), list(product(STEPS, Viewer)))
def test_a_cell_says_what_is_shown_in_words_and_in_data(kind: Kind, viewer: Viewer) -> None:
    event = example(kind)
    assert kind_of(event) == kind
    seen = as_seen(event, viewer)
    lines = [line(event, language=each, region=REGION, viewer=viewer) for each in LANGUAGES]
    match STEPS[kind][viewer]:
        case Shown.NOTHING:
            assert seen is None
            assert lines == [None] * len(LANGUAGES)
        case Shown.STEP:
            assert seen is not None
            assert set(seen.data) <= STEP_FIELDS
            assert all(each is not None and CANARY not in str(each) for each in lines)
        case Shown.WORDS:
            assert seen is not None
            assert (set(seen.data) & MATTER_FIELDS == set()) is (viewer not in THE_TWO)


@pytest.mark.parametrize("kind", STEPS)
def test_what_a_reporter_writes_reaches_the_reporter_and_the_bodies_in_charge_alone(kind: Kind) -> None:
    event = example(kind)
    if event.actor != ActorKind.CITIZEN:
        return
    readers = {viewer for viewer in Viewer if CANARY in str(as_seen(event, viewer))}
    assert readers == THE_TWO


def test_who_joined_reads_a_bodys_answer_and_no_other_words_but_what_is_said_to_all() -> None:
    readable = {kind for kind, row in STEPS.items() if row[Viewer.JOINER] == Shown.WORDS}
    assert readable == {EventType.ANSWERED} | SAID_TO_ALL


def test_who_joined_knows_of_what_the_public_does_and_of_no_step_beside() -> None:
    for row in STEPS.values():
        assert (row[Viewer.JOINER] == Shown.NOTHING) is (row[Viewer.PUBLIC] == Shown.NOTHING)

    assert {kind for kind, row in STEPS.items() if row[Viewer.PUBLIC] == Shown.WORDS} == SAID_TO_ALL


@pytest.mark.parametrize("event", LIFE, ids=lambda event: f"{event.seq}-{event.type}")
def test_every_event_has_its_row_and_all_of_its_data_a_class(event: Event) -> None:
    assert kind_of(event) in STEPS
    assert set(event.data) <= STEP_FIELDS | WORDS_FIELDS | MATTER_FIELDS


def test_every_type_of_event_is_in_the_table_and_each_field_of_data_in_one_class() -> None:
    assert {kind[0] if isinstance(kind, tuple) else kind for kind in STEPS} == {*EventType, INTERNAL}
    assert STEP_FIELDS.isdisjoint(WORDS_FIELDS | MATTER_FIELDS)
    assert set(FIELDS) == set(Field)


def full() -> Complaint:
    return replace(
        assigned(REGION).complaint,
        comment=CANARY,
        written_at=LIFE[0].at,
        address=CANARY,
        lat=52.51234,
        lon=76.51567,
        photos=(LIFE_PHOTO,),
        answers={"since": CANARY},
        public_name=CANARY,
        open_question=CANARY,
        part=CANARY,
        flags=2,
        answer=Answer(outcome="resolved", text="Done", agency_id="housing", photos=("1",)),
    )


@pytest.mark.parametrize("viewer", Viewer)
def test_of_the_complaint_itself_others_than_the_two_sides_see_no_words_and_a_rounded_place(
    viewer: Viewer,
) -> None:
    before = full()
    seen = complaint_as_seen(before, viewer)
    if viewer in THE_TWO:
        flags = 0 if viewer == Viewer.REPORTER else before.flags
        assert seen == replace(before, flags=flags)
        return
    assert (seen.comment, seen.written_at, seen.address, seen.photos) == ("", None, None, ())
    assert (seen.answers, seen.public_name, seen.open_question, seen.part) == ({}, None, None, None)
    assert (seen.lat, seen.lon) == (52.512, 76.516)
    assert seen.answer == (None if viewer == Viewer.PUBLIC else replace(before.answer, photos=()))
    assert (seen.id, seen.status, seen.due_at, seen.joined) == (
        before.id,
        before.status,
        before.due_at,
        before.joined,
    )


@pytest.mark.parametrize("viewer", Viewer)
def test_others_than_the_two_sides_see_of_photos_those_that_have_a_public_copy_and_nothing_found_of_them(
    viewer: Viewer,
) -> None:
    copied = replace(LIFE_PHOTO, redaction=Redaction(boxes=(), revision=1, by=ActorKind.SYSTEM))
    before = replace(full(), photos=(copied,))
    seen = complaint_as_seen(before, viewer)
    if viewer in THE_TWO:
        assert seen.photos == before.photos
        return
    assert seen.photos == (replace(copied, proof=None),)
    if viewer != Viewer.PUBLIC:
        assert seen.answer == before.answer
    hidden = Hidden(by=ActorKind.AGENCY, agency_id="housing", reason="It shows a home.", at=before.changed_at)
    assert complaint_as_seen(replace(before, hidden=hidden), viewer).photos == ()


def test_a_body_looks_as_what_it_is_to_the_complaint() -> None:
    complaint = replace(
        assigned(REGION).complaint, escalated_to=("akimat",), passed_by=("roads", "housing", "akimat")
    )
    assert [viewing(complaint, each) for each in ("housing", "akimat", "roads", "ministry")] == [
        Viewer.IN_CHARGE,
        Viewer.ABOVE,
        Viewer.PASSED_ON,
        None,
    ]


# --- Pushes to those who joined


@pytest.mark.parametrize("kind", STEPS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_pushed_what_they_may_not_see_or_cannot_do(kind: Kind, language: str) -> None:
    event = replace(example(kind), actor=ActorKind.SYSTEM) if kind not in PERSONS else example(kind)
    told = pushed(event, region=REGION, language=language, viewer=Viewer.JOINER)
    if STEPS[kind][Viewer.JOINER] == Shown.NOTHING:
        assert told is None
    if told is not None:
        assert told.body.startswith(text("push.joined.about", language, category=NAMES[language], said=""))
        assert CANARY not in told.title + told.body
        asked = (
            "You can confirm",
            "you can confirm",
            "You can dispute",
            "возразить можно",
            "Возразить можно",
            "растаудың",
            "білдірудің",
            "Ваше",
            "өтінішіңіз",
        )
        assert [each for each in asked if each in told.title + told.body] == []
