"""docs/dashboards.svg: both dashboards, laid out as they are defined, with what a run of the demo really measured.

python -m infra.local.picture     plays the demo on an emulator (the one of `make up`, where it runs) and draws it

Of what only AWS measures (throttles, the age of streams, alarms) an emulator knows nothing: these widgets say so.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from infra.local.assembly import assembly
from infra.local.cast import cast
from infra.local.demo import running
from infra.local.drawing import Drawing, Place, Series, Table, Widget, svg
from infra.local.measured import Key, Measured, Point, calculated, measured, statistic
from infra.local.story import Teller, play
from infra.toolchain import ROOT

PICTURE: Final = ROOT / "docs" / "dashboards.svg"
BUCKET_S: Final = 5
"""How much time one point of a line stands for: the run takes a minute, where a dashboard shows a week."""


def main() -> int:
    with running() as here, cast(here) as players:
        play(players, Teller(write=lambda line: print(line, flush=True)))
        found = measured(here)
    PICTURE.write_text(svg(drawings(assembly(), found)))
    print(f"\n{PICTURE.relative_to(ROOT)} drawn from {len(found.lines)} lines of metrics")
    return 0


def drawings(made: Path, found: Measured) -> list[Drawing]:
    """The dashboards of the assembly's local stage, in their order."""
    return [
        Drawing(name=name, widgets=[drawn(each, found) for each in widgets])
        for name, widgets in sorted(dashboards(made).items())
    ]


def dashboards(made: Path) -> dict[str, list[Mapping[str, Any]]]:
    """The widgets of each dashboard as CloudWatch gets them; what stands for something else, by its logical id."""
    (path,) = made.glob("assembly-qamqor-local/*service*.template.json")
    found = {}
    for resource in json.loads(path.read_text())["Resources"].values():
        if resource["Type"] == "AWS::CloudWatch::Dashboard":
            properties = resource["Properties"]
            found[properties["DashboardName"]] = json.loads(_text(properties["DashboardBody"]))["widgets"]
    return found


def _text(body: Any) -> str:
    parts = [body] if isinstance(body, str) else body["Fn::Join"][1]
    return "".join(part if isinstance(part, str) else _stands_for(part) for part in parts)


def _stands_for(part: Mapping[str, Any]) -> str:
    """A logical id, or the name of another stack's export."""
    return str(part.get("Ref") or part.get("Fn::ImportValue") or part["Fn::GetAtt"][0])


def drawn(widget: Mapping[str, Any], found: Measured) -> Widget:
    properties = widget["properties"]
    place = Place(**{name: int(widget[name]) for name in ("x", "y", "width", "height")})
    if widget["type"] == "log":
        return Widget(title=properties["title"], place=place, table=table(properties["query"], found))
    single = properties.get("view") == "singleValue"
    return Widget(
        title=properties["title"],
        place=place,
        number=single,
        series=list(series(properties.get("metrics", ()), found, whole=single)),
        span=found.span,
    )


def series(metrics: Sequence[Sequence[Any]], found: Measured, *, whole: bool) -> Iterator[Series]:
    """What a widget shows; `whole`: as one number for the run, else a line of buckets."""
    read: dict[str, tuple[Key, str]] = {}
    shown: list[tuple[str, str | None, tuple[Key, str] | None]] = []
    for each in metrics:
        options: Mapping[str, Any] = each[-1] if isinstance(each[-1], dict) else {}
        if "expression" in options:
            shown.append((options.get("label", options["expression"]), options["expression"], None))
            continue
        namespace, name, *dimensions = [part for part in each if isinstance(part, str)]
        label = options.get("label", name)
        key = (namespace, name, label) if namespace == "AWS/Lambda" and dimensions else (namespace, name)
        metric = key, options.get("stat", "Sum")
        read[options.get("id", "")] = metric
        if options.get("visible", True):
            shown.append((label, None, metric))
    for label, expression, shown_metric in shown:
        line = _buckets(expression, shown_metric, read, found, whole=whole)
        yield Series(label=label, points=[(at, value) for at, value in line if value is not None])


def _buckets(
    expression: str | None,
    metric: tuple[Key, str] | None,
    read: Mapping[str, tuple[Key, str]],
    found: Measured,
    *,
    whole: bool,
) -> Iterator[tuple[float, float | None]]:
    used = {"": metric} if metric is not None else dict(read)
    known = {name: found.points.get(key, ()) for name, (key, _) in used.items()}
    lacking = [name for name, (key, _) in used.items() if key[0].startswith("AWS/") and not known[name]]
    if lacking or not any(known.values()):
        return
    for start, end in _spans(found, whole=whole):
        values = {name: _of(known[name], used[name][1], start=start, end=end) for name in used}
        if metric is not None:
            yield start, values[""]
        elif any(value is not None for value in values.values()):
            assert expression is not None
            yield start, calculated(expression, values)


def _spans(found: Measured, *, whole: bool) -> Iterator[tuple[float, float]]:
    first, last = found.span
    if whole:
        yield first, last + 1
        return
    start = first
    while start <= last:
        yield start, start + BUCKET_S
        start += BUCKET_S


def _of(points: Sequence[Point], stat: str, *, start: float, end: float) -> float | None:
    values = [value for at, value in points if start <= at < end]
    return statistic(stat, values) if values else None


def table(query: str, found: Measured) -> Table:
    """A query of the shape `stats sum(Name.0) as column, … by Field`, asked of the run's lines."""
    stats = query.partition("stats ")[2].splitlines()[0]
    sums, _, field = stats.rpartition(" by ")
    columns = [each.removeprefix("sum(").split(".0) as ") for each in sums.split(", ")]
    rows: dict[str, list[float]] = {}
    for line in found.lines:
        if line.get(field) is not None:
            row = rows.setdefault(str(line[field]), [0.0] * len(columns))
            for number, (metric, _) in enumerate(columns):
                row[number] += float(line[metric][0]) if metric in line else 0.0
    return Table(
        head=[field.lower(), *(column for _, column in columns)],
        rows=[[name, *(f"{value:g}" for value in row)] for name, row in sorted(rows.items())],
    )


if __name__ == "__main__":
    sys.exit(main())
