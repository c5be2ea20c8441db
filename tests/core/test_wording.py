"""What counts as a text that a person wrote: nothing that is unseen, nothing that is broken."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.complaints.wording import has_words, is_blank, is_broken, seen_length

UNSEEN = {
    "nothing": "",
    "spaces": " \t\r\n\x0b\x0c\x85\u00a0\u1680\u2003\u2028\u2029\u202f\u205f\u3000",
    "separators": "\x1c\x1d\x1e\x1f",
    "zero width": "\u200b\u200c\u200d\u2060\ufeff",
    "soft hyphen": "\u00ad",
    "directions": "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c",
    "fillers of Hangul": "\u115f\u1160\u3164\uffa0",
    "the blank of Braille": "\u2800",
    "variation selectors": "\ufe00\ufe0e\ufe0f\U000e0100\U000e01ef\u180b\u180c\u180d\u180f",
    "joiners": "\u034f\u180e\u17b4\u17b5",
    "tags": "\U000e0001\U000e0020\U000e007f",
    "what dictation leaves": "\ufffc",
}
SEEN = ("я", "қ", "x", "1", "!", "–", "🔥", "👩‍🚒", "❤️", "漢", "ㅎ", "⠿", "\u0301", "٣")
BROKEN = (
    "\0",
    "\x01",
    "\x08",
    "\x0b",
    "\x1b",
    "\x7f",
    "\x80",
    "\x9f",
    "\ufffd",
    "\ufffe",
    "\uffff",
    "\ufdd0",
    "\U0010ffff",
)


@pytest.mark.parametrize("name", UNSEEN)
def test_a_text_of_what_is_not_seen_is_blank(name: str) -> None:
    for text in (*UNSEEN[name], UNSEEN[name], UNSEEN[name] * 3, "".join(UNSEEN.values())):
        assert is_blank(text), repr(text)
        assert seen_length(text) == 0
        assert not has_words(text)


@given(around=st.text(st.sampled_from(sorted(set("".join(UNSEEN.values()))))), seen=st.sampled_from(SEEN))
def test_one_that_is_seen_among_them_is_enough(around: str, seen: str) -> None:
    assert not is_blank(around + seen + around)
    assert seen_length(around + seen + around) == seen_length(seen) >= 1
    assert has_words(around + seen + around) == has_words(seen)


def test_every_space_filler_and_selector_of_unicode_is_blank() -> None:
    for code in range(sys.maxunicode + 1):
        letter = chr(code)
        name = unicodedata.name(letter, "")
        filler = name.startswith(("HANGUL", "HALFWIDTH HANGUL")) and name.endswith("FILLER")
        selector = "VARIATION SELECTOR" in name
        if filler or selector or unicodedata.category(letter) in ("Zs", "Zl", "Zp", "Cf"):
            assert is_blank(letter), name


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("қате", True),
        ("x", True),
        ("漢", True),
        ("12.03 – а", True),
        ("123456", False),
        ("?!…", False),
        ("🔥🔥", False),
    ],
)
def test_words_have_letters_of_whatever_script(text: str, words: bool) -> None:
    assert has_words(text) == words


@pytest.mark.parametrize("lines", [True, False])
@pytest.mark.parametrize("broken", BROKEN)
def test_what_no_text_has_is_broken_wherever_it_stands(broken: str, lines: bool) -> None:
    for text in (broken, f"до{broken}", f"{broken}после", f"до{broken}после"):
        assert is_broken(text, lines=lines), repr(text)


@pytest.mark.parametrize("end", ["\t", "\n", "\r\n", "\r", "\x85", "\u2028", "\u2029"])
def test_lines_are_of_texts_and_not_of_names(end: str) -> None:
    assert not is_broken(f"до{end}после")
    assert is_broken(f"до{end}после", lines=False)


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp"), exclude_characters="\ufffd")))
def test_every_other_text_is_whole(text: str) -> None:
    assert not is_broken(text)
    assert not is_broken(text, lines=False)
