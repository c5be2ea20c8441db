"""The OpenAPI document: valid, complete, and of the very schemas that are enforced."""

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, ClassVar

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from standardwebhooks.webhooks import Webhook

from functions.complaints.complaint import Status
from functions.complaints.events import EventType
from functions.complaints.limits import Limits
from functions.edge.problems import PROBLEMS, Problem
from functions.edge.schema import check
from functions.intake.api import schemas as citizen_schemas
from functions.intake.photos.limits import ACCEPTED, DEFAULT_LIMITS
from functions.notify.webhooks.delivery import TEST_TYPE
from functions.notify.webhooks.delivery import test_delivery as delivery_of_test
from functions.notify.webhooks.signature import sign
from functions.route.api import schemas as agency_schemas
from infra.docs_page import page
from infra.openapi import OPERATIONS, document
from infra.openapi.document import operations, problems_of
from infra.stacks import api as gateway
from tests.functions.api_client import load
from tests.region_fixture import RAW, region

LIMITED = {"comment_length": 77, "photo_bytes": 12_345}


@cache
def published() -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(document())
    return parsed


def test_it_is_valid_openapi_3_1() -> None:
    assert list(OpenAPIV31SpecValidator(published()).iter_errors()) == []


def test_it_is_the_same_each_time() -> None:
    assert document() == document()
    assert document(region()) == document(region())


def test_every_route_of_the_gateway_is_described_and_no_other() -> None:
    routes = {
        (method.value, path)
        for table in (gateway.OPEN, gateway.CITIZEN, gateway.AGENCY, gateway.SUBSCRIPTIONS)
        for path, methods in table.items()
        for method in methods
    }
    described = {(operation.method.upper(), operation.path) for operation in OPERATIONS}

    def leads(route: tuple[str, str], operation: tuple[str, str]) -> bool:
        return route[0] == operation[0] and bool(
            re.fullmatch(re.sub(r"\{\w+\}", r"([^/{}]+|\\{\\w+\\})", route[1]), operation[1])
        )

    assert not [each for each in described if not any(leads(route, each) for route in routes)]
    assert not [route for route in routes if not any(leads(route, each) for each in described)]


def test_every_route_of_the_functions_is_described_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "DELIVERIES_QUEUE_URL", "https://sqs.eu-central-1.amazonaws.com/123456789012/deliveries"
    )
    modules = (
        "functions.intake.api.handler",
        "functions.route.api.handler",
        "functions.notify.subscriptions.handler",
    )
    served = set()
    for module in modules:
        api = load(module, folder=tmp_path, monkeypatch=monkeypatch)._api
        for route in api.routes:
            served.add((route.method.lower(), re.sub(r"<\w+>", "{}", route.path)))
    described = {(operation.method, re.sub(r"\{\w+\}", "{}", operation.path)) for operation in OPERATIONS}
    assert described == served


def test_bodies_are_the_very_ones_that_are_enforced() -> None:
    limits = Limits.of(LIMITED)
    citizen, agency = citizen_schemas.bodies(limits), agency_schemas.bodies(limits)
    described = json.loads(document(region(limits=LIMITED)))["paths"]

    def body(path: str) -> Any:
        return described[path]["post"]["requestBody"]["content"]["application/json"]["schema"]

    assert body("/v1/complaints") == citizen.submission
    assert body("/v1/complaints")["properties"]["comment"]["maxLength"] == 77
    assert body("/v1/complaints/{id}/photos") == citizen.more_photos
    assert body("/v1/agency/complaints/{id}/answer") == agency.answer
    size = body("/v1/agency/complaints/{id}/photos")["properties"]["photos"]["items"]["properties"]["size"]
    assert size["maximum"] == 12_345


@pytest.mark.parametrize(
    "operation", [each for each in OPERATIONS if each.body is not None], ids=lambda each: each.id
)
def test_bodies_are_sound_schemas_and_examples_pass_them(operation: Any) -> None:
    Draft202012Validator.check_schema(operation.body)
    if operation.example is not None:
        check(operation.example, operation.body)
        Draft202012Validator(operation.body).validate(operation.example)
    else:
        check({}, operation.body)


