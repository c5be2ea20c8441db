"""A complaint is named by its id or by its number, in every spelling that people type, wherever one is named."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

import pytest

from functions.complaints.clock import utc_now
from functions.complaints.complaint import Complaint
from functions.complaints.moves.assignment import assign
from functions.complaints.moves.filing import Draft, file
from functions.records.move import move
from functions.records.store import ComplaintStore
from tests.bench.units import counting
from tests.dynamodb import tables
from tests.functions.api_client import Client, load, officer, person
from tests.openapi_answers import published
from tests.region_fixture import RAW, WEST, region

REGION = region()
HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
PHOTOS = {"photos": [{"content_type": "image/jpeg", "size": 1_000, "sha256": HASH}]}
REASON = "Этот люк на балансе отдела дорог."
BODIES: dict[str, Any] = {
    "photos": PHOTOS,
    "comments": {"text": "x"},
    "refute": {"reason": "x"},
    "assign": {"to": "desk-7"},
    "hide": {"reason": REASON},
    "unhide": {"reason": REASON},
    "redact": {"boxes": []},
    "ask": {"text": "x"},
    "comment": {"text": "x"},
    "correct": {"location": {"lat": 52.5, "lon": 76.6}, "reason": REASON},
    "transfer": {"to": "roads", "reason": REASON},
    "instruct": {"to": "roads", "reason": REASON},
    "merge": {"into": "TST-26-7K3M9T"},
    "split": {"parts": [{"to": "roads", "text": REASON}]},
    "extend": {"by": "P2BD", "reason": REASON},
    "answer": {"outcome": "declined", "text": REASON},
}
NAMED = sorted(
    (method.upper(), rule)
    for rule, methods in published()["paths"].items()
    for method in methods
    if "/complaints/{id}" in rule
)
"""Every route that takes a complaint's name."""


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[bool, Client]]:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("asset")
        intake = load("functions.intake.api.handler", folder=folder, monkeypatch=patch, raw=RAW)
        route = load("functions.route.api.handler", folder=folder, monkeypatch=patch, raw=RAW)
        yield {False: person(intake.handler), True: officer(route.handler)}


@pytest.fixture(autouse=True)
def table() -> Iterator[None]:
    with tables():
        yield


def given_to_housing() -> Complaint:
    complaint = filed_by("person-1")
    return move(ComplaintStore(), complaint.id, lambda each: assign(each, region=REGION, now=utc_now()))[0]


def filed_by(reporter: str) -> Complaint:
    draft = Draft(category="rubbish", comment="Мусор", lat=WEST[0], lon=WEST[1])
    made = file(draft, region=REGION, reporter=reporter, now=utc_now())
    ComplaintStore().write(made)
    return made.after


def spellings(number: str) -> Sequence[str]:
    """As API Gateway may have read them, or as a browser sends them."""
    prefix, year, tail = number.split("-")
    alike = tail.replace("0", "О").replace("1", "l").replace("M", "М").replace("K", "к")
    return [
        number,
        number.lower(),
        number.replace("-", ""),
        f"{prefix} {year} {tail}",
        f"{prefix}–{year}—{tail}.",
        f"№ {number}",
        f"\u200b{prefix}\u00ad-{year}-{alike}\ufeff",
        quote(f"№ {number.lower()}."),
    ]


@pytest.mark.parametrize(("method", "rule"), NAMED)
def test_every_route_takes_a_number_as_it_takes_an_id(
    method: str, rule: str, doors: dict[bool, Client]
) -> None:
    door = doors[rule.startswith("/v1/agency/")]
    body = BODIES.get(rule.rpartition("/")[2]) if method == "POST" else None
    expected = door(method, rule.replace("{id}", given_to_housing().id), body, key="by id")
    # There is no body below that one that it could instruct, and no other complaint to deal with it as.
    refused = expected.status == 422 and expected.faults in (
        {"/to": "not_below"},
        {"/into": "unknown_complaint"},
    )
    assert refused or expected.status in (200, 201, 204, 404, 409), expected.text
    for nth in range(8):
        complaint = given_to_housing()
        name = spellings(complaint.number)[nth]
        answer = door(method, rule.replace("{id}", name), body, key=f"{nth}")
        assert answer.status == expected.status, name
        if answer.status == 204:
            continue
        assert answer.json.get("key") == expected.json.get("key"), name
        if answer.status >= 300:
            continue
        if "nearby" in answer.json:
            # All that is there but the one that was named.
            assert complaint.id not in (there := {each["id"] for each in answer.json["nearby"]})
            assert len(there) == len(expected.json["nearby"]) + nth + 1
            continue
        assert answer.json["id"] == complaint.id


@pytest.mark.parametrize(("method", "rule"), NAMED)
def test_what_is_not_ones_own_is_not_found_by_its_number_either(
    method: str, rule: str, doors: dict[bool, Client]
) -> None:
    verb = rule.rpartition("/")[2]
    if verb == "join":
        return
    complaint = filed_by("person-2")
    door = doors[rule.startswith("/v1/agency/")]
    for body in [BODIES.get(verb), {"x": "y"}] if method == "POST" else [None]:
        answers = [
            door(method, rule.replace("{id}", name), body, key="k")
            for name in (complaint.number, "TST-26-000000", "01JNZ5V2B8Q4M7T9XWYC3D6FGH")
        ]
        # Be it somebody's or nobody's, the same is said: nobody learns which numbers there are.
        assert len({(each.status, tuple(each.faults.items())) for each in answers}) == 1
        assert answers[0].status in (404, 422)
    assert ComplaintStore().get(complaint.id).version == 1


def test_a_request_that_is_sent_again_is_the_same_in_another_spelling(doors: dict[bool, Client]) -> None:
    complaint = given_to_housing()
    for name in (complaint.number, f"№{complaint.number.lower()}."):
        answer = doors[False]("POST", f"/v1/complaints/{name}/comments", {"text": "x"}, key="k")
        assert answer.status == 200
    assert ComplaintStore().get(complaint.id).version == complaint.version + 1


@pytest.mark.parametrize(("method", "rule"), NAMED)
def test_a_number_costs_one_query_more_and_an_id_none(
    method: str, rule: str, doors: dict[bool, Client]
) -> None:
    door = doors[rule.startswith("/v1/agency/")]
    body = BODIES.get(rule.rpartition("/")[2]) if method == "POST" else None
    asked: list[list[str]] = []
    for key in ("id", "number"):
        complaint = given_to_housing()
        with counting() as counter:
            counter.by = "door"
            door(method, rule.replace("{id}", getattr(complaint, key)), body, key=key)
        asked.append([each.name for each in counter.spent if each.table == "complaints"])
    by_id, by_number = asked
    assert sorted([*by_id, "dynamodb GetItem complaints"]) == sorted(by_number)
