"""The figures: whoever counts the public rows again, with other tools, comes to the same."""

import gzip
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import boto3
import duckdb
import pytest
from moto import mock_aws

from functions.complaints import public_record
from functions.notify.figures import reading
from functions.notify.figures.definitions import DEFINITIONS
from functions.notify.figures.document import FEWEST, KINDS, figures_of
from functions.notify.figures.reading import read_months
from tests.functions.public_rows import Record, month_file, random_record
from tests.region_fixture import RAW

MONTHS = ("2026-01", "2026-02", "2026-03")
SPREADS = ("hours_to_acknowledge", "hours_to_answer")


def counted(files: Mapping[str, bytes]) -> dict[str, Any]:
    made = figures_of(read_months((month, io.BytesIO(file)) for month, file in files.items()), region_id="r")
    document: dict[str, Any] = json.loads(made)
    return document


def one(**fields: object) -> Record:
    """A record of which nothing is known but this."""
    random = Random(1)
    while (record := random_record(random, "N"))["status"] == "hidden":
        pass
    nothing = {"answered_in_time": "", "overdue": "false", "level": 0, "missed_terms": 0, "agency": "a"}
    return {**record, **nothing, **fields}


def of_body(records: Sequence[Record], body: str = "a") -> dict[str, Any]:
    found: dict[str, Any] = counted({"2026-03": month_file(records)})["agencies"][body]["all"]
    return found


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Any], Any]]:
    """Figures of three months of random lives, and the same months in DuckDB."""
    random = Random(7)
    files = {
        month: month_file([random_record(random, f"{month}-{at}", month=month) for at in range(3_000)])
        for month in MONTHS
    }
    folder = tmp_path_factory.mktemp("months")
    for month, file in files.items():
        Path(folder, f"{month}.csv.gz").write_bytes(file)
    with duckdb.connect() as database:
        database.execute(
            "create table every_row as select *, parse_filename(filename)[:7] as month "
            f"from read_csv('{folder}/*.csv.gz', filename = true)"
        )
        database.execute("create view rows as select * from every_row where status <> 'hidden'")
        yield counted(files), database


