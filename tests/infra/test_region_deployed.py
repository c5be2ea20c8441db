"""A region file beside the one that is deployed: what complaints name is retired before it is removed."""

import json
from pathlib import Path

import pytest

from infra.region.__main__ import main
from infra.region.compile import compile_region
from tests.infra import small_region
from tests.infra.small_region import YAML

EAST = "  - {id: east_akim, kind: district_akimat, parent: city, name: {kk: Шығыс, ru: Восток, en: East}}\n"
RENAMED = EAST.replace("id: east_akim", "id: east_district")
GONE = (
    YAML.replace(EAST, "")
    .replace("east: east_akim", "east: city")
    .replace("default: east_akim", "default: city")
)
RUBBISH = YAML[YAML.index("  - id: rubbish") : YAML.index("  - id: other")]


@pytest.fixture(params=["file", "folder", "compiled"])
def deployed(request, tmp_path: Path) -> Path:
    folder = tmp_path / "deployed"
    folder.mkdir()
    file = small_region.write(folder)
    if request.param == "compiled":
        packed = tmp_path / "region.json"
        packed.write_bytes(compile_region("small", folder=folder))
        return packed
    return file if request.param == "file" else folder


def lint(
    tmp_path: Path, deployed: Path, yaml: str, capsys: pytest.CaptureFixture[str]
) -> tuple[int, list[str]]:
    small_region.write(tmp_path, yaml=yaml)
    status = main(["--folder", str(tmp_path), "lint", "--deployed", str(deployed), "--today", "2026-03-03"])
    return status, capsys.readouterr().out.splitlines()


def test_the_same_file_and_what_is_added_are_well(tmp_path, deployed, capsys) -> None:
    assert lint(tmp_path, deployed, YAML, capsys) == (0, [])
    assert lint(tmp_path, deployed, YAML.replace(EAST, EAST + RENAMED), capsys) == (0, [])


def test_a_body_that_is_gone_is_named_with_what_to_write(tmp_path, deployed, capsys) -> None:
    status, (said,) = lint(tmp_path, deployed, GONE, capsys)
    line = GONE.splitlines().index("agencies:") + 1
    assert status == 1
    assert f"small.yaml:{line}: removed: The agency 'east_akim' is deployed and is not here." in said
    assert "Put 'east_akim' back with `retired: {since: YYYY-MM-DD, moved_to: ID}`" in said


def test_a_body_that_has_another_id_is_seen_by_its_name(tmp_path, deployed, capsys) -> None:
    yaml = YAML.replace(EAST, RENAMED).replace(": east_akim", ": east_district")
    _, (said,) = lint(tmp_path, deployed, yaml, capsys)
    assert "'east_district' has its name" in said
    assert "moved_to: east_district}" in said


def test_a_category_that_is_gone_and_another_prefix_are_refused(tmp_path, deployed, capsys) -> None:
    yaml = YAML.replace(RUBBISH, "").replace("number_prefix: SML", "number_prefix: SMX")
    status, said = lint(tmp_path, deployed, yaml, capsys)
    assert status == 1
    assert [each.split(": ")[1] for each in said] == ["number-prefix", "removed"]
    assert "The category 'rubbish' is deployed and is not here." in said[1]


def test_what_is_retired_where_it_is_deployed_may_go(tmp_path, capsys) -> None:
    before = tmp_path / "before"
    before.mkdir()
    retired = EAST.replace("parent: city", "parent: city, retired: {since: 2026-03-01}")
    file = small_region.write(
        before,
        yaml=YAML.replace(EAST, retired)
        .replace("east: east_akim", "east: city")
        .replace("default: east_akim", "default: city"),
    )
    assert lint(tmp_path, file, GONE, capsys) == (0, [])


def test_what_is_no_region_file_is_said_so(tmp_path, capsys) -> None:
    for name, text in (("a.yaml", "- 1"), ("b.json", json.dumps({"id": "small"})), ("c.yaml", "a: [")):
        file = tmp_path / name
        file.write_text(text)
        assert main(["--folder", str(tmp_path / "none"), "lint", "--deployed", str(file)]) == 2
        assert name in capsys.readouterr().err
    assert main(["--folder", str(tmp_path / "none"), "lint", "--deployed", str(tmp_path / "none")]) == 2


def test_a_category_that_still_names_a_body_that_is_no_more_is_warned_of(tmp_path, capsys) -> None:
    small_region.write(
        tmp_path, yaml=YAML.replace("parent: city, name", "parent: city, retired: {since: 2026-03-02}, name")
    )
    for today, warned in (("2026-03-01", False), ("2026-03-02", True)):
        assert main(["--folder", str(tmp_path), "lint", "--today", today]) == 0
        assert ("'east_akim' answers for 'rubbish' and is no more" in capsys.readouterr().err) == warned
