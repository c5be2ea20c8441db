"""The words: complete, alike in three languages, never failing; and the choice of language."""

import ast
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from babel import Locale
from hypothesis import example, given
from hypothesis import strategies as st

from functions.complaints.complaint import Status
from functions.complaints.events import EventType
from functions.complaints.history import PUSHED
from functions.complaints.texts import (
    LANGUAGES,
    UNKNOWN,
    date_text,
    dates_text,
    datetime_text,
    has_text,
    in_language,
    language_of,
    text,
)
from functions.complaints.transitions import Move
from functions.edge.problems import PROBLEMS
from functions.intake.photos.limits import REASONS
from functions.notify.webhooks.attempt import AttemptError
from tests.naughty import NAUGHTY

FUNCTIONS = Path(__file__).parents[2] / "functions"
CATALOGUES = {
    language: json.loads((FUNCTIONS / "complaints" / "catalogues" / f"{language}.json").read_bytes())
    for language in LANGUAGES
}
KEYS = sorted(CATALOGUES["en"])
ZONE = "Asia/Almaty"
INTENDED_ALIKE = {
    "choice.fcm": "the name of a product",
    **dict.fromkeys(("choice.v1", "choice.v1a"), "the name of an algorithm"),
    **dict.fromkeys(
        (f"choice.image/{kind}" for kind in ("heic", "heif", "jpeg", "png", "webp")), "the name of a format"
    ),
    "unit.megabytes": "МБ is written the same in Kazakh and Russian",
    "unit.kilobytes": "КБ is written the same in Kazakh and Russian",
    "unit.minutes": "Kazakh counts 5 минут as Russian does",
    "unit.seconds": "Kazakh counts 5 секунд as Russian does",
}


def forms(key: str, language: str) -> list[str]:
    entry = CATALOGUES[language][key]
    return [entry] if isinstance(entry, str) else list(entry.values())


def placeholders(pattern: str) -> set[str]:
    return set(re.findall(r"\{([^}]*)\}", pattern))


# --- The catalogues


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_is_missing_or_empty(language: str) -> None:
    assert sorted(CATALOGUES[language]) == KEYS
    assert all(form.strip() for key in KEYS for form in forms(key, language))


def test_every_form_of_a_text_in_every_language_names_the_same_placeholders() -> None:
    differing = {
        key
        for key in KEYS
        if len({frozenset(placeholders(form)) for language in LANGUAGES for form in forms(key, language)}) > 1
    }
    assert differing == set()


def test_placeholders_are_names_and_no_brace_stands_alone() -> None:
    for language in LANGUAGES:
        for key in KEYS:
            for form in forms(key, language):
                assert not set("{}") & set(re.sub(r"\{[a-z_]+\}", "", form)), (language, key)


@pytest.mark.parametrize("language", LANGUAGES)
def test_plurals_have_exactly_the_categories_of_their_language(language: str) -> None:
    wanted = set(Locale.parse(language).plural_form.tags) | {"other"}
    for key in KEYS:
        entry = CATALOGUES[language][key]
        if not isinstance(entry, str):
            assert set(entry) == wanted, key


def test_a_plural_in_one_language_is_one_in_all() -> None:
    assert [
        key for key in KEYS if len({isinstance(CATALOGUES[language][key], str) for language in LANGUAGES}) > 1
    ] == []


def test_no_text_is_the_same_in_two_languages_by_accident() -> None:
    alike = {
        key
        for key in KEYS
        for one, other in (("kk", "ru"), ("kk", "en"), ("ru", "en"))
        if set(forms(key, one)) & set(forms(key, other))
    }
    assert alike == set(INTENDED_ALIKE)


