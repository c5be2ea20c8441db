"""Every status that the document promises of an operation is met on a deployment, or stands below with the reason why
nobody can bring it about from outside. A status that is documented anew fails here until it has one or the other.
"""

import re
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import pytest

from functions.complaints.clock import iso, utc_now
from functions.edge.request_body import BODY_MAX
from infra.local.cast import AGENCY, SUPERVISOR, agency_key
from infra.local.citizen import PASSWORD, Answer, Caller, declaration, sign_in, upload
from infra.local.deployed import Deployed
from infra.local.officers import make_officer
from infra.local.receiver import Receiver
from infra.local.story import CATEGORY, PLACE, photograph

pytestmark = pytest.mark.timeout(600)

ANY: Final = "*"
OF_CITIZENS: Final = "operations of citizens, and open ones"
AT_ONCE: Final = "where another changes it at the same moment"
UNMET: Final[Mapping[tuple[str, int], str]] = {
    (ANY, 429): "of hundreds of requests a second, or a day's complaints: tests/functions/test_throttle.py",
    (ANY, 500): "where a function breaks off: tests/flow/test_failing_calls.py makes every AWS call fail",
    (ANY, 502): "CloudFront's own, where it does not reach the API: only where the region has a domain",
    (ANY, 503): "where AWS is busy: tests/flow/test_failing_calls.py; and API Gateway's own",
    (ANY, 504): "CloudFront's own, where the API does not answer in time: only where the region has a domain",
    (OF_CITIZENS, 403): "the firewall's: only where the region has a domain",
    ("changeSubscription", 409): AT_ONCE,
    ("changeTemplate", 409): AT_ONCE,
    ("endLetters", 200): "its address stands in a letter alone",
    ("showLetters", 200): "its address stands in a letter alone",
    ("resetSecondFactor", 409): "where officers sign in at an issuer of the region's own",
    ("leave", 202): "where one request does not erase all that a person has left",
    ("pauseSubscription", 409): AT_ONCE,
    ("resumeSubscription", 409): AT_ONCE,
    ("verifySubscription", 409): AT_ONCE,
}
"""By operation and status."""

SOMEBODY: Final = "01JNZ5V2B8Q4M7T9XWYC3D6FGH"
"""An id of nobody's and of nothing."""
PHOTO: Final = photograph()
LONG: Final = "rubbish"
"""A category of the same body, whose term lasts for days."""
REASON: Final = "The hatch belongs to the roads department."
WANTED: Final = {"photos": [declaration(PHOTO)]}
BODIES: Final[Mapping[str, Mapping[str, Any]]] = {
    "fileComplaint": {"category": LONG, "comment": "x", "location": PLACE},
    "comment": {"text": "x"},
    "correctComplaint": {"category": "street_light"},
    "addPhotos": WANTED,
    "refuteAnswer": {"reason": "Nothing was done."},
    "signInOnPhone": {"platform": "fcm", "token": "t" * 60},
    "choose": {"zone": "Asia/Almaty"},
    "markRead": {"until": "2026-03-01T00:00:00Z"},
    "answerWork": {"outcome": "declined", "text": "The yard is private."},
    "askWork": {"text": "Where is it?"},
    "commentWork": {"text": "x"},
    "correctWork": {"category": "street_light", "reason": REASON},
    "extendWork": {"by": "P3BD", "reason": REASON},
    "instructWork": {"to": "city_roads", "reason": REASON},
    "mergeWork": {"into": SOMEBODY},
    "photosWork": WANTED,
    "splitWork": {"parts": [{"to": "city_roads", "text": "The road beside it."}]},
    "transferWork": {"to": "city_roads", "reason": REASON},
    "subscribe": {"url": "http://127.0.0.1:9/", "types": ["complaint.*"]},
    "changeSubscription": {"description": "x"},
    "replayRange": {"from": iso(utc_now() - timedelta(hours=1))},
    "makeKey": {"name": "x", "scopes": ["read"]},
    "moveMany": {"move": "comment", "ids": [SOMEBODY], "text": "x"},
    "assignWork": {"to": None},
    "makeTemplate": {"text": {"kk": "x", "ru": "x", "en": "x"}},
    "changeTemplate": {"enabled": False},
    "changeCaller": {"language": "ru"},
    "inviteOfficer": {"email": "officer@example.test", "name": "Duty officer", "role": "officer"},
    "changeOfficer": {"name": "Duty officer"},
    "flagPublic": {"reason": "person"},
    "hideWork": {"reason": REASON},
    "unhideWork": {"reason": REASON},
    "redactPhoto": {"boxes": [{"x": 0.1, "y": 0.1, "w": 0.2, "h": 0.2}]},
}
"""Of each operation that takes more than an empty object: one that is right in form."""
UNASKABLE: Final = "?limit=0"
"""What no list takes."""
QUERIES: Final[Mapping[str, str]] = {"findNearby": f"?category={LONG}&lat={PLACE['lat']}&lon={PLACE['lon']}"}


