"""API keys: what is made, what is kept of it, and who gets in with it."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.complaints import keys
from functions.complaints.faults import Conflict, Forbidden, NotFound
from functions.records.agencies import made as made_module
from functions.records.agencies.keys import (
    KeyItem,
    caller_with,
    create_key,
    key_of,
    keys_of,
    revoke_key,
    rotate_key,
)
from functions.records.dynamodb import raw_items
from tests.dynamodb import tables
from tests.functions.faults import LASTING, TRANSIENT, aws_calls

NOW = datetime(2026, 3, 3, 4, 5, 6, 789000, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def table():
    with tables():
        yield


def made(agency_id="roads", **options):
    options = {"scopes": ("read",), "name": "case system", "expires_at": None, "now": NOW} | options
    return create_key(agency_id, **options)


def caller(token, *, now=NOW):
    return caller_with(keys.read_token(token), now=now)


def test_a_token_reads_back_as_itself_and_never_shows_its_secret():
    tokens = [keys.new_token() for _ in range(200)]
    assert all(keys.read_token(str(token)) == token for token in tokens)
    assert len({token.secret for token in tokens}) == len({token.key_id for token in tokens}) == 200
    assert all(token.secret not in repr(token) for token in tokens)


@given(st.text(max_size=120))
def test_any_text_is_read_or_refused(text):
    token = keys.read_token(text)
    assert token is None or str(token) == text


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer x", "Basic {}", "{}", "Bearer {} {}", "Bearer {}x", "Bearer\u00a0{}"],
)
def test_what_is_no_bearer_token_is_none(header):
    token = str(keys.new_token())
    credentials = keys.bearer_credentials(header and header.replace("{}", token))
    assert credentials is None or keys.read_token(credentials) is None


@pytest.mark.parametrize("header", ["Bearer {}", "bearer {}", "BEARER  {} "])
def test_a_bearer_token_is_read(header):
    token = keys.new_token()
    assert keys.read_token(keys.bearer_credentials(header.replace("{}", str(token)))) == token


def test_a_scope_includes_those_below_it():
    assert keys.with_implied(("admin",)) == ("read", "write", "admin")
    assert keys.with_implied(("read",)) == ("read",)
    with pytest.raises(ValueError, match="root"):
        keys.with_implied(("root",))
    with pytest.raises(ValueError, match="none"):
        keys.with_implied(())


def test_only_the_hash_is_stored(table):
    key = made()
    secret = key.token.rpartition("_")[2]
    raw = list(raw_items(KeyItem.scan()))
    assert secret not in str(raw)
    assert keys.hash_of(secret) in str(raw)


def test_the_right_secret_gets_in_and_a_wrong_one_does_not(table):
    key = made(scopes=("write",))
    found = caller(key.token)
    assert (found.agency_id, found.key_id, found.scopes) == ("roads", key.key_id, {"read", "write"})
    wrong = str(keys.Token(key_id=key.key_id, secret=keys.new_token().secret))
    assert caller(wrong) is None
    assert caller(str(keys.new_token())) is None


def test_a_scope_that_the_key_has_not_is_forbidden(table):
    found = caller(made().token)
    found.require("read")
    with pytest.raises(Forbidden):
        found.require("write")


def test_a_key_ends_at_its_expiry_and_when_revoked(table):
    key = made(expires_at=NOW + DAY)
    assert caller(key.token, now=NOW + DAY - timedelta(milliseconds=1)) is not None
    assert caller(key.token, now=NOW + DAY) is None
    other = made()
    revoke_key("roads", other.key_id, now=NOW + DAY)
    assert caller(other.token, now=NOW + DAY) is None


def test_another_agencys_key_does_not_exist(table):
    key = made()
    for act in (revoke_key, rotate_key):
        with pytest.raises(NotFound):
            act("housing", key.key_id, now=NOW)
    assert caller(key.token) is not None
    assert keys_of("housing") == ()


def test_rotation_leaves_the_old_key_valid_for_the_overlap(table):
    old = made(scopes=("admin",), expires_at=NOW + 90 * DAY)
    new = rotate_key("roads", old.key_id, overlap=timedelta(hours=2), now=NOW + DAY)
    assert (new.scopes, new.expires_at) == (old.scopes, NOW + 91 * DAY)
    soon, later = NOW + DAY + timedelta(hours=1), NOW + DAY + timedelta(hours=2)
    assert caller(old.token, now=soon) is not None
    assert caller(old.token, now=later) is None
    assert caller(new.token, now=later) is not None
    with pytest.raises(NotFound):
        rotate_key("roads", old.key_id, now=later)


def test_rotation_never_lengthens_the_old_key(table):
    old = made(expires_at=NOW + timedelta(hours=1))
    rotate_key("roads", old.key_id, now=NOW)
    assert caller(old.token, now=NOW + timedelta(hours=1)) is None


def test_last_use_is_written_once_an_hour(table):
    key = made()
    used = []
    for minutes in (0, 1, 59, 60, 61, 119, 120):
        caller(key.token, now=NOW + timedelta(minutes=minutes))
        used.append(key_of("roads", key.key_id).last_used_at)
    hour = timedelta(hours=1)
    assert used == [NOW, NOW, NOW, NOW + hour, NOW + hour, NOW + hour, NOW + 2 * hour]


def test_an_agency_has_so_many_valid_keys_and_no_more(table, monkeypatch):
    monkeypatch.setattr("functions.records.agencies.keys.KEYS_MOST", 3)
    first, _, _ = made(), made(), made()
    with pytest.raises(Conflict):
        made()
    revoke_key("roads", first.key_id, now=NOW)
    made()


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_rotation_that_fails_half_way_leaves_no_key_beside_one_that_does_not_end(when):
    for hit in range(4):
        with tables():
            made = create_key("roads", scopes=("read",), name="x", expires_at=None, now=NOW)
            with aws_calls(fail=hit, when=when) as calls, suppress(Exception):
                rotate_key("roads", made.key_id, now=NOW)
            found = keys_of("roads")
            old = key_of("roads", made.key_id)
            assert (len(found) == 2) == (old.expires_at is not None), f"{when} {calls.made}"


def test_of_two_who_rotate_a_key_at_once_one_gets_a_new_key(table, monkeypatch):
    old = made(expires_at=NOW + DAY / 2)
    transaction, others = made_module.TransactWrite, []

    def meanwhile(**options):
        if not others:
            others.append(None)
            others.append(rotate_key("roads", old.key_id, now=NOW))
        return transaction(**options)

    monkeypatch.setattr(made_module, "TransactWrite", meanwhile)
    with pytest.raises(Conflict):
        rotate_key("roads", old.key_id, now=NOW)
    assert {key.key_id for key in keys_of("roads")} == {old.key_id, others[1].key_id}


@pytest.mark.parametrize("failure", [*TRANSIENT, *LASTING])
def test_who_cannot_be_noted_gets_in_all_the_same(failure, table):
    token = made().token
    with aws_calls(fail=1, error=(TRANSIENT | LASTING)[failure]) as calls:
        assert caller(token) is not None
    assert calls.made == ["Query", "UpdateItem"]
