"""CPU time of importing each handler from its asset, in fresh processes, in turn with the bare handler's."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.bench.assets import FUNCTIONS, Asset, as_plainly_packaged, asset, bare, with_all_endpoints
from tests.bench.measure import Sample, probed, ratio
from tests.bench.report import Row, Table, milliseconds, spread

ROUNDS: Final = 15
API: Final = 1.25
WORKER: Final = 1.1
APIS: Final = ("intake API", "agency API", "subscriptions")
PLAIN: Final = ("bare", "intake API", "outbox")
WHOLE: Final = "the bare handler with all of botocore's endpoints"


def measure() -> Sequence[Table]:
    subjects = {"bare": bare(), **{name: asset(name) for name in FUNCTIONS}}
    plain = {name: as_plainly_packaged(subjects[name]) for name in PLAIN}
    whole = with_all_endpoints(subjects["bare"])
    names = [*subjects, WHOLE, *(f"plain {name}" for name in PLAIN)]
    taken: dict[str, list[float]] = {name: [] for name in names}
    modules: dict[str, int] = {}
    for _ in range(ROUNDS):
        for name, subject in subjects.items():
            modules[name] = _import(subject, None, taken[name])
        modules[WHOLE] = _import(subjects["bare"], whole, taken[WHOLE])
        for name in PLAIN:
            _import(subjects[name], plain[name], taken[f"plain {name}"])
    samples = {name: Sample(values=values) for name, values in taken.items()}
    return [
        Table(
            title="Import of each handler from its asset, CPU time",
            against="a bare handler, `boto3` and one DynamoDB client, from the same bundler",
            columns=("modules", "ratio (quartiles)", "ms / ms"),
            rows=[
                Row(
                    name=name,
                    cells=[
                        str(modules[name]),
                        spread(*ratio(samples[name], samples["bare"])),
                        f"{milliseconds(samples[name].median)} / {milliseconds(samples['bare'].median)}",
                    ],
                    value=ratio(samples[name], samples["bare"])[0],
                    target=None if name == WHOLE else API if name in APIS else WORKER,
                )
                for name in [*FUNCTIONS, WHOLE]
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
                Row(
                    name=name,
                    cells=[
                        spread(*ratio(samples[f"plain {name}"], samples[name])),
                        f"{milliseconds(samples[f'plain {name}'].median)}"
                        f" / {milliseconds(samples[name].median)}",
                    ],
                    value=ratio(samples[f"plain {name}"], samples[name])[0],
                )
                for name in PLAIN
            ],
        ),
    ]


def _import(subject: Asset, folder: Path | None, into: list[float]) -> int:
    told = probed(subject, folder=folder)
    into.append(told["import"]["cpu"])
    return int(told["modules"])
