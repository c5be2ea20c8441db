"""The authorizer as the gateway calls it."""

import importlib
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from functions.complaints import keys
from functions.complaints.faults import NotFound
from functions.edge.authorized import caller_of
from functions.edge.origin import came_through
from functions.records.agencies.keys import create_key, revoke_key
from functions.records.agencies.partners import create_partner_key, revoke_partner_key
from tests.dynamodb import tables

NOW = datetime(2026, 3, 3, 4, 5, 6, tzinfo=UTC)


@pytest.fixture
def authorize(monkeypatch):
    with tables():
        module = importlib.import_module("functions.route.authorizer.handler")
        monkeypatch.setattr(module, "utc_now", lambda: NOW)
        yield lambda header: module.handler(event(header), None)


def event(header):
    """What the gateway sends, payload format 2.0."""
    return {
        "version": "2.0",
        "type": "REQUEST",
        "routeKey": "GET /v1/agency/complaints",
        "identitySource": [header],
        "headers": {"authorization": header},
        "requestContext": {"requestId": "request-1"},
    }


def key(**options):
    options = {"scopes": ("write",), "name": "case system", "expires_at": None, "now": NOW} | options
    return create_key("roads", **options)


def test_a_valid_key_is_let_in_with_what_the_function_behind_needs(authorize):
    made = key()
    answer = authorize(f"Bearer {made.token}")
    assert answer == {
        "isAuthorized": True,
        "context": {"agency_id": "roads", "key_id": made.key_id, "scopes": "read write"},
    }
    caller = caller_of({"requestContext": {"authorizer": {"lambda": answer["context"]}}})
    assert caller == keys.Caller(agency_id="roads", key_id=made.key_id, scopes=frozenset({"read", "write"}))


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer qk_x_y", "Basic cXVhbXFvcg==", f"Bearer {keys.new_token()}"],
    ids=["nothing", "no token", "no key", "another scheme", "a key that was never made"],
)
def test_everything_else_is_kept_out(authorize, header):
    assert authorize(header) == {"isAuthorized": False}


def test_an_ended_key_is_kept_out(authorize):
    expired, revoked = key(expires_at=NOW), key()
    revoke_key("roads", revoked.key_id, now=NOW - timedelta(seconds=1))
    assert (
        authorize(f"Bearer {expired.token}")
        == authorize(f"Bearer {revoked.token}")
        == {"isAuthorized": False}
    )


def test_a_key_that_comes_round_the_firewall_is_not_looked_up(authorize, monkeypatch):
    made = key()
    module = importlib.import_module("functions.route.authorizer.handler")
    monkeypatch.setattr(module, "came_through", partial(came_through, secret="shown by the edge"))
    monkeypatch.setattr(module, "caller_with", lambda token, *, now: pytest.fail("read"))
    assert authorize(f"Bearer {made.token}") == {"isAuthorized": False}


def test_a_function_behind_no_authorizer_serves_nobody():
    for context in ({}, {"authorizer": {}}, {"authorizer": {"lambda": {}}}):
        with pytest.raises(NotFound):
            caller_of({"requestContext": context})


def test_a_partners_key_is_let_in_for_what_is_the_partners(authorize):
    made = create_partner_key("fixmystreet", name="FixMyStreet", expires_at=None, now=NOW)
    answer = authorize(f"Bearer {made.token}")
    assert answer == {
        "isAuthorized": True,
        "context": {"agency_id": "partner:fixmystreet", "key_id": made.key_id, "scopes": "file"},
    }
    caller = caller_of({"requestContext": {"authorizer": {"lambda": answer["context"]}}})
    assert caller.scopes == frozenset({"file"})
    revoke_partner_key(made.key_id, now=NOW - timedelta(seconds=1))
    assert authorize(f"Bearer {made.token}") == {"isAuthorized": False}


def test_who_has_an_agencys_key_is_looked_for_among_agencies_alone(authorize, monkeypatch):
    made = key()
    monkeypatch.setattr("functions.records.agencies.partners.partner_key", lambda key_id: pytest.fail("read"))
    assert authorize(f"Bearer {made.token}")["isAuthorized"]