def test_kazakh_and_russian_are_written_in_their_own_letters() -> None:
    """A Latin letter that looks Cyrillic hides inside a word of Cyrillic ones, and Russian has no Kazakh letters."""
    for language in ("kk", "ru"):
        for key in KEYS:
            for form in forms(key, language):
                words = re.findall(r"\w+", re.sub(r"\{[a-z_]+\}", " ", form))
                mixed = [
                    word for word in words if re.search("[A-Za-z]", word) and re.search("[^\x00-\x7f]", word)
                ]
                assert mixed == [], (language, key)
    kazakh = set("әғқңөұүһіӘҒҚҢӨҰҮҺІ")
    assert [key for key in KEYS for form in forms(key, "ru") if kazakh & set(form)] == []
    assert [key for key in KEYS for form in forms(key, "en") if re.search("[А-я]", form)] == []


# --- What the code asks for


def _modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(FUNCTIONS.rglob("*.py")):
        yield path, ast.parse(path.read_text())


def _strings(node: ast.AST | None, module: ast.Module) -> set[str]:
    """The texts that an expression may be: a constant, one of an enumeration, a choice of them, or a name that was given
    such a value.
    """
    match node:
        case ast.Constant(value=str(value)):
            return {value}
        case ast.Attribute(value=ast.Name(id="AttemptError"), attr=name):
            return {AttemptError[name].value}
        case ast.IfExp(body=body, orelse=orelse):
            return _strings(body, module) | _strings(orelse, module)
        case ast.Name(id=name):
            return {
                value
                for each in ast.walk(module)
                if isinstance(each, ast.Assign)
                and any(isinstance(target, ast.Name) and target.id == name for target in each.targets)
                for value in _strings(each.value, module)
            }
    return set()


@dataclass(frozen=True, kw_only=True)
class Use:
    """A text that the code asks for, and what it gives to fill it in (None: not to be seen from here)."""

    key: str
    where: str
    given: frozenset[str] | None


def _uses() -> Iterator[Use]:
    for path, module in _modules():
        for call in ast.walk(module):
            if isinstance(call, ast.Call):
                for key, given in _asked(call, module):
                    yield Use(key=key, where=f"{path.relative_to(FUNCTIONS)}:{call.lineno}", given=given)


def _asked(call: ast.Call, module: ast.Module) -> Iterator[tuple[str, frozenset[str] | None]]:
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    given = None if None in named else frozenset(name for name in named if name)
    first, second = (*call.args, None, None)[:2]
    match call.func:
        case ast.Name(id="invalid"):
            yield from ((f"fault.{key}", given) for key in _strings(second, module))
        case ast.Name(id="fault"):
            yield from ((f"fault.{key}", given) for key in _strings(first, module))
        case ast.Name(id="FieldFault"):
            params = named.get("params", ast.Dict(keys=[], values=[]))
            keys = params.keys if isinstance(params, ast.Dict) else [None]
            names = [key.value if isinstance(key, ast.Constant) else None for key in keys]
            known = None if None in names else frozenset(str(name) for name in names)
            yield from ((f"fault.{key}", known) for key in _strings(named.get("key"), module))
        case ast.Name(id="Conflict"):
            yield from ((f"conflict.{key}", given) for key in _strings(first, module))
        case ast.Name(id="AddressRefused"):
            yield from ((f"address.{key}", given) for key in _strings(first, module))
        case ast.Name(id="Problem"):
            for slug in _strings(first, module):
                yield f"problem.{slug}.title", given
                yield f"problem.{slug}.detail", given
        case ast.Name(id="text"):
            yield from ((key, given) for key in _strings(first, module))


def test_every_key_that_the_code_names_has_a_text() -> None:
    used = {(use.key, use.where) for use in _uses()}
    assert {
        "fault.not_ours_is_a_transfer",
        "fault.not_a_duration",
        "conflict.own_complaint",
        "address.scheme",
    } <= {key for key, _ in used}
    assert sorted((key, where) for key, where in used if key not in CATALOGUES["en"]) == []


