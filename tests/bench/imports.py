"""CPU time of importing each handler from its asset, in fresh processes, in turn with the bare handler's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.bench.assets import FUNCTIONS, Asset, as_plainly_packaged, asset, bare, with_all_endpoints
from tests.bench.measure import Sample, probed, ratio
from tests.bench.report import Row, Table, milliseconds, spread

ROUNDS: Final = 31
API: Final = 1.25
WORKER: Final = 1.1
APIS: Final = ("intake API", "agency API", "subscriptions")
PLAIN: Final = ("bare", "intake API", "outbox")
WHOLE: Final = "the bare handler with all of botocore's endpoints"


def measure() -> Sequence[Table]:
    base = bare()
    subjects: dict[str, tuple[Asset, Path]] = {name: (asset(name), asset(name).folder) for name in FUNCTIONS}
    subjects[WHOLE] = (base, with_all_endpoints(base))
    taken = {name: Pair() for name in subjects}
    plain = {name: Pair() for name in PLAIN}
    for _ in range(ROUNDS):
        for name, (subject, folder) in subjects.items():
            taken[name].add(probed(subject, folder=folder), probed(base))
        for name in PLAIN:
            built = base if name == "bare" else asset(name)
            plain[name].add(probed(built, folder=as_plainly_packaged(built)), probed(built))
    return [
        Table(
            title="Import of each handler from its asset, CPU time",
            against="a bare handler, `boto3` and one DynamoDB client, from the same bundler",
            columns=("modules", "ratio (quartiles)", "ms / ms"),
            rows=[
                Row(
                    name=name,
                    cells=[str(pair.modules), spread(*pair.ratio), pair.times],
                    value=pair.ratio[0],
                    target=None if name == WHOLE else API if name in APIS else WORKER,
                )
                for name, pair in taken.items()
            ],
            notes=(
                "Ours collect no garbage while they are imported (`functions/complaints/cold_start.py`), and do"
                " again from the first request on. The bare handler has no such provision, as few handlers do.",
                "What botocore knows of where services are is cut to those that a function calls"
                " (`infra/botocore_data.py`), the bare handler's too; the last row is what it was before.",
            ),
        ),
        Table(
            title="The same with the bytecode that `pip` and CDK's zip leave",
            against="the same handler from our own packaging",
            columns=("ratio (quartiles)", "ms / ms"),
            rows=[
                Row(name=name, cells=[spread(*pair.ratio), pair.times], value=pair.ratio[0])
                for name, pair in plain.items()
            ],
        ),
    ]


@dataclass(kw_only=True)
class Pair:
    """What two imports took, one right after the other, time and again."""

    mine: list[float] = field(default_factory=list)
    its: list[float] = field(default_factory=list)
    modules: int = 0

    def add(self, mine: Mapping[str, Any], its: Mapping[str, Any]) -> None:
        self.mine.append(mine["import"]["cpu"])
        self.its.append(its["import"]["cpu"])
        self.modules = int(mine["modules"])

    @property
    def ratio(self) -> tuple[float, float, float]:
        return ratio(Sample(values=self.mine), Sample(values=self.its))

    @property
    def times(self) -> str:
        mine, its = (milliseconds(Sample(values=values).median) for values in (self.mine, self.its))
        return f"{mine} / {its}"
