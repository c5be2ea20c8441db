"""The OpenAPI document: valid, complete, and made of the very routes and models that answer."""

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from aws_cdk import Stack
from aws_cdk.assertions import Template
from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from standardwebhooks.webhooks import Webhook

from functions.complaints.complaint import Status
from functions.complaints.events import TOLD
from functions.complaints.history import PUSHED
from functions.complaints.limits import Limits
from functions.complaints.region import region_from_dict
from functions.edge.declared_photos import DeclaredPhoto
from functions.edge.problems import PROBLEMS, Problem
from functions.intake.photos.limits import DEFAULT_LIMITS
from functions.notify.webhooks.delivery import TEST_TYPE
from functions.notify.webhooks.delivery import test_delivery as delivery_of_test
from functions.notify.webhooks.signature import sign
from infra.packaging.openapi import document, pushes
from infra.packaging.openapi.webhooks import OF_PARTNERS
from infra.region import load_region_file
from infra.stacks import api as gateway
from infra.stacks.firewall import firewall
from infra.toolchain import ROOT
from tests.functions.api_client import load
from tests.functions.fcm_schema import fcm_message, in_proto_json
from tests.functions.photo_corpus import TYPES
from tests.region_fixture import region

APPS_GUIDE = ROOT / "docs" / "app.md"
HANDLERS = (
    "functions.intake.api.handler",
    "functions.route.api.handler",
    "functions.notify.subscriptions.handler",
    "functions.route.officers.handler",
)


@cache
def published() -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(document(region()))
    return parsed


