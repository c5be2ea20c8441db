"""`/v1/region`: what an app is told before anybody has signed in, kept by it and asked about again."""

import base64
import gzip
import json
import time
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import shape

from functions.complaints.region import region_from_dict
from functions.intake.api.sign_in import sign_in_of
from functions.notify.publisher.regional import regional
from infra.region import compile_region, region_ids
from infra.region.rules.places import BYTES_MOST
from tests.functions.api_client import Client, anybody, load
from tests.openapi_answers import assert_described
from tests.region_fixture import RAW

MOST = 6 * 1024 * 1024
"""Bytes that Lambda hands out: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""
KEPT = ("/v1/region", "/v1/categories", "/v1/agencies")
ISSUER = {"issuer": "https://login.example.org/realms/qamqor", "audience": "app"}
POOL = {
    "USER_POOL_ISSUER": "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_abc",
    "USER_POOL_CLIENT_ID": "client",
}


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Client]:
    """Anybody at the API of a region, some of whose compiled file is changed."""

    def of(raw: dict[str, Any] = RAW, **changes: Any) -> Client:
        made = deepcopy(raw) | changes
        module = load("functions.intake.api.handler", folder=tmp_path, monkeypatch=monkeypatch, raw=made)
        return anybody(module.handler)

    return of


def test_an_app_is_told_what_it_shows_before_anybody_has_signed_in(api: Callable[..., Client]) -> None:
    quiet = {"from": "22:00", "to": "08:00"}
    answer = api(quiet_hours=quiet)("GET", "/v1/region")
    assert_described("GET", "/v1/region", answer)
    told = answer.json
    assert (told["id"], told["name"], told["time_zone"]) == ("testville", "Testville", "Asia/Almaty")
    assert (told["languages"], told["number_prefix"]) == (["kk", "ru", "en"], "TST")
    assert told["limits"]["complaints_per_day"] == RAW["limits"]["complaints_per_person_per_day"]
    assert told["quiet_hours"] == quiet
    assert told["emergency_numbers"] == [{"number": "112", "name": "Rescue"}]
    assert told["documentation"] == {
        "page": "https://api.example.org/docs",
        "openapi": "https://api.example.org/openapi.json",
    }
    assert answer.headers["cache-control"] == "public, max-age=3600"


@pytest.mark.parametrize(
    "named",
    [
        {"style": "https://maps.example.org/style.json"},
        {"pmtiles": "https://maps.example.org/city.pmtiles"},
        None,
    ],
)
def test_an_app_and_a_reader_of_the_public_files_are_told_of_the_base_map(
    api: Callable[..., Client], named: dict[str, str] | None
) -> None:
    answer = api(base_map=named)("GET", "/v1/region")
    assert_described("GET", "/v1/region", answer)
    assert answer.json["base_map"] == named
    public = json.loads(
        regional(region_from_dict(RAW | {"base_map": named}), base_url="https://api.example.org")
    )
    assert public["base_map"] == named


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_names_are_in_the_callers_language(api: Callable[..., Client], language: str) -> None:
    told = api()("GET", "/v1/region", accept_language=language).json
    names = [told["name"], *(each["name"] for each in told["emergency_numbers"])]
    names += [each["properties"]["name"] for each in told["areas"]["features"]]
    assert all(name.endswith(f"({language})") for name in names)


@pytest.mark.parametrize("region_id", region_ids())
def test_a_shipped_regions_outlines_are_whole_geojson(api: Callable[..., Client], region_id: str) -> None:
    raw = json.loads(compile_region(region_id))
    told = api(raw)("GET", "/v1/region").json["areas"]
    boundary, *districts = told["features"]
    assert boundary["properties"]["kind"] == "boundary"
    assert boundary["geometry"]["coordinates"] == raw["boundary"]
    assert [each["geometry"]["coordinates"] for each in districts] == [
        each["polygons"] for each in raw["districts"]
    ]
    assert {each["properties"]["kind"] for each in districts} == {"district"}
    # As a library reads it: whatever draws the border can draw the parts.
    parts = [shape(each["geometry"]) for each in districts]
    assert shape(boundary["geometry"]).area == pytest.approx(sum(part.area for part in parts), rel=1e-6)


def test_the_largest_outlines_that_a_region_file_may_have_fit_an_answer(api: Callable[..., Client]) -> None:
    ring = [[76.123456, round(52.1 + number / 10**6, 6)] for number in range(BYTES_MOST // 22 - 10)]
    outline = [[[*ring, ring[0]]]]
    size = len(json.dumps([outline], separators=(",", ":")))
    assert 0.95 * BYTES_MOST < size <= BYTES_MOST
    client = api(boundary=outline, districts=[])
    began = time.process_time()
    answer = client("GET", "/v1/region")
    assert time.process_time() - began < 5
    assert answer.json["areas"]["features"][0]["geometry"]["coordinates"] == outline
    # Lambda's answer is JSON in which the body is a text.
    assert len(json.dumps(answer.text)) < MOST - 100_000


def test_it_is_compressed_for_who_takes_that(api: Callable[..., Client]) -> None:
    client = api()
    plain = client("GET", "/v1/region")
    sent: list[dict[str, Any]] = []

    def keeping(event: Any, context: Any) -> Any:
        sent.append(dict(client.handler(event, context)))
        return {"statusCode": 200, "headers": {}, "body": ""}

    Client(handler=keeping)("GET", "/v1/region", accept_encoding="gzip, br")
    (packed,) = sent
    assert packed["headers"]["content-encoding"] == "gzip"
    assert json.loads(gzip.decompress(base64.b64decode(packed["body"]))) == plain.json
    assert packed["headers"]["etag"] == plain.headers["etag"]
    assert plain.headers["vary"] == "accept-language, accept-encoding"


@pytest.mark.parametrize("path", KEPT)
def test_what_is_kept_is_not_sent_again(api: Callable[..., Client], path: str) -> None:
    client = api()
    first = client("GET", path)
    tag = first.headers["etag"]
    for listed in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = client("GET", path, if_none_match=listed)
        assert (again.status, again.text) == (304, ""), listed
        assert_described("GET", path, again)
        assert again.headers["etag"] == tag
        assert {again.headers[name] == first.headers[name] for name in ("cache-control", "vary")} == {True}
        assert "content-type" not in again.headers


@pytest.mark.parametrize("path", KEPT)
def test_another_answer_is_sent_whole(api: Callable[..., Client], path: str) -> None:
    client = api()
    first = client("GET", path)
    for headers in ({"if_none_match": '"other"'}, {"if_none_match": ""}, {}):
        assert client("GET", path, **headers).json == first.json
    in_russian = client("GET", path, accept_language="ru", if_none_match=first.headers["etag"])
    assert in_russian.status == 200
    assert in_russian.json != first.json


def test_after_a_deployment_that_changed_something_the_answer_is_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tags = set()
    for number, changes in enumerate(({}, {"quiet_hours": {"from": "21:00", "to": "08:00"}})):
        raw = deepcopy(RAW) | changes
        folder = tmp_path / str(number)
        module = load("functions.intake.api.handler", folder=folder, monkeypatch=monkeypatch, raw=raw)
        tags.add(anybody(module.handler)("GET", "/v1/region").headers["etag"])
    assert len(tags) == 2


# ------------------------------------------------------------------------------------ signing in
def test_a_user_pool_is_named_with_where_it_is_asked_and_how() -> None:
    cloud = sign_in_of(region_from_dict(deepcopy(RAW) | {"stage": "cloud"}), POOL)
    assert cloud.model_dump() == {
        "provider": "cognito",
        "issuer": POOL["USER_POOL_ISSUER"],
        "client_id": "client",
        "audience": "client",
        "endpoint": "https://cognito-idp.eu-central-1.amazonaws.com",
        "flows": ["USER_SRP_AUTH", "REFRESH_TOKEN_AUTH"],
    }


def test_on_the_emulator_the_pool_is_asked_there_and_a_password_may_be_sent() -> None:
    here = POOL | {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}
    local = sign_in_of(region_from_dict(deepcopy(RAW)), here)
    assert local.endpoint == "http://127.0.0.1:4566"
    assert "USER_PASSWORD_AUTH" in local.flows


def test_an_issuer_of_the_regions_own_needs_no_user_pool() -> None:
    told = sign_in_of(region_from_dict(deepcopy(RAW) | {"identity": ISSUER}), {})
    assert (told.provider, told.issuer, told.audience) == (
        "openid_connect",
        ISSUER["issuer"],
        ISSUER["audience"],
    )
    assert (told.client_id, told.endpoint, told.flows) == (None, None, ["authorization_code"])


def test_a_user_pool_that_the_environment_does_not_name_is_no_deployment() -> None:
    with pytest.raises(KeyError, match="USER_POOL_ISSUER"):
        sign_in_of(region_from_dict(deepcopy(RAW)), {})


# ------------------------------------------------------------------------------- categories in groups
def test_categories_come_group_by_group_in_their_order_and_what_fits_none_last(
    api: Callable[..., Client],
) -> None:
    raw = deepcopy(RAW)
    for order, (name, group) in enumerate(
        (("pothole", "danger"), ("other", "town"), ("open_manhole", "danger"), ("rubbish", "town"))
    ):
        raw["categories"][name] |= {"group": group, "order": order}
    told = api(raw)("GET", "/v1/categories").json
    assert [each["id"] for each in told["items"]] == ["rubbish", "pothole", "open_manhole", "other"]
    assert told["groups"] == [
        {"id": "town", "name": "Town", "order": 1},
        {"id": "danger", "name": "Danger", "order": 2},
    ]


def test_a_group_without_a_category_is_not_shown(api: Callable[..., Client]) -> None:
    assert [each["id"] for each in api()("GET", "/v1/categories").json["groups"]] == ["town"]


def test_a_shipped_regions_categories_are_shown_in_the_order_of_the_file(api: Callable[..., Client]) -> None:
    told = api(json.loads(compile_region("pavlodar")))("GET", "/v1/categories").json
    ids = [each["id"] for each in told["items"]]
    assert (ids[0], ids[-1]) == ("open_manhole", "other")
    assert [each["id"] for each in told["groups"]] == ["danger", "town", "order", "business", "other"]
    assert {each["id"] for each in told["items"] if each["for_whom"] == ["entrepreneur"]} == {
        "unlawful_inspection",
        "permit_delay",
    }
