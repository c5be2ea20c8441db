"""Identifiers: sortable, not guessable; numbers that survive being read aloud and typed on any keyboard."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.complaints.ids import (
    ALPHABET,
    ID_LENGTH,
    is_id,
    made_at,
    new_id,
    new_number,
    part_number,
    read_number,
)

NOW = datetime(2026, 6, 1, 5, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
microseconds = st.integers(0, 200 * 366 * 86_400 * 1_000_000)


def test_ids_sort_by_time_to_the_millisecond() -> None:
    ids = [new_id(NOW + timedelta(milliseconds=each)) for each in range(1000)]
    assert ids == sorted(ids)
    assert all(is_id(each) for each in ids)


@given(microseconds)
def test_an_id_says_when_it_was_made(after: int) -> None:
    now = EPOCH + timedelta(microseconds=after)
    assert timedelta() <= now - made_at(new_id(now)) < timedelta(milliseconds=1)


@given(microseconds)
def test_the_time_in_an_id_is_exact(after: int) -> None:
    now = EPOCH + timedelta(microseconds=after)
    value = 0
    for character in new_id(now)[:10]:
        value = value * 32 + ALPHABET.index(character)
    assert value == after // 1000


def test_ids_of_one_millisecond_have_eighty_bits_to_differ_in() -> None:
    tails = {new_id(NOW)[10:] for _ in range(2000)}
    assert len(tails) == 2000
    for place in range(16):
        assert len({tail[place] for tail in tails}) == 32


@pytest.mark.parametrize("text", ["", "A" * 25, "A" * 27, "I" * 26, "a" * 26, "PVL-26-7K3M9T"])
def test_what_is_no_id_is_known(text: str) -> None:
    assert not is_id(text)
    assert len(new_id(NOW)) == ID_LENGTH


def test_numbers_have_no_letters_that_look_or_sound_alike() -> None:
    for _ in range(200):
        prefix, year, tail = new_number("PVL", year=2026).split("-")
        assert (prefix, year, len(tail)) == ("PVL", "26", 6)
        assert not set(tail) & set("ILOU")


@given(st.text(ALPHABET, min_size=6, max_size=6), st.data())
def test_a_number_is_read_however_it_is_typed(tail: str, draw: st.DataObject) -> None:
    number = f"PVL-26-{tail}"
    if draw.draw(st.booleans()):
        number = part_number(number, place=draw.draw(st.integers(1, 9)))
    alike = {"1": "1IlL", "0": "0oO", "A": "AaА", "B": "BВ", "C": "CС", "E": "EЕ", "H": "HН", "K": "KКк"}
    alike |= {"M": "MМ", "P": "PР", "T": "TТ", "X": "XХ", "V": "Vv", "-": "- –"}
    typed = "".join(draw.draw(st.sampled_from(alike.get(each, each))) for each in number[4:])
    space = draw.draw(st.sampled_from(["", " ", "  "]))
    assert read_number(f"{space}{number[:4].lower()}{typed}{space}") == number


@pytest.mark.parametrize("text", ["", "hello", "a b c d e", "26"])
def test_what_is_no_number_stays_as_it_is(text: str) -> None:
    assert read_number(text) == text
