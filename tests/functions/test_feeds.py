"""The feeds: valid by their grammars, read as feed readers do, of what they are named for, newest first, always alike."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from lxml import etree

from functions.complaints.public_record import PublicRecord, feature_of, record_of
from functions.complaints.region import region_from_dict
from functions.complaints.texts import LANGUAGES
from functions.complaints.wording import is_broken
from functions.notify.site.feeds import NEWEST, TOMBSTONES, Subject, Wanted, atom, json_feed
from tests.core.public_lives import CANARY, LIVES, Lives
from tests.core.story import START
from tests.region_fixture import EAST, RAW, WEST
from tests.region_fixture import region as small_region

REGION = small_region()
BASE = "https://qamqor.example.kz"
GRAMMAR = etree.RelaxNG(file=str(Path(__file__).with_name("atom.rng")))
NS = {"a": "http://www.w3.org/2005/Atom", "at": TOMBSTONES}

# https://www.jsonfeed.org/version/1.1/, as far as it says what must be.
_URL = {"type": "string", "format": "uri", "pattern": "^https?://"}
_AUTHORS = {
    "type": "array",
    "items": {
        "type": "object",
        "minProperties": 1,
        "properties": {"name": {"type": "string"}, "url": _URL, "avatar": _URL},
        "additionalProperties": False,
    },
}
_EXTENSION = {"^_[a-zA-Z][^.]*$": {"type": "object"}}
JSON_FEED_1_1 = {
    "type": "object",
    "required": ["version", "title", "items"],
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": {"type": "string", "minLength": 1},
        "home_page_url": _URL,
        "feed_url": _URL,
        "description": {"type": "string"},
        "language": {"type": "string", "pattern": "^[a-z]{2}(-[A-Z]{2})?$"},
        "authors": _AUTHORS,
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id"],
                "anyOf": [{"required": ["content_text"]}, {"required": ["content_html"]}],
                "properties": {
                    "id": {"type": "string", "minLength": 1},
                    "url": _URL,
                    "title": {"type": "string"},
                    "content_text": {"type": "string"},
                    "content_html": {"type": "string"},
                    "summary": {"type": "string"},
                    "image": _URL,
                    "date_published": {"type": "string", "format": "date-time"},
                    "date_modified": {"type": "string", "format": "date-time"},
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "authors": _AUTHORS,
                },
                "patternProperties": _EXTENSION,
                "additionalProperties": False,
            },
        },
    },
    "patternProperties": _EXTENSION,
    "additionalProperties": False,
}


def record(number: int = 1, **changes: Any) -> PublicRecord:
    told: dict[str, Any] = {
        "number": f"TST-26-{number:06}",
        "status": "assigned",
        "category": "rubbish",
        "district": "west",
        "lat": WEST[0],
        "lon": WEST[1],
        "place": "rounded",
        "agency": "housing",
        "submitted_at": START,
        "due_at": START + timedelta(days=21),
        "updated_at": START + timedelta(minutes=number),
    }
    return PublicRecord(**told | changes)


def lines(records: Sequence[PublicRecord], tombstones: Sequence[dict[str, str]] = ()) -> list[bytes]:
    """As the file has them."""

    def said(each: Any) -> bytes:
        return json.dumps(each, ensure_ascii=False, separators=(",", ":")).encode()

    def parted(parts: list[bytes]) -> list[bytes]:
        return [each + b"," for each in parts[:-1]] + parts[-1:]

    return [
        b'{"type":"FeatureCollection","features":[',
        *parted([said(feature_of(each)) for each in records]),
        b'],"tombstones":[',
        *parted([said(each) for each in tombstones]),
        b"]}",
    ]


def stone(number: int, *, reason: str = "A face can be seen.", day: int = 10) -> dict[str, str]:
    hidden_at = f"2026-06-{day:02}T05:00:00Z"
    return {"number": f"TST-26-{number:06}", "hidden_at": hidden_at, "reason": reason}


def wanted(subject: str = "district", name: str = "west", *, language: str = "en", **changes: Any) -> Wanted:
    told = {"region": REGION, "base_url": BASE} | changes
    return Wanted(subject=Subject(subject), id=name, language=language, **told)


def numbers(document: bytes) -> list[str]:
    return [each["id"].rpartition("/")[2] for each in json.loads(document)["items"]]


def is_valid(xml: bytes, feed: bytes) -> None:
    tree = etree.fromstring(xml)
    assert GRAMMAR.validate(tree), GRAMMAR.error_log
    read = feedparser.parse(xml)
    assert not read.bozo, read.bozo_exception
    assert [each.id for each in read.entries] == [each["id"] for each in json.loads(feed)["items"]]
    checker = Draft202012Validator(JSON_FEED_1_1, format_checker=FormatChecker())
    assert [each.message for each in checker.iter_errors(json.loads(feed))] == []


def test_the_grammars_refuse_what_is_none() -> None:
    feed = lines([record()])
    tree = etree.fromstring(atom(feed, wanted=wanted()))
    tree.remove(tree.find("a:updated", NS))
    assert not GRAMMAR.validate(tree)
    told = json.loads(json_feed(feed, wanted=wanted()))
    del told["items"][0]["content_text"]
    assert not Draft202012Validator(JSON_FEED_1_1).is_valid(told)


@pytest.mark.parametrize(("subject", "language"), [*product(Subject, LANGUAGES)])
def test_each_is_valid_and_says_each_life_in_its_language(subject: Subject, language: str) -> None:
    here = Lives(region=REGION, category="rubbish", place=WEST)
    stories = [life(here) for life in LIVES]
    records = [record_of(each.complaint, each.events, region=REGION) for each in stories]
    name = {"district": "west", "agency": "housing", "category": "rubbish"}[subject]
    asked = wanted(subject, name, language=language)
    file = lines(records, [stone(1)])
    xml, feed = atom(file, wanted=asked), json_feed(file, wanted=asked)
    is_valid(xml, feed)
    assert len(json.loads(feed)["items"]) == len(LIVES)
    assert CANARY not in (xml + feed).decode()
    assert json.loads(feed)["language"] == etree.fromstring(xml).get(
        "{http://www.w3.org/XML/1998/namespace}lang"
    )
    titles = [each.title for each in feedparser.parse(xml).entries]
    assert titles == [each["title"] for each in json.loads(feed)["items"]]
    assert any(
        {"en": "term over", "ru": "срок истёк", "kk": "мерзім өтіп кетті"}[language] in each
        for each in titles
    )


def test_an_entry_says_who_has_it_by_when_and_what_was_missed() -> None:
    late = record(overdue=True, missed_terms=2, joined=3, escalated_to=("akimat",), photo="photos/1.jpg")
    (item,) = json.loads(json_feed(lines([late]), wanted=wanted()))["items"]
    assert item["title"] == "Rubbish · No answer, term over · TST-26-000001"
    assert item["content_text"] == (
        "Body in charge: Housing. New deadline for an answer: 22 June 2026, 10:00. 2 deadlines missed. "
        "3 more people have reported the same."
    )
    assert item["url"] == f"{BASE}/c/TST-26-000001#en"
    assert item["id"] == "tag:qamqor.example.kz,2026:c/TST-26-000001"
    assert item["image"] == f"{BASE}/photos/1.jpg"
    (entry,) = feedparser.parse(atom(lines([late]), wanted=wanted())).entries
    assert entry.published == "2026-06-01T05:00:00+00:00"
    assert entry.updated == "2026-06-01T05:01:00+00:00"
    assert entry.summary == item["content_text"]


def test_a_feed_has_what_it_is_named_for_and_a_bodys_what_was_escalated_to_it() -> None:
    file = lines(
        [
            record(1),
            record(2, district="east", agency="roads", category="pothole"),
            record(3, agency="roads", escalated_to=("akimat",)),
            record(4, agency="akimat"),
            record(
                5, district="west_of_it", agency="housing_2", escalated_to=("akimat_2",), category="other"
            ),
        ]
    )
    found = {
        (subject, name): [each[-1] for each in numbers(json_feed(file, wanted=wanted(subject, name)))]
        for subject, name in (
            *(("district", "west"), ("district", "east"), ("category", "rubbish"), ("category", "other")),
            *(("agency", "housing"), ("agency", "roads"), ("agency", "akimat"), ("agency", "ministry")),
        )
    }
    assert found == {
        ("district", "west"): ["4", "3", "1"],
        ("district", "east"): ["2"],
        ("category", "rubbish"): ["4", "3", "1"],
        ("category", "other"): ["5"],
        ("agency", "housing"): ["1"],
        ("agency", "roads"): ["3", "2"],
        ("agency", "akimat"): ["4", "3"],
        ("agency", "ministry"): [],
    }


def test_what_the_region_does_not_have_is_not_known() -> None:
    assert all(
        wanted(*each).is_known
        for each in (("district", "west"), ("agency", "ministry"), ("category", "pothole"))
    )
    assert not any(wanted(subject, "nowhere").is_known for subject in Subject)


def test_the_newest_fifty_and_no_more_newest_first() -> None:
    order = [(number * 37) % 101 for number in range(1, 101)]
    document = json_feed(lines([record(each) for each in order]), wanted=wanted())
    assert numbers(document) == [f"TST-26-{each:06}" for each in sorted(order)[::-1][:NEWEST]]


def test_what_was_hidden_is_a_deleted_entry_in_every_feed() -> None:
    file = lines([record(1)], [stone(2), stone(3, reason="<b>&</b>", day=20)])
    for subject, name in (("district", "east"), ("agency", "ministry"), ("category", "other")):
        asked = wanted(subject, name)
        tree = etree.fromstring(atom(file, wanted=asked))
        found = [
            (each.get("ref"), each.get("when"), each.findtext("at:comment", namespaces=NS))
            for each in tree.findall("at:deleted-entry", NS)
        ]
        assert found == [
            ("tag:qamqor.example.kz,2026:c/TST-26-000003", "2026-06-20T05:00:00Z", "<b>&</b>"),
            ("tag:qamqor.example.kz,2026:c/TST-26-000002", "2026-06-10T05:00:00Z", "A face can be seen."),
        ]
        assert tree.findtext("a:updated", namespaces=NS) == "2026-06-20T05:00:00+00:00"
        stones = json.loads(json_feed(file, wanted=asked))["_tombstones"]["items"]
        assert [(each["id"], each["deleted"], each["reason"]) for each in stones] == found
        is_valid(atom(file, wanted=asked), json_feed(file, wanted=asked))


def test_the_entry_that_was_hidden_had_the_id_of_its_tombstone() -> None:
    (item,) = json.loads(json_feed(lines([record(7)]), wanted=wanted()))["items"]
    (gone,) = json.loads(json_feed(lines([], [stone(7)]), wanted=wanted()))["_tombstones"]["items"]
    assert item["id"] == gone["id"]


def test_the_same_lines_give_the_same_bytes_and_nothing_gives_a_feed_too() -> None:
    for file in (lines([record(1), record(2)], [stone(3)]), lines([])):
        assert atom(file, wanted=wanted()) == atom(file, wanted=wanted())
        is_valid(atom(file, wanted=wanted()), json_feed(file, wanted=wanted()))
    at = etree.fromstring(atom(lines([]), wanted=wanted())).findtext("a:updated", namespaces=NS)
    assert datetime.fromisoformat(at or "") == datetime(1970, 1, 1, tzinfo=UTC)


MARKUP = '</title><script>alert(1)</script> & "x" ]]> {{7*7}}'


@given(
    name=st.one_of(st.just(MARKUP), st.text(min_size=1)).filter(
        lambda each: each.strip() == each and not is_broken(each, lines=False)
    )
)
def test_names_and_reasons_stay_text(name: str) -> None:
    names = dict.fromkeys(LANGUAGES, name)
    raw: dict[str, Any] = RAW | {
        "name": names,
        "districts": [each | {"name": names} for each in RAW["districts"]],
        "categories": {key: each | {"name": names} for key, each in RAW["categories"].items()},
        "agencies": {key: each | {"name": names} for key, each in RAW["agencies"].items()},
    }
    asked = wanted(region=region_from_dict(raw))
    file = lines([record()], [stone(2, reason=name)])
    is_valid(atom(file, wanted=asked), json_feed(file, wanted=asked))
    tree = etree.fromstring(atom(file, wanted=asked))
    plain = etree.fromstring(atom(lines([record()], [stone(2)]), wanted=wanted()))
    assert [each.tag for each in tree.iter()] == [each.tag for each in plain.iter()]
    assert (
        tree.findtext("a:entry/a:title", namespaces=NS) == f"{name} · With the body in charge · TST-26-000001"
    )
    assert tree.findtext("at:deleted-entry/at:comment", namespaces=NS) == name


def test_a_place_in_the_other_district_is_not_in_this_ones_feed() -> None:
    moved = replace(record(1), lat=EAST[0], lon=EAST[1], district="east")
    assert numbers(json_feed(lines([moved]), wanted=wanted())) == []