def test_operations_are_named_once_each() -> None:
    names = [operation.id for operation in OPERATIONS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("slug", PROBLEMS)
def test_every_problem_is_described_with_its_status_and_members(slug: str) -> None:
    schema = published()["components"]["schemas"][f"problem-{slug}"]
    assert schema["properties"]["status"] == {"const": PROBLEMS[slug].status}
    assert schema["properties"]["type"] == {"const": Problem(slug, move="answer", state="closed").type}
    assert set(PROBLEMS[slug].members) <= set(schema["properties"])


def test_examples_of_problems_are_what_their_schemas_say() -> None:
    components = published()["components"]
    for response in components["responses"].values():
        content = response["content"].get("application/problem+json", {})
        for slug, example in content.get("examples", {}).items():
            schema = {"$ref": f"#/components/schemas/problem-{slug}", "components": components}
            Draft202012Validator(schema).validate(example["value"])


def test_what_a_request_can_be_refused_for_follows_from_what_it_is() -> None:
    of = {operation.id: set(problems_of(operation)) for operation in OPERATIONS}
    assert {
        "idempotency-key-missing",
        "idempotency-key-reused",
        "daily-limit-reached",
        "invalid-request",
    } <= of["fileComplaint"]
    assert {"not-found", "move-refused", "conflict"} <= of["join"]
    assert {"forbidden", "too-many-requests"} <= of["answerWork"]
    assert "malformed-json" not in of["listComplaints"]


def test_every_event_is_a_webhook() -> None:
    assert set(EventType) | {"subscription.verification", TEST_TYPE} == set(published()["webhooks"])
    made = delivery_of_test(
        agency_id="roads", subscription_id="01KJR9YAXN5V7C2M4T8W6QZ3HD", now=datetime.now(UTC)
    )
    schema = published()["components"]["schemas"]["TestMessage"]
    Draft202012Validator(schema | {"additionalProperties": False}).validate(json.loads(made.body))
    message = published()["webhooks"]["complaint.assigned"]["post"]["requestBody"]["content"][
        "application/json"
    ]
    Draft202012Validator({**message["schema"], "components": published()["components"]}).validate(
        message["example"]
    )
    assert message["example"]["data"]["status"] == Status.ASSIGNED


def test_photos_are_of_the_types_that_the_check_takes() -> None:
    from functions.edge.bodies import PHOTO_TYPES

    assert set(PHOTO_TYPES) == set(ACCEPTED)
    assert Limits().photo_bytes <= DEFAULT_LIMITS.bytes


def test_a_foreign_issuer_is_named_and_cognito_is_a_bearer_token() -> None:
    issuer = "https://login.example.org/realms/qamqor/"
    foreign = json.loads(document(region(identity={"issuer": issuer, "audience": "app"})))
    scheme = foreign["components"]["securitySchemes"]["person"]
    assert (
        scheme["openIdConnectUrl"]
        == "https://login.example.org/realms/qamqor/.well-known/openid-configuration"
    )
    assert published()["components"]["securitySchemes"]["person"]["scheme"] == "bearer"
    assert list(OpenAPIV31SpecValidator(foreign).iter_errors()) == []


# ------------------------------------------------------------------------------------ verification
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = '{"type":"complaint.assigned","data":{"number":"Қ-1"}}'.encode()


def signed(*, at: datetime, secrets: tuple[str, ...] = (SECRET,)) -> dict[str, str]:
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": sign(message_id="msg_1", timestamp=at, body=BODY, secrets=list(secrets)),
    }


CASES = {
    "fits": (timedelta(), (SECRET,), True),
    "fits one of two": (timedelta(), ("whsec_" + "A" * 32, SECRET), True),
    "does not fit": (timedelta(), ("whsec_" + "A" * 32,), False),
    "too old": (timedelta(minutes=-6), (SECRET,), False),
    "from the future": (timedelta(minutes=6), (SECRET,), False),
}


