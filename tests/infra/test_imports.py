"""Imports go one way, and the pure part of the core knows neither AWS nor what time it is."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.toolchain import ROOT

FUNCTIONS = ROOT / "functions"
DOORS = ("intake", "route", "notify")
AWS = {"aws_lambda_powertools", "boto3", "botocore", "pynamodb"}
# The part of the core that speaks to AWS. All other modules of the core are pure.
ADAPTERS = set(
    "agencies aws codec dynamodb erasure http lists outbox people presign repeats settings store tables telemetry "
    "throttle uploads suggestions".split()
)
# Each costs a cold start more than it is worth at module level.
HEAVY = {"boto3", "httpx", "holidays", "jsonschema", "moto", "pydantic", "requests", "shapely"}
CLOCKS = {"now", "today", "utcnow", "time", "time_ns"}


def modules(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def name_of(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(file: Path, *, only_on_load: bool = False) -> Iterator[str]:
    """Full names of what the file imports; with `only_on_load`, of what importing the file itself imports."""
    waiting: list[ast.AST] = [ast.parse(file.read_text())]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = name_of(file) if file.name == "__init__.py" else name_of(file).rpartition(".")[0]
            base = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)
        elif only_on_load and is_left_for_later(node):
            continue
        waiting.extend(ast.iter_child_nodes(node))


def is_left_for_later(node: ast.AST) -> bool:
    if isinstance(node, ast.If):
        return "TYPE_CHECKING" in ast.unparse(node.test)
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)


def starts(imported: str, *prefixes: str) -> bool:
    return any(imported == prefix or imported.startswith(prefix + ".") for prefix in prefixes)


def pure_modules() -> list[Path]:
    core = FUNCTIONS / "complaints"
    return [
        file for file in modules(core) if file.relative_to(core).parts[0].removesuffix(".py") not in ADAPTERS
    ]


def test_there_is_something_to_check() -> None:
    assert len(pure_modules()) > 10
    assert all((FUNCTIONS / door).is_dir() for door in DOORS)


@pytest.mark.parametrize("door", DOORS)
def test_a_door_imports_the_core_and_itself_and_no_other(door: str) -> None:
    sideways = {
        (name_of(file), imported)
        for file in modules(FUNCTIONS / door)
        for imported in imports(file)
        if starts(imported, "functions", "infra", "tests")
        and not starts(imported, "functions.complaints", f"functions.{door}")
    }
    assert not sideways


def test_the_core_imports_no_door_and_nothing_of_infra() -> None:
    outwards = {
        (name_of(file), imported)
        for file in modules(FUNCTIONS / "complaints")
        for imported in imports(file)
        if starts(imported, "functions", "infra", "tests") and not starts(imported, "functions.complaints")
    }
    assert not outwards


def test_the_pure_core_imports_no_aws_and_no_adapter() -> None:
    adapters = [f"functions.complaints.{adapter}" for adapter in ADAPTERS]
    impure = {
        (name_of(file), imported)
        for file in pure_modules()
        for imported in imports(file)
        if starts(imported, *AWS, *adapters)
    }
    assert not impure, "keep it pure, or name it in ADAPTERS if speaking to AWS is what it is for"


def test_the_pure_core_is_told_the_time_and_never_looks() -> None:
    clock = FUNCTIONS / "complaints" / "clock.py"
    looks = {
        (name_of(file), node.lineno, ast.unparse(node.func))
        for file in pure_modules()
        if file != clock
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS
        if ast.unparse(node.func.value) in {"date", "datetime", "datetime.date", "datetime.datetime", "time"}
    }
    assert not looks


def test_nothing_heavy_is_imported_when_a_function_loads() -> None:
    heavy = {
        (name_of(file), imported)
        for file in modules(FUNCTIONS)
        for imported in imports(file, only_on_load=True)
        if starts(imported, *HEAVY)
    }
    assert not heavy


def test_every_dataclass_says_what_it_is() -> None:
    """For its reader; and one that does not costs each cold start more, for Python then writes its signature there."""
    silent = {
        (name_of(file), node.name)
        for file in modules(FUNCTIONS)
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ClassDef) and ast.get_docstring(node) is None
        if any("dataclass" in ast.unparse(each) for each in node.decorator_list)
    }
    assert not silent


def test_infra_imports_no_test() -> None:
    assert not [
        (name_of(file), imported)
        for file in modules(ROOT / "infra")
        for imported in imports(file)
        if starts(imported, "tests")
    ]


def test_the_reader_of_imports_sees_relative_lazy_and_guarded_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(imports.__globals__, "ROOT", tmp_path)
    file = tmp_path / "functions" / "notify" / "push.py"
    file.parent.mkdir(parents=True)
    file.write_text(
        "from typing import TYPE_CHECKING\n"
        "from ..intake import api\n"
        "if TYPE_CHECKING:\n    import holidays\n"
        "def late():\n    import boto3\n"
        "class Now:\n    import requests\n"
    )
    assert set(imports(file)) == {
        "typing.TYPE_CHECKING",
        "functions.intake.api",
        "holidays",
        "boto3",
        "requests",
    }
    assert set(imports(file, only_on_load=True)) == {
        "typing.TYPE_CHECKING",
        "functions.intake.api",
        "requests",
    }
