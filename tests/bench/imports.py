"""CPU time of importing each handler from its asset, in fresh processes, in turn with the bare handler's."""

from collections.abc import Sequence
from typing import Final

from tests.bench.assets import FUNCTIONS, asset, bare
from tests.bench.measure import Compared, probed
from tests.bench.report import Row, Table

API: Final = 1.7
WORKER: Final = 1.35
APIS: Final = ("intake API", "agency API", "officers", "subscriptions")


def measure(*, rounds: int) -> Sequence[Table]:
    taken = {name: Compared() for name in FUNCTIONS}
    modules: dict[str, int] = {}
    for _ in range(rounds):
        for name, compared in taken.items():
            mine, its = probed(asset(name)), probed(bare())
            compared.add(mine["import"], its["import"])
            modules[name] = mine["modules"]
    return [
        Table(
            title="Import of each handler from its asset, CPU time",
            against="a bare handler, `boto3` and one DynamoDB client, from the same bundler",
            columns=("modules", "ratio (quartiles)", "ms / ms"),
            rows=[
                Row(
                    name=name,
                    cells=[str(modules[name]), *compared.cells],
                    value=compared.ratio,
                    target=API if name in APIS else WORKER,
                )
                for name, compared in taken.items()
            ],
            notes=(f"{rounds} rounds, each in fresh processes.",),
        )
    ]
