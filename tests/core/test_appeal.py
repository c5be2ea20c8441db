"""The appeal at the end of the ladder: complete, in the person's language, and only where a body was silent."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from functions.complaints.appeal import appeal
from functions.complaints.complaint import Actor, ActorKind
from functions.complaints.events import EventType
from functions.complaints.faults import Conflict
from functions.complaints.moves import agency, citizen
from functions.complaints.texts import LANGUAGES, UNKNOWN, datetime_text
from functions.complaints.visibility import Viewer
from tests.core.story import HOUSING, REPORTER, START, Story, assigned, filed
from tests.naughty import NAUGHTY
from tests.region_fixture import RAW
from tests.region_fixture import region as small_region

REGION = small_region()
AKIMAT = Actor(kind=ActorKind.AGENCY, id="akimat")


def overdue(comment: str = "Not collected since May") -> Story:
    story = assigned(REGION, comment=comment)
    while not story.complaint.overdue:
        story.wait()
    return story


def said(story: Story, language: str, viewer: Viewer = Viewer.REPORTER) -> str:
    return appeal(
        story.complaint, story.events, region=REGION, language=language, viewer=viewer, now=story.now
    )


def escalated(*, level: int) -> Story:
    story = assigned(REGION)
    while story.complaint.escalation_level < level:
        story.wait()
    return story


@pytest.mark.parametrize(("level", "higher"), [(1, "Akimat"), (2, "Ministry")])
def test_the_appeal_is_addressed_to_the_highest_body_through_the_silent_one(level: int, higher: str) -> None:
    lines = said(escalated(level=level), "en").splitlines()
    assert lines[0] == f"To: {higher}"
    assert lines[1] == "Through the body that did not answer: Housing"


@pytest.mark.parametrize(
    ("language", "to", "against"),
    [
        ("kk", "сотқа", "Жауапкерлер: Housing (kk); Akimat (kk); Ministry (kk)"),
        ("ru", "В суд", "Ответчики: Housing (ru); Akimat (ru); Ministry (ru)"),
        ("en", "To the court", "Defendants: Housing; Akimat; Ministry"),
    ],
)
def test_where_every_body_was_silent_the_court_is_asked_and_none_of_them(
    language: str, to: str, against: str
) -> None:
    lines = said(overdue(), language).splitlines()
    assert to in lines[0]
    assert "____" in lines[0]
    assert against in lines
    names = ("Housing", "Akimat", "Ministry")
    assert [line for line in lines[:4] if any(name in line for name in names)] == []


@pytest.mark.parametrize("level", [1, 2, 3])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_appeal_is_addressed_to_a_body_that_it_says_was_silent(language: str, level: int) -> None:
    story = escalated(level=level)
    text = said(story, language)
    silent = [line for line in text.splitlines() if line.startswith("– ")]
    addressee = text.splitlines()[0].partition(": ")[2]
    assert len(silent) == level
    assert [line for line in silent if addressee in line] == []


def test_the_appeal_states_what_was_sent_when_and_which_terms_passed() -> None:
    story = overdue()
    text = said(story, "en")
    assert f"on 1 June 2026, 10:00. Number: {story.complaint.number}. Subject: Rubbish." in text
    assert "Place: 52.50000, 76.50000." in text
    assert "Its text: Not collected since May" in text
    assert [line for line in text.splitlines() if line.startswith("– ")] == [
        "– 22 June 2026, 18:30: no answer; in charge: Housing",
        "– 30 June 2026, 18:30: no answer; in charge: Housing; Akimat",
        "– 6 July 2026, 18:30: no answer; in charge: Housing; Akimat; Ministry",
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
    assert heading in said(escalated(level=1), language)
    text = said(overdue(), language)
    assert law in text
    assert "№ 350-VI" in text or "No. 350-VI" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_appeal_is_whole_and_has_blanks_for_what_only_the_person_knows(language: str) -> None:
    for level, blanks in ((1, 5), (3, 6)):  # name, IIN, address, date, signature; the court
        text = said(escalated(level=level), language)
        assert UNKNOWN not in text
        assert "appeal." not in text
        assert text.count("____") // 5 == blanks


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
    assert unacknowledged.wait().data["missed"] == "late_acknowledgement"
    for story in (fresh, unacknowledged):
        with pytest.raises(Conflict, match="appeal_too_early") as refused:
            said(story, "ru")
        due_at = story.complaint.due_at
        assert due_at is not None
        assert refused.value.params["due"] == {
            each: datetime_text(due_at, each, REGION.time_zone) for each in LANGUAGES
        }


def test_where_no_term_runs_there_is_nothing_to_appeal() -> None:
    done = assigned(REGION)
    answered(done, at=START + timedelta(days=1))
    for story in (filed(REGION, photos=1), done):
        with pytest.raises(Conflict, match="nothing_to_appeal"):
            said(story, "ru")


def answered(story: Story, *, at: datetime) -> None:
    story.then(
        lambda each: agency.answer(
            each, by=HOUSING, outcome="declined", text="It is not there any more.", region=REGION, now=at
        ),
        after=at - story.now,
    )


def disputed(story: Story, *, at: datetime) -> None:
    story.then(lambda each: citizen.refute(each, by=REPORTER, reason="No.", now=at), after=at - story.now)


def test_an_answer_that_was_disputed_is_appealed_as_an_answer_and_no_silence_is_claimed() -> None:
    story = assigned(REGION)
    answered(story, at=START + timedelta(days=2))
    disputed(story, at=START + timedelta(days=30))
    story.wait()
    for language, heading, law, silence in (
        ("en", "COMPLAINT against the answer", "article 91(1)", "counts as a refusal"),
        ("ru", "ЖАЛОБА на ответ", "пункту 1 статьи 91", "считается отказом"),
        ("kk", "жауабына ШАҒЫМ", "91-бабының 1-тармағына", "бас тарту деп"),
    ):
        text = said(story, language)
        assert heading in text
        assert law in text
        assert silence not in text
        assert "92" in text
        assert UNKNOWN not in text
    lines = said(story, "en").splitlines()
    assert lines[:2] == ["To: Akimat", "Through the body that gave the answer: Housing"]
    assert (
        "– 22 June 2026, 18:30: the Housing had answered in time, on 3 June 2026, 10:00; "
        "the answer was disputed on 1 July 2026, 10:00"
    ) in lines


def test_the_silence_above_after_a_dispute_is_the_body_aboves_own() -> None:
    story = assigned(REGION)
    answered(story, at=START + timedelta(days=2))
    disputed(story, at=START + timedelta(days=30))
    story.wait()
    while story.wait().type != EventType.ESCALATED:
        pass
    lines = said(story, "en").splitlines()
    assert lines[:2] == ["To: Ministry", "Through the body that did not answer: Akimat"]
    assert next(line for line in lines if "no answer; in charge" in line).endswith("in charge: Akimat")


def test_an_answer_that_came_after_all_is_what_is_appealed() -> None:
    story = overdue()
    answered(story, at=story.now + timedelta(days=1))
    for _ in range(2):
        text = said(story, "en")
        assert "COMPLAINT against the answer" in text
        assert ": the Housing answered" in text
        if not story.complaint.refutations:
            disputed(story, at=story.now + timedelta(days=1))
    assert "the Housing answered; the answer was disputed on" in text


def test_who_let_the_term_pass_before_passing_on_is_who_is_appealed_against() -> None:
    story = assigned(REGION)
    assert story.complaint.due_at is not None
    at = story.complaint.due_at - timedelta(minutes=1)
    story.then(
        lambda each: agency.transfer(each, by=HOUSING, to="roads", reason="Theirs.", region=REGION, now=at),
        after=at - story.now,
    )
    while story.wait().type != EventType.ESCALATED:
        pass
    for language in LANGUAGES:
        assert UNKNOWN not in said(story, language)
    lines = said(story, "en").splitlines()
    assert lines[1] == "Through the body that let the term pass: Housing"
    assert any("the Roads was given it only on 22 June 2026, 18:29" in line for line in lines)


def test_each_name_stands_once() -> None:
    story = assigned(REGION)
    while not story.complaint.escalated_to:
        story.wait()
    story.then(
        lambda each: agency.transfer(
            each, by=AKIMAT, to="akimat", reason="Ours.", region=REGION, now=story.now
        )
    )
    while not story.complaint.overdue:
        story.wait()
    for line in said(story, "en").splitlines():
        if line.startswith("– ") and "in charge: " in line:
            names = line.partition("in charge: ")[2].split("; ")
            assert len(names) == len(set(names))


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_joined_appeals_in_words_of_their_own(language: str) -> None:
    story = overdue("MY WORDS")
    story.complaint = replace(story.complaint, address="MY ADDRESS", lat=52.123456)
    text = appeal(
        story.complaint, story.events, region=REGION, language=language, viewer=Viewer.JOINER, now=story.now
    )
    for own in ("MY WORDS", "MY ADDRESS", "52.1234", UNKNOWN):
        assert own not in text
    assert {"kk": "қосыламын", "ru": "Присоединяюсь", "en": "I joined"}[language] in text
    assert "52.123, 76.500" in text


def test_of_a_body_without_one_above_the_court_is_asked() -> None:
    lonely = small_region(
        agencies={
            "housing": RAW["agencies"]["housing"]
            | {"name": {"kk": "К", "ru": "Р", "en": "E"}, "parent": None}
        }
    )
    story = assigned(lonely)
    while not story.complaint.overdue:
        story.wait()
    text = appeal(
        story.complaint, story.events, region=lonely, language="en", viewer=Viewer.REPORTER, now=story.now
    )
    assert text.startswith("To the court")


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
    text = appeal(
        complaint, story.events, region=REGION, language=language, viewer=Viewer.JOINER, now=story.now
    )
    assert [each for each in ("701", "Kanareechnaya", "52.5123", "76.5157") if each in text] == []
    assert "52.512, 76.516" in text
    assert complaint.number in text
    # In the first person it says that somebody else sent it, and does not say who sends this.
    reporters = appeal(
        complaint, story.events, region=REGION, language=language, viewer=Viewer.REPORTER, now=story.now
    )
    assert "Kanareechnaya" in reporters
    assert text.split("\n\n")[2] != reporters.split("\n\n")[2]
    assert UNKNOWN not in text
