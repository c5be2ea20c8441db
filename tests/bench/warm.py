"""CPU time of a warm invocation, and of the first one, against the bare handler making the same calls of AWS."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tests.bench.assets import asset, bare
from tests.bench.calls import Call
from tests.bench.instant import instant
from tests.bench.measure import Sample, probed, ratio
from tests.bench.report import Row, Table, milliseconds, say, spread
from tests.bench.scenes import Scene, scenes

ROUNDS: Final = 11
WARM: Final = 2.0
FIRST: Final = 1.5
# So many calls of AWS in one process, roughly, whatever one event takes.
CALLS: Final = 400
SHOWN_ONLY: Final = ("GET /v1/complaints/{id}",)


def measure(*, rounds: int = ROUNDS) -> Sequence[Table]:
    first: list[Row] = []
    warm: list[Row] = []
    with instant() as server:
        found, calls = scenes(hook_url=f"{server.url}/hook")
        server.answer_as(calls)
        for scene in found.values():
            say(f"  {scene.name}")
            rows = _scene(scene, environment=server.environment, url=server.url, rounds=rounds)
            first.append(rows[0])
            warm.append(rows[1])
    return [
        Table(
            title="First invocation after the import",
            against="the bare handler's first `put_item`; both against a server that answers at once",
            columns=("calls", "ratio (quartiles)", "to its first with the same calls", "ms / ms"),
            rows=first,
            notes=(
                "Of a batch, its first event alone. The second ratio is to the bare handler that makes the same calls,"
                " and the clients for them, in its first invocation.",
            ),
        ),
        Table(
            title="CPU of a warm invocation",
            against="the bare handler making the same calls of AWS, with the same parameters, with boto3's clients",
            rows=warm,
            notes=(f"{rounds} rounds, each in fresh processes.",),
        ),
    ]


def _scene(scene: Scene, *, environment: Mapping[str, str], url: str, rounds: int) -> tuple[Row, Row]:
    repeat = max(1, CALLS // len(scene.calls))
    posts = [f"{url}/hook"] * scene.hooks
    same = {"calls": [_call(call) for call in scene.calls], "posts": posts}
    same_first = {"calls": [_call(call) for call in scene.first], "posts": posts}
    one_put = {"calls": [_PUT], "posts": []}
    names = ("first", "warm", "base first", "base warm", "same first")
    samples: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(rounds):
        mine = probed(asset(scene.function), events=[scene.event], repeat=repeat, environment=environment)
        its = probed(bare(), events=[same], repeat=repeat, environment=environment)
        mine_first = probed(asset(scene.function), events=[scene.smallest], environment=environment)
        its_first = probed(bare(), events=[one_put], environment=environment)
        its_same = probed(bare(), events=[same_first], environment=environment)
        _expect_served(scene, mine["answer"])
        samples["first"].append(mine_first["first"]["cpu"])
        samples["warm"].append(mine["warm"]["cpu"])
        samples["base warm"].append(its["warm"]["cpu"])
        samples["base first"].append(its_first["first"]["cpu"])
        samples["same first"].append(its_same["first"]["cpu"])
    taken = {name: Sample(values=values) for name, values in samples.items()}
    first, warm = ratio(taken["first"], taken["base first"]), ratio(taken["warm"], taken["base warm"])
    shown_only = scene.name in SHOWN_ONLY
    return (
        Row(
            name=scene.name,
            cells=[
                f"{len(scene.first)}",
                spread(*first),
                spread(*ratio(taken["first"], taken["same first"])),
                _times(taken["first"], taken["base first"]),
            ],
            value=first[0],
            target=None if shown_only else FIRST,
        ),
        Row(
            name=scene.name,
            cells=[f"{len(scene.calls)}", spread(*warm), _times(taken["warm"], taken["base warm"])],
            value=warm[0],
            target=None if shown_only else WARM,
        ),
    )


def _times(mine: Sample, its: Sample) -> str:
    return f"{milliseconds(mine.median)} / {milliseconds(its.median)}"


_PUT: Final = (
    "dynamodb",
    "put_item",
    {"TableName": "complaints", "Item": {"pk": {"S": "bare"}, "sk": {"S": "bare"}, "n": {"N": "1"}}},
)


def _call(call: Call) -> tuple[str, str, Any]:
    return call.service, call.method, json.loads(json.dumps(call.parameters))


def _expect_served(scene: Scene, answer: Any) -> None:
    served = answer.get("statusCode", 200) < 300 and not answer.get("batchItemFailures")
    if not served:
        raise RuntimeError(f"{scene.name} was not served: {answer}")
