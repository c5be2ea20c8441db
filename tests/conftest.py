"""What holds for every test: the project's own tools, and no way to a real AWS account."""

import gc
import os
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from infra.toolchain import TOOLS
from tests.sweeps import draws

os.environ["PATH"] = f"{TOOLS}{os.pathsep}{os.environ['PATH']}"
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ |= {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    # As `cdk synth --no-staging`: an assembly that a test reads needs no copy of every function's zip file.
    "CDK_CONTEXT_JSON": '{"aws:cdk:disable-asset-staging": true}',
}


# How long an example takes says more about the machine than about the code; a gate draws the same ones each time.
settings.register_profile(
    "qamqor",
    max_examples=draws(gate=30, whole=300),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,
    print_blob=True,
)
settings.load_profile("qamqor")


SHORT = ("infra", "records")


@cache
def _folder(file: Path) -> str:
    """The first below the tests' own."""
    return file.relative_to(Path(__file__).parent).parts[0]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that fork for every photo first: a fork takes the longer the more the process holds, which grows.
    Short files last: at the end no process has a long one left while the other waits.
    """
    for item in items:
        if _folder(item.path) == "e2e":
            item.add_marker(pytest.mark.e2e)
    items.sort(key=lambda item: (not item.get_closest_marker("forks"), _folder(item.path) in SHORT))


def pytest_collection_finish() -> None:
    """What has been imported and collected lives to the end: looking through it time and again is a tenth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
