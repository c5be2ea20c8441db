"""What a Lambda function's asset holds, and that it is the same whenever and wherever it is made."""

import importlib.util
import os
import struct
from pathlib import Path
from typing import get_args
from zipfile import ZipFile

import pytest

from infra.packaging import bundle as package
from infra.packaging import dependency
from infra.packaging.bundle import PackagingError, bundle, modules_loaded, unpacked
from infra.packaging.dependency import Target
from infra.toolchain import ROOT

LOCKS = ROOT / "requirements" / "functions"
BASE = LOCKS / "platform-applications.txt"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project of this one's layout: a core, and two functions that use it."""
    files = {
        "functions/__init__.py": "",
        "functions/complaints/__init__.py": "",
        "functions/records/__init__.py": "",
        "functions/edge/__init__.py": "",
        "functions/complaints/complaint.py": "import json\nMOST = frozenset({'a', 'b', 'c', 'd', 'e'})\n",
        "functions/complaints/notes.json": "{}",
        "functions/complaints/__pycache__/complaint.cpython-311.pyc": "stale",
        "functions/intake/__init__.py": "",
        "functions/intake/api.py": (
            "import jmespath\n"
            "from functions.complaints.complaint import MOST\n"
            "def handler(event, context):\n    import csv\n"
        ),
        "functions/notify/__init__.py": "",
        "functions/notify/push.py": (
            "from functions.complaints.complaint import MOST\ndef handler(event, context): ...\n"
        ),
    }
    for path, text in files.items():
        file = tmp_path / "project" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path / "project"


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """A lock with one small package, taken from a real one."""
    lines = BASE.read_text().splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("jmespath=="))
    end = next(n for n in range(start + 1, len(lines)) if not lines[n].startswith(" "))
    file = tmp_path / "small.txt"
    file.write_text("\n".join(lines[start:end]) + "\n")
    return file


def intake(project: Path, lock: Path, store: Path) -> Path:
    return bundle(
        name="intake",
        sources=["functions/intake/api.py"],
        lock=lock,
        target="host",
        root=project,
        store=store,
    )


def notify(project: Path, lock: Path, store: Path) -> Path:
    return bundle(
        name="notify", sources=["functions/notify"], lock=lock, target="host", root=project, store=store
    )


def names(asset: Path) -> set[str]:
    with ZipFile(asset) as packed:
        return set(packed.namelist())


def test_an_asset_holds_its_own_code_the_core_and_nothing_of_another_function(
    project: Path, lock: Path, tmp_path: Path
) -> None:
    asset = intake(project, lock, tmp_path / "store")
    own = {path for path in names(asset) if path.startswith("functions/") and "__pycache__" not in path}
    assert own == {
        "functions/__init__.py",
        "functions/complaints/__init__.py",
        "functions/complaints/complaint.py",
        "functions/complaints/notes.json",
        "functions/edge/__init__.py",
        "functions/records/__init__.py",
        "functions/intake/__init__.py",
        "functions/intake/api.py",
    }


def test_files_given_are_in_the_asset_and_decide_its_name(project: Path, lock: Path, tmp_path: Path) -> None:
    def with_region(region: bytes) -> Path:
        return bundle(
            name="intake",
            sources=["functions/intake"],
            lock=lock,
            target="host",
            files={"region.json": region},
            root=project,
            store=tmp_path / "store",
        )

    with ZipFile(with_region(b"{}")) as packed:
        assert packed.read("region.json") == b"{}"
    assert with_region(b"{}") == with_region(b"{}")
    assert with_region(b"{}") != with_region(b"[]")


def test_all_bytecode_is_current_and_never_checked_against_its_source(
    project: Path, lock: Path, tmp_path: Path
) -> None:
    with ZipFile(intake(project, lock, tmp_path / "store")) as packed:
        sources = {path for path in packed.namelist() if path.endswith(".py")}
        headers = {path: packed.read(path)[:8] for path in packed.namelist() if path.endswith(".pyc")}
    assert {"jmespath/lexer.py", "functions/intake/api.py"} <= sources
    assert headers.keys() == {importlib.util.cache_from_source(path) for path in sources}
    # PEP 552: magic number, then flags; bit 0 says hash-based, bit 1 would say that it is checked.
    assert set(headers.values()) == {importlib.util.MAGIC_NUMBER + struct.pack("<I", 0b01)}