def operations() -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Method, path and description of each, by its id."""
    return {
        operation["operationId"]: (method, path, operation)
        for path, operations in published()["paths"].items()
        for method, operation in operations.items()
    }


def test_it_is_valid_openapi_3_1() -> None:
    assert list(OpenAPIV31SpecValidator(published()).iter_errors()) == []


def test_it_is_the_same_each_time() -> None:
    assert document(region()) == document(region())


def test_every_route_of_the_gateway_is_described_and_no_other() -> None:
    routes = {
        (method.value, path)
        for table in (
            *(gateway.OPEN, gateway.CITIZEN, gateway.AGENCY, gateway.SUBSCRIPTIONS),
            *(gateway.OFFICERS, gateway.LETTERS),
        )
        for path, methods in table.items()
        for method in methods
    }
    described = {(method.upper(), path) for method, path, _ in operations().values()}
    # The files of the page that describes them all are no part of the API.
    routes.remove(("GET", "/docs/{file}"))

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
    served = set()
    for module in HANDLERS:
        app = load(module, folder=tmp_path, monkeypatch=monkeypatch).app
        schema = app.get_openapi_schema(
            security_schemes=dict.fromkeys(("person", "agency", "partner"), HTTPBearer())
        )
        for path, item in (schema.paths or {}).items():
            served |= {(method, path) for method in item.model_dump(exclude_none=True)}
    assert {(method, path) for method, path, _ in operations().values()} == served


def test_pushes_are_described_as_they_are_sent() -> None:
    told = published()["x-pushes"]
    assert {event for kind in told["kinds"].values() for event in kind["events"]} == {*PUSHED}
    jsonschema.validate(in_proto_json(told["examples"]["fcm"]), fcm_message())
    fcm, apns = told["examples"]["fcm"], told["examples"]["apns"]
    assert fcm["notification"] == apns["aps"]["alert"]
    assert fcm["data"].items() <= apns.items()
    assert fcm["data"]["kind"] in told["kinds"]
    assert all(set(kind["wakes_the_phone"]) <= set(kind["events"]) for kind in told["kinds"].values())


def test_what_the_storage_answers_to_an_upload_is_described() -> None:
    told = published()["x-uploads"]
    answers = {(each["status"], each.get("code")) for each in told["answers"]}
    # Seen on the emulator: tests/e2e/test_presigned_upload.py.
    assert {
        (200, None),
        (400, "BadDigest"),
        (403, "SignatureDoesNotMatch"),
        (403, "AccessDenied"),
        (412, "PreconditionFailed"),
    } <= answers
    assert all(each["meaning"] and each["remedy"] for each in told["answers"])


def test_the_apps_guide_shows_pushes_as_they_are_sent() -> None:
    blocks = re.findall(r"```json\n(.*?)```", APPS_GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    shown = [json.loads(block) for block in blocks]
    pavlodar = region_from_dict(json.loads(load_region_file("pavlodar").compiled))
    for example in pushes.examples(pavlodar).values():
        assert example in shown


def test_the_apps_guide_has_every_kind_of_push() -> None:
    guide = APPS_GUIDE.read_text(encoding="utf-8")
    assert [kind for kind in published()["x-pushes"]["kinds"] if f"| `{kind}` |" not in guide] == []


def test_a_regions_limits_are_in_it() -> None:
    limited = json.loads(document(region(limits={"comment_length": 77, "photo_bytes": 12_345})))
    schemas = limited["components"]["schemas"]
    assert schemas["Submission"]["properties"]["comment"]["maxLength"] == 77
    assert schemas["DeclaredPhoto"]["properties"]["size"]["maximum"] == 12_345


def test_every_operation_says_what_it_is_for_whom_and_every_answer() -> None:
    for method, path, operation in operations().values():
        assert operation["summary"], path
        assert operation["tags"][0] in {tag["name"] for tag in published()["tags"]}
        assert {"500", "503"} <= set(operation["responses"]), (method, path)
        if path.startswith("/v1/agency/"):
            assert operation["security"][0]["agency"], path
            assert {"401", "403", "429"} <= set(operation["responses"]), path


def test_what_gateway_and_firewall_answer_by_themselves_is_described_with_what_to_do() -> None:
    components = published()["components"]["responses"]
    for _, path, operation in operations().values():
        told = {
            status: components[each["$ref"].rpartition("/")[2]]
            for status, each in operation["responses"].items()
            if "$ref" in each
        }
        json_ones = {"429", "500", "503"}
        json_ones |= {"401"} if operation["security"] else set()
        json_ones |= {"413"} if "requestBody" in operation else set()
        for status in json_ones:
            assert "application/json" in told[status]["content"], (path, status)
            assert "API Gateway answers this itself" in told[status]["description"]
        for status in ("403", "429"):
            schema = json.dumps(told[status]["content"]["application/json"]["schema"])
            assert "firewall-answer" in schema, (path, status)
        for status in ("403", "502", "504"):
            assert "text/html" in told[status]["content"], path
        for status in ("500", "502", "503", "504"):
            assert "again" in told[status]["description"]


def test_each_answer_of_gateway_and_firewall_is_shown_as_it_arrives() -> None:
    components = published()["components"]
    found = published()["x-not-from-the-api"]
    shown: dict[tuple[int, str], list[Any]] = {}
    for name, response in components["responses"].items():
        for media_type in ("application/json", "text/html"):
            content = response["content"].get(media_type)
            if content is None:
                continue
            examples = [each["value"] for each in content.get("examples", {}).values()]
            shown.setdefault((int(name.partition(".")[0]), media_type), []).extend(examples)
            for example in examples:
                Draft202012Validator({**content["schema"], "components": components}).validate(example)
    # Of an address that there is not, no operation can tell.
    described = [each for each in found if each["status"] != 404]
    assert {(each["status"], each["content_type"]) for each in described} == shown.keys()
    for each in described:
        assert each["what"]
        if "body" in each:
            assert each["body"] in shown[each["status"], each["content_type"]]


def test_the_firewall_says_what_the_document_says_that_it_does() -> None:
    stack = Stack()
    firewall(stack, "Firewall", name="x")
    (acl,) = Template.from_stack(stack).find_resources("AWS::WAFv2::WebACL").values()
    said = {
        json.dumps(json.loads(body["Content"])) for body in acl["Properties"]["CustomResponseBodies"].values()
    }
    told = [each for each in published()["x-not-from-the-api"] if each["from"] == "the firewall"]
    assert said == {json.dumps(each["body"]) for each in told}


def test_a_repeated_upload_is_said_to_be_there() -> None:
    assert "412" in published()["components"]["schemas"]["Upload"]["description"]


def test_every_example_of_a_model_fits_it() -> None:
    components = {"components": published()["components"]}
    for name, schema in published()["components"]["schemas"].items():
        for example in schema.get("examples", ()):
            Draft202012Validator({"$ref": f"#/components/schemas/{name}"} | components).validate(example)


def test_a_component_has_a_name_of_its_own_and_not_that_of_our_module() -> None:
    assert [name for name in published()["components"]["schemas"] if "_" in name] == []


def test_every_component_is_used() -> None:
    text = json.dumps(published())
    for kind in ("schemas", "responses", "parameters"):
        for name in published()["components"][kind]:
            assert f'"#/components/{kind}/{name}"' in text, name


@pytest.mark.parametrize("slug", PROBLEMS)
def test_every_problem_is_described_with_its_status_and_members(slug: str) -> None:
    schema = published()["components"]["schemas"].get(f"problem-{slug}")
    if schema is None:
        # Answered to what no route describes, or by the gateway before any is reached.
        assert slug in {"idempotency-key-in-use", "method-not-allowed", "unauthenticated"}
        return
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
    refused = {name: set(operation["responses"]) for name, (*_, operation) in operations().items()}
    assert {"400", "413", "415", "422", "429"} <= refused["fileComplaint"]
    assert {"404", "409"} <= refused["join"]
    assert {"403", "429"} <= refused["answerWork"]
    assert not {"400", "413", "415"} & refused["listComplaints"]


def test_every_event_is_a_webhook() -> None:
    assert set(TOLD) | {OF_PARTNERS, "subscription.verification", TEST_TYPE} == set(published()["webhooks"])
    made = delivery_of_test(
        agency_id="roads", subscription_id="01KJR9YAXN5V7C2M4T8W6QZ3HD", now=datetime.now(UTC)
    )
    components = {"components": published()["components"]}
    schema = published()["components"]["schemas"]["TestMessage"] | {"additionalProperties": False}
    Draft202012Validator(schema | components).validate(json.loads(made.body))
    message = published()["webhooks"]["complaint.assigned"]["post"]["requestBody"]["content"][
        "application/json"
    ]
    Draft202012Validator({**message["schema"], "components": published()["components"]}).validate(
        message["example"]
    )
    assert message["example"]["data"]["status"] == Status.ASSIGNED


def test_photos_are_of_the_types_that_the_check_takes() -> None:
    schema = DeclaredPhoto.model_json_schema()["properties"]["content_type"]
    assert set(schema["enum"]) == {*TYPES.values(), "image/heif"}
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
