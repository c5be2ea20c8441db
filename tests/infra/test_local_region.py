"""Any region runs on this machine: what is watched, where it is reported and who answers come from its own file."""

import json
import re
from pathlib import Path

import pytest

from functions.complaints.routing import in_region, ladder, responsible_agency
from infra.local.emulator import Emulator
from infra.local.listening import LOOPBACK
from infra.local.region import prepared, region_in, region_on, regions_for, watched_category
from infra.local.scene import scene_in, scene_on
from infra.local.story import CATEGORY, COMMENT, PLACE
from infra.region import REGIONS, RegionFault, load_region_file
from infra.region.lint import lint_regions
from tests.infra import small_region
from tests.infra.test_region_files import NOW
from tests.infra.test_region_new import answered, findings, template


@pytest.fixture
def regions(tmp_path: Path) -> Path:
    """The shipped files with one new region that was made by the template and answered."""
    folder = tmp_path / "regions"
    folder.mkdir()
    for file in REGIONS.iterdir():
        (folder / file.name).write_text(file.read_text())
    assert findings(folder, answered(template(folder))) == []
    return folder


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def emulator(state: Path) -> Emulator:
    more = {"port": 0, "pid": 0, "started": "", "region": LOOPBACK, "account": "", "log_path": state}
    return Emulator(state_dir=state, certificate=None, detached=True, **more)  # type: ignore[arg-type]


def test_what_is_shipped_as_the_local_stage_is_taken_as_it_is(state: Path) -> None:
    for asked in ("local", region_in(REGIONS)):
        assert prepared(asked, state_dir=state) == REGIONS
    assert regions_for(state) == REGIONS
    assert watched_category(state) == CATEGORY


@pytest.mark.parametrize("name", ["karaganda", "astana", "pavlodar"])
def test_a_region_has_its_own_bodies_under_the_settings_of_the_local_stage(regions, state, name) -> None:
    folder = prepared(name, state_dir=state, regions=regions)
    assert lint_regions(folder, ["local"]) == []
    assert region_in(folder) == name
    here, own = load_region_file("local", folder=folder), load_region_file(name, folder=regions)
    assert (here.stage, here.account, here.number_prefix) == ("local", "0" * 12, "LCL")
    assert here.agencies == own.agencies
    assert here.categories == own.categories
    compiled = json.loads(here.compiled)
    short = [
        id for id, each in compiled["categories"].items() if re.fullmatch(r"PT\d+S", each["answer_within"])
    ]
    assert len(short) == 1
    assert compiled["webhooks"]["allow_private"]
    assert compiled["name"]["en"] == f"{own.name} (local)"


@pytest.mark.parametrize("name", ["karaganda", "astana"])
def test_the_scene_is_where_the_region_answers(regions, state, name) -> None:
    folder = prepared(name, state_dir=state, regions=regions)
    assert regions_for(state) == folder
    region, scene = region_on(state), scene_on(emulator(state))
    lat, lon = scene.place["lat"], scene.place["lon"]
    assert in_region(region, lat=lat, lon=lon)
    found = responsible_agency(region, category_id=scene.category, lat=lat, lon=lon, at=NOW)
    assert found.agency_id == scene.agency_id
    assert ladder(region, scene.agency_id, at=NOW)[0] == scene.supervisor_id
    assert region.categories[scene.category].danger
    # The next deployment is of the shipped one again.
    prepared("local", state_dir=state)
    assert regions_for(state) == REGIONS


def test_in_pavlodar_it_is_the_manhole_in_lermontov_street(state: Path) -> None:
    scene = scene_on(emulator(state))
    assert (scene.category, scene.place, scene.comment) == (CATEGORY, PLACE, COMMENT)
    assert (scene.agency_id, scene.supervisor_id) == ("city_housing", "city_akimat")


def test_without_a_manhole_another_danger_is_watched_and_its_questions_are_answered(regions, state) -> None:
    small_region.write(
        regions,
        yaml=small_region.YAML.replace("id: open_manhole", "id: bare_wire").replace(
            "    reminder: PT30M\n",
            "    questions:\n      - {id: poles, kind: number, required: true, text: {kk: а, ru: б, en: c}}\n",
        ),
    )
    prepared("small", state_dir=state, regions=regions)
    assert watched_category(state) == "bare_wire"
    scene = scene_in(region_on(state), category_id="bare_wire")
    assert scene.answers == {"poles": "1"}
    rubbish = scene_in(region_on(state), category_id="rubbish")
    assert rubbish.answers == {"size": "big"}
    assert rubbish.comment.startswith("Rubbish")


def test_where_nothing_is_called_a_danger_something_else_is_watched(regions, state) -> None:
    yaml = small_region.YAML.replace("danger: true", "danger: false").replace("id: open_manhole", "id: bench")
    for by_clock, by_work in (("PT1H", "PT1BH"), ("PT4H", "P1BD"), ("PT2H", "PT4BH"), ("PT8H", "P1BD")):
        yaml = yaml.replace(by_clock, by_work)
    small_region.write(regions, yaml=yaml)
    prepared("small", state_dir=state, regions=regions)
    assert watched_category(state) == "bench"


def test_what_the_region_leaves_open_is_said_of_its_own_file(tmp_path, state) -> None:
    regions = tmp_path / "regions"
    regions.mkdir()
    for file in REGIONS.iterdir():
        (regions / file.name).write_text(file.read_text())
    template(regions)
    folder = prepared("astana", state_dir=state, regions=regions)
    with pytest.raises(RegionFault) as fault:
        load_region_file("local", folder=folder)
    files = {finding.file.resolve() for finding in fault.value.findings}
    assert files == {regions / "astana.yaml", regions / "astana.geojson"}
    # The account and who is woken are no questions here.
    assert {finding.rule for finding in fault.value.findings} == {"still-to-do"}


def test_a_region_without_a_file_is_refused_by_name(state: Path) -> None:
    with pytest.raises(RegionFault, match="atlantis"):
        prepared("atlantis", state_dir=state)
