"""Libraries are used by what they say they are: no name that begins with an underscore, whoever's it is."""

import ast
from collections.abc import Iterator

import pytest

from infra.toolchain import ROOT

# Documented under this name: https://docs.python.org/3/library/os.html#os._exit
PUBLIC = {"os._exit"}
# Signs by private parts of botocore, until it is boto3's `generate_presigned_url`.
EXPECTED_TO_GO = ROOT / "functions" / "edge" / "presign.py"


def is_private(name: str) -> bool:
    return name.startswith("_") and name != "_" and not name.endswith("__")


def private_names(source: str) -> Iterator[tuple[int, str]]:
    """Where the file uses a private name that it does not define itself, of a module, a class or an object."""
    tree = ast.parse(source)
    own = set(defined(tree))
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr=name) if is_private(name):
                yield node.lineno, ast.unparse(node)
            case ast.Attribute(attr=name) if is_private(name) and name not in own:
                if ast.unparse(node) not in PUBLIC:
                    yield node.lineno, ast.unparse(node)
            case ast.Call(
                func=ast.Name(id="getattr" | "setattr" | "hasattr"), args=[_, ast.Constant(str(name)), *_]
            ):
                if is_private(name):
                    yield node.lineno, ast.unparse(node)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                module = getattr(node, "module", None) or ""
                for alias in names:
                    if any(map(is_private, f"{module}.{alias.name}".split("."))):
                        yield node.lineno, ast.unparse(node)


def defined(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name, ctx=ast.Store()):
                yield name
            case ast.Name(id=name, ctx=ast.Store()):
                yield name


@pytest.mark.parametrize("folder", ["functions", "infra"])
def test_no_private_name_of_another_is_used(folder: str) -> None:
    used = {
        (str(file.relative_to(ROOT)), line, text)
        for file in sorted((ROOT / folder).rglob("*.py"))
        if file != EXPECTED_TO_GO
        for line, text in private_names(file.read_text())
    }
    assert not used


def test_the_reader_of_names_sees_them_on_modules_objects_and_classes_and_lets_a_files_own_be() -> None:
    source = (
        "import os, lib\n"
        "from lib import _hidden\n"
        "from lib._inner import shown\n"
        "import lib._other\n"
        "lib.client._make(1)\n"
        "lib.client._state = 2\n"
        "getattr(lib, '_late')\n"
        "class Own(lib.Base):\n"
        "    _kept: int\n"
        "    def __init__(self):\n"
        "        self._set = 1\n"
        "    def _get(self):\n"
        "        super()._get()\n"
        "        self._inherited()\n"
        "        return lib.__version__, self._set, Own()._get(), Own()._kept\n"
        "os._exit(1)\n"
    )
    assert [line for line, _ in sorted(private_names(source))] == [2, 3, 4, 5, 6, 7, 13, 14]
