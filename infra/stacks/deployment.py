"""One deployment of the product: a region file, and what its functions' packages are built for."""

from dataclasses import dataclass
from typing import Literal

from infra.region import RegionFile


@dataclass(frozen=True, kw_only=True)
class Deployment:
    region: RegionFile
    architecture: Literal["arm64", "x86_64"]

    @property
    def local(self) -> bool:
        return self.region.local

    @property
    def name(self) -> str:
        """What the deployment's stacks and the few fixed names in them begin with."""
        return f"qamqor-{self.region.id}"
