"""The canary's category: for the canary alone; and the canary, where a promise is not kept."""

import json
import threading
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import urllib3

from functions.complaints.moves.escalation import tick
from functions.complaints.region import region_from_dict
from functions.intake.api.filing import CANARY_A_DAY
from functions.intake.canary.trial import NotAsPromised, Trial
from functions.records.move import move
from functions.records.store import ComplaintStore
from tests.dynamodb import tables
from tests.functions.api_client import Client, anybody, load, person
from tests.functions.watching import Route
from tests.region_fixture import RAW, WEST

CLIENT = "canary-client"
REGION = region_from_dict(deepcopy(RAW) | {"canary": "pothole"})
PLACE = {"lat": WEST[0], "lon": WEST[1]}


@pytest.fixture
def handler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    raw = deepcopy(RAW) | {"canary": "pothole"}
    raw["limits"] = raw["limits"] | {"complaints_per_person_per_day": 1}
    monkeypatch.setenv("CANARY_CLIENT_ID", CLIENT)
    with tables():
        yield load("functions.intake.api.handler", folder=tmp_path, monkeypatch=monkeypatch, raw=raw).handler


def client(handler: Any, *, client_id: str, subject: str = "person-1") -> Client:
    return Client(
        handler=handler,
        authorizer={"jwt": {"claims": {"sub": subject, "client_id": client_id}, "scopes": None}},
    )


def body(category: str) -> dict[str, Any]:
    return {"category": category, "comment": "No cover.", "location": PLACE}


def test_nobody_is_offered_its_category(handler: Any) -> None:
    offered = person(handler)("GET", "/v1/categories").json["items"]
    assert [each["id"] for each in offered] == ["rubbish", "open_manhole", "other"]


def test_to_everybody_else_its_category_is_not_there(handler: Any) -> None:
    for other in (person(handler), client(handler, client_id="app")):
        assert other("POST", "/v1/complaints", body("pothole"), key="k").faults == {
            "/category": "unknown_category"
        }
        assert other("GET", "/v1/complaints").json["items"] == []
        near = {"category": "pothole", "lat": str(WEST[0]), "lon": str(WEST[1])}
        assert other("GET", "/v1/complaints/nearby", query=near).faults == {"category": "unknown_category"}


def test_it_files_all_day_in_its_category_and_elsewhere_as_anybody(handler: Any) -> None:
    canary = client(handler, client_id=CLIENT, subject="canary")
    made = [canary("POST", "/v1/complaints", body("pothole"), key=f"k{n}").status for n in range(3)]
    assert made == [201] * 3
    assert canary("POST", "/v1/complaints", body("rubbish"), key="r").slug == "daily-limit-reached"
    assert CANARY_A_DAY >= 2 * 24 * 4


def test_one_that_could_not_be_taken_back_is_not_among_what_everybody_sees_to_be_overdue(
    handler: Any,
) -> None:
    canary = client(handler, client_id=CLIENT, subject="canary")
    for category, caller in (("pothole", canary), ("rubbish", person(handler))):
        filed = caller("POST", "/v1/complaints", body(category), key="k").json["id"]
        far = datetime.now(UTC)
        while not ComplaintStore().get(filed).overdue:
            far += timedelta(days=30)
            move(ComplaintStore(), filed, partial(tick, region=REGION, now=far))
    listed = anybody(handler)("GET", "/v1/overdue").json["items"]
    assert [each["category"] for each in listed] == ["rubbish"]


def counted(category: str, capsys: pytest.CaptureFixture[str]) -> set[str]:
    """What is counted of a complaint that misses all its terms."""
    route = Route(REGION)
    complaint_id = route.files(category=category)
    while not route.store.get(complaint_id).overdue:
        route.consumed()
        route.waits(days=30)
        route.does(complaint_id, partial(tick, region=REGION, now=route.now))
    route.consumed()
    return {name for line in capsys.readouterr().out.splitlines() for name in json.loads(line)}


def test_what_is_counted_of_people_is_without_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert counted("rubbish", capsys) >= {"Submitted", "Assigned", "AssignedPromptly", "Escalated"}
    assert counted("pothole", capsys) == set()


# ----------------------------------------------------------------------------------- promises that are not kept
class Door(ThreadingHTTPServer):
    """The API as the canary sees it, with one thing that never comes."""

    def __init__(self, never: str) -> None:
        super().__init__(("127.0.0.1", 0), Scripted)
        self.never = never
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Scripted(BaseHTTPRequestHandler):
    server: Door

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        asked = f"{self.command} {self.path}"
        self.server.asked.append(asked)
        status, said = answers(self.server)[asked]
        content = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = _answer  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


def answers(door: Door) -> Mapping[str, tuple[int, Any]]:
    comes = {
        what: what != door.never for what in ("filing", "upload", "photo", "body", "inbox", "withdrawal")
    }
    upload = {"method": "PUT", "url": f"{door.url}/upload", "headers": {}}
    return {
        "POST /v1/complaints": (201 if comes["filing"] else 503, {"id": "1", "number": "TST-1", "uploads": [upload]}),
        "PUT /upload": (200 if comes["upload"] else 403, {}),
        "GET /v1/complaints/1": (
            200,
            {
                "photos": [{"status": "ready" if comes["photo"] else "awaited"}],
                "agency": {"id": "trials"} if comes["body"] else None,
            },
        ),
        "GET /v1/notifications": (
            200,
            {"items": [{"complaint_id": "1", "type": "complaint.assigned"}] if comes["inbox"] else []},
        ),
        "POST /v1/complaints/1/withdraw": (200 if comes["withdrawal"] else 500, {}),
    }  # fmt: skip


def tried(never: str) -> tuple[Door, dict[str, Any] | NotAsPromised]:
    """What the canary saw, and what it said of it."""
    with Door(never) as door:
        thread = threading.Thread(target=door.serve_forever, daemon=True)
        thread.start()
        trial = Trial(
            base=door.url,
            token="t",
            category="trial",
            place=(52.5, 76.5),
            photo=b"photo",
            http=urllib3.PoolManager(),
            patience=0.05,
        )
        try:
            return door, trial()
        except NotAsPromised as failed:
            return door, failed
        finally:
            door.shutdown()


def test_what_is_as_promised_is_told_with_its_number() -> None:
    door, said = tried("nothing")
    assert isinstance(said, dict)
    assert said["number"] == "TST-1"
    assert door.asked[-1] == "POST /v1/complaints/1/withdraw"


@pytest.mark.parametrize(
    ("never", "named"),
    [
        ("filing", "filing was answered 503"),
        ("upload", "the upload was answered 403"),
        ("photo", "the photo is checked"),
        ("body", "a body has it"),
        ("inbox", "the inbox tells of it"),
        ("withdrawal", "taking it back was answered 500"),
    ],
)
def test_each_promise_that_is_not_kept_is_a_failure_that_names_it_and_leaves_nothing_open(
    never: str, named: str
) -> None:
    door, said = tried(never)
    assert named in str(said)
    assert ("POST /v1/complaints/1/withdraw" in door.asked) == (never != "filing")
