"""What a function takes: its asset's size, and its memory at the peak of its heaviest work."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from tests.bench.assets import FUNCTIONS, asset
from tests.bench.instant import Instant, instant
from tests.bench.measure import probed
from tests.bench.report import Row, Table
from tests.bench.scenes import scenes

MIB: Final = 2**20
SIZE_MOST: Final = 20.0
PHOTOS_SIZE_MOST: Final = 35.0
SHARE_MOST: Final = 0.6
ROUNDS: Final = 3


def sizes() -> Sequence[Table]:
    rows = []
    for name in FUNCTIONS:
        zipped = asset(name).archive.stat().st_size / 1e6
        whole = sum(file.stat().st_size for file in asset(name).folder.rglob("*") if file.is_file()) / 1e6
        most = PHOTOS_SIZE_MOST if name == "photos" else SIZE_MOST
        rows.append(Row(name=name, cells=[f"{zipped:.1f} MB", f"{whole:.0f} MB"], value=zipped, target=most))
    return [
        Table(
            title="Size of each asset",
            against="nothing; Lambda takes 250 MB unpacked",
            columns=("zipped", "unpacked"),
            rows=rows,
        )
    ]


def memory() -> Sequence[Table]:
    with instant() as server:
        found, calls = scenes(hook_url=f"{server.url}/hook")
        server.answer_as(calls)
        rows = [_peak(scene.name, scene.function, [scene.event], server) for scene in found.values()]
    rows.append(_photo())
    return [
        Table(
            title="Peak memory of each function in its heaviest use",
            against="the memory that it is configured with",
            columns=("function", "peak", "configured", "share"),
            rows=rows,
            notes=(
                "The photo function counts its child, which decodes, with it. Measured on Linux as the high-water mark of "
                "the resident set; Lambda's own runtime adds its interface client, some 10 MB.",
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
