"""What phones show, word by word: `snapshots/pushes.yaml` holds each push in each language.

After a change of a text, `python -m tests.functions.test_push_words` writes the file anew: read its difference.
"""

import json
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from functions.complaints.history import BODY_MOST, PUSHED, PushText, push, push_kind
from functions.complaints.region import Agency, Region, region_from_dict
from functions.complaints.texts import LANGUAGES, UNKNOWN
from functions.complaints.visibility import MATTER_FIELDS, WORDS_FIELDS, Viewer
from functions.notify.outbox.payload import LIMIT, message_of
from infra.region import load_region_file
from tests.core.story import NUMBER
from tests.functions.push_cases import LATER, Case, cases

SNAPSHOT = Path(__file__).with_name("snapshots") / "pushes.yaml"
CATALOGUE = Path(__file__).parents[2] / "functions" / "complaints" / "catalogues" / "en.json"
TITLE_MOST = 40
VIEWERS = (Viewer.REPORTER, Viewer.JOINER)
AGENCY, ABOVE = "city_housing", "city_akimat"
CASES = cases(AGENCY, ABOVE)
SHIPPED = ("pavlodar", "karaganda")
CANARY = "Канарейкина"


@cache
def shipped(region_id: str) -> Region:
    return region_from_dict(json.loads(load_region_file(region_id).compiled))


def told(case: Case, *, region: Region, language: str, viewer: Viewer, category: str) -> PushText | None:
    return push(
        case.event(), number=NUMBER, category=category, region=region, language=language, viewer=viewer
    )


def said() -> dict[str, Any]:
    """`{case: {viewer: {language: [title, body]}}}` of a complaint about an open manhole in Pavlodar."""
    found: dict[str, Any] = {}
    for (name, case), viewer, language in product(CASES.items(), VIEWERS, LANGUAGES):
        text = told(
            case, region=shipped("pavlodar"), language=language, viewer=viewer, category="open_manhole"
        )
        if text is not None:
            found.setdefault(name, {}).setdefault(viewer.value, {})[language] = [text.title, text.body]
    return found


def written() -> str:
    return yaml.safe_dump(said(), allow_unicode=True, sort_keys=False, width=1_000)


def test_every_push_says_what_the_snapshot_has() -> None:
    assert yaml.safe_load(SNAPSHOT.read_text(encoding="utf-8")) == said()


def test_every_text_of_a_push_is_in_a_case_and_every_type_of_event_that_is_pushed() -> None:
    keys = {
        key.removeprefix("push.").removeprefix("joined.").rpartition(".")[0]
        for key in json.loads(CATALOGUE.read_bytes())
        if key.startswith("push.") and not key.startswith("push.joined.about")
    }
    assert keys == set(CASES) == set(said())
    assert {case.type for case in CASES.values()} == set(PUSHED)


def with_long_names(region: Region, language: str, *, most: int = 6) -> list[Agency]:
    """The bodies whose names are the longest, by themselves and with the body above."""

    def length(agency: Agency) -> int:
        return len(agency.name[language])

    def with_above(agency: Agency) -> int:
        return length(agency) + (length(region.agencies[agency.parent]) if agency.parent else 0)

    every = region.agencies.values()
    found = sorted(every, key=length)[-most:] + sorted(every, key=with_above)[-most:]
    return list({agency.id: agency for agency in found}.values())


@pytest.mark.parametrize("region_id", SHIPPED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_for_the_longest_names_of_a_region_titles_and_bodies_fit_a_lock_screen(
    region_id: str, language: str
) -> None:
    region = shipped(region_id)
    lengths = {key: len(each.name[language]) for key, each in region.categories.items()}
    longest = max(lengths, key=lambda key: lengths[key])
    for agency in with_long_names(region, language):
        each = cases(agency.id, agency.parent or agency.id, by=LATER)
        for (name, case), viewer in product(each.items(), VIEWERS):
            text = told(case, region=region, language=language, viewer=viewer, category=longest)
            if text is not None:
                assert len(text.title) <= TITLE_MOST, text.title
                assert len(text.body) <= BODY_MOST, text.body
                # Nothing is cut off, and nothing was not known.
                assert UNKNOWN not in text.title + text.body, (name, agency.id)


# --- Nothing personal


PLANTED = dict.fromkeys([*WORDS_FIELDS, *MATTER_FIELDS, "address", "comment", "place"], CANARY)
"""Words wherever the reporter or a body can write."""


@pytest.mark.parametrize("name", CASES)
@given(
    language=st.sampled_from(LANGUAGES),
    viewer=st.sampled_from(VIEWERS),
    dropped=st.sets(st.sampled_from(sorted(PLANTED))),
    seq=st.integers(min_value=1, max_value=10**9),
)
def test_no_words_reach_a_push_of_any_event_in_any_language(
    name: str, language: str, viewer: Viewer, dropped: set[str], seq: int
) -> None:
    case = CASES[name]
    more = {key: value for key, value in PLANTED.items() if key not in dropped}
    event = case.event(seq=seq, **more)
    text = push(
        event,
        number=NUMBER,
        category="open_manhole",
        region=shipped("pavlodar"),
        language=language,
        viewer=viewer,
    )
    if text is None:
        assert push_kind(event, viewer=viewer) is None
        return
    message = message_of(event, text)
    assert CANARY not in message.body + json.dumps(dict(message.attributes), ensure_ascii=False)
    for payload in json.loads(message.body).values():
        assert len(payload.encode()) <= LIMIT


if __name__ == "__main__":
    SNAPSHOT.write_text(written(), encoding="utf-8")
