"""The public page: what it says in each state and language, with nothing of a person and nobody's markup in it."""

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.complaints.complaint import Actor, ActorKind
from functions.complaints.history import line
from functions.complaints.moves import agency, citizen
from functions.complaints.moves.correcting import Correction, correct
from functions.complaints.moves.publicity import hide
from functions.complaints.promise import reason_text
from functions.complaints.public_record import HIDDEN, PublicRecord, record_of
from functions.complaints.public_state import Tone, tone_of
from functions.complaints.publicity import FLAG_REASONS
from functions.complaints.region import Region, region_from_dict
from functions.complaints.texts import LANGUAGES, datetime_text, text
from functions.complaints.visibility import Viewer
from functions.notify.publisher.page import page_of
from tests.core.public_lives import CANARY, LIVES, Lives
from tests.core.story import HOUSING, NEIGHBOUR, REPORTER, START, Story
from tests.naughty import NAUGHTY
from tests.region_fixture import RAW, WEST
from tests.region_fixture import region as small_region

REGION = small_region()
BASE = "https://qamqor.example.kz"
HERE = Lives(region=REGION, category="rubbish", place=WEST)
VOID = {"meta", "link", "br", "img", "input", "hr", "path", "circle"}


class Read(HTMLParser):
    """`said[language]`: the texts of its part of the page in order; `tags`: each with its attributes."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.said: dict[str, list[str]] = {}
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self._language = ""
        self.feed(page.decode())
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append((tag, given))
        if (given.get("class") or "").startswith("page"):
            self._language = given["lang"] or ""
            self.said[self._language] = []
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._language and data.strip():
            self.said[self._language].append(data.strip())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for each, attributes in self.tags if each == tag]

    def named(self, name: str) -> str:
        """What the `meta` of that name or property says."""
        (found,) = [each for each in self.all("meta") if name in (each.get("name"), each.get("property"))]
        return found["content"] or ""


def shown(story: Story, *, region: Region = REGION, **changes: Any) -> Read:
    return Read(page(story, region=region, **changes))


def page(story: Story, *, region: Region = REGION, **changes: Any) -> bytes:
    record = replace(record_of(story.complaint, story.events, region=region), **changes)
    return page_of(record, story.events, region=region, base_url=BASE)


def hidden(number: str = "TST-26-7K3M9T", reason: str = "A face can be seen.") -> bytes:
    at = START + timedelta(days=1)
    record = PublicRecord(
        number=number, status=HIDDEN, submitted_at=START, updated_at=at, hidden_reason=reason
    )
    return page_of(record, [], region=REGION, base_url=BASE)


def talkative(here: Lives) -> Story:
    """Everything that anybody can write into it."""
    story = here.with_its_body()
    moves: list[Any] = [
        lambda each: citizen.comment(each, by=REPORTER, text=f"{CANARY} said", now=story.now),
        lambda each: agency.ask(each, by=HOUSING, text=f"{CANARY} asked", now=story.now),
        lambda each: agency.comment(each, by=HOUSING, text=f"{CANARY} noted", internal=True, now=story.now),
        lambda each: agency.comment(each, by=HOUSING, text=f"{CANARY} told", internal=False, now=story.now),
        lambda each: agency.transfer(
            each, by=HOUSING, to="roads", reason=f"{CANARY} not ours", region=REGION, now=story.now
        ),
        lambda each: correct(
            each,
            Correction(category="pothole", reason=f"{CANARY} wrong"),
            by=Actor(kind=ActorKind.AGENCY, id="roads"),
            region=REGION,
            now=story.now,
        ),
        lambda each: citizen.join(each, by=NEIGHBOUR, now=story.now),
    ]
    for move in moves:
        story.then(move)
    return story


STATES = {
    Lives.new: (Tone.UNDER_WAY, "With the body in charge"),
    Lives.with_its_body: (Tone.UNDER_WAY, "Being worked on"),
    Lives.overdue: (Tone.OVERDUE, "No answer, term over"),
    Lives.exhausted: (Tone.OVERDUE, "No answer, term over"),
    Lives.resolved: (Tone.ANSWERED, "Answer: done"),
    Lives.declined: (Tone.DECLINED, "Answer: declined"),
    Lives.disputed: (Tone.UNDER_WAY, "With the body in charge"),
    Lives.disputed_and_overdue: (Tone.OVERDUE, "Answer disputed, term over"),
    Lives.confirmed: (Tone.ANSWERED, "Closed: done"),
    Lives.withdrawn: (Tone.ENDED, "Withdrawn"),
}
EVERY = (*LIVES, talkative)


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.__name__)
def test_the_state_stands_in_large_words_and_in_its_colour(life: Any) -> None:
    story, (tone, words) = life(HERE), STATES[life]
    read = shown(story)
    assert tone_of(record_of(story.complaint, story.events, region=REGION)) == tone
    assert {each["class"] for each in read.all("section") if "state" in (each["class"] or "")} == {
        f"state {tone}"
    }
    assert words in read.said["en"]


@pytest.mark.parametrize("life", EVERY, ids=lambda life: life.__name__)
def test_the_history_is_what_the_public_may_see_newest_first_and_no_word_of_anybody(life: Any) -> None:
    story = life(HERE)
    raw = page(story)
    assert CANARY.encode() not in raw
    for language, said in Read(raw).said.items():
        told = [
            seen
            for event in reversed(story.events)
            if (seen := line(event, language=language, region=REGION, viewer=Viewer.PUBLIC)) is not None
        ]
        at = said.index(text("public.history", language))
        steps = [part for each in told for part in (each["title"], each["body"])]
        assert [each for each in said[at:] if each in steps] == steps


def test_every_language_is_whole_and_the_regions_first_follows_all_others() -> None:
    read = shown(HERE.overdue())
    assert [*read.said] == ["ru", "en", "kk"]
    counts = {language: len(said) for language, said in read.said.items()}
    assert len(set(counts.values())) == 1
    assert read.all("html") == [{"lang": "kk"}]
    for language in LANGUAGES:
        assert text("public.agency", language) in read.said[language]
    links = [each for each in read.all("a") if (each["href"] or "").startswith("#")]
    assert [each["hreflang"] for each in links] == [*LANGUAGES] * 3
    assert [each["hreflang"] for each in links if "aria-current" in each] == [*read.said]


def test_who_has_it_since_when_and_by_when_it_must_answer_are_said_with_the_reason() -> None:
    story = HERE.new()
    promise = story.complaint.promise
    assert promise is not None
    assert story.complaint.due_at is not None
    for language, said in shown(story).said.items():
        since = datetime_text(story.events[-1].at, language, REGION.time_zone)
        assert text("public.had_since", language, since=since) in said
        assert datetime_text(story.complaint.due_at, language, REGION.time_zone) in said
        assert reason_text(promise, language) in said
    read = shown(story)
    assert {"datetime": "2026-06-22T13:30:00Z"} in read.all("time")


def test_a_deadline_that_may_still_move_says_so() -> None:
    story = HERE.new()
    assigned_event = story.events[-1]
    promise = assigned_event.data["promise"]
    moved = promise | {"params": promise["params"] | {"estimated": True}}
    story.events[-1] = replace(assigned_event, data={**assigned_event.data, "promise": moved})
    assert "22 June 2026, 18:30 (date estimated)" in shown(story).said["en"]


def test_who_was_given_it_later_has_it_since_then() -> None:
    story = talkative(HERE)
    handed = next(event for event in story.events if event.type == "complaint.transferred")
    since = datetime_text(handed.at, "en", REGION.time_zone)
    said = shown(story).said["en"]
    assert said[said.index("Body in charge") + 1] == "Roads"
    assert text("public.had_since", "en", since=since) in said
    assert "It was passed on to another body 1 time" in said


def test_what_was_missed_who_is_above_and_the_new_term_are_not_to_be_overlooked() -> None:
    said = shown(HERE.overdue()).said["en"]
    assert {
        "An answer was due by 22 June 2026, 18:30.",
        "1 deadline missed",
        "New deadline for an answer",
    } <= {*said}
    assert said[said.index("Bodies above that have it too") + 1] == "Akimat"
    read = shown(HERE.exhausted())
    assert {"3 deadlines missed", text("public.due.over", "en")} <= {*read.said["en"]}
    assert "due over" in {each.get("class") for each in read.all("div")}
    assert [each.get("class") for each in read.all("li") if each.get("class")] == ["missed"] * 9


def test_nothing_is_due_once_there_is_an_answer() -> None:
    for life in (Lives.resolved, Lives.declined, Lives.confirmed, Lives.withdrawn):
        assert not any("due" in (each.get("class") or "") for each in shown(life(HERE)).all("div"))


def test_disputed_answers_and_how_they_were_proven_are_counted() -> None:
    assert "The answer was disputed 1 time" in shown(HERE.disputed()).said["en"]
    read = shown(HERE.resolved(), proof="far", proof_reused=True, joined=3)
    assert {
        text("proof.distance.far", "en"),
        text("public.proof_reused", "en"),
        "3 more people have reported the same.",
        "The first answer came in time.",
    } <= {*read.said["en"]}


def test_a_photo_is_shown_with_words_for_who_does_not_see_it() -> None:
    assert shown(HERE.new()).all("img") == []
    read = shown(HERE.new(), photo="photos/1.jpg")
    assert [each["src"] for each in read.all("img")] == ["../photos/1.jpg"] * 3
    assert {each["alt"] for each in read.all("img")} >= {"Photo of the place: Rubbish"}
    assert read.named("og:image") == f"{BASE}/photos/1.jpg"


def test_the_place_is_drawn_and_said_to_be_rounded_where_it_is() -> None:
    rounded = text("public.place.rounded", "en")
    read = shown(HERE.new(), place="rounded")
    assert rounded in read.said["en"]
    assert rounded not in shown(HERE.new(), place="exact").said["en"]
    # West is the left half of the square, and the place its middle.
    (spot, *_) = [each for each in read.all("circle") if each["class"] == "spot"]
    assert spot["cx"] == "80.0"
    assert [each["class"] for each in read.all("path")] == ["here", "district", "border"] * 3


def test_social_networks_are_told_the_state_and_get_a_picture_that_they_can_show() -> None:
    read = shown(HERE.overdue())
    assert read.named("og:title").startswith("Rubbish (kk) · Жауап жоқ, мерзім өтіп кетті · TST-26-")
    assert read.named("og:image") == f"{BASE}/open/state-overdue.png"
    assert read.named("twitter:card") == "summary_large_image"
    assert read.named("og:url").startswith(f"{BASE}/c/TST-26-")
    assert "Housing (kk)" in read.named("og:description")


def test_feeds_are_named_and_every_link_works_wherever_the_page_is_read() -> None:
    read = shown(HERE.new())
    feeds = [each["href"] for each in read.all("link") if each.get("type") == "application/atom+xml"]
    assert feeds == [
        "../feeds/district/west.atom",
        "../feeds/agency/housing.atom",
        "../feeds/category/rubbish.atom",
    ]
    links = {
        each.get("href") or each.get("src") or ""
        for each in (*read.all("a"), *read.all("link"), *read.all("script"))
    }
    outside = {each for each in links if urlsplit(each).netloc}
    assert {urlsplit(each).netloc for each in outside} == {"qamqor.example.kz", "www.openstreetmap.org"}
    assert not any(each.startswith("/") for each in links)
    assert {"../#/agencies/housing", "../#/districts/west", "../#/data"} <= links


def test_a_whole_and_its_parts_lead_to_one_another_in_each_language() -> None:
    story = HERE.new()
    number = story.complaint.number
    said = {
        "en": ("Part of the complaint", "Its parts at other bodies"),
        "ru": ("Часть обращения", "Его части у других органов"),
        "kk": ("Қай өтініштің бөлігі", "Басқа органдардағы бөліктері"),
    }
    assert not {text for texts in said.values() for text in texts} & {
        text for texts in shown(story).said.values() for text in texts
    }
    parts = (f"{number}-1", f"{number}-2")
    whole, part = shown(story, parts=parts), shown(story, part_of="TST-26-7K3M9T")
    for language, (of_part, of_whole) in said.items():
        assert [each for each in whole.said[language] if each in (of_whole, *parts)] == [of_whole, *parts]
        assert [each for each in part.said[language] if each in (of_part, "TST-26-7K3M9T")] == [
            of_part,
            "TST-26-7K3M9T",
        ]
    # Pages lie beside one another.
    assert {*parts} <= {each.get("href") for each in whole.all("a")}
    assert "TST-26-7K3M9T" in {each.get("href") for each in part.all("a")}


def test_a_hidden_one_leaves_its_number_and_why_and_nothing_else() -> None:
    raw = hidden()
    read = Read(raw)
    assert {"Complaint TST-26-7K3M9T", "This complaint is not shown", "A face can be seen."} <= {
        *read.said["en"]
    }
    assert read.named("robots") == "noindex"
    assert not any((each.get("property") or "").startswith("og:") for each in read.all("meta"))
    assert read.all("svg") == read.all("img") == read.all("time") == []
    assert b"/flag" not in raw


def test_a_hidden_one_says_who_hid_it_in_each_language() -> None:
    story = HERE.with_its_body()
    story.then(lambda each: hide(each, by=HOUSING, reason="A face can be seen.", now=story.now))
    record = PublicRecord(
        number=story.complaint.number,
        status=HIDDEN,
        submitted_at=START,
        updated_at=story.now,
        hidden_reason="A face can be seen.",
    )
    read = Read(page_of(record, story.events, region=REGION, base_url=BASE))
    assert (
        "The Housing took the complaint from public view. Everybody sees its number and the reason alone. "
        "Reason: A face can be seen."
    ) in read.said["en"]
    assert any("орган: Housing (ru)" in each for each in read.said["ru"])
    assert any("орган: Housing (kk)" in each for each in read.said["kk"])
    assert read.all("time") == []


def test_anybody_can_say_why_it_should_not_be_public() -> None:
    read = shown(new_one := HERE.new())
    number = new_one.complaint.number
    assert [each["action"] for each in read.all("form")] == [f"../v1/public/{number}/flag"] * 3
    assert [each["value"] for each in read.all("input")] == [*FLAG_REASONS] * 3
    assert {text(f"flag.{reason}", "ru") for reason in FLAG_REASONS} < {*read.said["ru"]}


# --- What cannot be in it


def named(name: str) -> Region:
    """The region with everything in it called so."""
    raw: dict[str, Any] = RAW | {
        "name": dict.fromkeys(LANGUAGES, name),
        "districts": [each | {"name": dict.fromkeys(LANGUAGES, name)} for each in RAW["districts"]],
    }
    for kind in ("agencies", "categories"):
        raw[kind] = {key: each | {"name": dict.fromkeys(LANGUAGES, name)} for key, each in RAW[kind].items()}
    return region_from_dict(raw)


def skeleton(read: Read) -> list[str]:
    return [f"{tag} {sorted(attributes)}" for tag, attributes in read.tags]


MARKUP = "</title><script>alert(1)</script><img src=x onerror='alert(1)'>\"'{{ 7*7 }}{% raw %}&amp;"
OVERDUE = HERE.overdue()


@given(name=st.one_of(st.just(MARKUP), st.sampled_from(NAUGHTY), st.text(min_size=1)).filter(str.strip))
def test_no_name_becomes_markup(name: str) -> None:
    region = named(name)
    read = shown(OVERDUE, region=region, photo="photos/1.jpg")
    assert skeleton(read) == skeleton(shown(OVERDUE, photo="photos/1.jpg"))


def test_a_name_with_markup_is_shown_as_it_is_written() -> None:
    region = named(MARKUP)
    assert MARKUP in shown(OVERDUE, region=region).said["ru"]
    assert hidden(reason=MARKUP).decode().count("<script") == 1


@pytest.mark.parametrize("life", EVERY, ids=lambda life: life.__name__)
def test_nothing_runs_or_is_styled_in_the_page(life: Any) -> None:
    read = shown(life(HERE), photo="photos/1.jpg")
    assert [each.get("type") or each.get("src") for each in read.all("script")] == [
        "application/ld+json",
        "../open/page.js",
    ]
    assert read.all("style") == read.all("iframe") == []
    attributes = {name for _, given in read.tags for name in given}
    assert not {name for name in attributes if name == "style" or name.startswith("on")}


def test_the_same_complaint_gives_the_same_bytes_and_few_of_them() -> None:
    story = talkative(HERE)
    first = page(story)
    assert page(story) == first
    assert len(first) < 50_000


def test_ids_in_the_page_are_each_there_once() -> None:
    ids = [given["id"] for _, given in shown(HERE.overdue()).tags if "id" in given]
    assert sorted(ids) == sorted(LANGUAGES)
    assert not re.findall(rb"\s(?:None|True|False)\s", page(HERE.overdue()))
