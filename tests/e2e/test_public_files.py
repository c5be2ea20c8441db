"""What everybody may read, over HTTP on the emulator: a complaint's page, its point on the map, its row and its feed."""

import csv
import gzip
import io
import json
import re

import pytest

from functions.complaints.public_record import COLUMNS, month_of, record_in_cells, record_in_feature
from functions.complaints.region import Region, region_from_dict
from infra.local.citizen import Answer, Caller
from infra.local.deployed import REGION_ID
from infra.local.publishing import publish
from infra.local.story import CATEGORY, COMMENT, PLACE, Cast
from infra.region import load_region_file
from tests.e2e.waiting import until_everybody_knows
from tests.functions.geoparquet import record_in, rows_in

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def region() -> Region:
    return region_from_dict(json.loads(load_region_file(REGION_ID).compiled))


def test_a_complaint_has_a_page_a_point_a_row_and_a_place_in_a_feed(players: Cast, region: Region) -> None:
    everybody = Caller(base=players.deployed.api_url, token=None)

    def read(path: str, *, tag: str | None = None) -> Answer:
        return everybody.call("GET", path, headers={} if tag is None else {"if-none-match": tag})

    filed = players.citizen.post(
        "/v1/complaints", {"category": CATEGORY, "comment": COMMENT, "location": PLACE}
    ).body
    until_everybody_knows(players, filed["id"])
    publish(players.deployed)

    page = read(f"/c/{filed['number']}")
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert filed["number"] in page.body.decode()
    assert COMMENT not in page.body.decode()
    assert read(f"/c/{filed['number']}", tag=page.headers["etag"]).status == 304

    shown = read("/open/complaints.geojson")
    assert shown.headers["access-control-allow-origin"] == "*"
    (feature,) = [each for each in shown.body["features"] if each["id"] == filed["number"]]
    record = record_in_feature(feature)
    assert (record.status, record.category) == ("assigned", CATEGORY)
    assert (record.lat, record.lon, record.place) == (PLACE["lat"], PLACE["lon"], "exact")
    assert PLACE["address"] not in page.body.decode()

    month = month_of(record.submitted_at, zone=region.time_zone)
    head, *rows = csv.reader(io.StringIO(gzip.decompress(read(f"/open/{month}.csv.gz").body).decode()))
    assert tuple(head) == COLUMNS
    assert record in [record_in_cells(each) for each in rows]
    table = read(f"/open/{month}.parquet")
    assert table.headers["content-type"] == "application/vnd.apache.parquet"
    assert record in [record_in(row) for row in rows_in(table.body)]

    feed = read(f"/feeds/agency/{record.agency}.json")
    assert any(each["url"].endswith(f"/c/{filed['number']}#kk") for each in feed.body["items"])
    assert read("/open/region.json").body["id"] == region.id

    site = read("/")
    assert (site.status, site.headers["content-type"]) == (200, "text/html; charset=utf-8")
    for file in re.findall(r'(?:src|href)="(/site/[^"]+)"', site.body.decode()):
        assert read(file).status == 200, file