def groups(figures: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each group of figures, and which rows are its own."""
    wholes = [("true", figures["whole"])] + [
        (f"{KINDS[kind]} = '{named}'", group) for kind in KINDS for named, group in figures[kind].items()
    ]
    for condition, group in wholes:
        yield condition, group["all"]
        for month, in_month in group["months"].items():
            yield f"{condition} and month = '{month}'", in_month


def test_every_figure_is_what_its_own_definition_counts(rows: tuple[dict[str, Any], Any]) -> None:
    figures, database = rows
    plain = [name for name in DEFINITIONS if name not in ("rank", "hidden", "escalated", *SPREADS)]
    select = ", ".join(DEFINITIONS[name]["sql"] for name in (*plain, *SPREADS))
    looked_at = 0
    for condition, group in groups(figures):
        found = database.execute(f"select {select} from rows where {condition}").fetchone()
        expected = dict(zip(plain, found, strict=False))
        assert {name: group[name] for name in plain} == {
            **expected,
            "in_time_share": pytest.approx(expected["in_time_share"], abs=0.000_051),
        }, condition
        spreads = [group[name][part] for name in SPREADS for part in ("of", "median", "p90")]
        assert tuple(spreads) == found[len(plain) :], condition
        for level, count in group["escalated"].items():
            sql = f"select {DEFINITIONS['escalated']['sql']} from rows where {condition}"
            assert database.execute(sql, [int(level)]).fetchone() == (count,), condition
        looked_at += 1
    assert looked_at > 150


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("month", [None, *MONTHS])
def test_ranks_are_those_of_the_definition_and_of_ten_cases_or_more(
    rows: tuple[dict[str, Any], Any], kind: str, month: str | None
) -> None:
    figures, database = rows
    field, judged = KINDS[kind], DEFINITIONS["judged"]["sql"]
    only = f"month = '{month}'" if month else "true"
    found = database.execute(
        f"select {field}, {DEFINITIONS['rank']['sql']} from rows where {field} is not null and {only} "
        f"group by {field} having {judged} >= {FEWEST}"
    ).fetchall()
    of = {
        named: group["months"].get(month) if month else group["all"] for named, group in figures[kind].items()
    }
    ranks = {named: each["rank"] for named, each in of.items() if each and each["rank"] is not None}
    assert ranks == dict(found)
    assert {each["ranked"] for each in of.values() if each and each["rank"]} == {len(ranks)}


def test_hidden_ones_are_counted_apart_and_nowhere_else(rows: tuple[dict[str, Any], Any]) -> None:
    figures, database = rows
    sql = f"select month, {DEFINITIONS['hidden']['sql']} from every_row group by month"
    assert figures["hidden"] == dict(database.execute(sql).fetchall())
    assert sum(figures["hidden"].values()) > 100


def test_a_hidden_one_is_called_as_its_record_calls_it() -> None:
    assert reading.HIDDEN == public_record.HIDDEN


def test_what_every_figure_means_is_said_in_three_languages(rows: tuple[dict[str, Any], Any]) -> None:
    figures, _ = rows
    named = {name for name in figures["whole"]["all"] if name != "ranked"}
    assert named | {"hidden"} == set(figures["definitions"])
    for name, said in figures["definitions"].items():
        assert {"kk", "ru", "en", "sql"} == set(said), name
        assert len({said["kk"], said["ru"], said["en"]}) == 3, name


def test_silence_never_looks_better_than_an_answer() -> None:
    """Whatever a body does of its own: to leave one more without an answer never raises its share."""
    random = Random(3)
    for _ in range(200):
        records = [
            one(answered_in_time=random.choice(("true", "false")), overdue="false")
            for _ in range(random.randint(0, 12))
        ]
        silent = one(status="assigned", overdue="true")
        before = of_body([*records, one(status="assigned")])["in_time_share"]
        after = of_body([*records, silent])["in_time_share"]
        assert after is not None
        assert before is None or after <= before
        # Nor does an answer that was refuted save it.
        assert of_body([*records, {**silent, "answered_in_time": "true"}])["in_time_share"] == after


def test_one_who_gives_up_on_a_silent_body_is_seen() -> None:
    given_up = of_body([one(status="withdrawn", missed_terms=1), one(status="withdrawn")])
    assert (given_up["given_up"], given_up["received"], given_up["judged"]) == (1, 2, 0)


@pytest.mark.parametrize(("cases", "ranked"), [(FEWEST - 1, False), (FEWEST, True)])
def test_under_ten_cases_there_is_no_rank(cases: int, ranked: bool) -> None:
    figures = of_body([one(answered_in_time="true")] * cases + [one(status="assigned")] * 5)
    assert (figures["rank"] is not None) == ranked
    assert figures["in_time_share"] == 1


def test_equals_are_equal() -> None:
    """Also where the shares are the same and the cases are not."""
    document = counted(
        {
            "2026-03": month_file(
                [one(agency="a", answered_in_time=each) for each in ["true"] * 10 + ["false"] * 5]
                + [one(agency="b", answered_in_time=each) for each in ["true"] * 20 + ["false"] * 10]
                + [one(agency="c", answered_in_time="false")] * 10
            )
        }
    )
    assert {named: group["all"]["rank"] for named, group in document["agencies"].items()} == {
        "a": 1,
        "b": 1,
        "c": 3,
    }


def test_the_same_rows_make_the_same_bytes_in_whatever_order() -> None:
    random = Random(5)
    records = [random_record(random, f"N-{at}") for at in range(500)]
    first = figures_of(read_months([("2026-03", io.BytesIO(month_file(records)))]), region_id="r")
    random.shuffle(records)
    assert figures_of(read_months([("2026-03", io.BytesIO(month_file(records)))]), region_id="r") == first


def test_a_region_without_a_complaint_has_figures_too() -> None:
    document = counted({})
    assert document["months"] == []
    assert document["whole"]["all"]["in_time_share"] is None
    assert counted({"2026-03": month_file([])})["hidden"] == {"2026-03": 0}


def test_a_file_that_lacks_what_is_counted_is_refused() -> None:
    with pytest.raises(ValueError, match="level"):
        counted({"2026-03": gzip.compress(b"status,agency,category,district,updated_at\n")})


def test_the_function_reads_the_months_and_writes_the_figures(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    random = Random(9)
    months = {
        month: month_file([random_record(random, f"{month}-{at}") for at in range(50)]) for month in MONTHS
    }
    with mock_aws():
        s3 = boto3.client("s3", region_name="eu-central-1")
        s3.create_bucket(Bucket="public", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        for month, file in months.items():
            s3.put_object(Bucket="public", Key=f"open/{month}.csv.gz", Body=file)
        s3.put_object(Bucket="public", Key="open/2026-03.parquet", Body=b"no such file")
        s3.put_object(Bucket="public", Key="c/PVL-26-7K3M9", Body=b"<html>")
        (tmp_path / "region.json").write_text(json.dumps(RAW))
        monkeypatch.setenv("REGION_FILE", str(tmp_path / "region.json"))
        monkeypatch.setenv("PUBLIC_BUCKET", "public")
        from functions.notify.figures.handler import handler

        assert handler({}, None)["months"] == len(MONTHS)
        first = s3.get_object(Bucket="public", Key="open/figures.json")
        handler({}, None)
        again = s3.get_object(Bucket="public", Key="open/figures.json")
    assert (first["ContentType"], first["ContentEncoding"]) == ("application/json", "gzip")
    assert first["CacheControl"] == "public, max-age=3600"
    assert first["ETag"] == again["ETag"]
    written = json.loads(gzip.decompress(first["Body"].read()))
    assert {name: written[name] for name in ("months", "whole")} == {
        name: counted(months)[name] for name in ("months", "whole")
    }
    assert written["region"] == RAW["id"]
