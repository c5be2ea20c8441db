"""What an answer is compressed with, by what the caller says it can read (RFC 9110, section 12.5.3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.edge.codings import coding

KEPT = ("br", "gzip")


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        # As browsers and CloudFront ask.
        ("gzip, deflate, br, zstd", "br"),
        ("br,gzip", "br"),
        ("gzip, deflate", "gzip"),
        ("GZip ; q=0.5", "gzip"),
        ("br;q=0.2, gzip;q=0.8", "gzip"),
        ("gzip;q=0.8, *;q=0.1", "gzip"),
        ("*", "br"),
        ("br;q=0, *", "gzip"),
        ("br;q=0, gzip;q=0.000", None),
        ("identity", None),
        ("*;q=0", None),
        ("", None),
        ("x-gzip", None),
        ("gzip;level=9", None),
        ("gzip;q=2", None),
    ],
)
def test_the_callers_dearest_is_chosen_and_of_equals_the_smaller(accepted: str, chosen: str | None) -> None:
    assert coding(accepted, kept=KEPT) == chosen


def test_nothing_is_chosen_where_nothing_is_kept() -> None:
    assert coding("br, gzip, *", kept=()) is None


@given(st.text(alphabet="bgrziprq*=;,. 01", max_size=40) | st.text(max_size=40))
def test_whatever_is_asked_the_answer_is_one_that_is_kept_and_named(accepted: str) -> None:
    chosen = coding(accepted, kept=KEPT)
    assert chosen is None or (chosen in KEPT and (chosen in accepted.lower() or "*" in accepted))
