"""The stacks, synthesised once for all tests of a session: each stage takes as long as a hundred of them."""

from pathlib import Path

import pytest

from tests.infra.template import Assembly


@pytest.fixture(scope="session")
def local_assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the cloud assembly: manifest, nested `assembly-*` with the templates, and assets."""
    from infra.app import build

    folder = tmp_path_factory.mktemp("local-assembly")
    build(stage="local", outdir=str(folder)).synth()
    return folder


@pytest.fixture(scope="session")
def local(local_assembly: Path) -> Assembly:
    return Assembly(local_assembly)


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """The cloud stage of all the regions that are there."""
    from infra.app import build

    folder = tmp_path_factory.mktemp("cloud-assembly")
    build(stage="cloud", outdir=str(folder)).synth()
    return Assembly(folder)
