"""Every AWS call of every route of the API, failing in every way that botocore knows: the caller is told what to do, the
log has one line about it, nothing is written by halves, and the same request goes through a moment later.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle
from typing import Any, Final
from unittest.mock import patch

import boto3
import pytest
from werkzeug.test import Client, TestResponse

from functions.complaints.complaint import Actor, ActorKind, Role
from functions.complaints.letter_links import link_token
from functions.complaints.region import Region, region_from_dict
from functions.edge.failures import without_words
from tests.dynamodb import MODELS, items_of, one_at_a_time, put_back, tables_as_they_are
from tests.functions.faults import CANCELLED, LASTING, TRANSIENT, When, aws_calls, is_another
from tests.fuzz.gateway import AGENCY_ID
from tests.fuzz.town import PERSON, Town, town
from tests.openapi_answers import operation_at, published
from tests.region_fixture import RAW, WEST

HASH: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
PHOTO: Final = {"content_type": "image/jpeg", "size": 1_000, "sha256": HASH}
PLACE: Final = {"lat": WEST[0], "lon": WEST[1]}
FILED: Final = {"category": "rubbish", "comment": "x", "location": PLACE, "photos": [PHOTO]}
NEARBY: Final = f"/v1/complaints/nearby?category=rubbish&lat={WEST[0]}&lon={WEST[1]}"
WORK: Final = "/v1/agency/complaints/{assigned}"
HOOK: Final = "/v1/agency/subscriptions/{subscription}"
BOX: Final = {"x": 0.25, "y": 0.5, "w": 0.125, "h": 0.25}
REASON: Final = "Этот люк на балансе отдела дорог."
WANTED_KEY: Final = {"name": "x", "scopes": ["read"]}
SINCE: Final = {"from": "2026-03-01T00:00:00Z"}
TEMPLATE: Final = {"text": dict.fromkeys(("kk", "ru", "en"), "It is done.")}
ROUTES: Final[tuple[tuple[str, str, Any], ...]] = (
    ("GET", "/v1/overdue", None),
    ("POST", "/v1/public/{number}/flag", {"reason": "person"}),
    ("GET", "/v1/complaints", None),
    ("POST", "/v1/complaints", FILED),
    ("GET", NEARBY, None),
    ("GET", "/v1/complaints/{assigned}", None),
    ("GET", "/v1/complaints/{number}", None),
    ("GET", "/v1/complaints/{assigned}/appeal", None),
    ("POST", "/v1/complaints/{assigned}/photos", {"photos": [PHOTO]}),
    ("POST", "/v1/complaints/{waiting}/photos/skip", {}),
    ("POST", "/v1/complaints/{waiting}/photos/{awaited}/upload", None),
    ("POST", "/v1/complaints/{assigned}/comments", {"text": "x"}),
    ("POST", "/v1/complaints/{assigned}/withdraw", {}),
    ("POST", "/v1/complaints/{assigned}/correct", {"suggested_place": "{photo}"}),
    ("POST", "/v1/complaints/{others}/join", {}),
    ("DELETE", "/v1/complaints/{joined}/join", None),
    ("POST", "/v1/complaints/{answered}/confirm", {}),
    ("POST", "/v1/complaints/{answered}/refute", {"reason": "Nothing was done."}),
    ("PUT", "/v1/devices/phone", {"platform": "fcm", "token": "t" * 60, "language": "kk"}),
    ("DELETE", "/v1/devices/old", None),
    ("GET", "/v1/notifications", None),
    ("POST", "/v1/notifications/read", {"until": "2026-03-01T00:00:00Z"}),
    ("GET", "/v1/me", None),
    ("PATCH", "/v1/me", {"zone": "Asia/Almaty"}),
    ("DELETE", "/v1/me", None),
    ("GET", "/v1/agency/complaints", None),
    ("GET", "/v1/agency/counts", None),
    ("GET", f"{WORK}/nearby", None),
    (
        "POST",
        "/v1/agency/bulk",
        {"move": "comment", "ids": ["{assigned}", "{others}", "{joined}"], "text": "x"},
    ),
    ("GET", WORK, None),
    ("POST", f"{WORK}/acknowledge", {}),
    ("POST", f"{WORK}/assign", {"to": "officer-1"}),
    ("POST", f"{WORK}/answer", {"outcome": "resolved", "text": "Done."}),
    ("POST", f"{WORK}/hide", {"reason": REASON}),
    ("POST", f"{WORK}/unhide", {"reason": REASON}),
    ("POST", f"{WORK}/photos/{{photo}}/redact", {"boxes": [BOX]}),
    ("POST", f"{WORK}/ask", {"text": "Where is it?"}),
    ("POST", f"{WORK}/comment", {"text": "x"}),
    ("POST", f"{WORK}/photos", {"photos": [PHOTO]}),
    ("POST", f"{WORK}/extend", {"by": "P3BD", "reason": REASON}),
    ("POST", f"{WORK}/correct", {"category": "pothole", "reason": REASON}),
    ("POST", f"{WORK}/transfer", {"to": "roads", "reason": REASON}),
    ("POST", f"{WORK}/instruct", {"to": "roads", "reason": REASON}),
    ("POST", f"{WORK}/merge", {"into": "{others}"}),
    ("POST", f"{WORK}/split", {"parts": [{"to": "roads", "text": "The road beside it."}]}),
    ("GET", "/v1/agency/me", None),
    ("PATCH", "/v1/agency/me", {"language": "ru"}),
    ("GET", "/v1/agency/officers", None),
    ("POST", "/v1/agency/officers", {"email": "a@example.org", "name": "x", "role": "officer"}),
    ("PATCH", "/v1/agency/officers/{officer}", {"role": "head"}),
    ("DELETE", "/v1/agency/officers/{officer}", None),
    ("POST", "/v1/agency/officers/{officer}/reset-second-factor", {}),
    ("GET", "/v1/agency/changes", None),
    ("GET", "/v1/agency/keys", None),
    ("POST", "/v1/agency/keys", WANTED_KEY),
    ("POST", "/v1/agency/keys/{key}/rotate", {"overlap_hours": 1}),
    ("DELETE", "/v1/agency/keys/{key}", None),
    ("GET", "/v1/agency/subscriptions", None),
    ("POST", "/v1/agency/subscriptions", {"url": "https://agency.example/new", "types": ["complaint.*"]}),
    ("GET", HOOK, None),
    ("PATCH", HOOK, {"description": "x"}),
    ("DELETE", HOOK, None),
    ("GET", "/v1/agency/templates", None),
    ("POST", "/v1/agency/templates", TEMPLATE),
    ("PATCH", "/v1/agency/templates/{template}", {"enabled": False}),
    ("DELETE", "/v1/agency/templates/{template}", None),
    ("POST", f"{HOOK}/verify", {}),
    ("POST", f"{HOOK}/pause", {}),
    ("POST", f"{HOOK}/resume", {}),
    ("POST", f"{HOOK}/rotate-secret", {}),
    ("POST", f"{HOOK}/test", {}),
    ("POST", f"{HOOK}/replay", SINCE),
    ("GET", f"{HOOK}/deliveries", None),
    ("GET", f"{HOOK}/deliveries/{{delivery}}", None),
    ("POST", f"{HOOK}/deliveries/{{delivery}}/replay", {}),
    ("GET", "/v1/letters/{token}", None),
    ("POST", "/v1/letters/{token}", None),
)
ASKS_NOBODY: Final = {
    *("/docs", "/openapi.json", "/v1/agencies", "/v1/categories", "/v1/region", "/v1/webhook-addresses"),
}
ADDRESS: Final = "office@example.org"
UNANSWERED: Final = "not read"
ALIKE: Final = 2
FAILURES: Final = TRANSIENT | CANCELLED | LASTING
_turn: Final = {id(kind): cycle(kind) for kind in (TRANSIENT, CANCELLED, LASTING)}


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The town as every request finds it, and how to ask it."""

    client: Client
    names: Mapping[str, str]
    tables: Mapping[str, Any]

    def ask(self, method: str, path: str, body: Any) -> TestResponse:
        token = "qk_0123456789abcdef_x" if path.startswith("/v1/agency/") else PERSON
        return self.client.open(
            path.format(**self.names),
            method=method,
            json=self._named(body),
            headers={
                "Authorization": f"Bearer {token}",
                "Idempotency-Key": "the-request",
                "Accept-Language": "ru",
            },
        )

    def _named(self, body: Any) -> Any:
        """The body with the names of what there is."""
        said = json.dumps(body)
        for name, value in self.names.items():
            said = said.replace(f"{{{name}}}", value)
        return json.loads(said)

    def restore(self) -> None:
        put_back(self.tables)


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with town(push=True) as made, one_at_a_time():
        client = Client(made.gateway)
        names = _settled(made, client)
        yield Scene(client=client, names=names, tables=tables_as_they_are())


