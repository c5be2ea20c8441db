"""How the texts speak: no name of a body needs a case, people are addressed politely, one thing has one word, and no word
of a machine is said to a person.
"""

import json
import re
from collections.abc import Iterator
from itertools import product

import pytest

from functions.complaints.texts import LANGUAGES
from infra.region import load_region_file
from infra.texts.page import catalogue, glossary

BODIES = ("agency", "agencies", "above", "giver", "receiver", "silent", "next")
BODY = re.compile(r"\{(?:" + "|".join(BODIES) + r")\}")
# After a colon, or after the dash or the bracket that stands for one.
BEFORE = re.compile(r"(: |– |\()$")
AFTER = re.compile(r"^($|[.,;:)]| \(|\n)")
PLACEHOLDER = re.compile(r"\{[a-z_]+\}")

# For programmers of an app or of an agency, who know them by these names; and names of products and formats.
TECHNICAL = frozenset(
    "https xn host path API JSON UTF Idempotency Key application json URL DNS IP ASCII XX HMAC SHA256 Ed25519 Android "
    "iPhone iPad JPEG PNG WebP HEIC HEIF BD PT8BH P10BD P3D PT4H P2M T09 VI "
    "OpenStreetMap WGS lat long".split()
)
# Said to partners' programs, in the words of the specification.
SPECIFIED = "open311."
# The system's own, which every e-mail of it begins with.
NAME = "Qamqor"
MACHINE = re.compile(
    r"\b(string|integer|number|boolean|array|object|null|true|false|enum|literal)\b", re.IGNORECASE
)


def every(language: str) -> Iterator[tuple[str, str]]:
    for key, said in catalogue(language).items():
        for form in (said,) if isinstance(said, str) else said.values():
            yield key, form


def names(text: str) -> Iterator[tuple[str, str]]:
    """What stands before and after each name of a body."""
    for found in BODY.finditer(text):
        yield text[: found.start()], text[found.end() :]


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_the_name_of_a_body_stands_where_no_case_is_needed(language: str) -> None:
    wrong = {
        (key, text)
        for key, text in every(language)
        for before, after in names(text)
        if not BEFORE.search(before) or not AFTER.search(after)
    }
    assert wrong == set()


def test_in_english_it_has_its_article_or_stands_after_a_colon() -> None:
    wrong = {
        (key, text)
        for key, text in every("en")
        for before, after in names(text)
        if not re.search(r"(\bthe |\bThe |: )$", before) or re.match(r"\w", after)
    }
    assert wrong == set()


@pytest.mark.parametrize("region_id", ["pavlodar", "karaganda", "local"])
def test_no_english_name_of_a_body_brings_an_article_of_its_own(region_id: str) -> None:
    compiled = json.loads(load_region_file(region_id).compiled)
    names = [each["name"]["en"] for each in compiled["agencies"].values()]
    assert names
    assert [name for name in names if re.match(r"(the|a|an) ", name, re.IGNORECASE)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_that_is_filled_in_has_an_ending_grown_on(language: str) -> None:
    """`{agency}ға`, `{count}-ші`: what is filled in ends as it pleases, and the ending would have to follow it."""
    grown = re.compile(r"\w\{|\}[\w'’-]")
    assert [(key, text) for key, text in every(language) if grown.search(text)] == []


@pytest.mark.parametrize(
    ("language", "small"),
    [("ru", r"\b(вы|вас|вам|вами|ваш\w*)\b"), ("kk", r"\b(сіз|сіз(ге|дің|де|ді|ден|бен))\b")],
)
def test_whoever_is_written_to_is_addressed_with_a_capital(language: str, small: str) -> None:
    assert [(key, text) for key, text in every(language) if re.search(small, text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_thing_has_one_word(language: str) -> None:
    """But the court's own word for what it is asked to do, and what an agency's programmers call a key."""
    wrong = {
        (term["en"], key, text)
        for term in glossary()
        for pattern in (term.get("never") or {}).get(language, ())
        for key, text in every(language)
        if re.search(pattern, PLACEHOLDER.sub("", text), re.IGNORECASE)
    }
    assert wrong == set()


def test_every_term_is_in_use_in_three_languages_and_no_two_are_the_same() -> None:
    for language in LANGUAGES:
        terms = [term[language] for term in glossary()]
        assert len(set(terms)) == len(terms)
        # In Kazakh and Russian words change their ends: three letters at least are those of the stem.
        said = " ".join(text.lower() for _, text in every(language))
        for term in terms:
            stems = [
                word[: max(3, len(word) - 3)]
                for word in re.findall(r"\w{3,}", term.partition(" (")[0].lower())
            ]
            assert all(stem in said for stem in stems), (language, term)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_has_a_word_of_a_machine(language: str) -> None:
    for key, text in every(language):
        if key.startswith(SPECIFIED):
            continue
        plain = PLACEHOLDER.sub(" ", text)
        assert "_" not in plain, key
        if language != "en":
            assert not MACHINE.search(plain), key
            latin = set(re.findall(r"[A-Za-z][A-Za-z0-9]+", plain)) - TECHNICAL - {NAME}
            assert latin == set(), key


@pytest.mark.parametrize(("part", "language"), list(product(("title", "body"), LANGUAGES)))
def test_a_title_is_no_sentence_and_a_body_is_one(part: str, language: str) -> None:
    for key, text in every(language):
        if key.endswith(f".{part}") and key.startswith(("event.", "push.")):
            assert (text[-1] in ".!?}") == (part == "body" or text.endswith("}")), (key, text)
