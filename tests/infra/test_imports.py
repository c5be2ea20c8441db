"""Imports go one way and never round, and the pure core knows neither AWS nor what time it is."""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from infra.toolchain import ROOT

FUNCTIONS = ROOT / "functions"
SHARED = ("complaints", "records", "edge")
DOORS = ("intake", "route", "notify")
TOPS = ("functions", "infra")
DEPLOYING = {"aws_cdk", "cdk_nag", "constructs", "infra"}
AWS = {"aws_lambda_powertools", "boto3", "botocore", "pynamodb"}
# Each costs a cold start more than it is worth at module level.
HEAVY = {"httpx", "holidays", "jsonschema", "moto", "requests", "shapely"}
# What reads and answers requests.
HTTP = {"aws_lambda_powertools.event_handler", "pydantic"}
API_HANDLERS = {
    f"functions.{door}.handler"
    for door in (
        *("intake.api", "intake.open311", "route.api", "route.officers", "route.pages"),
        *("notify.site", "notify.subscriptions"),
    )
}
CLOCKS = {"now", "today", "utcnow", "time", "time_ns"}


def modules(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def name_of(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def imports(file: Path, *, only_on_load: bool = False) -> tuple[str, ...]:
    """Full names of what the file imports; with `only_on_load`, of what importing the file itself imports."""
    return tuple(_imports(file, only_on_load=only_on_load))


def _imports(file: Path, *, only_on_load: bool) -> Iterator[str]:
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
    return modules(FUNCTIONS / "complaints")


def test_there_is_something_to_check() -> None:
    assert all(len(modules(FUNCTIONS / layer)) > 10 for layer in (*SHARED, *DOORS))


@pytest.mark.parametrize("layer", [*SHARED, *DOORS])
def test_imports_go_one_way(layer: str) -> None:
    """A door to the edge, the edge to the records, the records to the complaints: never back, never sideways."""
    below = SHARED[: SHARED.index(layer)] if layer in SHARED else SHARED
    allowed = [f"functions.{each}" for each in (layer, *below)]
    astray = {
        (name_of(file), imported)
        for file in modules(FUNCTIONS / layer)
        for imported in imports(file)
        if starts(imported, "functions", "infra", "tests") and not starts(imported, *allowed)
    }
    assert not astray


def test_the_pure_core_imports_no_aws() -> None:
    impure = {
        (name_of(file), imported)
        for file in pure_modules()
        for imported in imports(file)
        if starts(imported, *AWS)
    }
    assert not impure


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


def loaded_by(handler: str, known: Mapping[str, Path]) -> set[str]:
    """What a handler or a command imports as it loads, and what that imports in turn, as far as it is `known`: our own."""
    loaded, waiting = set[str](), [handler]
    while waiting:
        name = waiting.pop()
        if name in loaded:
            continue
        loaded.add(name)
        if (file := known.get(name) or known.get(name.rpartition(".")[0])) is not None:
            waiting += [*imports(file, only_on_load=True)]
    return loaded


def test_a_function_that_answers_no_requests_loads_nothing_that_does() -> None:
    """The authorizer, which is in the way of every request, least of all."""
    known = {name_of(file): file for file in modules(FUNCTIONS)}
    handlers = {name for name, file in known.items() if file.name == "handler.py"}
    assert {*API_HANDLERS, "functions.route.authorizer.handler"} < handlers
    loading = {each for each in handlers if any(starts(name, *HTTP) for name in loaded_by(each, known))}
    assert loading == API_HANDLERS


def test_only_a_command_that_synthesises_loads_the_cdk() -> None:
    """Its import alone starts Node, and takes seconds of whoever waits for an answer."""
    known = {name_of(file): file for top in TOPS for file in modules(ROOT / top)}
    commands = set(re.findall(r"-m (infra[\w.]*)", (ROOT / "Makefile").read_text()))
    started = {name: f"{name}.__main__" if f"{name}.__main__" in known else name for name in commands}
    assert len(started) > 10
    assert {*started.values()} <= known.keys()
    loading = {
        name
        for name, module in started.items()
        if any(starts(each, "aws_cdk") for each in loaded_by(module, known))
    }
    assert loading == {"infra.checks", "infra.local.cost"}


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


@pytest.mark.parametrize("top", TOPS)
def test_no_import_leads_back_to_where_it_began(top: str) -> None:
    """Not by way of what only the type checker imports, either."""
    files = {name_of(file): file for file in modules(ROOT / top)}

    def module(imported: str) -> str:
        return imported if imported in files or not imported else module(imported.rpartition(".")[0])

    graph = {name: {module(each) for each in imports(file)} - {name, ""} for name, file in files.items()}
    assert any(graph.values())
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(reversed(error.args[1])))


def test_nothing_that_deploys_is_in_functions() -> None:
    assert not [
        (name_of(file), imported)
        for file in modules(FUNCTIONS)
        for imported in imports(file)
        if starts(imported, *DEPLOYING)
    ]


def test_nothing_that_runs_on_lambda_is_in_infra() -> None:
    named = [
        (name_of(file), value.value)
        for file in modules(ROOT / "infra" / "stacks")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Code"
        for keyword in node.keywords
        if keyword.arg in {"handler", "sources"}
        for value in ast.walk(keyword.value)
        if isinstance(value, ast.Constant)
    ]
    assert len(named) > 20
    assert not [each for each in named if not re.match(r"functions[./]", str(each[1]))]


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
    monkeypatch.setitem(_imports.__globals__, "ROOT", tmp_path)
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
