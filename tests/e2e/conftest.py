"""One emulator and one deployment for all the tests that need them; both are gone at the end."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local import emulator
from infra.local.assembly import assembly
from infra.local.cast import cast
from infra.local.deployed import REGION_ID, Deployed, deploy
from infra.local.story import Cast
from infra.region import load_region_file

FIRST = (
    # Counts what is asked of a deployment that nobody else has used yet.
    "test_cost_of_a_complaint",
    # The longest.
    "test_escalation_paths",
    "test_cloud_templates",
    "test_ops",
    "test_least_privilege",
    "test_documented_statuses",
    "test_two_regions",
    "test_restore",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files early: at the end no process has one left while the other waits."""
    items.sort(key=lambda item: FIRST.index(item.path.stem) if item.path.stem in FIRST else len(FIRST))


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """The local stage, deployed by `cdk` to an emulator of this session's own that records every call."""
    region = load_region_file(REGION_ID)
    folder: Path = tmp_path_factory.mktemp("emulator")
    with emulator.start(region=region.aws_region, account=region.account, state_dir=folder) as own:
        yield deploy(own, folder=assembly())


@pytest.fixture(scope="session")
def players(deployed: Deployed) -> Iterator[Cast]:
    """A citizen, and two bodies whose webhook receivers get everything."""
    with cast(deployed) as everybody:
        yield everybody
