"""Each function gets exactly the environment that its handler declares, and the handler is there."""

import ast
from pathlib import Path

import pytest

from infra.toolchain import ROOT
from tests.infra.template import Assembly, Resource

# What every function's environment has, whatever its handler declares.
COMMON = {
    "POWERTOOLS_LOG_LEVEL",
    "POWERTOOLS_METRICS_NAMESPACE",
    "POWERTOOLS_SERVICE_NAME",
    "PYTHONTZPATH",
}


def declared(module: Path, name: str) -> set[str] | None:
    """The names in the module's tuple of this name, without importing it; None where it has none."""
    for node in ast.parse(module.read_text()).body:
        match node:
            case ast.AnnAssign(target=ast.Name(id=found), value=ast.Tuple(elts=names)) if found == name:
                return {element.value for element in names if isinstance(element, ast.Constant)}
            case ast.Assign(targets=[ast.Name(id=found)], value=ast.Tuple(elts=names)) if found == name:
                return {element.value for element in names if isinstance(element, ast.Constant)}
    return None


def module_of(properties: Resource) -> Path:
    return ROOT / (properties["Handler"].rpartition(".")[0].replace(".", "/") + ".py")


@pytest.mark.parametrize("stage", ["local", "cloud"])
def test_a_function_gets_the_environment_that_its_handler_declares(
    stage: str, local: Assembly, cloud: Assembly, subtests: pytest.Subtests
) -> None:
    template = local["qamqor-local-service"] if stage == "local" else cloud["qamqor-pavlodar-service"]
    for name, properties in template.functions().items():
        with subtests.test(name):
            given = set(properties["Environment"]["Variables"]) - COMMON
            module = module_of(properties)
            required = declared(module, "ENVIRONMENT") or set()
            optional = declared(module, "OPTIONAL_ENVIRONMENT") or set()
            assert required <= given
            assert given <= required | optional


ASKED_FOR = {ROOT / "functions" / "intake" / "canary" / "handler.py"}
"""Deployed where a region file asks for it, which none here does: tests/infra/test_canary.py."""


def test_every_handler_that_declares_an_environment_is_deployed(local: Assembly, cloud: Assembly) -> None:
    """By the one stage or the other: letters are the cloud's, and no region there has officers."""
    deployed = {
        module_of(properties)
        for template in (local["qamqor-local-service"], cloud["qamqor-pavlodar-service"])
        for properties in template.functions().values()
    }
    declaring = {
        module for module in (ROOT / "functions").rglob("*.py") if declared(module, "ENVIRONMENT") is not None
    }
    assert declaring - deployed == ASKED_FOR


def test_zone_data_comes_from_the_lock_and_not_from_the_system(cloud: Assembly) -> None:
    for name, properties in cloud["qamqor-pavlodar-service"].functions().items():
        assert properties["Environment"]["Variables"]["PYTHONTZPATH"] == "", name
