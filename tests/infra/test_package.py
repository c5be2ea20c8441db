"""What a Lambda function's asset holds, and that it is the same whenever and wherever it is made."""

import importlib.util
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.package import PackagingError, bundle, modules_loaded
from infra.toolchain import ROOT

LOCKS = ROOT / "requirements" / "functions"
BASE = LOCKS / "platform-applications.txt"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project of this one's layout: a core, and two functions that use it."""
    files = {
        "functions/__init__.py": "",
        "functions/complaints/__init__.py": "",
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


def bytecode_of(asset: Path) -> Iterator[tuple[Path, bytes]]:
    for source in asset.rglob("*.py"):
        yield source, Path(importlib.util.cache_from_source(str(source))).read_bytes()


def contents(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    return {
        str(path.relative_to(folder)): (
            path.stat().st_mode,
            int(path.stat().st_mtime),
            path.read_bytes() if path.is_file() else b"",
        )
        for path in folder.rglob("*")
    }


def test_an_asset_holds_its_own_code_the_core_and_nothing_of_another_function(
    project: Path, lock: Path, tmp_path: Path
) -> None:
    asset = intake(project, lock, tmp_path / "store")
    own = {
        path for path in contents(asset) if path.startswith("functions/") and path.endswith((".py", ".json"))
    }
    assert own == {
        "functions/__init__.py",
        "functions/complaints/__init__.py",
        "functions/complaints/complaint.py",
        "functions/complaints/notes.json",
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
            files={"functions/region.json": region},
            root=project,
            store=tmp_path / "store",
        )

    assert (with_region(b"{}") / "functions" / "region.json").read_bytes() == b"{}"
    assert with_region(b"{}") == with_region(b"{}")
    assert with_region(b"{}") != with_region(b"[]")


def test_all_bytecode_is_current_and_never_checked_against_its_source(
    project: Path, lock: Path, tmp_path: Path
) -> None:
    asset = intake(project, lock, tmp_path / "store")
    headers = {source.relative_to(asset): code[:8] for source, code in bytecode_of(asset)}
    assert Path("jmespath/lexer.py") in headers
    assert Path("functions/intake/api.py") in headers
    # PEP 552: magic number, then flags; bit 0 says hash-based, bit 1 would say that it is checked.
    assert set(headers.values()) == {importlib.util.MAGIC_NUMBER + struct.pack("<I", 0b01)}
    assert sum(1 for _ in asset.rglob("*.pyc")) == len(headers)


def test_the_same_inputs_give_the_same_bytes(project: Path, lock: Path, tmp_path: Path) -> None:
    first = intake(project, lock, tmp_path / "first")
    second = intake(project, lock, tmp_path / "second")
    assert first.name == second.name
    assert contents(first) == contents(second)


def test_an_asset_that_stands_is_not_made_again(project: Path, lock: Path, tmp_path: Path) -> None:
    asset = intake(project, lock, tmp_path / "store")
    made = asset.stat().st_ctime_ns
    assert intake(project, lock, tmp_path / "store") == asset
    assert asset.stat().st_ctime_ns == made


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


def test_code_that_does_not_compile_is_refused_and_leaves_nothing(
    project: Path, lock: Path, tmp_path: Path
) -> None:
    (project / "functions/intake/api.py").write_text("def handler(:\n")
    with pytest.raises(PackagingError, match="SyntaxError"):
        intake(project, lock, tmp_path / "store")
    assert list((tmp_path / "store" / "assets").iterdir()) == []


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


def test_only_the_named_services_models_are_carried(project: Path) -> None:
    asset = bundle(
        name="small", sources=[], lock=BASE, target="host", services=["dynamodb", "sns"], root=project
    )
    models = {path.name for path in (asset / "botocore/data").iterdir() if path.is_dir()}
    assert models == {"dynamodb", "sns"}
    (project / "client.py").write_text(
        "import boto3\n"
        "dynamodb = boto3.client('dynamodb', region_name='eu-central-1')\n"
        "sns = boto3.client('sns', region_name='eu-central-1')\n"
        "dynamodb.get_paginator('query')\n"
        "handler = boto3.resource('dynamodb', region_name='eu-central-1').Table('complaints').get_item\n"
    )
    asset = bundle(
        name="small",
        sources=["client.py"],
        lock=BASE,
        target="host",
        services=["dynamodb", "sns"],
        root=project,
    )
    modules_loaded(asset, "client.handler")


def test_a_service_that_botocore_does_not_know_is_refused(project: Path) -> None:
    with pytest.raises(PackagingError, match="no service 'dynamo'"):
        bundle(name="small", sources=[], lock=BASE, target="host", services=["dynamo"], root=project)


@pytest.mark.parametrize(("target", "machine"), [("arm64", 183), ("x86_64", 62)])
def test_native_code_is_the_targets(target: str, machine: int, project: Path) -> None:
    asset = bundle(name="native", sources=[], lock=LOCKS / "webhooks.txt", target=target, root=project)
    libraries = list(asset.rglob("*.so"))
    assert libraries
    # ELF: the machine is the half-word at offset 18.
    assert {struct.unpack_from("<H", library.read_bytes(), 18)[0] for library in libraries} == {machine}
