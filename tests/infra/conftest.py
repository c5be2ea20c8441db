"""The stacks, synthesised once for all tests: each stage takes as long as a hundred of them."""

from pathlib import Path

import pytest

from infra.local.assembly import assembly
from tests.infra.template import Assembly


@pytest.fixture(scope="session")
def local_assembly() -> Path:
    """The folder of the cloud assembly: manifest, nested `assembly-*` with the templates, and assets."""
    return assembly()


@pytest.fixture(scope="session")
def local(local_assembly: Path) -> Assembly:
    return Assembly(local_assembly)


@pytest.fixture(scope="session")
def cloud() -> Assembly:
    """The cloud stage of all the regions that are there."""
    return Assembly(assembly(stage="cloud"))
