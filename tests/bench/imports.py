"""CPU time of importing each handler from its asset, in fresh processes, in turn with the bare handler's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tests.bench.assets import FUNCTIONS, as_plainly_packaged, asset, bare, with_botocore_as_it_comes
from tests.bench.measure import Sample, probed, ratio
from tests.bench.report import Row, Table, milliseconds, spread

ROUNDS: Final = 21
API: Final = 1.25
WORKER: Final = 1.1
APIS: Final = ("intake API", "agency API", "subscriptions")
PLAIN: Final = ("bare", "intake API", "outbox")


def measure() -> Sequence[Table]:
    cut = bare()
    whole = with_botocore_as_it_comes(cut)
    taken = {name: Imports() for name in FUNCTIONS}
    plain = {name: Imports() for name in PLAIN}
    for _ in range(ROUNDS):
        for name, imports in taken.items():
            imports.add(probed(asset(name)), probed(cut, folder=whole), probed(cut))
        for name, imports in plain.items():
            built = cut if name == "bare" else asset(name)
            imports.add(probed(built, folder=as_plainly_packaged(built)), probed(built))
    return [
        Table(
            title="Import of each handler from its asset, CPU time",
            against="a bare handler, `boto3` and one DynamoDB client, from the same bundler",
            columns=("modules", "ratio (quartiles)", "to it with data cut as ours", "ms / ms"),
            rows=[
                Row(
                    name=name,
                    cells=[
                        str(imports.modules),
                        spread(*imports.ratio()),
                        spread(*imports.ratio(to=1)),
                        imports.times,
                    ],
                    value=imports.ratio()[0],
                    target=API if name in APIS else WORKER,
                )
                for name, imports in taken.items()
            ],
            notes=(
                "Ours collect no garbage while they are imported (`functions/edge/cold_start.py`), and do"
                " again from the first request on. The bare handler has no such provision, as few handlers do.",
                "Ours carry of what botocore knows of services only where those are that they call, and of these no"
                " documentation (`infra/packaging/botocore_data.py`); the bare handler carries all of it, as it comes. "
                "The second ratio is to a bare handler that is cut in the same way.",
            ),
        ),
        Table(
            title="The same with the bytecode that `pip` and CDK's zip leave",
            against="the same handler from our own packaging",
            columns=("ratio (quartiles)", "ms / ms"),
            rows=[
                Row(name=name, cells=[spread(*imports.ratio()), imports.times], value=imports.ratio()[0])
                for name, imports in plain.items()
            ],
        ),
    ]


@dataclass
class Imports:
    """CPU seconds of one import and of those it is held against, one right after the other, time and again."""

    mine: list[float] = field(default_factory=list)
    others: list[Sequence[float]] = field(default_factory=list)
    modules: int = 0

    def add(self, mine: Mapping[str, Any], *others: Mapping[str, Any]) -> None:
        self.mine.append(mine["import"]["cpu"])
        self.others.append([each["import"]["cpu"] for each in others])
        self.modules = int(mine["modules"])

    def ratio(self, *, to: int = 0) -> tuple[float, float, float]:
        return ratio(Sample(values=self.mine), Sample(values=[each[to] for each in self.others]))

    @property
    def times(self) -> str:
        its = [each[0] for each in self.others]
        return " / ".join(milliseconds(Sample(values=values).median) for values in (self.mine, its))