def test_every_route_that_asks_aws_is_among_them() -> None:
    asked = {(method, _rule(method, path)) for method, path, _ in ROUTES}
    described = {
        (method.upper(), path)
        for path, operations in published()["paths"].items()
        for method in operations
        if path not in ASKS_NOBODY
    }
    assert asked == described


@pytest.mark.parametrize(("method", "path", "body"), ROUTES, ids=lambda value: str(value)[:60])
def test_a_call_that_fails_is_told_logged_once_and_made_good_by_asking_again(
    method: str, path: str, body: Any, scene: Scene, logged: list[str], subtests: pytest.Subtests
) -> None:
    scene.restore()
    with aws_calls() as calm:
        normal = scene.ask(method, path, body)
    assert normal.status_code < 500
    assert not logged
    whole = _kinds_of_items()
    once = method != "POST" or _has_key(method, path)
    made: Counter[str] = Counter()
    for number, operation in enumerate(calm.made):
        made[operation] += 1
        if made[operation] > ALIKE:
            # Erasure does the same to one complaint after the other.
            continue
        for name, when in _failures(operation, first=number == 0):
            with subtests.test(call=f"{number} {operation}", failure=name, when=when):
                scene.restore()
                logged.clear()
                error = FAILURES[name]
                with aws_calls(fail=number, when=when, error=error), patch("time.sleep"):
                    answer = scene.ask(method, path, body)
                if answer.status_code != normal.status_code:
                    _judge(answer, transient=name not in LASTING)
                    assert len(logged) == 1
                again = scene.ask(method, path, body)
                if method == "DELETE" and again.status_code == 404:
                    # It is gone: the answer alone was lost, or the request got through without that call.
                    assert when == "after" or answer.status_code == normal.status_code
                else:
                    assert again.status_code == normal.status_code, again.text
                assert _kinds_of_items() == whole if once else _kinds_of_items() >= whole


