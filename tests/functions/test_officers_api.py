"""A body's officers: invited, changed, let go, signed out, by its heads and its keys; with the emulator's user pools."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from functions.complaints.complaint import Role
from functions.complaints.faults import Conflict
from functions.edge import clients
from functions.records.agencies import officers as records
from functions.records.agencies.departure import end_access
from functions.records.agencies.officers import (
    ACTIVE,
    INVITED,
    LEFT,
    OfficerItem,
    forget,
    officer_of,
    officers_of,
)
from functions.route.officers.pool import Pool
from infra.local import emulator
from infra.ops.__main__ import parser
from infra.ops.command import DRY_RUN
from infra.ops.place import NotThere, Place
from tests.dynamodb import tables
from tests.functions.api_client import Answer, Client, load, officer
from tests.functions.faults import aws_calls
from tests.openapi_answers import assert_described
from tests.region_fixture import RAW

HEAD, OTHER = "01JNZ5V2B8Q4M7T9XWYC3D6FGH", "01JNZ5V2B8Q4M7T9XWYC3D6FGJ"
ASKED = {"email": "Officer@example.org", "name": "Дежурный инспектор", "role": "officer", "language": "ru"}
AT = "/v1/agency/officers"


@pytest.fixture(scope="module")
def cognito(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """moto has no user pools without a package that nothing else needs."""
    with emulator.start(state_dir=tmp_path_factory.mktemp("emulator"), record=False) as running:
        yield running


@pytest.fixture
def pool(cognito: Any) -> Iterator[Pool]:
    client = cognito.client("cognito-idp")
    made = client.create_user_pool(
        PoolName="officers", AliasAttributes=["email"], UsernameConfiguration={"CaseSensitive": False}
    )
    yield Pool(cognito=client, id=made["UserPool"]["Id"])
    client.delete_user_pool(UserPoolId=made["UserPool"]["Id"])


@pytest.fixture
def handler(cognito: Any, pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("OFFICERS_POOL_ID", pool.id)
    monkeypatch.setenv("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", cognito.url)
    monkeypatch.setattr(clients, "_made", {})
    with tables():
        raw = RAW | {"officers": {"provider": "cognito"}}
        module = load("functions.route.officers.handler", folder=tmp_path, monkeypatch=monkeypatch, raw=raw)
        monkeypatch.setattr("functions.edge.throttle.PER_MINUTE", 10**9)
        yield module.handler


@pytest.fixture
def head(handler: Any) -> Client:
    there(HEAD, Role.HEAD)
    return described(officer(handler, role=Role.HEAD, officer_id=HEAD))


def described(client: Client) -> Client:
    class Held:
        def __call__(self, method: str, path: str, *args: Any, **more: Any) -> Answer:
            answer = client(method, path, *args, **more)
            assert_described(method, path, answer)
            return answer

    return Held()  # type: ignore[return-value]


def there(officer_id: str, role: Role, *, body: str = "housing", state: str = ACTIVE) -> OfficerItem:
    now = datetime.now(UTC)
    made = records.invited(
        body,
        email=f"{officer_id}@example.org",
        name="A. B.",
        role=role,
        language=None,
        created_by="operator",
        now=now,
    )
    made.delete()
    said = {"sk": records.officer_sk(officer_id), "id": officer_id, "key_id": officer_id, "state": state}
    for name, value in said.items():
        setattr(made, name, value)
    made.save()
    return made


def user(pool: Pool, name: str) -> Any:
    with suppress(pool.cognito.exceptions.UserNotFoundException):
        return pool.cognito.admin_get_user(UserPoolId=pool.id, Username=name)
    return None


# ---------------------------------------------------------------------------------------------- inviting
def test_who_is_invited_is_there_as_asked_and_has_a_user(head: Client, pool: Pool) -> None:
    answer = head("POST", AT, ASKED, key="1")
    assert answer.status == 201, answer.text
    assert {name: answer.json[name] for name in ("email", "name", "role", "language", "state")} == ASKED | {
        "state": INVITED
    }
    assert answer.json["last_seen_at"] is None
    made = officer_of("housing", answer.json["id"])
    assert (made.created_by, made.key_id) == (HEAD, made.id)
    attributes = {each["Name"]: each["Value"] for each in user(pool, made.id)["UserAttributes"]}
    assert (attributes["email"], attributes["email_verified"]) == (ASKED["email"], "true")
    assert [each["id"] for each in head("GET", AT).json["items"]] == sorted([HEAD, made.id])


def test_the_same_request_again_invites_once_and_another_under_its_key_is_refused(head: Client) -> None:
    first, again = (head("POST", AT, ASKED, key="1") for _ in range(2))
    assert first.json == again.json
    assert head("POST", AT, ASKED | {"name": "x"}, key="1").slug == "idempotency-key-reused"
    assert len(officers_of("housing")) == 2


def test_who_was_invited_and_has_not_come_is_invited_again_as_the_same_officer(head: Client) -> None:
    first = head("POST", AT, ASKED, key="1").json
    again = head("POST", AT, ASKED | {"role": "viewer", "email": "officer@EXAMPLE.org"}, key="2").json
    assert (again["id"], again["role"]) == (first["id"], "viewer")
    officer_of("housing", first["id"]).update([OfficerItem.state.set(ACTIVE)])
    refused = head("POST", AT, ASKED, key="3")
    assert (refused.slug, refused.json["key"]) == ("conflict", "officer_exists")


def test_an_address_of_another_bodys_officer_is_refused_until_they_have_left(
    head: Client, handler: Any, pool: Pool
) -> None:
    roads = described(officer(handler, "roads", scopes="read write admin"))
    theirs = roads("POST", AT, ASKED, key="1").json["id"]
    refused = head("POST", AT, ASKED, key="2")
    assert (refused.slug, refused.json["key"]) == ("conflict", "officer_elsewhere")
    assert roads("DELETE", f"{AT}/{theirs}").status == 204
    taken = head("POST", AT, ASKED, key="2")
    assert taken.status == 201, taken.text
    assert user(pool, theirs) is None
    assert user(pool, ASKED["email"])["Username"] == taken.json["id"]


@pytest.mark.parametrize(
    "email", ["x", "a@b", "a b@example.org", "@example.org", "a@example.", "a@@example.org", ""]
)
def test_what_is_no_address_is_refused(email: str, head: Client) -> None:
    assert head("POST", AT, ASKED | {"email": email}, key="1").faults == {"/email": "wrong_form"}
    assert len(officers_of("housing")) == 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_invitation_that_fails_anywhere_is_made_good_by_sending_it_again(
    when: Any, handler: Any, pool: Pool
) -> None:
    client = described(officer(handler, scopes="read write admin"))
    for number in range(6):
        said = ASKED | {"email": f"officer-{number}-{when}@example.org"}
        with aws_calls(fail=number, when=when) as calls:
            client("POST", AT, said, key=f"{number}")
        answer = client("POST", AT, said, key=f"{number}")
        assert answer.status == 201, (calls.made, answer.text)
        assert user(pool, said["email"])["Username"] == answer.json["id"], calls.made
    assert len(officers_of("housing")) == 6


# --------------------------------------------------------------------------- changing, leaving, lost phones
def test_a_role_is_changed_and_the_name_put_right(head: Client) -> None:
    made = head("POST", AT, ASKED, key="1").json["id"]
    changed = head("PATCH", f"{AT}/{made}", {"role": "head", "name": "Начальник отдела"})
    assert (changed.json["role"], changed.json["name"]) == ("head", "Начальник отдела")
    assert head("PATCH", f"{AT}/{made}", {}).json == changed.json


def test_who_leaves_is_out_and_their_user_ends(head: Client, pool: Pool) -> None:
    made = head("POST", AT, ASKED, key="1").json["id"]
    assert [head("DELETE", f"{AT}/{made}").status for _ in range(2)] == [204, 204]
    left = officer_of("housing", made)
    assert (left.state, left.email, left.name) == (LEFT, None, ASKED["name"])
    assert user(pool, made)["Enabled"] is False
    shown = next(each for each in head("GET", AT).json["items"] if each["id"] == made)
    assert "email" not in shown
    assert head("PATCH", f"{AT}/{made}", {"role": "head"}).slug == "not-found"
    assert head("POST", f"{AT}/{made}/reset-second-factor", {}).slug == "not-found"


@pytest.mark.parametrize("when", ["before", "after"])
def test_leaving_that_fails_anywhere_is_made_good_by_asking_again(
    when: Any, head: Client, pool: Pool
) -> None:
    for number in range(6):
        made = head("POST", AT, ASKED | {"email": f"{when}-{number}@example.org"}, key=f"{number}").json["id"]
        with aws_calls(fail=number, when=when):
            head("DELETE", f"{AT}/{made}")
        assert head("DELETE", f"{AT}/{made}").status == 204
        assert officer_of("housing", made).state == LEFT
        assert user(pool, made)["Enabled"] is False


def test_a_bodys_last_head_stays_one(head: Client, handler: Any) -> None:
    there(OTHER, Role.OFFICER)
    by_key = described(officer(handler, scopes="read write admin"))
    for client in (head, by_key):
        for answer in (
            client("DELETE", f"{AT}/{HEAD}"),
            client("PATCH", f"{AT}/{HEAD}", {"role": "officer"}),
        ):
            assert (answer.slug, answer.json["key"]) == ("conflict", "last_head")
    assert head("PATCH", f"{AT}/{HEAD}", {"role": "head", "name": "x"}).status == 200
    officer_of("housing", OTHER).update([OfficerItem.role.set("head"), OfficerItem.state.set(INVITED)])
    assert head("DELETE", f"{AT}/{HEAD}").slug == "conflict"
    officer_of("housing", OTHER).update([OfficerItem.state.set(ACTIVE)])
    assert head("PATCH", f"{AT}/{HEAD}", {"role": "viewer"}).status == 200
    assert head("DELETE", f"{AT}/{OTHER}").slug == "conflict"


def test_of_two_heads_who_let_each_other_go_at_once_one_stays(
    head: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    there(OTHER, Role.HEAD)
    write, others = records.write_once, list[None]()

    def meanwhile(*args: Any) -> None:
        if not others:
            others.append(None)
            records.let_go(officer_of("housing", HEAD))
        write(*args)

    monkeypatch.setattr(records, "write_once", meanwhile)
    assert head("DELETE", f"{AT}/{OTHER}").slug == "conflict"
    assert {each.id: each.state for each in officers_of("housing")} == {HEAD: LEFT, OTHER: ACTIVE}


def test_who_lost_a_phone_is_signed_out(head: Client) -> None:
    there(OTHER, Role.OFFICER)
    before = datetime.now(UTC)
    assert head("POST", f"{AT}/{OTHER}/reset-second-factor", {}).status == 204
    signed_out_at = officer_of("housing", OTHER).signed_out_at
    assert signed_out_at is not None
    assert abs((signed_out_at - before).total_seconds()) < 60


def test_a_second_factor_is_taken_away_so_that_another_is_set_up() -> None:
    """By botocore's own description of Cognito: neither moto nor the emulator knows the call yet."""
    client = boto3.client("cognito-idp")
    named = {"UserPoolId": "eu-central-1_pool", "Username": OTHER}
    with Stubber(client) as stub:
        stub.add_response("admin_user_global_sign_out", {}, named)
        stub.add_response("admin_delete_software_token", {}, named)
        Pool(cognito=client, id="eu-central-1_pool").reset_second_factor(OTHER)
        stub.assert_no_pending_responses()
        stub.add_response("admin_user_global_sign_out", {}, named)
        stub.add_client_error("admin_delete_software_token", "SoftwareTokenMFANotFoundException")
        Pool(cognito=client, id="eu-central-1_pool").reset_second_factor(OTHER)


# ------------------------------------------------------------------------------------------ who may
@pytest.mark.parametrize("role", [Role.VIEWER, Role.OFFICER])
def test_others_than_heads_manage_nobody_and_are_told_why(role: Role, handler: Any) -> None:
    there(HEAD, Role.HEAD)
    client = described(officer(handler, role=role, officer_id=OTHER))
    for method, path, body in (
        ("GET", AT, None),
        ("POST", AT, ASKED),
        ("PATCH", f"{AT}/{HEAD}", {"role": "viewer"}),
        ("DELETE", f"{AT}/{HEAD}", None),
        ("POST", f"{AT}/{HEAD}/reset-second-factor", {}),
    ):
        answer = client(method, path, body)
        assert answer.slug == "forbidden"
        assert str(role) in answer.json["detail"]
    assert officer_of("housing", HEAD).state == ACTIVE


def test_another_bodys_officer_does_not_exist(head: Client) -> None:
    there(OTHER, Role.OFFICER, body="roads")
    for name in (OTHER, "0" * 26, "f" * 32, "x"):
        assert head("PATCH", f"{AT}/{name}", {"role": "viewer"}).slug == "not-found"
        assert head("DELETE", f"{AT}/{name}").slug == "not-found"
        assert head("POST", f"{AT}/{name}/reset-second-factor", {}).slug == "not-found"
    assert officer_of("roads", OTHER).state == ACTIVE
    assert [each["id"] for each in head("GET", AT).json["items"]] == [HEAD]


def test_who_calls_is_told_who_they_are(head: Client, handler: Any) -> None:
    names = {language: RAW["agencies"]["housing"]["name"][language] for language in ("kk", "ru", "en")}
    assert head("GET", "/v1/agency/me").json == {
        "agency": {"id": "housing", "name": names},
        "officer": {"id": HEAD, "name": "A. B.", "role": "head", "language": None},
        "scopes": ["read", "write", "admin"],
    }
    assert head("PATCH", "/v1/agency/me", {"language": "kk"}).json["officer"]["language"] == "kk"
    key = described(officer(handler, scopes="read"))
    assert key("GET", "/v1/agency/me").json == {
        "agency": {"id": "housing", "name": names},
        "officer": None,
        "scopes": ["read"],
    }
    assert key("PATCH", "/v1/agency/me", {"language": "kk"}).slug == "forbidden"
    unknown = described(officer(handler, role=Role.VIEWER, officer_id="f" * 32))
    assert unknown("GET", "/v1/agency/me").json["officer"]["name"] is None


# ----------------------------------------------------------------------------------- elsewhere, and gone
def test_where_an_issuer_signs_them_in_nobody_is_invited_here_and_a_body_lets_go_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OFFICERS_POOL_ID", raising=False)
    with tables():
        module = load("functions.route.officers.handler", folder=tmp_path, monkeypatch=monkeypatch)
        there(OTHER, Role.OFFICER)
        client = described(officer(module.handler, scopes="read write admin"))
        for method, path, body in (
            ("POST", AT, ASKED),
            ("PATCH", f"{AT}/{OTHER}", {"role": "viewer"}),
            ("POST", f"{AT}/{OTHER}/reset-second-factor", {}),
        ):
            answer = client(method, path, body)
            assert (answer.slug, answer.json["key"]) == ("conflict", "officers_elsewhere")
        assert client("DELETE", f"{AT}/{OTHER}").status == 204
        assert officer_of("housing", OTHER).state == LEFT


def test_a_body_that_leaves_the_region_file_takes_its_officers_along() -> None:
    with tables():
        there(HEAD, Role.HEAD)
        there(OTHER, Role.VIEWER, state=INVITED)
        assert end_access("housing", now=datetime.now(UTC)).officers == 2
        assert {each.state for each in officers_of("housing")} == {LEFT}
        assert end_access("housing", now=datetime.now(UTC)).officers == 0


def test_the_name_of_somebody_who_left_can_be_erased() -> None:
    with tables():
        there(HEAD, Role.HEAD)
        with pytest.raises(Conflict):
            forget(officer_of("housing", HEAD))
        records.let_go(officer_of("housing", HEAD), last_head_too=True)
        forget(officer_of("housing", HEAD))
        erased = officer_of("housing", HEAD)
        assert (erased.name, erased.email, erased.language, erased.state) == (None, None, None, LEFT)


# ------------------------------------------------------------------------------------ the operator's commands
class RegionPlace(Place):
    """A region's deployment with this pool."""

    pool: Any = None

    def client(self, service: str) -> Any:
        assert service == "cognito-idp"
        return self.pool.cognito

    def variable(self, name: str) -> str:
        assert name == "OFFICERS_POOL_ID"
        return str(self.pool.id)


def test_the_operator_invites_a_bodys_first_head_and_helps_who_cannot_help_themselves(
    handler: Any, pool: Pool, capsys: pytest.CaptureFixture[str]
) -> None:
    place = RegionPlace(
        stack="qamqor-town", aws_region="eu-central-1", settings={}, compiled=json.dumps(RAW).encode()
    )
    object.__setattr__(place, "pool", pool)

    def run(*words: str) -> str:
        options = parser().parse_args(["--region", "local", "officers", *words])
        assert options.run(place, options) == 0
        return capsys.readouterr().out

    asked = ("invite", "housing", "--email", "head@example.org", "--name", "A. B.")
    assert DRY_RUN in run(*asked)
    assert officers_of("housing") == ()
    head_id = run(*asked, "--apply").splitlines()[-1]
    assert (officer_of("housing", head_id).role, officer_of("housing", head_id).created_by) == (
        "head",
        "operator",
    )
    assert user(pool, "head@example.org")["Username"] == head_id
    assert head_id in run("list", "housing")
    with pytest.raises(NotThere):
        run("invite", "nobody", "--email", "x@example.org", "--name", "x")
    officer_of("housing", head_id).update([OfficerItem.state.set(ACTIVE)])
    run("reset", "housing", head_id, "--apply")
    assert officer_of("housing", head_id).signed_out_at is not None
    with pytest.raises(Conflict):
        run("erase", "housing", head_id, "--apply")
    assert DRY_RUN in run("leave", "housing", head_id)
    run("leave", "housing", head_id, "--apply")
    assert (officer_of("housing", head_id).state, user(pool, head_id)["Enabled"]) == (LEFT, False)
    run("erase", "housing", head_id, "--apply")
    assert (officer_of("housing", head_id).name, user(pool, head_id)) == (None, None)
