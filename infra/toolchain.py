"""Where the tools are that `make setup` made, and how to call them."""

import os
import platform
from pathlib import Path
from typing import Literal

type Architecture = Literal["arm64", "x86_64"]

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools" / "bin"
NODE_MODULES = ROOT / ".tools" / "node" / "node_modules"
PAGES = ROOT / "web"
UV = TOOLS / "uv"
NODE = TOOLS / "node"
EMULATOR_PYTHON = ROOT / ".venv-emulator" / "bin" / "python"

_ARCHITECTURES: dict[str, Architecture] = {
    "x86_64": "x86_64",
    "amd64": "x86_64",
    "arm64": "arm64",
    "aarch64": "arm64",
}


class MissingTool(RuntimeError):
    """A tool that `make setup` makes is not there."""


def tool(path: Path) -> str:
    """The path as a command's first word. Raises `MissingTool` if it is not there."""
    if not path.exists():
        raise MissingTool(f"{path.relative_to(ROOT)} is missing: run `make setup` first")
    return str(path)


def cdk(*arguments: str) -> list[str]:
    """The command line for the pinned `cdk`, which needs `environment()` to find its Node."""
    return [tool(TOOLS / "cdk"), *arguments]


def environment(**more: str) -> dict[str, str]:
    """This process's environment with the project's tools, its Node among them, first on PATH."""
    return {**os.environ, "PATH": f"{TOOLS}{os.pathsep}{os.environ['PATH']}", **more}


def host_architecture() -> Architecture:
    """This machine's architecture by Lambda's name for it. Raises KeyError for one that Lambda has not."""
    return _ARCHITECTURES[platform.machine().lower()]