@dataclass(frozen=True, kw_only=True)
class Operation:
    """As the document has it; `security` is empty where anybody may call."""

    id: str
    method: str
    path: str
    statuses: frozenset[int]
    is_agencys: bool
    is_open: bool
    has_body: bool

    def at(self, **names: str) -> str:
        """Its path with these names, and any for the others."""
        return re.sub(r"\{(\w+)\}", lambda found: names.get(found[1], SOMEBODY), self.path)


def operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    for path, described in document["paths"].items():
        for method, each in described.items():
            if method in ("get", "post", "put", "patch", "delete"):
                yield Operation(
                    id=each["operationId"],
                    method=method.upper(),
                    path=path,
                    statuses=frozenset(map(int, each["responses"])),
                    is_agencys=path.startswith("/v1/agency/"),
                    is_open="401" not in each["responses"],
                    has_body="requestBody" in each,
                )


@dataclass(kw_only=True)
class Walk:
    """Asks, and remembers what each operation answered with."""

    known: Mapping[str, Operation]
    citizen: Caller
    agency: Caller
    met: set[tuple[str, int]] = field(default_factory=set)

    def ask(
        self,
        id: str,
        by: Caller | None = None,
        /,
        *,
        body: Mapping[str, Any] | bytes | None = None,
        query: str = "",
        headers: Mapping[str, str] | None = None,
        **names: str,
    ) -> Answer:
        """The operation, by whom it is for where nobody is named, with a body that is right where none is given."""
        operation = self.known[id]
        caller = by or (self.agency if operation.is_agencys else self.citizen)
        sent = body if body is not None or not operation.has_body else BODIES.get(id, {})
        key = str(uuid.uuid4()) if operation.method == "POST" else None
        answer = caller.call(operation.method, operation.at(**names) + query, sent, key=key, headers=headers)
        self.met.add((id, answer.status))
        return answer

    def well(self, id: str, by: Caller | None = None, /, **more: Any) -> Any:
        """The body of an answer that is none of a fault."""
        answer = self.ask(id, by, **more)
        assert answer.status < 300, (id, answer.status, answer.body)
        return answer.body

    def until(self, id: str, wanted: Callable[[Any], bool], by: Caller | None = None, /, **more: Any) -> Any:
        """What is seen once it is as wanted."""
        end = time.monotonic() + 120
        while not wanted(seen := self.well(id, by, **more)):
            assert time.monotonic() < end, (id, seen)
            time.sleep(0.3)
        return seen

    def filed(self, by: Caller | None = None, **more: Any) -> Any:
        return self.well("fileComplaint", by, body={**BODIES["fileComplaint"], **more})

    def given(self, by: Caller | None = None, **more: Any) -> str:
        """The id of a complaint that its body has."""
        id = str(self.filed(by, **more)["id"])
        self.until("showComplaint", lambda it: it["status"] != "submitted", by, id=id)
        return id


@pytest.fixture(scope="module")
def walk(deployed: Deployed) -> Walk:
    document = Caller(base=deployed.api_url, token=None).get("/openapi.json").body
    return Walk(
        known={each.id: each for each in operations(document)},
        citizen=sign_in(deployed, "statuses"),
        agency=Caller(base=deployed.api_url, token=agency_key(deployed, AGENCY, name="statuses")),
    )


def test_every_documented_status_is_met_or_cannot_be(deployed: Deployed, walk: Walk) -> None:
    with ThreadPoolExecutor(4) as pool:
        [*pool.map(lambda each: refused(walk, each, deployed), walk.known.values())]
    _citizen(walk, deployed)
    _work(walk, deployed)
    _public(walk)
    with Receiver() as receiver:
        _subscriptions(walk, receiver)
    _keys(walk)
    _templates(walk)
    _officers(walk, deployed)
    documented = {(each.id, status) for each in walk.known.values() for status in each.statuses}
    assert walk.met - documented == set()
    unmet = {(id, status) for id, status in documented - walk.met if not _reason(walk.known[id], status)}
    assert unmet == set()
    needless = {
        key
        for key in UNMET
        if not any(key in _keys_of(walk.known[id], status) for id, status in documented - walk.met)
    }
    assert needless == set()


def _keys_of(operation: Operation, status: int) -> Iterable[tuple[str, int]]:
    kind = [] if operation.is_agencys else [(OF_CITIZENS, status)]
    return [(ANY, status), *kind, (operation.id, status)]


