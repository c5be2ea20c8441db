"""What a function takes: its asset's size, and its memory at the peak of its heaviest work."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

from infra.toolchain import Architecture
from tests.bench.assets import FUNCTIONS, archived, asset
from tests.bench.instant import Instant, instant
from tests.bench.measure import probed
from tests.bench.report import Row, Table
from tests.bench.scenes import scenes

MIB: Final = 2**20
SIZE_MOST: Final = 20.0
PHOTOS_SIZE_MOST: Final = 35.0
SHARE_MOST: Final = 0.6
ROUNDS: Final = 3
ARCHITECTURE: Final[Architecture] = "arm64"


def sizes() -> Sequence[Table]:
    rows = []
    for name in FUNCTIONS:
        archive = archived(name, target=ARCHITECTURE)
        with ZipFile(archive) as packed:
            whole = sum(entry.file_size for entry in packed.infolist()) / 1e6
        zipped = archive.stat().st_size / 1e6
        most = PHOTOS_SIZE_MOST if name == "photos" else SIZE_MOST
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


def memory() -> Sequence[Table]:
    with instant() as server:
        found, calls = scenes(hook_url=f"{server.url}/hook")
        server.answer_as(calls)
        rows = [_peak(scene.name, scene.function, [scene.event], server) for scene in found.values()]
        busy = {scene.function for scene in found.values()} | {"photos"}
        rows += [_peak("imported, no event", name, [], server) for name in FUNCTIONS if name not in busy]
    rows.append(_photo())
    return [
        Table(
            title="Peak memory of each function in its heaviest use",
            against="the memory that it is configured with",
            columns=("function", "peak", "configured", "share"),
            rows=rows,
            notes=(
                "The photo function counts its child, which decodes, with it. Measured on Linux as the high-water mark of "
                "the resident set; Lambda's own runtime adds its interface client, some 10 MB. What is only imported "
                "here works on one thing at a time: a request, a timer, or an index read by pages of 500 entries at the "
                "most.",
            ),
        )
    ]


def _peak(name: str, function: str, events: list[Any], server: Instant) -> Row:
    taken = max(
        probed(asset(function), events=events, repeat=5, environment=server.environment)["peak_bytes"]
        for _ in range(ROUNDS)
    )
    return _row(name, function, taken)


def _row(name: str, function: str, peak: int) -> Row:
    configured = asset(function).memory
    share = peak / MIB / configured
    cells = [function, f"{peak / MIB:.0f} MiB", f"{configured} MiB", f"{share:.0%}"]
    return Row(name=name, cells=cells, value=share, target=SHARE_MOST)


def _photo() -> Row:
    from tests.bench.photo import cleaning_peak

    return _row(
        "a photo at the limit of 50 megapixels", "photos", cleaning_peak(Path(asset("photos").folder))
    )