def test_the_same_inputs_give_the_same_bytes(project: Path, lock: Path, tmp_path: Path) -> None:
    first = intake(project, lock, tmp_path / "first")
    second = intake(project, lock, tmp_path / "second")
    assert first.name == second.name
    assert first.read_bytes() == second.read_bytes()
    with ZipFile(first) as packed:
        assert packed.testzip() is None
        assert {entry.date_time[0] for entry in packed.infolist()} == {1980}
        assert {entry.external_attr >> 16 for entry in packed.infolist()} == {0o100644}


def test_what_is_unpacked_is_what_was_packed(project: Path, lock: Path, tmp_path: Path) -> None:
    asset = intake(project, lock, tmp_path / "store")
    folder = unpacked(asset, store=tmp_path / "store")
    assert (folder / "functions/complaints/complaint.py").read_bytes() == (
        project / "functions/complaints/complaint.py"
    ).read_bytes()
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == names(
        asset
    )
    assert unpacked(asset, store=tmp_path / "store") == folder


def test_an_asset_that_stands_is_not_made_again(project: Path, lock: Path, tmp_path: Path) -> None:
    asset = intake(project, lock, tmp_path / "store")
    made = asset.stat().st_ino
    assert intake(project, lock, tmp_path / "store") == asset
    assert asset.stat().st_ino == made


def test_assets_that_nothing_has_used_for_long_are_forgotten(
    project: Path, lock: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "_KEPT", 2)
    oldest, used = intake(project, lock, tmp_path / "store"), notify(project, lock, tmp_path / "store")
    os.utime(oldest, (1, 1))
    os.utime(used, (0, 0))
    assert notify(project, lock, tmp_path / "store") == used
    (project / "functions/notify/push.py").write_text("def handler(event, context): return 1\n")
    newest = notify(project, lock, tmp_path / "store")
    assert set(newest.parent.iterdir()) == {used, newest}


def test_folders_that_nothing_has_used_for_long_are_forgotten(
    project: Path, lock: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "_KEPT_UNPACKED", 2)
    store = tmp_path / "store"
    oldest = unpacked(notify(project, lock, store), store=store)
    used = unpacked(intake(project, lock, store), store=store)
    os.utime(oldest, (1, 1))
    os.utime(used, (0, 0))
    assert unpacked(intake(project, lock, store), store=store) == used
    (project / "functions/notify/push.py").write_text("def handler(event, context): return 1\n")
    newest = unpacked(notify(project, lock, store), store=store)
    assert set(newest.parent.iterdir()) == {used, newest}


