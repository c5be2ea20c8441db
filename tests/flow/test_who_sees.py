"""Who sees what, over the doors themselves: what a reporter writes reaches the reporter and the bodies in charge alone.

One life, in which everybody writes everything that they can, is read by everybody at every door, open, taken back and
erased; then each cell of the table is held against what was read.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from functions.complaints.complaint import ActorKind, Role
from functions.complaints.events import EventType
from functions.complaints.visibility import INTERNAL, STEPS, Kind, Shown, Viewer
from functions.records.agencies.officers import caller_with_claims
from infra.local.citizen import declaration
from infra.local.receiver import Receiver
from infra.local.story import photograph
from tests.flow.test_canary import sent
from tests.flow.test_whole_way import MONDAY, _subscribed
from tests.flow.town import Town, _scan, town
from tests.region_fixture import RAW

REPORTERS = "Канарейкина, кв. 17, +7 701 765 43 21"
BETWEEN = "Строго между нами: номер 4711, это не для всех"
PUBLIC = "На фото видно, кто живёт в доме напротив"
"""Why it was hidden: for everybody."""
CLEAR, COPY = (f"amazonaws.com/{folder}/" for folder in ("photos", "public"))
JOINED = "You joined"
OFFICER = "officer-4711"
ANSWER = "Осмотрено на месте, люка здесь нет, есть решётка"
LAT, LON = 52.512347, 76.515678
BEFORE = {"lat": 52.598761, "lon": 76.587654}
"""Where the reporter said that it was."""
PLACES = ("52.5123", "76.5156", "52.5987", "76.5876")
CORRECTED: tuple[Kind, ...] = (
    (EventType.RECATEGORISED, ActorKind.CITIZEN),
    (EventType.RELOCATED, ActorKind.AGENCY),
)
"""As the life has them."""
THE_TWO = (Viewer.REPORTER, Viewer.IN_CHARGE, Viewer.ABOVE)
WHEN = ("open", "withdrawn", "erased")
OFFICERS = {
    body: f"01JNZ5V2B8Q4M7T9XWYC3D6FG{end}"
    for body, end in (("housing", "H"), ("roads", "R"), ("akimat", "A"))
}
"""Who acts for each body."""
KNOWS = {
    Viewer.IN_CHARGE: {"roads"},
    Viewer.PASSED_ON: {"housing"},
    Viewer.ABOVE: {"akimat", "housing", "roads"},
}
"""Whose officers each of the bodies that look is shown: its own, and those of the bodies below it."""


@dataclass(kw_only=True)
class Read:
    """What everybody read, by when and who; `told` is what was sent out, by what it was sent through."""

    seen: dict[tuple[str, Viewer], Any] = field(default_factory=dict)
    inbox: dict[Viewer, list[Any]] = field(default_factory=dict)
    appeal: dict[Viewer, Any] = field(default_factory=dict)
    lines: dict[tuple[str, Viewer], list[Any]] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    pushes: dict[str, list[str]] = field(default_factory=dict)
    types: set[str] = field(default_factory=set)
    people: str = ""
    stored: set[str] = field(default_factory=set)
    """The officers that the events themselves know."""


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Read]:
    raw = deepcopy(RAW)
    raw["withdrawal"] = {"with_joiners": "ends"}
    raw["categories"]["open_manhole"]["questions"] = [
        {"id": "since", "text": raw["name"], "kind": "text", "required": False, "choices": []}
    ]
    folder: Path = tmp_path_factory.mktemp("town")
    with town(folder, start=MONDAY, raw=raw) as here, Receiver() as receiver, sent() as messages:
        _subscribed(here, receiver, agency_id="roads")
        caller_with_claims(OFFICER, agency_id="roads", role=Role.OFFICER, name=None, now=here.now)
        found = Read()
        _live(here, found)
        got = [receiver.received.get(timeout=1) for _ in range(receiver.received.qsize())]
        found.told["webhooks"] = json.dumps([each.data for each in got], ensure_ascii=False)
        found.told["feed and deliveries"] = str(list(_scan("deliveries")))
        for name, message in messages:
            if name == "sns Publish" and "TargetArn" in message:
                asked = json.loads(message)
                found.pushes.setdefault(asked["TargetArn"], []).append(asked["Message"])
        yield found


def _live(here: Town, found: Read) -> None:
    for who in ("aigerim", "dana"):
        device = {"platform": "fcm", "token": f"token-of-{who}", "language": "en"}
        here.citizen("PUT", f"/v1/devices/{who}", device, who=who)
    photo = photograph()
    filed = here.citizen(
        "POST",
        "/v1/complaints",
        {
            "category": "rubbish",
            "comment": REPORTERS,
            "location": BEFORE | {"address": REPORTERS},
            "public_name": REPORTERS,
            "photos": [declaration(photo)],
        },
    ).body
    here.settle()
    here.upload(photo, filed["uploads"][0])
    mine, theirs = f"/v1/complaints/{filed['id']}", f"/v1/agency/complaints/{filed['id']}"
    _done(here.citizen("POST", f"{mine}/join", {}, who="dana"), here)
    right = {"category": "open_manhole", "answers": {"since": REPORTERS}, "reason": REPORTERS}
    _done(here.citizen("POST", f"{mine}/correct", right), here)

    def body(verb: str, said: dict[str, Any], who: str) -> None:
        _done(here.agency("POST", f"{theirs}/{verb}", said, who=who, officer=OFFICERS[who]), here)

    shown = {"boxes": [{"x": 0.25, "y": 0.25, "w": 0.5, "h": 0.5}]}
    body(f"photos/{filed['uploads'][0]['photo_id']}/redact", shown, "housing")
    _done(here.anybody("POST", f"/v1/public/{filed['number']}/flag", {"reason": "person"}), here)
    body("hide", {"reason": PUBLIC}, "housing")
    body("unhide", {"reason": PUBLIC}, "housing")
    place = {"lat": LAT, "lon": LON, "address": REPORTERS}
    body("correct", {"location": place, "reason": BETWEEN}, "housing")
    body("comment", {"text": BETWEEN}, "housing")
    body("split", {"parts": [{"to": "roads", "text": BETWEEN}]}, "housing")
    body("transfer", {"to": "akimat", "reason": BETWEEN}, "housing")
    body("instruct", {"to": "roads", "reason": BETWEEN}, "akimat")
    body("extend", {"by": "PT1H", "reason": BETWEEN}, "akimat")
    body("comment", {"text": BETWEEN, "internal": True}, "roads")
    body("assign", {"to": OFFICER}, "roads")
    body("ask", {"text": BETWEEN}, "roads")
    _done(here.citizen("POST", f"{mine}/comments", {"text": REPORTERS}), here)
    _done(here.citizen("POST", f"{mine}/comments", {"text": REPORTERS}), here)
    here.move_clock(timedelta(hours=6))
    proof = here.agency("POST", f"{theirs}/photos", {"photos": [declaration(photo)]}, who="roads")
    here.upload(photo, proof.body["uploads"][0])
    _done(proof, here)
    body("answer", {"outcome": "declined", "text": ANSWER}, "roads")
    _done(here.citizen("POST", f"{mine}/refute", {"reason": REPORTERS}), here)
    body("answer", {"outcome": "declined", "text": ANSWER}, "roads")
    _look(here, "open", mine, theirs, found)
    found.told["nearby"] = str(_nearby(here))
    _done(here.citizen("POST", f"{mine}/withdraw", {"reason": REPORTERS}), here)
    here.on_schedule()
    _look(here, "withdrawn", mine, theirs, found)
    for viewer, who in ((Viewer.REPORTER, "aigerim"), (Viewer.JOINER, "dana")):
        page = here.citizen("GET", "/v1/notifications?limit=100", who=who).body
        found.inbox[viewer] = [each for each in page["items"] if each["complaint_id"] == filed["id"]]
        found.appeal[viewer] = here.citizen("GET", f"{mine}/appeal", who=who).body
    found.people = str(list(_scan("people")))
    found.told["inbox items of who joined"] = str(
        [item for item in _scan("people") if item["pk"]["S"] == "person#dana"]
    )
    assert here.citizen("DELETE", "/v1/me").status == 200
    here.settle()
    _look(here, "erased", mine, theirs, found)
    found.types = {f"complaint.{each}" for each in here.events(filed["id"])}
    found.stored = {each["actor_officer"]["S"] for each in _scan("complaints") if "actor_officer" in each}


def _done(reply: Any, here: Town) -> None:
    assert reply.status in (200, 201, 204), reply.body
    here.settle()


def _nearby(here: Town) -> Any:
    query = f"category=open_manhole&lat={LAT}&lon={LON}"
    return here.citizen("GET", f"/v1/complaints/nearby?{query}", who="stranger").body


def _look(here: Town, when: str, mine: str, theirs: str, found: Read) -> None:
    size = "?limit=100"
    found.seen[when, Viewer.JOINER] = here.citizen("GET", mine + size, who="dana").body
    if when != "erased":
        found.seen[when, Viewer.REPORTER] = here.citizen("GET", mine + size).body
    for viewer, who in (
        (Viewer.IN_CHARGE, "roads"),
        (Viewer.PASSED_ON, "housing"),
        (Viewer.ABOVE, "akimat"),
    ):
        reply = here.agency("GET", theirs + size, who=who)
        assert reply.status == 200, (who, reply.body)
        found.seen[when, viewer] = reply.body
        listed = here.agency("GET", "/v1/agency/complaints?limit=100", who=who).body["items"]
        found.lines[when, viewer] = [each for each in listed if each["id"] == reply.body["id"]]


def _steps(shown: Any) -> list[Any]:
    return list(shown.get("timeline", shown.get("events")))


def _of(kind: Kind, step: Any) -> bool:
    if kind == INTERNAL:
        return bool(step.get("data", {}).get("internal"))
    type = kind[0] if isinstance(kind, tuple) else kind
    return bool(step["type"] == type) and not step.get("data", {}).get("internal")


def test_the_life_has_everything_that_people_and_bodies_write(read: Read) -> None:
    written = {
        EventType.COMMENTED,
        EventType.TRANSFERRED,
        EventType.INSTRUCTED,
        EventType.DEADLINE_EXTENDED,
        EventType.QUESTION_ASKED,
        EventType.SPLIT,
        EventType.ANSWERED,
        EventType.REFUTED,
        EventType.WITHDRAWN,
        EventType.ESCALATED,
        EventType.JOINED,
        EventType.RECATEGORISED,
        EventType.RELOCATED,
        EventType.ASSIGNED_TO_OFFICER,
        EventType.HIDDEN,
        EventType.UNHIDDEN,
        EventType.FLAGGED,
        EventType.PHOTO_REDACTED,
    }
    assert written <= read.types


@pytest.mark.parametrize("kind", [*(kind for kind in STEPS if not isinstance(kind, tuple)), *CORRECTED])
@pytest.mark.parametrize("viewer", [viewer for viewer in Viewer if viewer != Viewer.PUBLIC])
@pytest.mark.parametrize("when", ["open", "withdrawn"])
def test_each_cell_at_both_doors(read: Read, when: str, viewer: Viewer, kind: Kind) -> None:
    there = [step for step in _steps(read.seen[when, Viewer.IN_CHARGE]) if _of(kind, step)]
    steps = [step for step in _steps(read.seen[when, viewer]) if _of(kind, step)]
    said = json.dumps(steps, ensure_ascii=False)
    if STEPS[kind][viewer] == Shown.NOTHING:
        assert steps == []
        return
    if kind != EventType.COMMENTED:
        assert len(steps) == len(there)
    if STEPS[kind][viewer] == Shown.STEP:
        assert [each for each in (REPORTERS, BETWEEN, ANSWER, *PLACES) if each in said] == []


@pytest.mark.parametrize("viewer", [viewer for viewer in Viewer if viewer != Viewer.PUBLIC])
@pytest.mark.parametrize("when", WHEN)
def test_the_complaint_itself_at_both_doors(read: Read, when: str, viewer: Viewer) -> None:
    if (when, viewer) == ("erased", Viewer.REPORTER):
        return
    seen = read.seen[when, viewer]
    said = json.dumps(seen, ensure_ascii=False)
    if viewer in THE_TWO and when != "erased":
        assert said.count(REPORTERS) >= 6
        assert (seen["location"]["lat"], seen["location"]["lon"]) == (LAT, LON)
        theirs, proof = seen["photos"]
        assert theirs["proof"] is None
        copies = ("public", "preparing") if viewer == Viewer.REPORTER else ("clear", "clear")
        assert (theirs["shown"], proof["shown"]) == copies
        assert (CLEAR in said) is (viewer != Viewer.REPORTER)
        assert ("url" in proof) is (viewer != Viewer.REPORTER)
        # The citizen's own picture is no proof; a file without a place says nothing of one.
        assert (proof["proof"]["distance"], proof["proof"]["reused"]) == ("unknown", "this_complaint")
        return
    assert [each for each in (REPORTERS, *PLACES) if each in said] == []
    assert ANSWER in said
    if viewer not in THE_TWO:
        (theirs,) = seen["photos"]
        assert (theirs["shown"], theirs["proof"]) == ("public", None)
        assert all(COPY in theirs[name] for name in ("url", "thumbnail_url"))
        assert CLEAR not in said
        assert "this_complaint" not in said
        assert seen["question"] is None
        assert [part["part"] for part in seen["parts"]] == [None]
    if viewer == Viewer.JOINER:
        assert BETWEEN not in said


@pytest.mark.parametrize("when", WHEN)
def test_the_worklist_has_the_reporters_words_and_the_place_for_the_bodies_in_charge_as_long_as_it_is_open(
    read: Read, when: str
) -> None:
    for viewer in (Viewer.IN_CHARGE, Viewer.ABOVE, Viewer.PASSED_ON):
        shown = read.lines[when, viewer]
        if when != "open" or viewer == Viewer.PASSED_ON:
            assert shown == []
            continue
        (line,) = shown
        assert (line["excerpt"], line["address"]) == (REPORTERS, REPORTERS)
        assert line["location"] == {"lat": LAT, "lon": LON}
        assert line["assigned_to"] == (OFFICER if viewer == Viewer.IN_CHARGE else None)
        assert line["thumbnail"]["url"].startswith("http")
        assert [each for each in (BETWEEN, *map(str, BEFORE.values())) if each in str(line)] == []


@pytest.mark.parametrize("viewer", [viewer for viewer in Viewer if viewer != Viewer.PUBLIC])
@pytest.mark.parametrize("when", WHEN)
def test_which_officer_acted_is_shown_to_their_body_and_to_those_above_it(
    read: Read, when: str, viewer: Viewer
) -> None:
    if (when, viewer) == ("erased", Viewer.REPORTER):
        return
    said = json.dumps(read.seen[when, viewer])
    assert {body for body, officer in OFFICERS.items() if officer in said} == KNOWS.get(viewer, set())
    for step in _steps(read.seen[when, viewer]):
        if step.get("officer") is not None:
            assert step["officer"] == OFFICERS[step["agency"]]


def test_which_officer_acted_is_told_to_nobody(read: Read) -> None:
    told = [read.people, *read.told.values(), *map(str, read.inbox.values()), *map(str, read.appeal.values())]
    told += [each for pushed in read.pushes.values() for each in pushed]
    assert "by_agency" in str(told)
    assert [officer for officer in OFFICERS.values() if officer in str(told)] == []
    assert read.stored == set(OFFICERS.values())


def test_the_inbox_of_who_joined_has_steps_and_no_words_of_the_reporter(read: Read) -> None:
    lines = {each["type"]: each for each in read.inbox[Viewer.JOINER]}
    assert {"complaint.refuted", "complaint.withdrawn", "complaint.answered", "complaint.escalated"} <= set(
        lines
    )
    for type in lines:
        rows = [row for kind, row in STEPS.items() if type == (kind[0] if isinstance(kind, tuple) else kind)]
        assert Shown.NOTHING not in {row[Viewer.JOINER] for row in rows}
    told = json.dumps(read.inbox[Viewer.JOINER], ensure_ascii=False)
    for text in (told, read.told["inbox items of who joined"]):
        assert [each for each in (REPORTERS, BETWEEN, *PLACES) if each in text] == []
    assert {"complaint.recategorised", "complaint.relocated"} <= set(lines)
    assert ANSWER in told
    assert BETWEEN in json.dumps(read.inbox[Viewer.REPORTER], ensure_ascii=False)


def test_pushes_have_nobodys_words_and_ask_who_joined_for_nothing(read: Read) -> None:
    reporters, joiners = sorted(read.pushes.values(), key=lambda pushed: JOINED in str(pushed))
    assert [each for each in reporters if JOINED in each] == []
    assert [each for each in joiners if JOINED not in each] == []
    for each in (*reporters, *joiners):
        assert [text for text in (REPORTERS, BETWEEN, ANSWER, *PLACES) if text in each] == []
    for said in ("declined", "Corrected by"):
        assert [each for each in joiners if said in each] != []


def test_the_appeal_of_who_joined_is_in_their_words(read: Read) -> None:
    reporters, joiners = (
        json.dumps(read.appeal[each], ensure_ascii=False) for each in (Viewer.REPORTER, Viewer.JOINER)
    )
    assert REPORTERS in reporters
    assert [each for each in (REPORTERS, BETWEEN, *PLACES) if each in joiners] == []
    assert "I joined a complaint that somebody else sent" in joiners


def test_what_is_sent_out_or_open_to_everybody_has_nobodys_words(read: Read) -> None:
    for where, told in read.told.items():
        assert [each for each in (REPORTERS, BETWEEN, ANSWER, OFFICER, *PLACES) if each in told] == [], where
        assert EventType.ASSIGNED_TO_OFFICER not in told, where
    assert "'location': {'lat': 52.512, 'lon': 76.516}" in read.told["nearby"]
    assert "complaint.refuted" in read.told["feed and deliveries"]
