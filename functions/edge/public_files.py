"""The files that everybody may read, by their keys in the public bucket, which are their paths: some functions write them,
others read them.
"""

import re
from datetime import timedelta
from typing import Final

OPEN_DATA: Final = "open/"
MAP: Final = "open/complaints.geojson"
"""The open ones, and all that changed in MAP_KEEPS; tombstones of what was hidden."""
MAP_KEEPS: Final = timedelta(days=90)
"""For how long what changed last stays there after it ended, or was hidden."""
REGION: Final = "open/region.json"
FIGURES: Final = "open/figures.json"
_MONTH: Final = re.compile(r"open/(\d{4}-\d{2})\.csv\.gz")


def page_key(number: str) -> str:
    """Of a complaint's page."""
    return f"c/{number}"


def month_key(month: str) -> str:
    """Of the table of what was submitted in the month (`2026-03`), in the region's zone."""
    return f"{OPEN_DATA}{month}.csv.gz"


def table_key(month: str) -> str:
    """Of the same as GeoParquet."""
    return f"{OPEN_DATA}{month}.parquet"


def month_in(key: str) -> str | None:
    """The month whose rows are under the key, as CSV; None for another file's."""
    found = _MONTH.fullmatch(key)
    return None if found is None else found[1]
