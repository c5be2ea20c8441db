"""Keys of partners: what is kept of them, who files with one, and that it opens nothing of any body."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from functions.complaints.faults import Conflict, NotFound
from functions.complaints.keys import Token, read_token
from functions.records.agencies.keys import KEYS_MOST, caller_with, create_key
from functions.records.agencies.partners import (
    PARTNERS,
    create_partner_key,
    partner_keys,
    partner_with,
    revoke_partner_key,
)
from functions.records.agencies.table import AgenciesTable
from functions.records.dynamodb import raw_items
from tests.dynamodb import tables
from tests.functions.faults import LASTING, aws_calls

NOW = datetime(2026, 3, 3, 4, 5, 6, 789000, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def table() -> Iterator[None]:
    with tables():
        yield


def made(partner_id: str = "fixmystreet", *, expires_at: datetime | None = None) -> Token:
    new = create_partner_key(partner_id, name="FixMyStreet", expires_at=expires_at, now=NOW)
    token = read_token(new.token)
    assert token is not None
    assert token.key_id == new.key_id
    return token


def test_who_has_the_token_files_until_the_key_ends() -> None:
    token = made(expires_at=NOW + 2 * HOUR)
    found = partner_with(token, now=NOW)
    assert found is not None
    assert (found.id, found.key_id) == ("fixmystreet", token.key_id)
    assert partner_with(token, now=NOW + 2 * HOUR) is None
    revoke_partner_key(token.key_id, now=NOW + HOUR)
    assert partner_with(token, now=NOW + HOUR) is None


def test_nobody_files_with_another_secret_or_a_key_that_was_never_made() -> None:
    token, other = made(), made("another")
    assert partner_with(Token(key_id=token.key_id, secret=other.secret), now=NOW) is None
    assert partner_with(Token(key_id="0" * 16, secret=token.secret), now=NOW) is None
    with pytest.raises(NotFound):
        revoke_partner_key("0" * 16, now=NOW)


def test_a_partners_key_is_no_agencys_and_the_other_way_round() -> None:
    assert caller_with(made(), now=NOW) is None
    bodys = read_token(create_key("roads", scopes=("admin",), name="x", expires_at=None, now=NOW).token)
    assert bodys is not None
    assert caller_with(bodys, now=NOW) is not None
    assert partner_with(bodys, now=NOW) is None


def test_a_secret_is_nowhere_in_the_table() -> None:
    token = made()
    assert token.secret not in str(list(raw_items(AgenciesTable.scan())))
    assert {key.pk for key in partner_keys()} == {PARTNERS}


def test_a_users_pseudonym_outlives_the_key_and_is_another_with_another_partner() -> None:
    first, second, other = made(), made(), made("another")
    revoke_partner_key(first.key_id, now=NOW + HOUR)
    partners = [partner_with(token, now=NOW) for token in (first, second, other)]
    before, after, elsewhere = (each.reporter("+7 701 000 00 00") for each in partners if each is not None)
    assert before == after != elsewhere
    assert before.startswith("partner:fixmystreet:")


def test_one_partner_has_so_many_keys_and_not_more() -> None:
    keys = [made() for _ in range(KEYS_MOST)]
    with pytest.raises(Conflict):
        made()
    made("another")
    revoke_partner_key(keys[0].key_id, now=NOW - HOUR)
    made()


@pytest.mark.parametrize("wrong", ["", "A", "a b", "a:b", "ä", "-a", "a" * 41, "a#b"])
def test_an_id_is_of_small_letters_and_digits(wrong: str) -> None:
    with pytest.raises(ValueError, match="partner's id"):
        made(wrong)


def test_when_it_was_used_is_written_once_an_hour_and_a_key_is_good_where_it_cannot_be() -> None:
    token = made()
    for at, used in ((NOW, NOW), (NOW + HOUR / 2, NOW), (NOW + HOUR, NOW + HOUR)):
        assert partner_with(token, now=at) is not None
        assert [key.last_used_at for key in partner_keys()] == [used]
    with aws_calls(fail=1, error=LASTING["denied"]) as calls:
        assert partner_with(token, now=NOW + 3 * HOUR) is not None
    assert calls.made == ["GetItem", "UpdateItem"]
