"""What a function needs from its environment: declared beside its handler, checked once at start."""

import os
from collections.abc import Mapping
from pathlib import Path


class SettingsMissing(Exception):
    """The deployment is wrong, not the request: every missing name at once."""


def require(names: tuple[str, ...]) -> Mapping[str, str]:
    """The named variables; raises SettingsMissing if any is absent or empty."""
    missing = [name for name in names if not os.environ.get(name)]
    if missing:
        raise SettingsMissing("environment variables missing: " + ", ".join(missing))
    return {name: os.environ[name] for name in names}


def region_file() -> Path:
    """The compiled region file, packed at the root of the function's asset."""
    named = os.environ.get("REGION_FILE")
    return Path(named) if named else Path(__file__).parents[2] / "region.json"


def weights_folder() -> Path:
    """What the networks that look at photos have learned, packed beside the region file."""
    named = os.environ.get("WEIGHTS_FOLDER")
    return Path(named) if named else Path(__file__).parents[2] / "weights"
