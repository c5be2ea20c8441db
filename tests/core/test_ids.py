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


PREFIXES = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=3, max_size=3)
NUMBERS = st.builds(
    lambda prefix, year, tail: f"{prefix}-{year:02d}-{tail}",
    PREFIXES,
    st.integers(0, 99),
    st.text(ALPHABET, min_size=6, max_size=6),
) | st.builds(
    lambda tail, place: part_number(f"PVL-26-{tail}", place=place),
    st.text(ALPHABET, min_size=6, max_size=6),
    st.integers(1, 9),
)
ALIKE = {
    "A": "aАаΑ",
    "B": "bВвΒ",
    "C": "cСс",
    "E": "eЕеΕ",
    "H": "hНнΗ",
    "K": "kКкΚ",
    "M": "mМмΜ",
    "O": "oОо0Ο",
}
ALIKE |= {"P": "pРрΡ", "S": "sЅ", "T": "tТтΤ", "X": "xХхΧ", "Y": "yУуΥ", "I": "iІі", "J": "jЈ", "V": "vＶ"}
ALIKE |= {"0": "oOОо０", "1": "iIlLІ", "3": "Зз"}
BETWEEN = [
    "",
    "-",
    "–",
    "—",
    "‑",
    "−",
    " ",
    "\u00a0",
    " - ",
    ".",
    "/",
    "_",
    "\u200b",
    "\u00ad",
    "\ufeff",
    "\u2060",
]
BEFORE, AFTER = (
    ["", "№", "№ ", "# ", " ", "\u200e", "No ", "\u3164"],
    ["", ".", " ", "\u200f", ".\n", "\ufe0f"],
)


@given(number=NUMBERS, draw=st.data())
def test_a_number_is_read_however_it_is_typed(number: str, draw: st.DataObject) -> None:
    def one(*choices: str) -> str:
        return draw.draw(st.sampled_from(choices))

    prefix, year, *rest = number.split("-")
    # In the prefix, and there alone, what looks like a zero is an O.
    typed = [
        "".join(one(each, each.lower(), *ALIKE.get(each, "")) for each in part)
        for part in (prefix, year, *rest)
    ]
    between = one(*BETWEEN)
    assert read_number(one(*BEFORE) + between.join(typed) + one(*AFTER)) == number


@given(NUMBERS)
def test_a_number_is_read_as_itself(number: str) -> None:
    assert read_number(number) == number


@given(st.text(max_size=80))
def test_what_is_read_is_a_number_or_nothing(text: str) -> None:
    number = read_number(text)
    assert number is None or read_number(number) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "a b c d e",
        "26",
        "nearby",
        "PVL-26-7K3M9",
        "PVL-26-7K3M9T-0",
        "PVL-26-7K3M9T-22",
        "PVL" * 40,
    ],
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert read_number(text) is None


@given(microseconds)
def test_an_id_is_no_number(after: int) -> None:
    assert read_number(new_id(EPOCH + timedelta(microseconds=after))) is None