def _reason(operation: Operation, status: int) -> str:
    return next((UNMET[key] for key in _keys_of(operation, status) if key in UNMET), "")


# ----------------------------------------------------------------------- what every operation refuses
def refused(walk: Walk, operation: Operation, deployed: Deployed) -> None:
    """In the ways that need nothing to be there."""
    nobody = Caller(base=deployed.api_url, token=None)
    forged = Caller(base=deployed.api_url, token="qk_0123456789abcdef_" + "x" * 43)
    if 401 in operation.statuses:
        walk.ask(operation.id, nobody)
    if operation.is_agencys:
        walk.ask(operation.id, forged)
    if 400 in operation.statuses:
        walk.ask(operation.id, body=b"{")
    if 413 in operation.statuses:
        walk.ask(operation.id, body=b" " * (BODY_MAX + 1))
    if 415 in operation.statuses:
        walk.ask(operation.id, body=b"x", headers={"content-type": "text/plain"})
    if 422 in operation.statuses:
        if operation.has_body:
            walk.ask(operation.id, body={"nonsense": 1})
        else:
            walk.ask(operation.id, query=UNASKABLE, device_id="x" * 200)
    if 404 in operation.statuses:
        # A phone's name is the app's own: 404 is for what is none.
        walk.ask(operation.id, device_id="%22")
    if 304 in operation.statuses:
        tag = walk.ask(operation.id).headers["etag"]
        walk.ask(operation.id, headers={"if-none-match": tag})


# ------------------------------------------------------------------------------------------ citizens
def _citizen(walk: Walk, deployed: Deployed) -> None:
    other = sign_in(deployed, "statuses-2")
    for id in (
        "describe",
        "document",
        "listOverdue",
        "listWebhookAddresses",
        "listNotifications",
        "markRead",
    ):
        walk.well(id)
    for id in ("showMe", "choose", "listComplaints"):
        walk.well(id)
    walk.well("findNearby", query=QUERIES["findNearby"])
    walk.well("signInOnPhone", device_id="phone")
    walk.well("signOutOnPhone", device_id="phone")
    open_ = walk.given()
    walk.well("showComplaint", id=open_)
    walk.ask("writeAppeal", id=open_)
    walk.well("comment", id=open_)
    walk.well("correctComplaint", id=open_)
    walk.well("addPhotos", id=open_)
    walk.well("join", other, id=open_)
    walk.ask("join", other, id=open_)
    walk.well("leaveComplaint", other, id=open_)
    waiting = walk.filed(photos=[declaration(PHOTO)])
    photo_id = waiting["uploads"][0]["photo_id"]
    walk.well("renewUpload", id=waiting["id"], photo_id=photo_id)
    walk.well("skipPhotos", id=waiting["id"])
    ended = walk.given()
    awaited = walk.well("addPhotos", id=ended)["uploads"][0]["photo_id"]
    walk.well("withdraw", id=ended)
    for id in (
        "comment",
        "confirmAnswer",
        "correctComplaint",
        "addPhotos",
        "skipPhotos",
        "refuteAnswer",
        "withdraw",
    ):
        walk.ask(id, id=ended)
    walk.ask("join", other, id=ended)
    walk.ask("renewUpload", id=ended, photo_id=awaited)
    walk.well("leave", sign_in(deployed, "statuses-3"))


# ------------------------------------------------------------------------------------------- bodies
def _work(walk: Walk, deployed: Deployed) -> None:
    late = walk.given(category=CATEGORY)
    for id in ("listWork", "countWork", "moveMany"):
        walk.well(id)
    one = walk.given()
    for id in ("showWork", "nearbyWork"):
        walk.well(id, id=one)
    for id in (
        "assignWork",
        "acknowledgeWork",
        "askWork",
        "commentWork",
        "photosWork",
        "extendWork",
        "answerWork",
    ):
        walk.well(id, id=one)
    walk.well("refuteAnswer", id=one)
    walk.well("answerWork", id=one)
    walk.well("confirmAnswer", id=one)
    walk.ask("withdraw", id=one)
    for id in ("correctWork", "splitWork", "transferWork"):
        walk.well(id, id=walk.given())
    walk.well("mergeWork", id=walk.given(), body={"into": walk.given()})
    ended = [each.id for each in walk.known.values() if each.path.startswith("/v1/agency/complaints/{id}/")]
    for id in ended:
        walk.ask(id, id=one)
    walk.until("showComplaint", lambda it: it["escalation_level"] >= 1, id=late)
    walk.well("writeAppeal", id=late)
    above = Caller(base=deployed.api_url, token=agency_key(deployed, SUPERVISOR, name="statuses"))
    walk.well("hideWork", above, id=late)
    walk.ask("unhideWork", id=late)
    walk.well("instructWork", above, id=late)


