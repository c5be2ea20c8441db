"""The page for translators: every text is on it in three languages, with a whole example of each form, on any screen."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from babel import Locale

from functions.complaints.texts import LANGUAGES, UNKNOWN
from infra.texts.page import SECTIONS, catalogue, entries, glossary, page, shipped
from infra.texts.samples import NoSample, Samples, is_whole, number_of

PAGE = page()
STYLE = re.search(r"<style>(.*?)</style>", PAGE, re.DOTALL)[1]  # type: ignore[index]
VOID = {"meta", "link", "br", "img", "input", "hr"}


class Read(HTMLParser):
    """`cells[key][language]`: the paragraphs that stand below the key. `stray` are tags that close nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: dict[str, dict[str, list[str]]] = {}
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.open: list[str] = []
        self.stray: list[str] = []
        self._key = self._language = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        self.ids |= {given["id"] or ""} if "id" in given else set()
        self.links += [given[name] or "" for name in ("href", "src") if name in given]
        if tag == "h3":
            self._key = given.get("id") or ""
        if tag == "div" and given.get("class") == "cell":
            self._language = given["lang"] or ""
        if tag == "p" and self._key and self._language:
            self.cells.setdefault(self._key, {}).setdefault(self._language, []).append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.stray.append(tag)
        if tag == "div":
            self._language = ""

    def handle_data(self, data: str) -> None:
        if self.open[-1:] == ["p"] and self._key and self._language:
            self.cells[self._key][self._language][-1] += unescape(data)


@pytest.fixture(scope="module")
def read() -> Read:
    found = Read()
    found.feed(PAGE)
    return found


def forms(key: str, language: str) -> dict[str | None, str]:
    said = catalogue(language)[key]
    return {None: said} if isinstance(said, str) else said


def test_every_text_is_on_the_page_in_three_languages(read: Read) -> None:
    assert set(read.cells) - {""} == set(catalogue("en"))
    for key, cells in read.cells.items():
        assert sorted(cells) == sorted(LANGUAGES), key
        assert all(said.strip() for each in cells.values() for said in each), key


def test_no_example_has_anything_unfilled_and_each_form_has_its_own_number() -> None:
    for entry in entries():
        for language in LANGUAGES:
            assert set(entry.examples[language]) == set(forms(entry.key, language)), entry.key
            for example in entry.examples[language].values():
                assert is_whole(example), (entry.key, example)


def test_an_example_is_the_text_itself_with_what_was_filled_in() -> None:
    """Every word of the text that is kept stands in the example, in its place."""
    for entry in entries():
        for language in LANGUAGES:
            for form, pattern in forms(entry.key, language).items():
                fitting = ".+".join(map(re.escape, re.split(r"\{[a-z_]+\}", pattern)))
                assert re.fullmatch(fitting, entry.examples[language][form], re.DOTALL), (entry.key, form)


def test_what_is_filled_in_is_in_the_readers_language() -> None:
    """But what is no language's: numbers, names of formats, and the three languages' own."""
    for entry in entries():
        technical = entry.section in {"address", "choice", "unit"} or "idempotency" in entry.key
        for example in () if technical else entry.examples["en"].values():
            assert not re.search("[А-я]", example), (entry.key, example)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_plural_form_is_shown_with_a_number_that_calls_for_it(language: str) -> None:
    for form in Locale(language).plural_form.tags:
        number = number_of(form, language)
        assert isinstance(number, int)
        assert Locale(language).plural_form(number) == form
    assert number_of("other", language) == ("1,5" if language == "ru" else 2)


def test_a_text_that_names_something_new_wants_an_example() -> None:
    with pytest.raises(NoSample, match="moon"):
        Samples(region=shipped(), language="en").example("event.x", names=frozenset({"moon"}), form=None)


def test_the_terms_and_the_texts_as_people_meet_them_stand_before(read: Read) -> None:
    assert {"terms", "met", *SECTIONS} <= read.ids
    assert all(term["kk"] in PAGE and term["ru"] in PAGE for term in glossary())
    for told in (
        "В суд, рассматривающий",
        "сотқа (соттың атауы)",
        "To the court",
        "To: Akimat of Pavlodar oblast",
    ):
        assert told in PAGE
    assert UNKNOWN not in PAGE


def test_it_says_how_long_it_takes_and_that_is_an_hour_and_a_half_at_most() -> None:
    said = re.search(r"(\d+) texts;.* about (\d+) minutes", PAGE)
    assert said is not None
    assert int(said[1]) == len(catalogue("en"))
    assert int(said[2]) <= 90


def test_it_stands_by_itself_and_is_whole(read: Read) -> None:
    assert not read.tags & {"script", "img", "link", "iframe"}
    assert all(link.startswith("#") and link[1:] in read.ids for link in read.links)
    assert (read.stray, read.open) == ([], [])


def _rules(css: str) -> list[tuple[str, str]]:
    return re.findall(r"([^{}]+)\{([^{}]*)\}", css)


def test_a_phone_has_one_column_below_the_other_and_a_wide_screen_three_beside_each_other() -> None:
    """Nothing has a fixed width below 900 px, and a long word breaks: so nothing is wider than 360 px."""
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in PAGE
    narrow, _, wide = STYLE.partition("@media (min-width: 900px)")
    columns: dict[str, Any] = {at.strip(): body for at, body in _rules(narrow)}
    assert "grid-template-columns: minmax(0, 1fr);" in columns[".row"]
    assert "grid-template-columns: repeat(3, minmax(0, 1fr))" in wide
    assert not re.search(r"(?<!max-)\b(min-)?width:", narrow)
    assert all("overflow-wrap: anywhere" in columns[at] for at in ("h3", ".cell", "code"))
