"""The local stage, synthesised once for all tests: it takes as long as a hundred of them."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def local_assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the cloud assembly: manifest, nested `assembly-*` with the templates, and assets."""
    from infra.app import build

    folder = tmp_path_factory.mktemp("local-assembly")
    build(stage="local", outdir=str(folder)).synth()
    return folder
