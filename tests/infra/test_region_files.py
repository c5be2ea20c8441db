"""The shipped regions: without findings, complete, and compiled to what functions read."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.complaints.region import Region, region_from_dict
from functions.complaints.routing import in_region, ladder, responsible_agency
from infra.region import REGIONS, RegionFault, compile_region, lint_regions, load_region_file, region_ids
from infra.region.schema import Cognito, Fcm
from infra.region.where import read_places, wrong_places
from tests.infra import small_region
from tests.sweeps import draws

NOW = datetime(2026, 3, 3, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
CLOUD = ("karaganda", "pavlodar")


@pytest.fixture(scope="module", params=region_ids())
def region(request) -> Region:
    return region_from_dict(json.loads(compile_region(request.param)))


def test_the_shipped_regions_have_no_findings():
    assert [str(finding) for finding in lint_regions()] == []


def test_pavlodar_karaganda_and_a_developers_machine_are_shipped():
    assert set(region_ids()) >= {*CLOUD, "local"}


@pytest.mark.parametrize("name", CLOUD)
def test_a_citys_file_is_complete(name):
    raw = json.loads(compile_region(name))
    assert len(raw["categories"]) >= 12
    assert {category["danger"] for category in raw["categories"].values()} == {True, False}
    assert len(raw["districts"]) >= 2
    assert all(
        len(ladder(region_from_dict(raw), agency, at=NOW)) >= 2
        for agency in raw["agencies"]
        if "city" in agency
    )


@settings(max_examples=draws(gate=60, whole=600), deadline=None)
@given(data=st.data())
def test_every_place_in_a_shipped_region_has_a_body_with_a_ladder_for_every_category(region, data):
    corners = [point for polygon in region.boundary for point in polygon[0]]
    lon = data.draw(st.floats(min(lon for lon, _ in corners), max(lon for lon, _ in corners)))
    lat = data.draw(st.floats(min(lat for _, lat in corners), max(lat for _, lat in corners)))
    for category in region.categories:
        found = responsible_agency(region, category_id=category, lat=lat, lon=lon, at=NOW)
        assert ladder(region, found.agency_id, at=NOW)
        assert (found.district_id is not None) == in_region(region, lat=lat, lon=lon)


def test_deadlines_of_the_shipped_calendars_can_be_computed(region):
    years = sorted(region.calendar.years)
    assert len(years) >= 2
    assert region.calendar.working_day_after(next(iter(region.calendar.holidays)), 15)


@pytest.mark.parametrize("list_of_places", sorted(REGIONS.glob("*.places.csv")), ids=lambda file: file.name)
def test_the_places_of_a_region_belong_to_the_bodies_expected(list_of_places):
    region = region_from_dict(json.loads(compile_region(list_of_places.name.removesuffix(".places.csv"))))
    places = read_places(list_of_places)
    assert len(places) >= 15
    assert list(wrong_places(region, places, at=NOW)) == []


def test_compiling_gives_the_same_bytes_in_every_process():
    command = [sys.executable, "-m", "infra.region", "compile", "--region", "pavlodar"]
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": "America/New_York"}
        run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True, timeout=60)
        assert run.stdout == compile_region("pavlodar")


def test_the_compiled_form_is_canonical_json():
    compiled = compile_region("local")
    again = json.dumps(json.loads(compiled), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert compiled == again.encode()


def test_the_compiled_form_holds_neither_accounts_nor_addresses_nor_names_of_secrets():
    text = compile_region("pavlodar").decode()
    for private in ("111122223333", "example.org", "qamqor/pavlodar"):
        assert private not in text


def test_a_file_with_findings_is_neither_compiled_nor_loaded(tmp_path):
    text = small_region.YAML.replace("PT4H", "4h").replace("Asia/Almaty", "Nowhere")
    small_region.write(tmp_path, yaml=text)
    for read in (compile_region, load_region_file):
        with pytest.raises(RegionFault) as fault:
            read("small", folder=tmp_path)
        assert [finding.rule for finding in fault.value.findings] == ["time-zone", "duration"]


@pytest.mark.parametrize("name", ["nowhere", "../regions/pavlodar", ""])
def test_a_region_without_a_file_is_refused_by_name(name):
    with pytest.raises(RegionFault, match="pavlodar"):
        compile_region(name)


def test_infrastructure_reads_a_region_with_defaults_filled_in():
    region = load_region_file("pavlodar")
    assert (region.stage, region.local, region.account, region.aws_region) == (
        "cloud", False, "111122223333", "eu-central-1",
    )  # fmt: skip
    assert region.identity == Cognito(provider="cognito", email="no-reply@qamqor.example")
    assert region.push.fcm == Fcm(secret="qamqor/pavlodar/fcm", revision=1)
    assert region.push.apns is None or not region.push.apns.sandbox
    assert (region.retention.quarantine, region.retention.logs, region.retention.inbox) == (1, 90, 90)
    assert not region.webhooks.allow_http
    assert region.compiled == compile_region("pavlodar")


def test_a_developers_machine_is_pavlodar_with_short_terms():
    local, pavlodar = json.loads(compile_region("local")), json.loads(compile_region("pavlodar"))
    manhole = local["categories"]["open_manhole"]
    assert (manhole["acknowledge_within"], manhole["answer_within"]) == (None, "PT12S")
    assert manhole["escalation_terms"] == ["PT60S", "PT30S"]
    assert local["terms"]["photos_wait"] == "PT5M"
    assert local["webhooks"] == {"allow_http": True, "allow_private": True}
    assert local["quiet_hours"] is None
    assert local["agencies"] == pavlodar["agencies"]
    assert load_region_file("local").local
