"""`python -m infra.region`: what an operator types, and what it answers."""

import pytest

from infra.region.__main__ import main
from infra.region.document import REGIONS, document_of
from infra.region.rules import working_time
from tests.infra import small_region


def test_lint_is_silent_and_succeeds_without_findings(capsys):
    assert main(["lint"]) == 0
    assert capsys.readouterr().out == ""


def test_lint_warns_months_before_a_calendar_ends_and_still_succeeds(capsys):
    last = max(working_time.years_of(document_of("pavlodar", REGIONS)))
    assert main(["lint", "pavlodar", "--today", f"{last}-01-31"]) == 0
    assert "ends with" not in capsys.readouterr().err
    assert main(["lint", "pavlodar", "--today", f"{last}-07-01"]) == 0
    assert f"ends with {last}" in capsys.readouterr().err


def test_lint_warns_of_bodies_that_no_letter_reaches_and_still_succeeds(tmp_path, capsys):
    small_region.write(tmp_path)
    assert main(["--folder", str(tmp_path), "lint"]) == 0
    assert "small.yaml: no-letters: without `contact_email`: east_akim, oblast." in capsys.readouterr().err
    small_region.write(tmp_path, yaml=small_region.YAML.replace(", email: no-reply@example.org", ""))
    main(["--folder", str(tmp_path), "lint"])
    assert "no-letters" not in capsys.readouterr().err


def test_lint_refuses_a_calendar_once_a_complaint_of_the_day_may_need_the_next_year(capsys):
    last = max(working_time.years_of(document_of("pavlodar", REGIONS)))
    assert main(["lint", "--today", f"{last}-08-01"]) == 0
    assert main(["lint", "--today", f"{last}-12-01"]) == 1
    found = capsys.readouterr().out.splitlines()
    years = [
        (REGIONS / f"{name}.yaml").read_text().splitlines().index(f"  years: [{last - 1}, {last}]") + 1
        for name in ("karaganda", "pavlodar")
    ]
    # A developer's machine has Pavlodar's, and is told of there.
    assert [line.split(": ")[0].split("/")[-1] for line in found] == [
        f"karaganda.yaml:{years[0]}",
        f"pavlodar.yaml:{years[1]}",
    ]
    assert all(": calendar-ends: " in line and f"{last + 1} is missing" in line for line in found)


def test_lint_prints_every_finding_and_fails(tmp_path, capsys):
    small_region.write(tmp_path, yaml=small_region.YAML.replace("PT4H", "4h").replace("SML", "sml"))
    assert main(["--folder", str(tmp_path), "lint"]) == 1
    assert [line.split(": ")[1] for line in capsys.readouterr().out.splitlines()] == [
        "number-prefix",
        "duration",
    ]


def test_lint_of_a_region_that_is_not_there_is_asked_wrongly(capsys):
    assert main(["lint", "atlantis"]) == 2
    assert "atlantis" in capsys.readouterr().err


def test_where_names_the_body_the_reason_the_terms_and_the_ladder(capsys):
    arguments = ["--lat", "52.245", "--lon", "76.775", "--category", "rubbish"]
    assert main(["where", "--region", "pavlodar", *arguments]) == 0
    out = capsys.readouterr().out
    for part in (
        "(atameken)",
        "(akim_atameken)",
        "in the district",
        "P3BD",
        "Level 1   ",
        "(city_akimat)",
        "P1BD",
    ):
        assert part in out
    assert (
        out.index("(city_akimat)") < out.index("(oblast_akimat)") < out.index("(presidential_administration)")
    )


def test_where_speaks_the_languages_of_the_region(capsys):
    arguments = ["--lat", "49.80", "--lon", "73.09", "--category", "rubbish", "--language", "kk"]
    assert main(["where", "--region", "karaganda", *arguments]) == 0
    assert "Қазыбек би атындағы аудан әкімінің аппараты" in capsys.readouterr().out


def test_where_outside_the_region_says_so(capsys):
    assert (
        main(["where", "--region", "karaganda", "--lat", "43", "--lon", "77", "--category", "rubbish"]) == 1
    )
    assert "outside" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments", [[], ["--lat", "52.2"], ["--lat", "52.2", "--lon", "76.9", "--category", "opera"]]
)
def test_where_needs_a_place_and_a_known_category(arguments):
    assert main(["where", "--region", "pavlodar", *arguments]) == 2


@pytest.mark.parametrize("region", ["pavlodar", "karaganda"])
def test_where_checks_a_list_of_places(region, capsys):
    places = REGIONS / f"{region}.places.csv"
    count = len(places.read_text().splitlines()) - 1
    assert main(["where", "--region", region, "--csv", str(places)]) == 0
    assert f"{count} of {count}" in capsys.readouterr().out
    assert count >= 15


def test_where_names_the_line_of_a_place_that_goes_elsewhere(tmp_path, capsys):
    file = tmp_path / "places.csv"
    file.write_text(
        "lat,lon,category,agency,note\n"
        "52.245,76.775,rubbish,city_housing,Atameken\n"
        "52.245,76.775,opera,city_housing,\n"
        "43.2,76.9,rubbish,city_housing,far away\n"
        "52.285,76.97,rubbish,city_housing,right\n",
        encoding="utf-8",
    )
    assert main(["where", "--region", "pavlodar", "--csv", str(file)]) == 1
    out = capsys.readouterr().out
    assert f"{file}:2:" in out
    assert "akim_atameken answers" in out
    assert f"{file}:3:" in out
    assert f"{file}:4:" in out
    assert "outside" in out
    assert "1 of 4" in out


@pytest.mark.parametrize("text", ["lat,lon\n1,2\n", "lat,lon,category,agency\nnorth,2,rubbish,x\n"])
def test_a_list_of_places_that_cannot_be_read_is_asked_wrongly(tmp_path, capsys, text):
    file = tmp_path / "places.csv"
    file.write_text(text, encoding="utf-8")
    assert main(["where", "--region", "pavlodar", "--csv", str(file)]) == 2
    assert str(file) in capsys.readouterr().err


def test_a_list_without_places_proves_nothing(tmp_path):
    file = tmp_path / "places.csv"
    file.write_text("lat,lon,category,agency\n", encoding="utf-8")
    assert main(["where", "--region", "pavlodar", "--csv", str(file)]) == 1


def test_new_never_overwrites(tmp_path, capsys):
    assert main(["--folder", str(tmp_path), "new", "--name", "astana"]) == 0
    (tmp_path / "astana.yaml").write_text("mine", encoding="utf-8")
    assert main(["--folder", str(tmp_path), "new", "--name", "astana"]) == 2
    assert (tmp_path / "astana.yaml").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", ["Astana", "../astana", "1st", ""])
def test_new_takes_only_ids(tmp_path, name):
    assert main(["--folder", str(tmp_path), "new", "--name", name]) == 2
    assert list(tmp_path.iterdir()) == []
