"""A region file read whole: what every rule looks at."""

from dataclasses import dataclass
from pathlib import Path

from infra.region.extends import read_merged
from infra.region.finding import Finding, RegionFault
from infra.region.geojson import Geography, read_geography
from infra.region.schema import Region
from infra.region.source import Node

REGIONS = Path(__file__).resolve().parents[1] / "regions"


@dataclass(frozen=True, kw_only=True)
class Document:
    """`own` is the file as written, `region` the same with what it extends, `geography` its GeoJSON."""

    file: Path
    own: Node
    region: Node
    geography: Geography | None
    findings: tuple[Finding, ...]

    @property
    def stage(self) -> str:
        return self.region.text("stage") or "cloud"

    @property
    def local(self) -> bool:
        return self.stage == "local"

    @property
    def form(self) -> Region:
        """What it says, with what holds where it says nothing; raises pydantic's ValidationError where it has faults."""
        return Region.model_validate(self.region.plain())


def region_files(folder: Path = REGIONS) -> list[Path]:
    return sorted(folder.glob("*.yaml"))


def region_ids(folder: Path = REGIONS) -> list[str]:
    return [file.stem for file in region_files(folder)]


def read_document(file: Path) -> Document:
    """Raises RegionFault where the YAML cannot be read, FileNotFoundError where there is none."""
    own, region, findings = read_merged(file)
    geography = None
    place = region.get("geography")
    if place is not None and (name := place.text()) is not None:
        path = file.parent / name
        if path.name == name and path.is_file():
            geography = read_geography(path)
            findings += geography.findings
        else:
            findings += (place.fault("geojson", f"There is no file {name!r} beside this one.", "Add it."),)
    return Document(file=file, own=own, region=region, geography=geography, findings=findings)


def document_of(region_id: str, folder: Path = REGIONS) -> Document:
    """Raises RegionFault, also for a region that has no file."""
    file = folder / f"{region_id}.yaml"
    if file.name != f"{region_id}.yaml" or not file.is_file():
        known = ", ".join(region_ids(folder)) or "none"
        raise RegionFault(
            Finding(
                file,
                1,
                "region-id",
                f"There is no region file for {region_id!r}.",
                f"Choose one of: {known}.",
            )
        )
    return read_document(file)
