"""Any region on this machine: its own bodies, districts and categories under the settings of `local.yaml`.

Those are written for the region that they extend. For another one they are written anew into the emulator's folder, with
its name and with a category that it has: the one whose terms are short enough to watch.
"""

import json
import shutil
from pathlib import Path
from typing import Final

from functions.complaints.region import OTHER, Region, region_from_dict
from infra.region import REGIONS, compile_region
from infra.region.document import Document, document_of, region_files
from infra.region.rules.left_open import TO_DO
from infra.region.source import Node, read_yaml

LOCAL: Final = "local"
_NAMED: Final = {"kk": "{} (жергілікті)", "ru": "{} (локально)", "en": "{} (local)"}


def prepared(region_id: str, *, state_dir: Path, regions: Path = REGIONS) -> Path:
    """The folder of region files in which `local` is that region, for an emulator that has its state there.

    Raises RegionFault for a region without a file, or whose file cannot be read.
    """
    folder = _folder(state_dir)
    shutil.rmtree(folder, ignore_errors=True)
    if region_id in (LOCAL, region_in(regions)):
        return regions
    settings = _settings_for(document_of(region_id, regions), settings=_settings(regions).plain())
    folder.mkdir(parents=True)
    for file in (*region_files(regions), *regions.glob("*.geojson")):
        if file.stem != LOCAL:
            # Findings are to name the file that is edited.
            (folder / file.name).symlink_to(file)
    (folder / f"{LOCAL}.yaml").write_text(json.dumps(settings, indent=1, ensure_ascii=False))
    return folder


def regions_for(state_dir: Path) -> Path:
    """The folder that was prepared for the emulator with that state."""
    folder = _folder(state_dir)
    return folder if folder.is_dir() else REGIONS


def region_in(regions: Path) -> str:
    """Which region the local stage is, in a folder of region files."""
    return _settings(regions).text("extends") or LOCAL


def region_on(state_dir: Path) -> Region:
    """The local stage as functions see it, on the emulator with that state. Raises RegionFault."""
    return region_from_dict(json.loads(compile_region(LOCAL, folder=regions_for(state_dir))))


def watched_category(state_dir: Path) -> str:
    """The category whose terms are of seconds."""
    (category,) = _settings(regions_for(state_dir)).by_id("categories")
    return category


def _folder(state_dir: Path) -> Path:
    return state_dir / "regions"


def _settings(regions: Path) -> Node:
    settings, _ = read_yaml(regions / f"{LOCAL}.yaml")
    return settings


def _settings_for(document: Document, *, settings: dict[str, object]) -> dict[str, object]:
    (watched,) = _settings(REGIONS).items("categories")
    names = {
        language: _NAMED[language].format(text)
        for language, place in document.region.fields("name").items()
        # What is left open there is to be found there.
        if language in _NAMED and (text := place.text()) and TO_DO not in text
    }
    category = watched.plain() | {"id": _dangerous(document, like=watched.text("id"))}
    return settings | {"extends": document.file.stem, "name": names, "categories": [category]}


def _dangerous(document: Document, *, like: str | None) -> str | None:
    """The category of that id where the region has it, or else its first danger, or else its first."""
    offered = [each for each in document.region.items("categories") if each.get("retired") is None]

    def rank(category: Node) -> tuple[bool, bool, bool]:
        danger = category.get("danger")
        id = category.text("id")
        return id != like, danger is None or danger.value is not True, id == OTHER

    return min(offered, key=rank).text("id") if offered else like
