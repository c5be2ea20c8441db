"""What a region's size chooses: how closely the machinery is watched, which costs the same whatever comes in.

The two promises, dead letters, what stands unwatched or set aside, and silence are watched at every size.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

type SizeName = Literal["small", "city", "oblast"]
type Traced = Literal["nothing", "doors", "everything"]
type Snapshots = Literal["none", "people", "all"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """`errors_by_door`, `throttles_by_door`: else one alarm for all functions of the account, by a metric that Lambda has
    of them. `durations`: functions near their timeouts. `quotas`: tables, executions and open watches against theirs.
    `dashboards`: two, or all on one. `traced`: by X-Ray. `snapshots`: which doors start from one, where the region file
    does not say.
    """

    errors_by_door: bool
    throttles_by_door: bool
    durations: bool
    quotas: bool
    dashboards: Literal[1, 2]
    traced: Traced
    snapshots: Snapshots
    reasons: Mapping[str, str]


SIZES: Final[Mapping[SizeName, Size]] = {
    "small": Size(
        errors_by_door=False,
        throttles_by_door=False,
        durations=False,
        quotas=False,
        dashboards=1,
        traced="nothing",
        snapshots="none",
        reasons={
            "errors, throttles": "one alarm each for the account's functions; which it is, the dashboard shows",
            "durations": "what comes too near its timeout ends as an error, which rings",
            "quotas": "ten thousand complaints a year come near none",
            "dashboards": "one person looks at both",
            "traced": "every line of a log names its complaint, and `make trace` reads them",
            "snapshots": "a snapshot is paid for by the hour, and calls are few: the first waits two seconds more",
        },
    ),
    "city": Size(
        errors_by_door=True,
        throttles_by_door=False,
        durations=False,
        quotas=False,
        dashboards=1,
        traced="doors",
        snapshots="people",
        reasons={
            "errors, throttles": "errors by door; throttles are the account's anyway",
            "durations": "what comes too near its timeout ends as an error, which rings",
            "quotas": "some tens of thousands of open watches, of a million",
            "dashboards": "the same graphs on one",
            "traced": "what somebody waits for; the rest is in the logs by complaint",
            "snapshots": "people wait for theirs; what bodies' systems ask may take two seconds more now and then",
        },
    ),
    "oblast": Size(
        errors_by_door=True,
        throttles_by_door=True,
        durations=True,
        quotas=True,
        dashboards=2,
        traced="everything",
        snapshots="all",
        reasons={
            "errors, throttles": "by door: several people are on duty",
            "durations": "slowness is seen before it fails",
            "quotas": "millions of complaints come near them, or a neighbour in the account does",
            "dashboards": "one for the akimat, one for whoever is on duty",
            "traced": "X-Ray takes a twentieth of what comes often",
            "snapshots": "at every door",
        },
    ),
}
"""By the name in the region file: some 10,000 complaints a year, 100,000, and more."""
