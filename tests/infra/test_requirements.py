"""What is locked: exactly, by hash, from nowhere in particular, and under licences that permit."""

import json
import re
from pathlib import Path

import pytest

from infra.packaging import licences
from infra.toolchain import ROOT

LOCKS = sorted((ROOT / "requirements").rglob("*.txt"))
FUNCTION_LOCKS = [lock for lock in LOCKS if lock.parent.name == "functions"]


def versions(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock.read_text(), flags=re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_every_package_is_pinned_by_hash(lock: Path) -> None:
    entries = re.split(r"^(?=[a-z0-9])", lock.read_text(), flags=re.MULTILINE)[1:]
    assert entries
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert len(versions(lock)) == len(entries)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_no_lock_names_an_index_or_a_place_on_a_machine(lock: Path) -> None:
    assert not re.search(r"://|^--|(^|\s)/", lock.read_text(), flags=re.MULTILINE)


@pytest.mark.parametrize("folder", ["requirements/node", "requirements/node-checks", "web"])
def test_a_node_lock_names_no_address_and_has_a_hash_for_each_package(folder: str) -> None:
    lock = (ROOT / folder / "package-lock.json").read_text()
    assert "://" not in lock
    packages = {path: package for path, package in json.loads(lock)["packages"].items() if path}
    assert packages
    assert [path for path, one in packages.items() if not one["integrity"].startswith("sha512-")] == []


@pytest.mark.parametrize("lock", FUNCTION_LOCKS, ids=lambda lock: lock.stem)
def test_a_function_is_deployed_with_what_the_tests_ran_with(lock: Path) -> None:
    assert versions(lock).items() <= versions(ROOT / "requirements" / "dev.txt").items()


@pytest.mark.parametrize("source", sorted((ROOT / "requirements").rglob("*.in")), ids=lambda file: file.stem)
def test_every_requirement_asked_for_has_its_lock(source: Path) -> None:
    if source.stem == "base":
        return
    asked = {line.partition("=")[0] for line in source.read_text().split("\n") if re.match(r"[a-z]", line)}
    assert asked <= versions(source.with_suffix(".txt")).keys()


def test_no_dependency_is_under_a_licence_that_does_not_permit() -> None:
    refused = [
        dependency
        for dependency in licences.dependencies()
        if not licences.is_allowed(dependency.licence, deployed=dependency.is_deployed)
    ]
    assert {dependency.name for dependency in refused} == licences.ACCEPTED.keys()


@pytest.mark.parametrize(
    ("licence", "deployed", "allowed"),
    [
        ("MIT", True, True),
        ("Apache-2.0 OR GPL-2.0-only", True, True),
        ("(MIT AND BSD-3-Clause) OR GPL-3.0-only", True, True),
        ("MIT AND GPL-2.0-only", True, False),
        ("GPL-3.0-or-later", False, False),
        ("AGPL-3.0-only", False, False),
        ("MPL-2.0", False, True),
        ("MPL-2.0", True, False),
        ("unknown", False, False),
    ],
)
def test_what_permits_and_what_does_not(licence: str, deployed: bool, allowed: bool) -> None:
    assert licences.is_allowed(licence, deployed=deployed) is allowed


def test_every_locked_environment_is_on_the_page_of_licences() -> None:
    locks = {file.stem for file in (ROOT / "requirements").glob("*.txt")}
    assert locks <= {where for dependency in licences.dependencies() for where in dependency.used_in}


def test_an_environment_that_was_not_made_is_known_by_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(licences._ENVIRONMENTS, "checks", ROOT / "no-such-folder")
    assert licences.PAGE.read_text() == licences.page()


def test_the_page_of_licences_is_the_locks() -> None:
    assert licences.PAGE.read_text() == licences.page(), "run `make licences`"


def test_wheels_that_carry_libraries_are_those_that_are_described() -> None:
    described = {*licences.CARRIED, "numpy", "pillow"}  # the metadata of these two covers what they carry
    (site_packages,) = (ROOT / ".venv").glob("lib/python3*/site-packages")
    carrying = {
        folder.name.removesuffix(".libs").replace("_", "-") for folder in site_packages.glob("*.libs")
    }
    assert carrying <= described
