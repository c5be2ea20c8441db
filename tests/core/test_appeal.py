"""The appeal at the end of the ladder: complete, in the person's language, and only where a body was silent."""

from dataclasses import replace

import pytest

from functions.complaints.appeal import appeal
from functions.complaints.events import EventType
from functions.complaints.faults import Conflict
from functions.complaints.moves import agency
from functions.complaints.texts import LANGUAGES, UNKNOWN
from functions.complaints.visibility import Viewer
from tests.core.story import HOUSING, Story, assigned
from tests.naughty import NAUGHTY
from tests.region_fixture import region as small_region

REGION = small_region()


def overdue(comment: str = "Not collected since May") -> Story:
    story = assigned(REGION, comment=comment)
    while not story.complaint.overdue:
        story.wait()
    return story


def said(story: Story, language: str, viewer: Viewer = Viewer.REPORTER) -> str:
    return appeal(story.complaint, story.events, region=REGION, language=language, viewer=viewer)


def test_the_appeal_is_addressed_to_the_highest_body_through_the_silent_one() -> None:
    lines = said(overdue(), "en").splitlines()
    assert lines[0] == "To: Ministry"
    assert lines[1] == "Through the body that did not answer: Housing"


def test_the_appeal_states_what_was_sent_when_and_which_terms_passed() -> None:
    story = overdue()
    text = said(story, "en")
    assert f"on 1 June 2026, 10:00. Number: {story.complaint.number}. Subject: Rubbish." in text
    assert "Place: 52.50000, 76.50000." in text
    assert "Its text: Not collected since May" in text
    assert [line for line in text.splitlines() if line.startswith("– ")] == [
        "– term: 22 June 2026, 18:30; in charge: Housing",
        "– term: 30 June 2026, 18:30; in charge: Housing, Akimat",
        "– term: 6 July 2026, 18:30; in charge: Housing, Akimat, Ministry",
    ]


def test_the_address_stands_for_the_place_where_the_person_gave_one() -> None:
    story = overdue()
    story.complaint = replace(story.complaint, address="Abai street 1")
    assert "Place: Abai street 1." in said(story, "en")


@pytest.mark.parametrize(
    ("language", "law", "heading"),
    [
        ("kk", "91-бабының 2-тармағына", "ШАҒЫМ"),
        ("ru", "пункту 2 статьи 91", "ЖАЛОБА"),
        ("en", "article 91(2)", "COMPLAINT"),
    ],
)
def test_the_appeal_rests_on_the_law(language: str, law: str, heading: str) -> None:
    text = said(overdue(), language)
    assert law in text
    assert heading in text
    assert "№ 350-VI" in text or "No. 350-VI" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_appeal_is_whole_and_has_blanks_for_what_only_the_person_knows(language: str) -> None:
    text = said(overdue(), language)
    assert UNKNOWN not in text
    assert "appeal." not in text
    assert text.count("____") // 5 == 5  # name, IIN, address, date, signature


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_history_is_attached_in_order_and_without_what_persons_wrote(language: str) -> None:
    story = assigned(REGION)
    story.then(lambda each: agency.comment(each, by=HOUSING, text="SECRET", internal=True, now=story.now))
    while not story.complaint.overdue:
        story.wait()
    text = said(story, language)
    assert "SECRET" not in text
    attached = text.partition("\n\n" + {"kk": "Қосымша", "ru": "Приложение", "en": "Attached"}[language])[2]
    lines = [line for line in attached.splitlines() if " – " in line]
    assert len(lines) == sum(
        event.type in {EventType.SUBMITTED, EventType.ASSIGNED, EventType.ESCALATED} for event in story.events
    )


def test_there_is_nothing_to_appeal_while_no_term_for_an_answer_has_passed() -> None:
    fresh = assigned(REGION)
    unacknowledged = assigned(REGION, category="open_manhole")
    assert unacknowledged.wait().data["missed"] == "acknowledgement"
    for story in (fresh, unacknowledged):
        with pytest.raises(Conflict, match="nothing_to_appeal"):
            said(story, "ru")


def test_a_body_without_one_above_leaves_the_addressee_to_the_person() -> None:
    lonely = small_region(
        agencies={"housing": {"id": "housing", "name": {"kk": "К", "ru": "Р", "en": "E"}, "parent": None}}
    )
    story = assigned(lonely)
    while not story.complaint.overdue:
        story.wait()
    text = appeal(story.complaint, story.events, region=lonely, language="en", viewer=Viewer.REPORTER)
    assert text.startswith("To: ____")


@pytest.mark.parametrize("comment", [each for each in NAUGHTY if each.strip()])
def test_the_persons_own_words_stand_in_it_unchanged(comment: str) -> None:
    story = STORY
    story.complaint = replace(story.complaint, comment=comment)
    assert f"Its text: {comment}\n" in said(story, "en")


STORY = overdue()


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_joined_appeals_in_words_of_their_own_with_nothing_that_the_reporter_wrote(language: str) -> None:
    story = overdue("Flat 17, +7 701 765 43 21")
    complaint = replace(story.complaint, address="Kanareechnaya 7, flat 17", lat=52.51234, lon=76.51567)
    text = appeal(complaint, story.events, region=REGION, language=language, viewer=Viewer.JOINER)
    assert [each for each in ("701", "Kanareechnaya", "52.5123", "76.5157") if each in text] == []
    assert "52.512, 76.516" in text
    assert complaint.number in text
    # In the first person it says that somebody else sent it, and does not say who sends this.
    reporters = appeal(complaint, story.events, region=REGION, language=language, viewer=Viewer.REPORTER)
    assert "Kanareechnaya" in reporters
    assert text.split("\n\n")[2] != reporters.split("\n\n")[2]
    assert UNKNOWN not in text
