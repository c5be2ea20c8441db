"""The page for translators: every text with its example in three languages side by side, and the texts as people meet them.

It holds no script and loads nothing, so it can be sent by mail and read anywhere.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import yaml

from functions.complaints import texts
from functions.complaints.region import Region, region_from_dict
from functions.complaints.texts import LANGUAGES
from infra.region import load_region_file
from infra.texts.lives import answered, silent
from infra.texts.samples import Samples

REGION: Final = "pavlodar"
GLOSSARY: Final = Path(__file__).with_name("glossary.yaml")
WORDS_A_MINUTE: Final = 150
"""Of one language read aloud, as books are."""
_NAMED: Final = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
_PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")

SECTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "push": (
        "Pushes",
        "what a phone shows on its lock screen; `short` where names make it too long, `joined` to whoever joined",
    ),
    "event": ("History", "the lines of a complaint's history and of the inbox; title, then body"),
    "record": ("Fields of the open data", "what each field of a public complaint is, in its schema"),
    "dataset": (
        "The catalogue of the open data",
        "names of the files, and what is in them, for data portals",
    ),
    "status": ("States", "what state a complaint is in"),
    "public": ("The public page", "what everybody sees of a complaint, and what the feeds are called"),
    "deadline": ("Deadlines", "how a deadline was counted, below the deadline"),
    "problem": ("Refusals", "title and detail of an answer that is an error"),
    "fault": ("What is wrong with a field", "beside the field that has to be put right"),
    "conflict": ("What cannot be done now", "where an action does not fit what was done before"),
    "limit": ("Daily limits", "where somebody has done enough of it for today"),
    "photo": ("Photos that are not accepted", "why, and what to do"),
    "flag": ("Flags", "why a reader finds that a complaint should not be public; to choose from"),
    "photo_shown": ("Copies of photos", "beside a photo that is not shown as it is"),
    "proof": ("Proof photos", "what was found of a body's photo, beside it: one sentence of each kind"),
    "letter": ("Letters to bodies", "the e-mail to a body that nobody there sees to"),
    "unsubscribe": ("The end of letters", "the page that the link in a letter leads to"),
    "waits": ("Waiting for photos", "in the answer to a filing, while it waits for photos"),
    "suggestion": ("Suggestions of a photo", "what a photo says of its place and time"),
    "appeal": ("The appeal", "parts of the ready appeal and of the claim; the whole of them stands above"),
    "move": ("Actions", "named in a refusal, in quotation marks"),
    "role": ("Roles of officers", "what an officer of a body is, and why that does not allow something"),
    "choice": ("Choices", "names of what can be chosen, listed in a sentence after a colon"),
    "expected": ("Kinds of values", "what is needed in a field, in a sentence after a colon"),
    "open311": ("Open311", "for partners' programs, and below what their users are shown of a complaint"),
    "address": ("Addresses of webhooks", "why an agency's address is refused; for its programmers"),
    "unit": ("Units", "numbers with what they count"),
}
"""By the first part of a text's key: the heading, and where people see it."""

_STYLE: Final = """
:root { color-scheme: light dark; }
body { font: 16px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 1400px; padding: 0 12px 60px; }
h2 { border-bottom: 2px solid; margin-top: 2em; }
h3 { font: 600 14px/1.3 ui-monospace, monospace; margin: 1.4em 0 .3em; overflow-wrap: anywhere; }
p.where { margin: .2em 0; opacity: .75; }
ul.contents { columns: 14em; }
.row { display: grid; gap: 4px 18px; grid-template-columns: minmax(0, 1fr); }
.cell { border-left: 3px solid #8886; overflow-wrap: anywhere; padding-left: 8px; white-space: pre-line; }
.cell p { margin: 0 0 .35em; }
.form { font-size: 12px; opacity: .65; }
code { font-size: 12px; opacity: .65; overflow-wrap: anywhere; }
@media (min-width: 900px) { .row { grid-template-columns: repeat(3, minmax(0, 1fr)); } }
"""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One text: in each language its examples, by the plural form that each shows (None: it has no forms)."""

    key: str
    examples: Mapping[str, Mapping[str | None, str]]
    pattern: Mapping[str, str]

    @property
    def section(self) -> str:
        return self.key.partition(".")[0]


def entries() -> list[Entry]:
    """Every text of the catalogues, sorted by its key. Raises NoSample for one that names what has no worked value."""
    region = shipped()
    samples = {language: Samples(region=region, language=language) for language in LANGUAGES}
    return [
        Entry(
            key=key,
            examples={each: _examples(samples[each], key, catalogue(each)[key]) for each in LANGUAGES},
            pattern={each: _last(catalogue(each)[key]) for each in LANGUAGES},
        )
        for key in sorted(catalogue(LANGUAGES[0]))
    ]


def page() -> str:
    every = entries()
    order = list(SECTIONS)
    ordered = sorted(every, key=lambda entry: (order.index(entry.section), entry.key))
    words = {
        each: sum(_words(example) for entry in every for example in entry.examples[each].values())
        for each in LANGUAGES
    }
    minutes = -(-max(words.values()) // WORDS_A_MINUTE)
    counted = ", ".join(f"{_NAMED[each]} {count}" for each, count in words.items())
    said = (
        f"{len(every)} texts; words with every example: {counted}. "
        f"One language read aloud takes about {minutes} minutes."
    )
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Qamqor: every text in three languages</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>Qamqor: every text in three languages</h1>
<p>{escape(said)}</p>
<p>Names, dates and numbers are examples. A line in grey is the text as it is kept, with <code>{{names}}</code> for what is
filled in: that stands as it is, so the words around it must never need another case or ending. What a translator changes
goes by the key above it into <code>functions/complaints/catalogues/</code>.</p>
<ul class="contents">
<li><a href="#terms">Terms</a></li>
<li><a href="#met">As people meet them</a></li>
{"".join(f'<li><a href="#{each}">{escape(SECTIONS[each][0])}</a></li>' for each in order)}
</ul>
{_terms()}
{_met(shipped())}
{"".join(_section(name, list(of)) for name, of in groupby(ordered, key=lambda entry: entry.section))}
</body>
</html>
"""