@pytest.mark.parametrize("case", CASES)
def test_the_python_example_verifies_as_the_library_does(case: str) -> None:
    shift, secrets, fits = CASES[case]
    headers = signed(at=datetime.now(UTC) + shift, secrets=secrets)
    space: dict[str, Any] = {}
    exec(published()["x-verification"]["Python"], space)
    for verify in (
        lambda: space["verified"](headers, BODY, SECRET),
        lambda: Webhook(SECRET).verify(BODY, headers),
    ):
        if fits:
            assert verify() == json.loads(BODY)
        else:
            with pytest.raises(Exception, match=r"(?i)old|new|future|signature"):
                verify()


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node, which `make setup` installs")
def test_the_javascript_example_verifies_as_well(tmp_path: Path) -> None:
    (tmp_path / "verify.mjs").write_text(published()["x-verification"]["JavaScript"])
    now = datetime.now(UTC)
    cases = [signed(at=now + shift, secrets=secrets) for shift, secrets, _ in CASES.values()]
    (tmp_path / "try.mjs").write_text(
        'import { verified } from "./verify.mjs";\n'
        f"const body = Buffer.from({json.dumps(BODY.decode())});\n"
        f"const results = {json.dumps(cases)}.map((headers) => {{\n"
        f'  try {{ return verified(headers, body, "{SECRET}").data.number; }} catch {{ return null; }}\n'
        "});\n"
        "console.log(JSON.stringify(results));\n"
    )
    done = subprocess.run(
        ["node", str(tmp_path / "try.mjs")], capture_output=True, text=True, check=True, timeout=60
    )
    assert json.loads(done.stdout) == ["Қ-1" if fits else None for *_, fits in CASES.values()]


# -------------------------------------------------------------------------------------------- page
class Reader(HTMLParser):
    VOID: ClassVar = {"meta", "link", "br", "wbr", "img", "input", "hr"}

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.open: list[str] = []
        self.headings: list[int] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        self.tags.add(tag)
        self.ids += [held["id"]] if held.get("id") else []
        self.links += [held["href"]] if held.get("href") else []
        assert not any(name.startswith("on") or name in {"src", "style"} for name in held)
        if tag not in self.VOID:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@cache
def read() -> Reader:
    reader = Reader()
    reader.feed(page(document(region())).decode())
    reader.close()
    return reader


def test_the_page_is_well_formed_and_holds_nothing_that_runs_or_comes_from_elsewhere() -> None:
    reader = read()
    assert not reader.open
    assert not reader.tags & {"script", "link", "img", "iframe", "form", "object"}
    assert "url(" not in page(document()).decode()
    assert all(link.startswith(("#", "/")) for link in reader.links)


def test_every_anchor_is_there_once_and_every_link_leads_to_one() -> None:
    reader = read()
    assert len(set(reader.ids)) == len(reader.ids)
    assert not {link[1:] for link in reader.links if link.startswith("#")} - set(reader.ids)
    assert {f"problem-{slug}" for slug in PROBLEMS} <= set(reader.ids)
    assert {operation.id for operation in OPERATIONS} <= set(reader.ids)


def test_the_page_names_every_field_of_every_body() -> None:
    text = "".join(read().text)
    for operation in operations(Limits.of(RAW["limits"])):
        for name in (operation.body or {}).get("properties", {}):
            assert name in text, (operation.id, name)


def test_no_text_of_the_document_is_taken_for_markup() -> None:
    odd = json.loads(document())
    odd["info"]["description"] = '<script>alert(1)</script> & "quoted"'
    odd["tags"][0]["description"] = "<img src=x>"
    made = page(json.dumps(odd).encode()).decode()
    assert "<script" not in made
    assert "<img" not in made


def test_the_handler_serves_both_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.functions.api_client import anybody

    served = load(
        "functions.intake.api.handler",
        folder=tmp_path,
        monkeypatch=monkeypatch,
        openapi_json=document().decode(),
        docs_html=page(document()).decode(),
    ).handler
    described = anybody(served)("GET", "/openapi.json")
    assert (described.status, described.json) == (200, published())
    docs = anybody(served)("GET", "/docs")
    assert docs.status == 200
    assert docs.headers["content-type"] == "text/html; charset=utf-8"
    assert docs.headers["content-security-policy"].startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert len(docs.text.encode()) < 5_000_000