def test_a_change_in_notify_leaves_intake_as_it_was(project: Path, lock: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    before = intake(project, lock, store), notify(project, lock, store)
    (project / "functions/notify/push.py").write_text("def handler(event, context): return 1\n")
    after = intake(project, lock, store), notify(project, lock, store)
    assert after[0] == before[0]
    assert after[1] != before[1]


def test_a_change_in_the_core_changes_every_function(project: Path, lock: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    before = {intake(project, lock, store), notify(project, lock, store)}
    (project / "functions/complaints/complaint.py").write_text("MOST = frozenset()\n")
    assert before.isdisjoint({intake(project, lock, store), notify(project, lock, store)})


def test_a_handler_imports_from_its_asset_alone(project: Path, lock: Path, tmp_path: Path) -> None:
    loaded = modules_loaded(intake(project, lock, tmp_path / "store"), "functions.intake.api.handler")
    assert {"functions.intake.api", "functions.complaints.complaint", "jmespath"} <= loaded
    assert "csv" not in loaded, "an import inside the handler is not an import of the handler"


def test_a_handler_that_needs_more_than_its_lock_is_found_out(
    project: Path, lock: Path, tmp_path: Path
) -> None:
    (project / "functions/intake/api.py").write_text("import pytest\ndef handler(event, context): ...\n")
    asset = intake(project, lock, tmp_path / "store")
    with pytest.raises(PackagingError, match="No module named 'pytest'"):
        modules_loaded(asset, "functions.intake.api.handler")


def test_code_that_does_not_compile_is_refused_and_is_in_no_archive(
    project: Path, lock: Path, tmp_path: Path
) -> None:
    (project / "functions/intake/api.py").write_text("def handler(:\n")
    with pytest.raises(PackagingError, match="SyntaxError"):
        intake(project, lock, tmp_path / "store")
    made = list((tmp_path / "store").rglob("*.zip"))
    assert not [archive for archive in made if "functions/intake/api.py" in names(archive)]
    assert not list((tmp_path / "store").glob("assets/*"))


def test_code_that_is_the_same_in_two_regions_or_functions_is_compiled_once(
    project: Path, lock: Path, tmp_path: Path
) -> None:
    for region in (b"{}", b"[]"):
        for function in ("intake", "notify"):
            bundle(
                name=function,
                sources=[f"functions/{function}"],
                lock=lock,
                target="host",
                files={"region.json": region},
                root=project,
                store=tmp_path / "store",
            )
    assert len(list((tmp_path / "store" / "assets").iterdir())) == 4
    # Each function's own, and what both share.
    assert len(list((tmp_path / "store" / "code").iterdir())) == 3


def test_a_package_that_is_the_same_for_two_targets_is_compiled_once(
    project: Path, lock: Path, tmp_path: Path
) -> None:
    for target in get_args(Target.__value__):
        bundle(name="x", sources=[], lock=lock, target=target, root=project, store=tmp_path / "store")
    packages = tmp_path / "store" / "packages"
    assert len(list((packages / "compiled").iterdir())) == 1
    assert len({path.read_bytes() for path in packages.rglob("jmespath-*.zip")}) == 1


def test_a_source_that_is_not_there_is_refused_by_name(project: Path, lock: Path, tmp_path: Path) -> None:
    with pytest.raises(PackagingError, match="functions/route is not there"):
        bundle(
            name="x",
            sources=["functions/route"],
            lock=lock,
            target="host",
            root=project,
            store=tmp_path / "s",
        )


def test_a_wheel_with_another_hash_than_the_lock_says_is_refused(
    project: Path, lock: Path, tmp_path: Path
) -> None:
    digits = str.maketrans("0123456789abcdef", "123456789abcdef0")
    text = lock.read_text()
    lock.write_text(text.split("sha256:", 1)[0] + "sha256:" + text.split("sha256:")[1][:64].translate(digits))
    with pytest.raises(PackagingError, match="jmespath"):
        intake(project, lock, tmp_path / "store")


def test_two_packages_may_not_write_the_same_file(project: Path, lock: Path, tmp_path: Path) -> None:
    with pytest.raises(PackagingError, match=r"jmespath/__init__\.py"):
        bundle(
            name="x",
            sources=[],
            lock=lock,
            files={"jmespath/__init__.py": b""},
            target="host",
            root=project,
            store=tmp_path / "store",
        )


def test_only_the_named_services_models_are_carried_and_clients_are_made_of_them(project: Path) -> None:
    (project / "client.py").write_text(
        "import boto3\n"
        "dynamodb = boto3.client('dynamodb', region_name='eu-central-1')\n"
        "sns = boto3.client('sns', region_name='eu-central-1')\n"
        "handler = dynamodb.get_paginator('query').paginate\n"
    )
    asset = bundle(
        name="small",
        sources=["client.py"],
        lock=BASE,
        target="host",
        services=["dynamodb", "sns"],
        root=project,
    )
    parts = [path.split("/") for path in names(asset) if path.startswith(("botocore/data/", "boto3/data/"))]
    assert {service for _, _, service, *file in parts if file} == {"dynamodb", "sns"}
    modules_loaded(asset, "client.handler")


def test_a_service_that_botocore_does_not_know_is_refused_each_time(project: Path) -> None:
    for _ in range(2):
        with pytest.raises(PackagingError, match="no service dynamo"):
            bundle(name="small", sources=[], lock=BASE, target="host", services=["dynamo"], root=project)


def test_services_need_botocore_in_the_lock(project: Path, lock: Path, tmp_path: Path) -> None:
    with pytest.raises(PackagingError, match="botocore in this lock has no service dynamodb"):
        bundle(
            name="small",
            sources=[],
            lock=lock,
            target="host",
            services=["dynamodb"],
            root=project,
            store=tmp_path / "store",
        )


def test_native_code_is_the_targets_whatever_this_machine_is(project: Path) -> None:
    asset = bundle(name="native", sources=[], lock=LOCKS / "webhooks.txt", target="arm64", root=project)
    with ZipFile(asset) as packed:
        headers = [packed.read(path)[:20] for path in packed.namelist() if path.endswith(".so")]
    assert headers
    # ELF: the machine is the half-word at offset 18, and 183 is AArch64.
    assert {struct.unpack_from("<H", header, 18)[0] for header in headers} == {183}


def test_what_was_fetched_before_is_taken_without_a_network(
    project: Path, lock: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake(project, lock, tmp_path / "fetched")
    uv = tmp_path / "uv"
    uv.write_text(f'#!/bin/sh\ncase "$*" in *--offline*) exec {dependency.UV} "$@";; esac\nexit 9\n')
    uv.chmod(0o755)
    monkeypatch.setattr(dependency, "UV", uv)
    assert intake(project, lock, tmp_path / "again").exists()
