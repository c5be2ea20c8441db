"""The small region with a second ladder, of one body alone, that answers for noise."""

from tests.region_fixture import RAW, agency, category, region

REGION = region(
    agencies=RAW["agencies"] | {"police": agency("police", None)},
    categories=RAW["categories"]
    | {"noise": category("noise", responsible={"default": "police", "districts": {}})},
)
