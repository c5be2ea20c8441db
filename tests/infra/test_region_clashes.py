"""Two regions that share a prefix or a name: it is said of the newer file, and of both where nothing says which that is."""

import os
import subprocess
from pathlib import Path

import pytest

from infra.region import RegionFault, load_region_file
from infra.region.clashes import since_when
from infra.region.lint import lint_regions
from tests.infra import small_region

# Alphabetically it comes before `small`, so that order alone tells nothing.
NEW = small_region.YAML.replace("region: small\n", "region: great\n")
OTHER_NAME = NEW.replace("{kk: Шағын, ru: Малый, en: Small}", "{kk: Үлкен, ru: Большой, en: Great}")
OTHER_PREFIX = NEW.replace("number_prefix: SML", "number_prefix: GRT")


def commit(folder: Path, *, day: int) -> None:
    """All that is in the folder, on that day of a month."""
    at = f"2026-03-{day:02}T12:00:00+05:00"
    person = {"NAME": "tests", "EMAIL": "tests@example.org", "DATE": at}
    who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in person.items()}
    nowhere = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    for words in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message", "a day")):
        subprocess.run(["git", *words], cwd=folder, env=os.environ | who | nowhere, check=True)


def told(folder: Path) -> list[tuple[str, str]]:
    return [(finding.file.stem, finding.rule) for finding in lint_regions(folder)]


@pytest.mark.parametrize(("yaml", "rule"), [(OTHER_NAME, "number-prefix"), (OTHER_PREFIX, "region-name")])
def test_a_clash_is_said_of_the_file_that_is_not_committed_yet(tmp_path, yaml, rule):
    small_region.write(tmp_path)
    commit(tmp_path, day=2)
    file = small_region.write(tmp_path, yaml=yaml, name="great")
    findings = lint_regions(tmp_path)
    assert {(one.file, one.rule) for one in findings} == {(file, rule)}
    assert all("small.yaml" in one.message for one in findings)
    assert load_region_file("small", folder=tmp_path).number_prefix == "SML"
    with pytest.raises(RegionFault, match=rule):
        load_region_file("great", folder=tmp_path)


def test_a_clash_of_two_that_are_committed_is_said_of_the_one_that_came_later(tmp_path):
    small_region.write(tmp_path)
    commit(tmp_path, day=2)
    small_region.write(tmp_path, yaml=OTHER_NAME, name="great")
    commit(tmp_path, day=3)
    # A change of the older one makes it no newer.
    small_region.write(tmp_path, yaml=f"{small_region.YAML}# agreed\n")
    commit(tmp_path, day=4)
    assert since_when(tmp_path / "small.yaml") < since_when(tmp_path / "great.yaml")
    assert told(tmp_path) == [("great", "number-prefix")]


@pytest.mark.parametrize("together", [False, True], ids=["without a history", "of one commit"])
def test_where_nothing_says_which_is_newer_it_is_said_of_both(tmp_path, together):
    small_region.write(tmp_path)
    small_region.write(tmp_path, yaml=OTHER_NAME, name="great")
    if together:
        commit(tmp_path, day=2)
    assert told(tmp_path) == [("great", "number-prefix"), ("small", "number-prefix")]


@pytest.mark.parametrize("later", ["great", "tiny"])
def test_who_takes_it_from_the_file_that_it_extends_is_the_one_at_fault(tmp_path, later):
    small_region.write(tmp_path)
    file = small_region.write(tmp_path, yaml=f"region: {later}\nextends: small\n", name=later)
    found = {(one.file, one.line, one.rule) for one in lint_regions(tmp_path)}
    assert found == {(file, 1, "number-prefix"), (file, 1, "region-name")}
