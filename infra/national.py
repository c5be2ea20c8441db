"""`make national`: the regions beside one another, of their public files alone.

python -m infra.national FROM... --into FOLDER

FROM is a region's address (`https://…`) or a folder; `open/figures.json` and `open/region.json` are read below it. Writes
`open/national.json` and `national.html` into the folder. Hours are not added up: what half of them took in two regions does
not say what half of both took.
"""

import argparse
import gzip
import json
import sys
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import urlopen

from functions.notify.figures.document import FEWEST, rank, share
from functions.notify.figures.tally import COUNTED

_WAIT_S: Final = 30
_GZIP: Final = b"\x1f\x8b"
_WORDS: Final = {
    "kk": (
        "Өңірлер: мерзімінде берілген жауаптар",
        "Өңір",
        "Мерзімінде",
        "Мерзімі өткен, жауап жоқ",
        "Түсті",
    ),
    "ru": ("Регионы: ответы в срок", "Регион", "В срок", "Просрочено, ответа нет", "Поступило"),
    "en": ("Regions: answers in time", "Region", "In time", "Overdue, no answer", "Received"),
}

type Json = dict[str, Any]


class NotReadable(ValueError):
    """A region's public file is not there, or is no such file."""


def national(regions: Iterable[tuple[Json, Json]]) -> Json:
    """`{fewest, definitions, as_of, whole, regions: {id: {name, as_of, all, months}}}` of each region's figures and what it
    says of itself. Raises NotReadable for two of one id.
    """
    found: dict[str, Json] = {}
    definitions: Mapping[str, Any] = {}
    for figures, about in regions:
        if about["id"] in found or figures["region"] != about["id"]:
            raise NotReadable(
                f"figures of {figures['region']} beside the region {about['id']}, or given twice"
            )
        definitions = definitions or figures["definitions"]
        found[about["id"]] = {"name": about["name"], "as_of": figures["as_of"], **figures["whole"]}
    rank(each["all"] for each in found.values())
    months = sorted({month for each in found.values() for month in each["months"]})
    for month in months:
        rank(each["months"][month] for each in found.values() if month in each["months"])
    return {
        "fewest": FEWEST,
        "definitions": definitions,
        # Of the oldest: nothing in it is older than it says.
        "as_of": min((each["as_of"] for each in found.values()), default=""),
        "whole": {
            "all": _sum(each["all"] for each in found.values()),
            "months": {
                month: _sum(each["months"][month] for each in found.values() if month in each["months"])
                for month in months
            },
        },
        "regions": found,
    }


def page(told: Json) -> str:
    """The same for people, in three languages below one another: the best first, those of too few cases last."""
    regions = sorted(
        told["regions"].values(), key=lambda each: (each["all"]["rank"] is None, each["all"]["rank"] or 0)
    )
    sections = "".join(_section(language, told, regions) for language in _WORDS)
    return (
        '<!doctype html>\n<html lang="kk"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Qamqor</title>'
        "<style>:root{color-scheme:light dark}body{font:100%/1.5 system-ui,sans-serif;max-width:60rem;"
        "margin:0 auto;padding:1rem}div{overflow-x:auto}table{border-collapse:collapse;width:100%}"
        "th,td{padding:.5rem;border-bottom:1px solid;text-align:right}th:nth-child(2){text-align:left}"
        f"</style></head>\n<body>{sections}</body></html>\n"
    )


def _section(language: str, told: Json, regions: Iterable[Json]) -> str:
    title, region, in_time, overdue, received = (escape(word) for word in _WORDS[language])
    rows = "".join(
        f"<tr><td>{each['all']['rank'] or '–'}</td><th scope=row>{escape(each['name'][language])}</th>"
        f"<td>{_percent(each['all'])}</td><td>{each['all']['overdue']}</td><td>{each['all']['received']}</td></tr>"
        for each in regions
    )
    meaning = escape(told["definitions"].get("in_time_share", {}).get(language, ""))
    return (
        f'<section lang="{language}"><h1>{title}</h1><p>{_percent(told["whole"]["all"])} · {meaning}</p>'
        f'<div tabindex="0" role="region" aria-label="{title}"><table><thead><tr><th scope=col>#</th>'
        f"<th scope=col>{region}</th><th scope=col>{in_time}</th><th scope=col>{overdue}</th>"
        f"<th scope=col>{received}</th></tr></thead><tbody>{rows}</tbody></table></div></section>\n"
    )


def _percent(figures: Mapping[str, Any]) -> str:
    part = figures["in_time_share"]
    return "–" if part is None else f"{part:.0%}"


def _sum(figures: Iterable[Mapping[str, Any]]) -> Json:
    all_of = list(figures)
    summed = {name: sum(each[name] for each in all_of) for name in (*COUNTED, "judged")}
    levels = sorted({level for each in all_of for level in each["escalated"]}, key=int)
    return {
        **summed,
        "in_time_share": share(summed["in_time"], summed["judged"]),
        "escalated": {level: sum(each["escalated"].get(level, 0) for each in all_of) for level in levels},
    }


def read(source: str, file: str) -> Json:
    """The file below the address or the folder. Raises NotReadable."""
    try:
        content = _content(source.rstrip("/"), file)
        found: Json = json.loads(gzip.decompress(content) if content.startswith(_GZIP) else content)
    except (OSError, ValueError) as error:
        raise NotReadable(f"{source}: {file}: {error}") from error
    return found


def _content(source: str, file: str) -> bytes:
    if urlsplit(source).scheme != "https":
        return Path(source, file).read_bytes()
    with urlopen(f"{source}/{file}", timeout=_WAIT_S) as answer:  # noqa: S310
        content: bytes = answer.read()
    return content


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.national", description="Regions side by side.")
    parser.add_argument("sources", nargs="+", metavar="FROM", help="a region's https address, or a folder")
    parser.add_argument("--into", type=Path, default=Path(".build/national"), metavar="FOLDER")
    chosen = parser.parse_args()
    try:
        told = national(
            (read(source, "open/figures.json"), read(source, "open/region.json")) for source in chosen.sources
        )
    except NotReadable as error:
        print(f"national: {error}", file=sys.stderr)
        return 1
    (chosen.into / "open").mkdir(parents=True, exist_ok=True)
    made = json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    (chosen.into / "open" / "national.json").write_text(made)
    (chosen.into / "national.html").write_text(page(told))
    print(chosen.into / "national.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