def test_an_exception_that_is_its_own_cause_is_written_down_once() -> None:
    error = ValueError("planted")
    error.__cause__ = error
    assert without_words(error) == {"type": "ValueError", "at": []}


def _failures(operation: str, *, first: bool) -> Iterator[tuple[str, When]]:
    """Some for each call, so that over all calls each kind has its turn many times."""
    kinds = [
        TRANSIENT,
        *([LASTING] if first else []),
        *([CANCELLED] if operation == "TransactWriteItems" else []),
    ]
    yield from ((next(_turn[id(kind)]), "before") for kind in kinds)
    if is_another(operation, "after"):
        yield UNANSWERED, "after"


def _judge(answer: TestResponse, *, transient: bool) -> None:
    problem = json.loads(answer.data)
    slug = problem["type"].rpartition("/")[2]
    if transient:
        assert (answer.status_code, slug, answer.headers["retry-after"]) == (503, "unavailable", "1")
    else:
        assert (answer.status_code, slug) == (500, "internal")
    assert re.search("[а-я]", problem["detail"])


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """What is logged as an error."""
    lines: list[str] = []
    with patch("functions.edge.resolver.logger.error", lambda message, **_: lines.append(message)):
        yield lines


def _kinds_of_items() -> Counter[tuple[str, str]]:
    """How many items of each kind there are, by table and the words in their keys."""
    return Counter(
        (name, "#".join(re.findall(r"[a-z_]+", " ".join(_keys(item)))))
        for name in MODELS
        for item in items_of(name)
    )


def _keys(item: Any) -> Iterator[str]:
    for key in ("pk", "sk"):
        if key in item.attrs:
            yield re.sub(r"[0-9A-Za-z]{16,}", "", str(item.attrs[key].value))


def _has_key(method: str, path: str) -> bool:
    """Whether what the request makes is made once for its key: a key or a subscription is made anew each time."""
    return any(each.get("name") == "Idempotency-Key" for each in _operation(method, path)["parameters"])


def _operation(method: str, path: str) -> dict[str, Any]:
    return operation_at(method, re.sub(r"\{\w+\}", "01JNZ5V2B8Q4M7T9XWYC3D6FGH", path.partition("?")[0]))


def _rule(method: str, path: str) -> str:
    operation = _operation(method, path)
    return next(
        rule
        for rule, operations in published()["paths"].items()
        if operations.get(method.lower()) == operation
    )