def test_the_code_gives_every_text_what_it_names() -> None:
    """`problems` adds the rest: a size in words, how long to wait, how many faults, the move and the state."""
    added = {"size", "wait", "count", "move", "state"}
    assert (
        sorted(
            (use.key, use.where, sorted(missing))
            for use in _uses()
            if use.given is not None
            and use.key in CATALOGUES["en"]
            and (missing := placeholders(forms(use.key, "en")[0]) - use.given - added)
        )
        == []
    )


def test_every_state_move_event_problem_push_and_photo_reason_has_a_text() -> None:
    wanted = {f"status.{status}" for status in Status}
    wanted |= {f"move.{move}" for move in Move}
    wanted |= {f"problem.{slug}.{part}" for slug in PROBLEMS for part in ("title", "detail")}
    wanted |= {f"photo.{reason}" for reason in REASONS}
    assert wanted - set(KEYS) == set()
    assert {each for each in EventType if not any(key.startswith(f"event.{each}.") for key in KEYS)} == set()


def test_every_push_has_title_and_body_and_no_title_names_anything() -> None:
    pushes = {key.rpartition(".")[0] for key in KEYS if key.startswith("push.") and ".about" not in key}
    # To whoever joined alone: the reporter did these.
    theirs = {"push.joined.withdrawn", "push.joined.left_to_joiners"}
    own = {key for key in pushes if not key.startswith("push.joined.")} | theirs
    assert {f"{key}.{part}" for key in own for part in ("title", "body")} <= set(KEYS)
    # What is said otherwise to whoever joined.
    assert {key.replace(".joined", "") for key in pushes - own} <= own
    for key, language in product(pushes, LANGUAGES):
        assert placeholders(CATALOGUES[language].get(f"{key}.title", "")) == set(), key
    steps = {key.removeprefix("push.").removeprefix("joined.").split(".")[0] for key in own}
    assert steps == {event.partition(".")[2] for event in PUSHED}


# --- Rendering

VALUES = st.one_of(
    st.none(),
    st.text(),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.binary(),
    st.lists(st.text(), max_size=2),
)


@given(
    key=st.one_of(st.sampled_from(KEYS), st.text()),
    language=st.one_of(st.sampled_from(LANGUAGES), st.text()),
    params=st.dictionaries(
        st.sampled_from(["count", "agency", "due", "text", "key", "language", "min", "max"]), VALUES
    ),
)
@example(key="unit.hours", language="ru", params={"count": 10**5000})
@example(key="unit.hours", language="kk", params={"count": -1})
@example(key="unit.hours", language="en", params={"count": float("nan")})
def test_a_text_never_fails(key: str, language: str, params: dict[str, Any]) -> None:
    assert isinstance(text(key, language, **params), str)


def test_a_value_that_cannot_be_shown_does_not_break_the_text() -> None:
    class Broken:
        def __str__(self) -> str:
            raise RuntimeError

    assert text("push.acknowledged.body", "en", agency=Broken()) == "The … has begun to work on it."


def test_a_missing_parameter_shows_as_unknown() -> None:
    assert text("push.acknowledged.body", "en") == f"The {UNKNOWN} has begun to work on it."


