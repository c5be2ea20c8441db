"""A new region file: each question that it asks is refused until it is answered, and no other."""

import json
import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path

import pytest

from infra.region.__main__ import main
from infra.region.lint import lint_regions
from infra.region.new import new_region
from infra.region.rules.left_open import NO_ACCOUNT, NO_PREFIX, RECTANGLE, TO_DO

type Text = tuple[str, str]
"""Of the YAML and of the GeoJSON."""


def template(folder: Path) -> Text:
    yaml, geojson = (file.read_text(encoding="utf-8") for file in new_region("astana", folder))
    return yaml, geojson


def questions(text: Text) -> Mapping[str, Callable[[Text], Text]]:
    """Each question of the template with what answers it: every word to write, and what is no word."""
    yaml, geojson = text
    return {
        **{f"yaml {number}": _word(0, number) for number in range(yaml.count(TO_DO) - _explained(yaml))},
        **{f"geojson {number}": _word(1, number) for number in range(geojson.count(TO_DO))},
        "prefix": lambda text: (text[0].replace(f"prefix: {NO_PREFIX}", "prefix: AST"), text[1]),
        "account": lambda text: (text[0].replace(NO_ACCOUNT, "111122223333"), text[1]),
        "alarms": lambda text: (text[0].replace("email: []", "email: [duty@example.org]"), text[1]),
        "border": lambda text: (text[0], _moved(text[1])),
    }


def _explained(yaml: str) -> int:
    """How often the comment at the top speaks of it."""
    return "\n".join(line for line in yaml.splitlines() if line.startswith("#")).count(TO_DO)


def _word(file: int, number: int) -> Callable[[Text], Text]:
    """Writes `answer NUMBER` in place of the TODO of that number, so that the others keep theirs."""

    def answered(text: Text) -> Text:
        texts = list(text)
        places = [
            found
            for found in re.finditer(TO_DO + r"|answer\d+", texts[file])
            if not texts[file][: found.start()].rpartition("\n")[2].startswith("#")
        ]
        place = places[number]
        texts[file] = f"{texts[file][: place.start()]}answer{number}{texts[file][place.end() :]}"
        return texts[0], texts[1]

    return answered


def _moved(geojson: str) -> str:
    """Every area a little to the east."""
    whole = json.loads(geojson)
    for feature in whole["features"]:
        rings = feature["geometry"]["coordinates"]
        feature["geometry"]["coordinates"] = [[[lon + 4.1, lat + 3] for lon, lat in ring] for ring in rings]
    return json.dumps(whole, indent=2)


def findings(folder: Path, text: Text) -> list[tuple[str, str, str]]:
    """Of the region with those texts: file, the text of the line, and message."""
    for suffix, written in zip(("yaml", "geojson"), text, strict=True):
        (folder / f"astana.{suffix}").write_text(written, encoding="utf-8")
    found = lint_regions(folder)
    assert all(each.remedy for each in found)
    lines = [each.file.read_text(encoding="utf-8").splitlines()[each.line - 1] for each in found]
    return [(each.file.suffix, line, each.message) for each, line in zip(found, lines, strict=True)]


def answered(text: Text, *, but: str | None = None) -> Text:
    for name, answer in questions(text).items():
        if name != but:
            text = answer(text)
    return text


def test_a_new_region_that_was_answered_whole_has_no_findings_and_nothing_of_the_template(tmp_path):
    text = answered(template(tmp_path))
    assert findings(tmp_path, text) == []
    said = "\n".join(line for line in text[0].splitlines() if not line.startswith("#")) + text[1]
    for open_one in (TO_DO, f": {NO_PREFIX}", NO_ACCOUNT, "email: []", f"{RECTANGLE[1][0]}"):
        assert open_one not in said, open_one


def test_each_question_is_one_finding(tmp_path):
    text = template(tmp_path)
    assert len(findings(tmp_path, text)) == len(questions(text))


def test_all_answered_but_one_leaves_exactly_that_one_at_its_line(tmp_path):
    text = template(tmp_path)
    left = {name: findings(tmp_path, answered(text, but=name)) for name in questions(text)}
    assert {name: len(found) for name, found in left.items()} == dict.fromkeys(left, 1)
    for name, ((suffix, line, message),) in left.items():
        wanted = {"prefix": NO_PREFIX, "account": NO_ACCOUNT, "alarms": "email: []", "border": '"astana"'}
        if suffix == ".yaml":
            assert wanted.get(name, TO_DO) in line, name
        else:
            assert "'whole'" in message or "'astana'" in message, name
    messages = [message for found in left.values() for _, _, message in found]
    assert len(set(messages)) == len(messages)


def test_two_new_regions_do_not_clash_in_what_both_leave_open(tmp_path):
    template(tmp_path)
    new_region("aktau", tmp_path)
    assert not {"number-prefix", "region-name"} & {finding.rule for finding in lint_regions(tmp_path)}


def test_the_command_lists_what_is_left(tmp_path, capsys):
    assert main(["--folder", str(tmp_path), "new", "--name", "astana"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("wrote")]
    assert {line.split(": ")[1] for line in lines} == {"still-to-do", "aws-account", "alarm-receiver"}
    assert any("city_akimat.name.kk" in line for line in lines)


@pytest.mark.parametrize("boundary_only", [True, False])
def test_a_border_that_is_drawn_is_no_rectangle_of_a_new_file(tmp_path, boundary_only):
    yaml, geojson = answered(template(tmp_path), but="border")
    whole = json.loads(geojson)
    for feature in whole["features"][: 1 if boundary_only else 2]:
        feature["geometry"]["coordinates"][0].insert(2, [67.281, 48.09])
    found = findings(tmp_path, (yaml, json.dumps(whole, indent=2)))
    assert not any("rectangle" in message for _, _, message in found)
    assert bool(found) == boundary_only


def test_a_new_region_explains_every_top_level_key(tmp_path):
    lines = template(tmp_path)[0].splitlines()
    for before, line in pairwise(lines):
        if line and line[0].islower() and not line.startswith(("terms:", "calendar:")):
            assert before.startswith("#") or before[0].islower(), line
