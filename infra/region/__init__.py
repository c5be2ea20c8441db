"""Region files: one YAML file and its GeoJSON make a region. `python -m infra.region --help` works with them.

`compile_region(id)` gives the JSON that functions read, `load_region_file(id)` the values that
infrastructure reads; both refuse a file that has findings.
"""

from infra.region.compile import compile_region
from infra.region.document import REGIONS, region_ids
from infra.region.file import RegionFile, load_region_file
from infra.region.finding import Finding, RegionFault
from infra.region.lint import lint_regions

__all__ = [
    "REGIONS",
    "Finding",
    "RegionFault",
    "RegionFile",
    "compile_region",
    "lint_regions",
    "load_region_file",
    "region_ids",
]