def _settled(made: Town, client: Client) -> dict[str, str]:
    """Complaints in each state that the routes need, a phone, a key, and a delivery."""
    from functions.complaints.clock import utc_now
    from functions.notify.webhooks.message import delivery_of
    from functions.notify.webhooks.store import DynamoDeliveries
    from functions.records.agencies.letters import link_secret
    from functions.records.agencies.officers import invited
    from functions.records.store import ComplaintStore
    from tests.functions.webhook_world import event

    boto3.client("sqs").create_queue(QueueName="deliveries")
    region = region_from_dict(RAW)
    person = {"Authorization": f"Bearer {PERSON}"}
    body = {"Authorization": "Bearer qk_0123456789abcdef_x"}
    *complaints, subscription = made.ids["id"]
    answered, assigned = complaints[1], complaints[2]
    photo = _placed_photo(assigned, region=region)
    done = client.post(
        f"/v1/agency/complaints/{answered}/answer",
        json={"outcome": "resolved", "text": "Done."},
        headers=body | {"Idempotency-Key": "answer"},
    )
    assert done.status_code == 200, done.text
    other = client.post(
        "/v1/complaints",
        json={"category": "rubbish", "comment": "x", "location": PLACE},
        headers={"Authorization": "Bearer person-2", "Idempotency-Key": "other"},
    )
    others = json.loads(other.data)["id"]
    third = client.post(
        "/v1/complaints",
        json={"category": "rubbish", "comment": "x", "location": PLACE},
        headers={"Authorization": "Bearer person-2", "Idempotency-Key": "third"},
    )
    joined = json.loads(third.data)["id"]
    fourth = client.post(
        "/v1/complaints",
        json={"category": "rubbish", "comment": "x", "location": PLACE, "photos": [PHOTO]},
        headers=person | {"Idempotency-Key": "fourth"},
    )
    waiting = json.loads(fourth.data)
    assert client.post(f"/v1/complaints/{joined}/join", json={}, headers=person).status_code == 200
    client.put("/v1/devices/old", json={"platform": "fcm", "token": "o" * 60}, headers=person)
    key = client.post("/v1/agency/keys", json=WANTED_KEY, headers=body)
    template = client.post(
        "/v1/agency/templates", json=TEMPLATE, headers=body | {"Idempotency-Key": "template"}
    )
    delivery = delivery_of(event(assigned, 1), agency_id=AGENCY_ID, subscription_id=subscription)
    DynamoDeliveries().add(delivery)
    secret = link_secret(AGENCY_ID, address=ADDRESS, language="kk", now=utc_now())
    officer = invited(
        AGENCY_ID,
        email="b@example.org",
        name="x",
        role=Role.OFFICER,
        language=None,
        created_by="operator",
        now=utc_now(),
    )
    return {
        "assigned": assigned,
        "photo": photo,
        "waiting": waiting["id"],
        "awaited": waiting["uploads"][0]["photo_id"],
        "number": ComplaintStore().get(assigned).number,
        "answered": answered,
        "others": others,
        "joined": joined,
        "subscription": subscription,
        "key": json.loads(key.data)["id"],
        "template": json.loads(template.data)["id"],
        "delivery": delivery.id,
        "token": link_token(AGENCY_ID, address=ADDRESS, secret=secret),
        "officer": officer.id,
    }


def _placed_photo(complaint_id: str, *, region: Region) -> str:
    """A photo of the complaint's that says where it was taken."""
    from functions.complaints.clock import utc_now
    from functions.complaints.moves.declaration import expect_photos
    from functions.complaints.moves.filing import DeclaredPhoto
    from functions.complaints.moves.photos import add_photo
    from functions.records.move import move
    from functions.records.store import ComplaintStore
    from functions.records.suggestions import keep

    now, store = utc_now(), ComplaintStore()
    by = Actor(kind=ActorKind.CITIZEN, id="person-1")
    declared = [DeclaredPhoto(**PHOTO)]
    complaint, _ = move(
        store, complaint_id, lambda each: expect_photos(each, declared, by=by, region=region, now=now)
    )
    (photo,) = (each.id for each in complaint.photos)
    move(
        store,
        complaint_id,
        lambda each: add_photo(each, photo, width=2, height=1, clean_sha256="0" * 64, now=now),
    )
    keep(complaint_id, photo, lat=52.51, lon=76.51, taken_at=None, now=now)
    return photo