def glossary() -> list[dict[str, Any]]:
    """Its terms: a word in each language, `note`, and `never`: what no text says in its place, by language."""
    terms: list[dict[str, Any]] = yaml.safe_load(GLOSSARY.read_text(encoding="utf-8"))
    return terms


@cache
def catalogue(language: str) -> Mapping[str, Any]:
    path = Path(str(texts.__file__)).with_name("catalogues") / f"{language}.json"
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found


@cache
def shipped() -> Region:
    return region_from_dict(json.loads(load_region_file(REGION).compiled))


def _examples(samples: Samples, key: str, said: str | Mapping[str, str]) -> dict[str | None, str]:
    forms: dict[str | None, str] = (
        {None: said} if isinstance(said, str) else dict[str | None, str](said.items())
    )
    return {
        form: samples.example(key, names=frozenset(_PLACEHOLDER.findall(pattern)), form=form)
        for form, pattern in forms.items()
    }


def _last(said: str | Mapping[str, str]) -> str:
    return said if isinstance(said, str) else said["other"]


def _words(text: str) -> int:
    return len(re.findall(r"\w+", text))


def _section(name: str, of: list[Entry]) -> str:
    heading, where = SECTIONS[name]
    rows = "".join(f'<h3 id="{escape(entry.key)}">{escape(entry.key)}</h3>\n{_row(entry)}' for entry in of)
    return f'<h2 id="{name}">{escape(heading)} ({len(of)})</h2>\n<p class="where">{escape(where)}</p>\n{rows}'


def _row(entry: Entry) -> str:
    cells = ""
    for language in LANGUAGES:
        shown: dict[str, list[str]] = {}
        for form, example in entry.examples[language].items():
            shown.setdefault(example, []).append(form or "")
        said = "".join(_example(example, forms) for example, forms in shown.items())
        kept = entry.pattern[language]
        pattern = f"<code>{escape(kept)}</code>" if "{" in kept else ""
        cells += f'<div class="cell" lang="{language}">{said}{pattern}</div>\n'
    return f'<div class="row">\n{cells}</div>\n'


def _example(example: str, forms: list[str]) -> str:
    named = ", ".join(filter(None, forms))
    return f"<p>{escape(example)}{f' <span class=form>({escape(named)})</span>' if named else ''}</p>"


def _terms() -> str:
    rows = "".join(
        _titled(term["en"], "".join(_told(each, [term[each]]) for each in LANGUAGES), note=term["note"])
        for term in glossary()
    )
    return f'<h2 id="terms">Terms ({len(glossary())})</h2>\n{rows}'


def _met(region: Region) -> str:
    """The texts one after the other, as the real moves bring them forth."""
    stories: dict[str, Callable[[str], list[str]]] = {
        "A complaint that is answered": lambda language: list(answered(region, language).timeline(language)),
        "A complaint that nobody answers": lambda language: list(silent(region, language).timeline(language)),
        "The appeal to the body above": lambda language: [
            silent(region, language, level=2).appealed(language)
        ],
        "The claim where every body was silent": lambda language: [
            silent(region, language).appealed(language)
        ],
    }
    rows = "".join(
        _titled(heading, "".join(_told(each, told(each)) for each in LANGUAGES))
        for heading, told in stories.items()
    )
    note = f'<p class="where">played by the real moves, in {escape(region.name["en"])}</p>'
    return f'<h2 id="met">As people meet them</h2>\n{note}\n{rows}'


def _titled(heading: str, cells: str, *, note: str = "") -> str:
    said = f'<p class="where">{escape(note)}</p>\n' if note else ""
    return f'<h3>{escape(heading)}</h3>\n{said}<div class="row">{cells}</div>\n'


def _told(language: str, lines: list[str]) -> str:
    return f'<div class="cell" lang="{language}">{"".join(f"<p>{escape(each)}</p>" for each in lines)}</div>'
