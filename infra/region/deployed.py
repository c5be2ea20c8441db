"""What a region file takes away from the one that is deployed: complaints and histories name it, so it is retired first."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.region.document import Document, read_document
from infra.region.extends import read_merged
from infra.region.finding import Finding, RegionFault


class NotDeployed(ValueError):
    """What is given as deployed is no region file; the message says which."""


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """Of a region as it is deployed: its bodies and categories with what the file says of each, and its number's prefix."""

    region: str
    number_prefix: str
    agencies: Mapping[str, Any]
    categories: Mapping[str, Any]


def read_deployed(place: Path) -> Mapping[str, Deployed]:
    """The regions of a file, or of the files in a folder, by id; each a region file, or one as it is compiled and packed
    beside functions (`region.json`). Raises NotDeployed.
    """
    files = [place] if place.is_file() else sorted((*place.glob("*.yaml"), *place.glob("*.json")))
    found = [_read(file) for file in files if not file.name.endswith(".schema.json")]
    if not found:
        raise NotDeployed(f"{place}: there is no region file")
    return {each.region: each for each in found}


def _read(file: Path) -> Deployed:
    try:
        if file.suffix == ".json":
            raw = json.loads(file.read_bytes())
            agencies, categories = raw["agencies"], raw["categories"]
            return Deployed(
                region=raw["id"],
                number_prefix=raw["number_prefix"],
                agencies=agencies,
                categories=categories,
            )
        raw = read_merged(file)[1].plain()
        return Deployed(
            region=raw["region"],
            number_prefix=raw["number_prefix"],
            agencies={each["id"]: each for each in raw["agencies"]},
            categories={each["id"]: each for each in raw["categories"]},
        )
    except (KeyError, TypeError, ValueError, RegionFault) as error:
        raise NotDeployed(f"{file}: this is no region file: {type(error).__name__} {error}") from error


def removals(file: Path, deployed: Deployed) -> Iterator[Finding]:
    """What the region file lacks that is deployed, and is not retired there."""
    document = read_document(file)
    yield from _missing(document, deployed.agencies, key="agencies", what="agency")
    yield from _missing(document, deployed.categories, key="categories", what="category")
    place = document.region.get("number_prefix")
    if place is not None and place.text() != deployed.number_prefix:
        yield place.fault(
            "number-prefix",
            f"{deployed.number_prefix!r} is deployed, and begins the numbers that people have.",
            f"Write {deployed.number_prefix}.",
        )


def _missing(document: Document, deployed: Mapping[str, Any], *, key: str, what: str) -> Iterator[Finding]:
    there = document.region.by_id(key)
    new = {name: item for name, item in there.items() if name not in deployed}
    for name, said in deployed.items():
        if name in there or said.get("retired") is not None:
            continue
        renamed = next((each for each, item in new.items() if _same_name(item.plain(), said)), None)
        place = document.region.get(key) or document.region
        heir = f", moved_to: {renamed}" if renamed else ", moved_to: ID"
        yield place.fault(
            "removed",
            f"The {what} {name!r} is deployed and is not here"
            + (f"; {renamed!r} has its name." if renamed else "."),
            f"Put {name!r} back with `retired: {{since: YYYY-MM-DD{heir}}}`, and remove it when nothing is open with it "
            "any more.",
        )


def _same_name(one: Any, other: Any) -> bool:
    names = (one.get("name") or {}), (other.get("name") or {})
    return any(names[0].get(each) and names[0].get(each) == names[1].get(each) for each in ("kk", "ru", "en"))
