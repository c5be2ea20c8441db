"""Bodies that nothing tells of a complaint, as far as the region file says."""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from infra.region.document import read_document, region_files
from infra.region.finding import RegionFault


def unreached(folder: Path, only: Iterable[str] | None, *, today: date) -> Iterator[str]:
    """One line for each region that sends letters and has bodies in use without an address for them. No finding, for a
    webhook reaches a body too, of which the file knows nothing.
    """
    wanted = None if only is None else set(only)
    for file in region_files(folder):
        if wanted is not None and file.stem not in wanted:
            continue
        try:
            region = read_document(file).region
        except RegionFault:
            continue
        if region.at("identity", "email") is None:
            continue
        names = [
            name
            for name, item in region.by_id("agencies").items()
            if item.get("contact_email") is None and item.get("retired") is None
        ]
        if names:
            yield (
                f"{file.name}: no-letters: without `contact_email`: {', '.join(names)}. "
                "Each of them learns of its complaints only by a webhook or at the desk."
            )