def test_a_missing_text_is_found_in_another_language_and_else_stands_for_itself(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(
        __import__("functions.complaints.texts", fromlist=["_loaded"])._loaded("kk"), "x", "қазақша"
    )
    assert text("x", "en") == "қазақша"
    assert text("no.such.key", "en") == "no.such.key"
    assert "no text x in en" in caplog.messages


@pytest.mark.parametrize("said", NAUGHTY)
def test_what_a_person_wrote_comes_through_as_it_is(said: str) -> None:
    for language in LANGUAGES:
        assert text("event.reason", language, reason=said).endswith(f": {said}")


@given(said=st.text())
@example(said="{agency} {0} {text.__class__} %s")
def test_what_a_person_wrote_is_never_read_as_a_pattern(said: str) -> None:
    shown = text("event.complaint.answered.body", "en", agency="A", text=said)
    assert shown == f"The A answered: {said}"


@pytest.mark.parametrize(
    ("language", "count", "shown"),
    [
        ("en", 1, "1 working day"),
        ("en", 15, "15 working days"),
        ("ru", 1, "1 рабочий день"),
        ("ru", 3, "3 рабочих дня"),
        ("ru", 15, "15 рабочих дней"),
        ("ru", 21, "21 рабочий день"),
        ("kk", 1, "1 жұмыс күні"),
        ("kk", 15, "15 жұмыс күні"),
    ],
)
def test_numbers_take_the_plural_of_their_language(language: str, count: int, shown: str) -> None:
    assert text("unit.working_days", language, count=count) == shown


# --- Dates


@pytest.mark.parametrize(
    ("language", "short", "long"),
    [
        ("kk", "23 наурыз, 18:30", "2026\u202fж. 23 наурыз, 18:30"),
        ("ru", "23 марта, 18:30", "23 марта 2026\u202fг., 18:30"),
        ("en", "23 March, 18:30", "23 March 2026, 18:30"),
    ],
)
def test_times_are_shown_in_the_regions_zone_and_the_year_where_it_is_another(
    language: str, short: str, long: str
) -> None:
    instant = datetime(2026, 3, 23, 13, 30, tzinfo=UTC)
    assert datetime_text(instant, language, ZONE, near=date(2026, 1, 1)) == short
    assert datetime_text(instant, language, ZONE, near=date(2025, 12, 31)) == long
    assert datetime_text(instant, language, ZONE) == long


def test_the_day_and_the_year_are_those_of_the_zone() -> None:
    new_year = datetime(2026, 12, 31, 19, 30, tzinfo=UTC)
    assert date_text(new_year, "en", ZONE) == "1 January 2027"
    assert date_text(new_year, "en", ZONE, near=new_year) == "1 January"
    assert date_text(date(2026, 12, 31), "en", ZONE) == "31 December 2026"


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("kk", "9 және 23 наурыз, 1 мамыр"),
        ("ru", "9 и 23 марта, 1 мая"),
        ("en", "9 and 23 March, 1 May"),
    ],
)
def test_days_are_listed_by_month(language: str, shown: str) -> None:
    days = [date(2026, 5, 1), date(2026, 3, 23), date(2026, 3, 9)]
    assert dates_text(days, language, near=date(2026, 3, 1)) == shown


def test_days_of_another_year_say_so() -> None:
    days = [date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2)]
    assert dates_text(days, "en", near=date(2026, 12, 1)) == "31 December, 1 January 2027, 2 January 2027"


# --- The choice of language


@pytest.mark.parametrize(
    ("header", "preferred", "default", "language"),
    [
        (None, None, "kk", "kk"),
        (None, None, "ru", "ru"),
        ("", None, "kk", "kk"),
        ("en", "ru", "kk", "ru"),
        ("en", "ru-RU", "kk", "ru"),
        ("en", "kk_KZ", "ru", "kk"),
        ("en", "fr", "kk", "en"),
        ("ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7", None, "kk", "ru"),
        ("kk-Cyrl-KZ, ru;q=0.8", None, "ru", "kk"),
        ("fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", None, "kk", "en"),
        ("ru;q=0.2, en;q=0.5", None, "kk", "en"),
        ("RU ; Q=0.5 , EN;q=0.4", None, "kk", "ru"),
        ("ru, en", None, "kk", "ru"),
        ("*", None, "ru", "ru"),
        ("kk;q=0, *", None, "kk", "ru"),
        ("kk;q=0", None, "kk", "ru"),
        ("ru;q=0.3, *;q=0.8", None, "kk", "kk"),
        ("*;q=0", None, "kk", "kk"),
        ("fr, de", None, "kk", "kk"),
        ("en;q=2, ru;q=0.1", None, "kk", "ru"),
        ("en;level=1, ru;q=0.1", None, "kk", "ru"),
        ("russian, enter", None, "kk", "kk"),
        ("en;q=", None, "kk", "kk"),
        (";;,,q=1,=", None, "kk", "kk"),
        ("ru_RU", None, "kk", "ru"),
        ("ru;q=.9, en;q=.8", None, "kk", "ru"),
        ("en;q=.5, kk-Cyrl-KZ;q=.9", None, "ru", "kk"),
        ("en_US, kk_KZ;q=0.9", None, "ru", "en"),
        ("ru-RU;q=1.0000, en;q=0.12345", None, "kk", "ru"),
        ("en", "kaz", "ru", "kk"),
        ("en", "kk_Cyrl_KZ", "ru", "kk"),
        ("en;q=, ru;q=.2", None, "kk", "ru"),
        ("en;q=., ru;q=.2", None, "kk", "ru"),
        ("en;q=0.5;, ru", None, "kk", "ru"),
    ],
)
def test_the_language_is_the_persons_then_the_requests_then_the_regions(
    header: str | None, preferred: str | None, default: Any, language: str
) -> None:
    assert language_of(header, preferred, default=default) == language


