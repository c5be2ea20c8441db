"""First words: short, whole, in one line; and words that are looked for, however they are spelt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.complaints.excerpt import EXCERPT_MOST, excerpt
from functions.complaints.sought import folded, has_all, words_of


@given(st.text(max_size=400))
def test_an_excerpt_is_the_beginning_cut_at_a_word(text: str) -> None:
    line, cut = " ".join(text.split()), excerpt(text)
    assert len(cut) <= EXCERPT_MOST
    if len(line) <= EXCERPT_MOST:
        assert cut == line
        return
    assert cut.endswith("…")
    assert line.startswith(cut[:-1])
    one_word = " " not in line[:EXCERPT_MOST]
    assert one_word or line[len(cut) - 1] == " "


@pytest.mark.parametrize(
    ("sought", "text", "found"),
    [
        ("МУСОР", "Не вывозят мусор у подъезда", True),
        ("елка", "Упала Ёлка", True),
        ("ёлка", "упала елка", True),
        ("подъезд мусор", "Мусор у подъезда", True),
        ("подъезд люк", "Мусор у подъезда", False),
        ("Қоқыс", "қоқыс шығарылмаған", True),
        ("кокыс", "қоқыс шығарылмаған", False),
        ("и\u0306од", "Йод", True),
        ("йод", "иод", False),
        ("7k3m9t", "PVL-26-7K3M9T", True),
    ],
)
def test_words_are_found_in_any_case_and_kazakh_letters_are_their_own(
    sought: str, text: str, found: bool
) -> None:
    assert has_all(words_of(sought), (text,)) is found


@given(st.text(max_size=60))
def test_a_text_is_found_by_itself(text: str) -> None:
    assert has_all(words_of(text), (text,))
    assert folded(folded(text)) == folded(text)
