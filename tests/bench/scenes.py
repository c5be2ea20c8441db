"""What is served warm: events as Lambda hands them over, and the calls of AWS that each of them leads to.

They are taken from a run of the real handlers against moto, from the complaint to the webhook, so that the answers
which are replayed later are whole and fit together.
"""

import json
import tempfile
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any, Final

from infra.region import load_region_file
from tests.bench.calls import Call, recorded
from tests.flow.town import Town, context, town

BATCH: Final = 100
# And one that comes before them, to a new container.
MADE: Final = BATCH + 1
LAT, LON = 52.2873, 76.9674
PLACE: Final = {"lat": LAT, "lon": LON, "address": "Lermontov street 44, Pavlodar"}
COMMENT: Final = "An open manhole beside the school gate, no cover, no fence."


@dataclass(frozen=True, kw_only=True)
class Scene:
    """`event` is served by `function` (a name in FUNCTIONS) and makes `calls`; `first` are those of its `smallest` in a
    new container, and `hooks` the requests it sends to a webhook's receiver.
    """

    name: str
    function: str
    event: Mapping[str, Any]
    calls: Sequence[Call]
    first: Sequence[Call] = ()
    hooks: int = 0

    @property
    def smallest(self) -> Mapping[str, Any]:
        """The event, or of a batch its first record alone."""
        records = self.event.get("Records")
        return {"Records": records[:1]} if records else self.event


def scenes(*, hook_url: str) -> tuple[dict[str, Scene], Sequence[Call]]:
    """By name, and every call that was made on the way, from which all that they make can be answered.

    `hook_url` is where the agency receives its webhooks; it must answer while this runs.
    """
    with _lived() as here, recorded() as every:
        agency_id = _settled(here, hook_url)
        filed = [_made(here, "intake", _submission(f"person-{each}")) for each in range(MADE)]
        ids = [json.loads(each.answer["body"])["id"] for each in filed]
        submitted = _stream(here)
        first_assigned = _made(here, "assignment", _alone(submitted))
        assigned = _made(here, "assignment", _others(submitted))
        told = _stream(here)
        first_told = _made(here, "outbox", _alone(told))
        outbox = _made(here, "outbox", _others(told))
        first = next(call for call in outbox.calls if call.operation == "SendMessageBatch")
        nudge = first.parameters["Entries"][0]["MessageBody"]
        attempt = _made(here, "webhooks", {"Records": [{"messageId": "1", "body": nudge}]})
        # What a container claims of the agency's limit and agreements lasts it for several requests.
        first_answered = _made(here, "agency", _answer(ids[0], agency_id))
        answered = _made(here, "agency", _answer(ids[2], agency_id))
        got = _made(here, "intake", _request("GET", f"/v1/complaints/{ids[1]}", None, who="person-1"))
    made = [
        _scene(filed[-1], first=filed[0], name="POST /v1/complaints", function="intake API"),
        _scene(got, first=got, name="GET /v1/complaints/{id}", function="intake API"),
        _scene(answered, first=first_answered, name="the agency's answer", function="agency API"),
        _scene(
            assigned,
            first=first_assigned,
            name=f"assignment of {BATCH} new complaints",
            function="assignment",
        ),
        _scene(
            outbox,
            first=first_told,
            name=f"outbox: {BATCH} events told to person and agency",
            function="outbox",
        ),
        replace(
            _scene(attempt, first=attempt, name="one webhook attempt", function="webhooks"),
            hooks=1,
        ),
    ]
    return {each.name: each for each in made}, every


@dataclass(frozen=True, kw_only=True)
class _Made:
    answer: Any
    event: Mapping[str, Any]
    calls: Sequence[Call]


def _scene(made: _Made, *, first: _Made, name: str, function: str) -> Scene:
    return Scene(name=name, function=function, event=made.event, calls=made.calls, first=first.calls)


def _alone(batch: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"Records": batch["Records"][:1]}


def _others(batch: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"Records": batch["Records"][1:]}


@contextmanager
def _lived() -> Iterator[Town]:
    raw = json.loads(load_region_file("local").compiled)
    # The functions write their logs and metrics to standard output.
    with (
        redirect_stdout(StringIO()),
        tempfile.TemporaryDirectory() as folder,
        town(Path(folder), start=datetime.now(UTC), raw=raw) as here,
    ):
        yield here


def _settled(here: Town, hook_url: str) -> str:
    """Citizens with a phone each, and the agency in charge with a subscription; the agency's id."""
    from functions.complaints.region import load_region
    from functions.complaints.routing import responsible_agency
    from functions.edge.settings import region_file
    from functions.notify.webhooks.endpoints import DynamoEndpoints, endpoint_of, proven
    from functions.notify.webhooks.signature import new_secret
    from functions.records.agencies import new_subscription

    region = load_region(region_file())
    agency_id = responsible_agency(region, category_id="open_manhole", lat=LAT, lon=LON).agency_id
    subscription = new_subscription(
        agency_id, url=hook_url, types=("complaint.*",), secret=new_secret(), active=True, now=here.now
    )
    DynamoEndpoints().change(endpoint_of(subscription), proven)
    for number in range(MADE):
        phone = {"platform": "fcm", "token": f"token-{number}"}
        answer = here.citizen("PUT", "/v1/devices/phone", phone, who=f"person-{number}")
        assert answer.status in (200, 201, 204), answer.body
    return agency_id


def _made(here: Town, part: str, event: Mapping[str, Any]) -> _Made:
    with recorded() as calls:
        answer = here.handlers[part].handler(json.loads(json.dumps(event)), context())
    assert answer.get("statusCode", 200) < 300, answer
    assert not answer.get("batchItemFailures"), answer
    return _Made(answer=answer, event=event, calls=tuple(calls))


def _stream(here: Town) -> dict[str, Any]:
    """The events that were written since the last time, as the stream hands them over."""
    from tests.flow.town import _scan

    fresh = []
    for item in _scan("complaints"):
        key = (item["pk"]["S"], item["sk"]["S"])
        if item.get("kind", {}).get("S") == "event" and key not in here.seen:
            here.seen.add(key)
            fresh.append({"NewImage": item, "SequenceNumber": f"{len(fresh):021d}"})
    return {"Records": [{"eventName": "INSERT", "dynamodb": record} for record in fresh]}


def _submission(who: str) -> dict[str, Any]:
    body = {
        "category": "open_manhole",
        "comment": COMMENT,
        "location": PLACE,
    }
    return _request("POST", "/v1/complaints", body, who=who)


def _answer(complaint_id: str, agency_id: str) -> dict[str, Any]:
    event = _request(
        "POST",
        f"/v1/agency/complaints/{complaint_id}/answer",
        {"outcome": "declined", "text": "The cover is the gas company's; we have told them."},
    )
    event["requestContext"]["authorizer"] = {
        "lambda": {"agency_id": agency_id, "key_id": "key", "scopes": "read write admin"}
    }
    return event


def _request(method: str, path: str, body: Any, *, who: str = "aigerim") -> dict[str, Any]:
    return {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {
            "accept": "application/json",
            "accept-language": "ru-KZ,ru;q=0.9",
            "content-type": "application/json",
            "idempotency-key": str(uuid.uuid4()),
            "user-agent": "qamqor-app/1.0",
        },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "api",
            "domainName": "api.example.test",
            "requestId": "request",
            "routeKey": f"{method} {path}",
            "stage": "$default",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "qamqor-app/1.0",
            },
            "authorizer": {"jwt": {"claims": {"sub": who, "locale": "ru"}, "scopes": None}},
        },
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }
