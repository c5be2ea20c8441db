"""Officers at the authorizer: whose token lets them in as what, whose does not, and what is written down of a visit."""

import hmac
import json
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.complaints.complaint import Role
from functions.edge.authorized import caller_of
from functions.records.agencies.agreements import AgencyItem
from functions.records.agencies.keys import create_key
from functions.records.agencies.officers import (
    ACTIVE,
    INVITED,
    LEFT,
    OfficerItem,
    id_with_issuer,
    officer_of,
    officer_sk,
    officers_of,
)
from functions.records.agencies.table import agency_pk
from tests.dynamodb import tables
from tests.functions.api_client import load
from tests.functions.faults import LASTING, TRANSIENT, aws_calls
from tests.functions.officer_tokens import OTHER_KEY, RSA_KEY, Issuer, issuing
from tests.region_fixture import RAW
from tests.sweeps import draws

OFFICER = "01JNZ5V2B8Q4M7T9XWYC3D6FGH"
CLIENT = "desk"
REFUSED = {"isAuthorized": False}
HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Door:
    """The authorizer as it starts in Lambda, for officers of `issuer`."""

    handler: Callable[[dict[str, Any], None], dict[str, Any]]
    issuer: Issuer

    def __call__(self, token: str) -> dict[str, Any]:
        header = f"Bearer {token}"
        return self.handler(
            {
                "identitySource": [header],
                "headers": {"authorization": header},
                "requestContext": {"requestId": "request-1"},
            },
            None,
        )


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with issuing() as made, tables():
        yield made


def door(issuer: Issuer, said: dict[str, Any] | None, *, folder: Path, patch: pytest.MonkeyPatch) -> Door:
    raw = deepcopy(RAW) | {"officers": said}
    # As in a process of its own: neither region nor keys are known yet.
    load("functions.route.authorizer.tokens", folder=folder, monkeypatch=patch, raw=raw)
    module = load("functions.route.authorizer.handler", folder=folder, monkeypatch=patch, raw=raw)
    return Door(handler=module.handler, issuer=issuer)


@pytest.fixture
def pool(issuer: Issuer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Door:
    monkeypatch.setenv("OFFICERS_ISSUER", issuer.url)
    monkeypatch.setenv("OFFICERS_CLIENT_ID", CLIENT)
    monkeypatch.setenv("OFFICERS_KEYS", f"{issuer.url}/jwks.json")
    return door(issuer, {"provider": "cognito"}, folder=tmp_path, patch=monkeypatch)


@pytest.fixture
def foreign(issuer: Issuer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Door:
    said = {
        "issuer": issuer.url,
        "audience": "qamqor",
        "jwks_uri": f"{issuer.url}/jwks.json",
        "agency_claim": "body",
        "role_claim": "role",
    }
    return door(issuer, said, folder=tmp_path, patch=monkeypatch)


def made(role: Role = Role.OFFICER, *, state: str = INVITED, **more: Any) -> OfficerItem:
    item = OfficerItem(
        agency_pk("roads"),
        officer_sk(OFFICER),
        key_id=OFFICER,
        id=OFFICER,
        agency_id="roads",
        name="A. B.",
        role=str(role),
        state=state,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        **more,
    )
    item.save()
    return item


def access(issuer: Issuer, **changes: Any) -> str:
    """An access token as a user pool gives it, but for these changes: None leaves a claim out."""
    named = {name: changes.pop(name) for name in ("kid", "key", "alg") if name in changes}
    said = {
        "sub": "b2f0",
        "username": OFFICER,
        "client_id": CLIENT,
        "token_use": "access",
        "auth_time": int(time.time()),
    }
    return issuer.token(said | changes, **named)


# ------------------------------------------------------------------------------- a pool of our own
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("kid", ["rsa", "ec"])
def test_an_officer_is_let_in_as_what_they_are(kid: str, role: Role, pool: Door) -> None:
    made(role)
    answer = pool(access(pool.issuer, kid=kid))
    assert answer["isAuthorized"]
    caller = caller_of({"requestContext": {"authorizer": {"lambda": answer["context"]}}})
    assert (caller.agency_id, caller.officer_id, caller.role) == ("roads", OFFICER, role)
    assert (
        caller.scopes
        == {"viewer": {"read"}, "officer": {"read", "write"}, "head": {"read", "write", "admin"}}[role]
    )
    assert set(map(type, answer["context"].values())) == {str}


def test_a_pool_that_writes_names_in_small_letters_means_the_same_officer(pool: Door) -> None:
    made()
    assert pool(access(pool.issuer, username=OFFICER.lower()))["isAuthorized"]


FALSE: dict[str, Callable[[Issuer], str]] = {
    "expired": lambda issuer: access(issuer, exp=int(time.time()) - 31),
    "without an end": lambda issuer: access(issuer, exp=None),
    "without a beginning": lambda issuer: access(issuer, iat=None),
    "not yet good": lambda issuer: access(issuer, nbf=int(time.time()) + 60),
    "another issuer's": lambda issuer: access(issuer, iss="https://id.example.org"),
    "of no issuer": lambda issuer: access(issuer, iss=None),
    "another client's": lambda issuer: access(issuer, client_id="phone"),
    "of no client": lambda issuer: access(issuer, client_id=None),
    "who somebody is, and not what they may": lambda issuer: access(issuer, token_use="id", aud=CLIENT),
    "of nobody": lambda issuer: access(issuer, username=None),
    "a number's": lambda issuer: access(issuer, username=7),
    "a stranger's": lambda issuer: access(issuer, username="01JNZ5V2B8Q4M7T9XWYC3D6FGX"),
    "signed in nobody knows when": lambda issuer: access(issuer, auth_time=None),
    "signed in before they were signed out": lambda issuer: access(issuer, auth_time=int(time.time()) - 3600),
    "signed by somebody else": lambda issuer: access(issuer, key=OTHER_KEY),
    "signed with a key that nobody knows": lambda issuer: access(issuer, kid="unknown", key=OTHER_KEY),
    "signed with a key that is not named": lambda issuer: access(issuer, kid=None),
    "signed with the public key as a secret": lambda issuer: _confused(access(issuer)),
    "not signed": lambda issuer: _unsigned(access(issuer)),
    "signed by another algorithm": lambda issuer: access(issuer, alg="PS256"),
    "changed": lambda issuer: _changed(access(issuer)),
    "three dots": lambda issuer: "a.b.c",
    "no token": lambda issuer: "a.b",
}


def _confused(token: str) -> str:
    """CVE-2016-10555: the public key, which everybody has, as the secret of an HMAC."""
    secret = RSA_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    said = f"{_part({'alg': 'HS256', 'kid': 'rsa', 'typ': 'JWT'})}.{_part(_said(token))}"
    signed = hmac.digest(secret, said.encode(), "sha256")
    return f"{said}.{jwt.utils.base64url_encode(signed).decode()}"


def _unsigned(token: str) -> str:
    return jwt.encode(_said(token), None, algorithm="none", headers={"kid": "rsa"})


def _changed(token: str) -> str:
    head, _, tail = token.split(".")
    return ".".join((head, _part(_said(token) | {"username": "other"}), tail))


def _part(claims: dict[str, Any]) -> str:
    return jwt.utils.base64url_encode(json.dumps(claims).encode()).decode()


def _said(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})  # type: ignore[no-any-return]


@pytest.mark.parametrize("why", FALSE)
def test_what_is_no_good_token_lets_nobody_in(why: str, pool: Door) -> None:
    made(state=ACTIVE, signed_out_at=datetime.now(UTC) - timedelta(minutes=30))
    assert pool(access(pool.issuer))["isAuthorized"]
    assert pool(FALSE[why](pool.issuer)) == REFUSED


def test_a_clock_that_is_a_little_off_keeps_nobody_out(pool: Door) -> None:
    made()
    now = int(time.time())
    assert pool(access(pool.issuer, iat=now + 20, exp=now + 900))["isAuthorized"]
    assert pool(access(pool.issuer, exp=now - 20))["isAuthorized"]


def test_who_left_is_out_whatever_their_token_says(pool: Door) -> None:
    officer, token = made(), access(pool.issuer)
    assert pool(token)["isAuthorized"]
    officer.update([OfficerItem.state.set(LEFT)])
    assert pool(token) == REFUSED
    assert officer_of("roads", OFFICER).state == LEFT


def test_keys_are_at_a_path_of_the_environments_own_aws_where_it_has_one(
    issuer: Issuer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on the emulator, whose tokens name AWS's own address all the same."""
    named = "https://cognito-idp.eu-central-1.amazonaws.com/pool"
    monkeypatch.setenv("OFFICERS_ISSUER", named)
    monkeypatch.setenv("OFFICERS_CLIENT_ID", CLIENT)
    monkeypatch.setenv("OFFICERS_KEYS", "/pool/.well-known/jwks.json")
    here = door(issuer, {"provider": "cognito"}, folder=tmp_path, patch=monkeypatch)
    made()
    token = access(issuer, iss=named)
    assert here(token) == REFUSED
    monkeypatch.setenv("AWS_ENDPOINT_URL", issuer.url)
    assert here(token)["isAuthorized"]


# ------------------------------------------------------------------------------------ the issuer's keys
def test_keys_are_fetched_once_and_serve_on_while_the_issuer_is_away(pool: Door) -> None:
    made()
    assert all(pool(access(pool.issuer))["isAuthorized"] for _ in range(5))
    assert pool.issuer.asked == 1
    pool.issuer.down = True
    assert pool(access(pool.issuer))["isAuthorized"]


def test_an_issuer_that_cannot_be_reached_keeps_out_its_officers_and_nobody_with_a_key(pool: Door) -> None:
    made()
    key = create_key("roads", scopes=("read",), name="x", expires_at=None, now=datetime.now(UTC))
    for served in (None, b"", b"<html>", b"[]", b"{}", b'{"keys": []}', b"\xff\xfe"):
        pool.issuer.down, pool.issuer.served = served is None, served
        assert pool(access(pool.issuer)) == REFUSED
        assert pool(key.token)["isAuthorized"]
    pool.issuer.down, pool.issuer.served = False, None
    assert pool(access(pool.issuer))["isAuthorized"]


def test_a_new_key_of_the_issuer_is_found(pool: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    made()
    assert pool(access(pool.issuer))["isAuthorized"]
    pool.issuer.keys = {"new": OTHER_KEY}
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 60)
    assert pool(access(pool.issuer, kid="new"))["isAuthorized"]
    assert pool.issuer.asked == 2


def test_nobody_is_asked_for_keys_by_a_token_that_cannot_be_good(pool: Door) -> None:
    made()
    for why in ("another issuer's", "of no issuer", "signed with a key that is not named", "three dots"):
        assert pool(FALSE[why](pool.issuer)) == REFUSED
    assert pool.issuer.asked == 0


# ----------------------------------------------------------------------------------- what is written down
def test_a_visit_is_written_down_once_an_hour_for_the_officer_and_the_body(pool: Door) -> None:
    made()
    seen = []
    start = datetime(2026, 3, 3, 4, 5, 6, tzinfo=UTC)
    for minutes in (0, 1, 59, 60, 119, 121):
        at = start + timedelta(minutes=minutes)
        with time_machine.travel(at, tick=False):
            assert pool(access(pool.issuer))["isAuthorized"]
        officer = officer_of("roads", OFFICER)
        body = AgencyItem.get(agency_pk("roads"), AgencyItem.SK)
        assert officer.last_seen_at == body.officer_seen_at
        seen.append((officer.last_seen_at - start, officer.state))
    assert seen == [
        (each, ACTIVE) for each in (0 * HOUR, 0 * HOUR, 0 * HOUR, HOUR, HOUR, HOUR + 61 * HOUR / 60)
    ]


@pytest.mark.parametrize("failure", [*TRANSIENT, *LASTING])
@pytest.mark.parametrize("number", [1, 2])
def test_who_cannot_be_noted_is_let_in_all_the_same(number: int, failure: str, pool: Door) -> None:
    made()
    with aws_calls(fail=number, error=(TRANSIENT | LASTING)[failure]) as calls:
        assert pool(access(pool.issuer))["isAuthorized"]
    assert calls.made == ["Query", "UpdateItem", "UpdateItem"][: number + 1]


def test_a_visit_leaves_nobody_who_left_an_officer_again(pool: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """They left while their token was being looked at."""
    officer = made()
    module = load.__globals__["sys"].modules["functions.records.agencies.officers"]
    write = module.updated

    def meanwhile(*args: Any, **more: Any) -> bool:
        officer.update([OfficerItem.state.set(LEFT)])
        return bool(write(*args, **more))

    monkeypatch.setattr(module, "updated", meanwhile)
    pool(access(pool.issuer))
    assert officer_of("roads", OFFICER).state == LEFT


# ----------------------------------------------------------------------------------- an issuer elsewhere
def claims(**changes: Any) -> dict[str, Any]:
    return {
        "sub": "850101300123",
        "aud": "qamqor",
        "body": "roads",
        "role": "head",
        "name": "A. B.",
    } | changes


def test_an_issuer_says_whose_officer_it_is_and_as_what(foreign: Door) -> None:
    answer = foreign(foreign.issuer.token(claims()))
    known = id_with_issuer(foreign.issuer.url, "850101300123")
    assert answer["context"] == {
        "agency_id": "roads",
        "key_id": known,
        "scopes": "read write admin",
        "officer_id": known,
        "role": "head",
    }
    (officer,) = officers_of("roads")
    assert (officer.name, officer.role, officer.state, officer.created_by) == ("A. B.", "head", ACTIVE, None)
    assert "850101300123" not in str(officer.serialize())
    again = foreign(foreign.issuer.token(claims(role="viewer", name=None)))
    assert again["context"]["scopes"] == "read"
    (officer,) = officers_of("roads")
    assert (officer.name, officer.role) == (None, "viewer")


@pytest.mark.parametrize(
    "changes",
    [
        {"body": "nobody"},
        {"body": None},
        {"body": ["roads"]},
        {"role": "admin"},
        {"role": None},
        {"role": ["head"]},
        {"aud": "phone"},
        {"aud": None},
        {"sub": None},
        {"exp": 1},
    ],
    ids=str,
)
def test_a_body_or_a_role_that_there_is_not_lets_nobody_in(changes: dict[str, Any], foreign: Door) -> None:
    assert foreign(foreign.issuer.token(claims(**changes))) == REFUSED
    assert officers_of("roads") == ()


def test_whom_the_body_let_go_is_out_whatever_the_issuer_says(foreign: Door) -> None:
    token = foreign.issuer.token(claims())
    assert foreign(token)["isAuthorized"]
    (officer,) = officers_of("roads")
    officer.update([OfficerItem.state.set(LEFT)])
    assert foreign(token) == REFUSED
    assert foreign(foreign.issuer.token(claims(body="housing")))["isAuthorized"]


def test_with_no_officers_no_token_lets_in(
    issuer: Issuer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made()
    here = door(issuer, None, folder=tmp_path, patch=monkeypatch)
    assert here(access(issuer)) == REFUSED
    for name in ("OFFICERS_ISSUER", "OFFICERS_CLIENT_ID", "OFFICERS_KEYS"):
        monkeypatch.delenv(name, raising=False)
    unfinished = door(issuer, {"provider": "cognito"}, folder=tmp_path, patch=monkeypatch)
    assert unfinished(access(issuer)) == REFUSED
    assert issuer.asked == 0


@settings(
    max_examples=draws(gate=50, whole=500),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(
    st.one_of(
        st.text(max_size=60),
        st.tuples(*3 * (st.text("abcdef0123_-=", max_size=12),)).map(".".join),
        st.dictionaries(
            st.sampled_from(["iss", "sub", "aud", "exp", "kid"]), st.integers() | st.text(max_size=5)
        ).map(lambda each: f"{_part({'alg': 'RS256', 'kid': 'rsa'})}.{_part(each)}.AAAA"),
    )
)
def test_whatever_is_sent_is_refused_and_nothing_fails(pool: Door, text: str) -> None:
    assert pool(text) == REFUSED