SPELLINGS = (
    *("{0}", "{1}", "{0}-{2}", "{0}_{2}", "{0}-Cyrl-{2}", "{0}_Cyrl_{2}", "{0}_{2}_#Cyrl", "{0}__#Cyrl"),
    *(
        "{0}_{2}.UTF-8",
        "{0}_{2}.utf8@cyrillic",
        "{0}-{2}-u-nu-latn",
        "{0}-x-private",
        " {0}_{2} ",
        '"{0}-{2}"',
    ),
)
"""Of a locale as browsers, iOS, Android (Java's `Locale.toString`) and C libraries write it: language (of two letters, of
three), country."""


@pytest.mark.parametrize("spelled", SPELLINGS)
@pytest.mark.parametrize("weight", ["", ";q=.9", ";q=0.9", "; q=0.900", ";Q=1", ";q=1.", " ;q=0.98765"])
def test_a_language_is_known_in_every_spelling_that_phones_send(spelled: str, weight: str) -> None:
    codes = {"kk": ("kaz", "KZ"), "ru": ("rus", "RU"), "en": ("eng", "GB")}
    letters: tuple[Callable[[str], str], ...] = (str, str.lower, str.upper)
    for (language, others), written in product(codes.items(), letters):
        default = "ru" if language != "ru" else "kk"
        tag = written(spelled.format(language, *others))
        assert language_of(tag, default=default) == language
        assert language_of(f"fr_FR, {tag}{weight}, uz;q=.95", default=default) == language
        assert language_of(None, tag, default=default) == language


@given(header=st.text(alphabet='kruenqd*;,=.-_#@"0159 \t', max_size=60), default=st.sampled_from(LANGUAGES))
def test_any_header_gives_a_language(header: str, default: Any) -> None:
    assert language_of(header, default=default) in LANGUAGES
    assert language_of(header, default, default="kk") == default


@given(
    weights=st.dictionaries(
        st.sampled_from([*LANGUAGES, "fr", "*"]),
        st.integers(0, 1000).map(lambda each: each / 1000),
        min_size=1,
    ),
    default=st.sampled_from(LANGUAGES),
)
def test_no_other_language_was_wanted_more(weights: dict[str, float], default: Any) -> None:
    header = ", ".join(f"{tag};q={weight:.3f}" for tag, weight in weights.items())
    chosen = language_of(header, default=default)
    wanted = {language: weights.get(language, weights.get("*", 0.0)) for language in LANGUAGES}
    assert wanted[chosen] == max(wanted.values())


# --- Names


def test_a_name_in_a_language_that_is_missing_is_shown_in_another() -> None:
    assert in_language({"kk": "а", "ru": "б"}, "ru") == "б"
    assert in_language({"ru": "б"}, "en") == "б"
    assert in_language({}, "en") == UNKNOWN
    assert has_text("status.closed")
    assert not has_text("status.lost")