def _public(walk: Walk) -> None:
    """What of a complaint everybody sees."""
    shown = walk.given()
    walk.well("flagPublic", number=shown)
    walk.well("hideWork", id=shown)
    walk.ask("hideWork", id=shown, body={"reason": "It shows who lives there."})
    walk.well("unhideWork", id=shown)
    awaited = walk.well("addPhotos", id=shown)["uploads"][0]
    walk.ask("redactPhoto", id=shown, photo_id=awaited["photo_id"])
    assert upload(PHOTO, awaited).status == 200
    walk.until("showComplaint", lambda it: it["photos"][0]["status"] == "ready", id=shown)
    walk.well("redactPhoto", id=shown, photo_id=awaited["photo_id"])


def _subscriptions(walk: Walk, receiver: Receiver) -> None:
    wanted = {"url": receiver.url, "types": ["complaint.*"]}
    made = walk.well("subscribe", body=wanted)
    receiver.secret, id = made["secret"], str(made["id"])
    walk.until("showSubscription", lambda it: it["status"] == "active", id=id)
    for each in ("pollChanges", "listSubscriptions"):
        walk.well(each)
    for each in ("changeSubscription", "sendTest", "replayRange"):
        walk.well(each, id=id)
    sent = walk.until(
        "listDeliveries", lambda it: any(one["status"] == "delivered" for one in it["items"]), id=id
    )
    for delivery in sent["items"]:
        walk.ask("showDelivery", id=id, delivery_id=delivery["id"])
        walk.ask("replayDelivery", id=id, delivery_id=delivery["id"])
    walk.well("pauseSubscription", id=id)
    for each in ("sendTest", "replayRange", "pauseSubscription"):
        walk.ask(each, id=id)
    walk.well("resumeSubscription", id=id)
    walk.ask("resumeSubscription", id=id)
    walk.well("verifySubscription", id=id)
    while walk.ask("rotateSecret", id=id).status == 200:
        pass
    more = [id]
    while (answer := walk.ask("subscribe")).status == 201:
        more.append(str(answer.body["id"]))
    # Nobody has answered there.
    walk.ask("replayRange", id=more[-1])
    for each in more:
        walk.well("unsubscribe", id=each)


def _officers(walk: Walk, deployed: Deployed) -> None:
    """Of a name of each run: whoever left is told from whoever comes."""
    for id in ("showCaller", "listOfficers"):
        walk.well(id)
    head = make_officer(deployed, AGENCY, role="head").username
    tokens = deployed.emulator.client("cognito-idp").initiate_auth(
        ClientId=deployed.officers_client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": head, "PASSWORD": PASSWORD},
    )["AuthenticationResult"]
    they = Caller(base=deployed.api_url, token=tokens["AccessToken"])
    walk.well("changeCaller", they)
    (mine,) = (each for each in walk.well("listOfficers")["items"] if each.get("email") == head)
    # The body's last head stays one, as far as its heads can say.
    walk.ask("changeOfficer", they, id=mine["id"], body={"role": "officer"})
    walk.ask("letOfficerGo", they, id=mine["id"])
    walk.ask("inviteOfficer", body={**BODIES["inviteOfficer"], "email": head})
    body = {**BODIES["inviteOfficer"], "email": f"{uuid.uuid4().hex}@example.test"}
    officer = str(walk.well("inviteOfficer", body=body)["id"])
    walk.well("changeOfficer", id=officer)
    walk.ask("resetSecondFactor", id=officer)
    walk.well("letOfficerGo", id=officer)
    for id in ("changeOfficer", "resetSecondFactor", "letOfficerGo"):
        walk.ask(id, id=officer)


def _templates(walk: Walk) -> None:
    walk.well("listTemplates")
    made = []
    while (answer := walk.ask("makeTemplate")).status == 201:
        made.append(str(answer.body["id"]))
    walk.well("changeTemplate", id=made[0])
    for each in made:
        walk.well("deleteTemplate", id=each)


def _keys(walk: Walk) -> None:
    walk.well("listKeys")
    key = str(walk.well("makeKey")["id"])
    walk.ask("rotateKey", key_id=key, body={"overlap_hours": -1})
    rotated = str(walk.well("rotateKey", key_id=key)["id"])
    made = [rotated]
    while (answer := walk.ask("makeKey")).status == 201:
        made.append(str(answer.body["id"]))
    walk.ask("rotateKey", key_id=rotated)
    for each in made:
        walk.well("revokeKey", key_id=each)
