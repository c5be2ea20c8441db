"""The size of each function's asset."""

from collections.abc import Sequence
from typing import Final
from zipfile import ZipFile

from infra.toolchain import Architecture
from tests.bench.assets import FUNCTIONS, archived
from tests.bench.report import Row, Table

MOST: Final = 20.0
PHOTOS_MOST: Final = 35.0
ARCHITECTURE: Final[Architecture] = "arm64"


def measure() -> Sequence[Table]:
    rows = []
    for name in FUNCTIONS:
        archive = archived(name, target=ARCHITECTURE)
        with ZipFile(archive) as packed:
            whole = sum(entry.file_size for entry in packed.infolist()) / 1e6
        zipped = archive.stat().st_size / 1e6
        most = PHOTOS_MOST if name == "photos" else MOST
        rows.append(Row(name=name, cells=[f"{zipped:.1f} MB", f"{whole:.0f} MB"], value=zipped, target=most))
    return [
        Table(
            title="Size of each asset",
            against="nothing; Lambda takes 250 MB unpacked",
            columns=("zipped", "unpacked"),
            rows=rows,
            notes=(f"For {ARCHITECTURE}, as it is deployed.",),
        )
    ]
