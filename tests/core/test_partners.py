"""What is known of a partner's user: a pseudonym."""

from hypothesis import given
from hypothesis import strategies as st

from functions.complaints.partners import Partner

PARTNER = Partner(id="fixmystreet", key_id="k", secret="s" * 64)


@given(st.text(min_size=1, max_size=300), st.text(min_size=1, max_size=300))
def test_a_pseudonym_tells_users_apart_and_says_nothing_of_them(one: str, another: str) -> None:
    name = PARTNER.reporter(one)
    assert (name == PARTNER.reporter(another)) == (one == another)
    assert len(name) == len("partner:fixmystreet:") + 32
    assert set(name.rpartition(":")[2]) <= set("0123456789abcdef")


def test_users_of_whom_nothing_is_said_have_one_subject() -> None:
    assert PARTNER.reporter(None) == PARTNER.reporter("") == PARTNER.subject == "partner:fixmystreet"
