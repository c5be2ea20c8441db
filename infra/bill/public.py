"""What the public face asks of AWS in a year: copies of photos, a page for each change that everybody sees, and in each
minute that has one the files that all share. The requests are those of docs/performance.md, which tests count.
"""

import math
from collections.abc import Mapping
from typing import Any, Final

MINUTES: Final = 525_960
CHANGES: Final = 4
"""Of a complaint, as everybody sees it: assigned, begun, answered, closed."""
HISTORY_READS: Final = 5.0
"""Units, of a complaint with its history, read consistently."""
REGION_MOST: Final = 1_000_000
"""More complaints a year than the map of one region holds: they are of several."""
MAP_SHARE: Final = 0.25
"""Of a year's complaints, in the map: what is open, and what ended in 90 days."""
MONTH_SHARE: Final = 1 / 12
PAGE_MS: Final = 15.0
MAP_ROW_MS: Final = 0.012
MONTH_ROW_MS: Final = 0.011
"""Of its CSV and its GeoParquet together; all three as measured in docs/performance.md."""
CORE_GB: Final = 1769 / 1024
VERDICT: Final[Mapping[str, float]] = {
    "dynamodb_write_unit": 25.0,
    "dynamodb_read_unit": 6.0,
    "lambda_request": 3.0,
    "lambda_gb_second": 0.1,
    "sqs_request": 3.0,
}
"""What it takes to write what was hidden in a photo, as an event, and to tell a body of it. A life that is recorded has it
in its requests.
"""


def public_requests(complaints: int, *, photos: int, hiding: float) -> Mapping[str, float]:
    """Units of a year by what is charged, but what is kept; `photos` of each complaint. `hiding`: GB-seconds for what is
    hidden in one photo.
    """
    changes = complaints * CHANGES
    regions = max(1.0, complaints / REGION_MOST)
    minutes = -math.expm1(-changes / regions / MINUTES) * MINUTES * regions
    rows = complaints / regions
    files_ms = minutes * rows * (MAP_SHARE * MAP_ROW_MS + MONTH_SHARE * MONTH_ROW_MS)
    copies = photos * complaints
    return {
        "dynamodb_read_unit": changes * HISTORY_READS,
        # Of a photo its mark, the copy and a smaller one; of the complaint's first one more, among the public files.
        "s3_put": copies * 3 + complaints + changes + 3 * minutes,
        "s3_get": copies * 2 + changes + 4 * minutes,
        "lambda_request": copies,
        "lambda_gb_second": copies * hiding + (changes * PAGE_MS + files_ms) / 1000 * CORE_GB,
    }


def hiding(table: Mapping[str, Any]) -> float:
    """GB-seconds of one photo; `table` is `lambda_runs` of the prices."""
    return float((table["cpu_ms"]["Redaction"] + table["waiting_ms"]) / 1000 * CORE_GB)
