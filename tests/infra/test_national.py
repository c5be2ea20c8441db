"""The regions beside one another, of their public files alone."""

import gzip
import io
import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from functions.notify.figures.document import figures_of
from functions.notify.figures.reading import read_months
from infra.national import NotReadable, main, national, page, read
from tests.functions.public_rows import month_file, random_record

MONTHS = ("2026-02", "2026-03")


def figures(region_id: str, *, seed: int, count: int = 200) -> dict[str, Any]:
    """Of as many complaints in each month."""
    files = ((month, io.BytesIO(rows(seed, count, month))) for month in MONTHS)
    made: dict[str, Any] = json.loads(figures_of(read_months(files), region_id=region_id))
    return made


def rows(seed: int, count: int, month: str) -> bytes:
    random = Random(f"{seed} {month}")
    return month_file([random_record(random, f"{month}-{seed}-{at}", month=month) for at in range(count)])


def about(region_id: str) -> dict[str, Any]:
    return {
        "id": region_id,
        "name": {"kk": f"<{region_id}> kk", "ru": f"{region_id} ru", "en": f"{region_id} en"},
    }


def test_the_whole_is_what_one_region_of_all_rows_would_have() -> None:
    told = national([(figures("one", seed=1), about("one")), (figures("two", seed=2), about("two"))])
    both = json.loads(
        figures_of(
            read_months((month, io.BytesIO(rows(seed, 200, month))) for seed in (1, 2) for month in MONTHS),
            region_id="both",
        )
    )["whole"]
    left_out = {"rank", "ranked", "hours_to_acknowledge", "hours_to_answer"}
    for mine, its in (
        (told["whole"]["all"], both["all"]),
        *zip(told["whole"]["months"].values(), both["months"].values(), strict=True),
    ):
        assert mine == {name: value for name, value in its.items() if name not in left_out}
    assert told["as_of"] == min(each["as_of"] for each in told["regions"].values())


def test_regions_are_ranked_and_small_ones_are_not() -> None:
    told = national(
        [
            (figures("one", seed=1), about("one")),
            (figures("two", seed=2), about("two")),
            (figures("small", seed=3, count=3), about("small")),
        ]
    )
    one, two, small = (told["regions"][each]["all"] for each in ("one", "two", "small"))
    assert (one["rank"] < two["rank"]) == (one["in_time_share"] > two["in_time_share"])
    assert small["rank"] is None
    shown = page(told)
    assert "<<" not in shown
    assert "&lt;one&gt; kk" in shown
    for language in ("kk", "ru", "en"):
        section = shown[shown.index(f'<section lang="{language}">') :]
        assert section.index("small") > max(section.index("one"), section.index("two"))


def test_one_region_is_not_counted_twice() -> None:
    with pytest.raises(NotReadable, match="given twice"):
        national([(figures("one", seed=1), about("one"))] * 2)
    with pytest.raises(NotReadable, match="figures of one beside the region two"):
        national([(figures("one", seed=1), about("two"))])


def test_the_command_reads_folders_and_writes_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for at, region_id in enumerate(("one", "two")):
        folder = tmp_path / region_id / "open"
        folder.mkdir(parents=True)
        # As the bucket holds it, and as a browser saves it.
        content = json.dumps(figures(region_id, seed=at)).encode()
        (folder / "figures.json").write_bytes(content if at else gzip.compress(content))
        (folder / "region.json").write_text(json.dumps(about(region_id)))
    into = tmp_path / "national"
    arguments = ["national", str(tmp_path / "one"), str(tmp_path / "two"), "--into", str(into)]
    monkeypatch.setattr("sys.argv", arguments)
    assert main() == 0
    assert set(read(str(into), "open/national.json")["regions"]) == {"one", "two"}
    assert "two ru" in (into / "national.html").read_text()
    monkeypatch.setattr("sys.argv", ["national", str(tmp_path / "nowhere"), "--into", str(into)])
    assert main() == 1
    assert "nowhere" in capsys.readouterr().err
