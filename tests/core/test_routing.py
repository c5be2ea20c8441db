"""Whose complaint it is: one body for every place, the district's own first, and a ladder that ends."""

from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.complaints import routing
from functions.complaints.region import Agency
from functions.complaints.routing import NobodyResponsible, Reason, district_at, in_region

NOW = datetime(2026, 3, 3, tzinfo=UTC)
responsible_agency = partial(routing.responsible_agency, at=NOW)
ladder = partial(routing.ladder, at=NOW)

WEST = (((0.0, 0.0), (5.0, 0.0), (5.0, 10.0), (0.0, 10.0), (0.0, 0.0)),)
EAST = (((5.0, 0.0), (10.0, 0.0), (10.0, 10.0), (5.0, 10.0), (5.0, 0.0)),)
WHOLE = (((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0), (0.0, 0.0)),)


def region(*, default: str | None = "city", districts: dict[str, str] | None = None, parents=None):
    responsible = SimpleNamespace(default=default, districts=districts or {})
    parents = parents or {"city": "oblast", "oblast": None, "west_akim": "city", "east_akim": "city"}
    return SimpleNamespace(
        id="test",
        boundary=(WHOLE,),
        districts=(
            SimpleNamespace(id="west", polygons=(WEST,)),
            SimpleNamespace(id="east", polygons=(EAST,)),
        ),
        categories={"rubbish": SimpleNamespace(id="rubbish", responsible=responsible)},
        agencies={
            agency: Agency(id=agency, name={}, kind="akimat", parent=parent)
            for agency, parent in parents.items()
        },
    )


inside = st.floats(0, 10) | st.sampled_from([0.0, 5.0, 10.0])
anywhere = st.floats(-30, 30) | inside
mappings = st.dictionaries(
    st.sampled_from(["west", "east"]), st.sampled_from(["west_akim", "east_akim", "city"])
)


@given(lat=inside, lon=inside, mapping=mappings)
def test_every_place_of_the_region_has_a_district_and_its_body_or_the_default(lat, lon, mapping):
    where = region(districts=mapping)
    district = district_at(where, lat=lat, lon=lon)
    assert district is not None
    found = responsible_agency(where, category_id="rubbish", lat=lat, lon=lon)
    assert found.district_id == district.id
    assert found.agency_id == mapping.get(district.id, "city")
    assert found.reason == (Reason.DISTRICT if district.id in mapping else Reason.DEFAULT)


@given(lat=anywhere, lon=anywhere)
def test_whatever_the_place_somebody_answers_where_the_districts_are_all_served(lat, lon):
    where = region(default=None, districts={"west": "west_akim", "east": "east_akim"})
    found = responsible_agency(where, category_id="rubbish", lat=lat, lon=lon)
    if in_region(where, lat=lat, lon=lon):
        assert found.reason == Reason.DISTRICT
    else:
        assert (found.reason, found.district_id) == (Reason.NEAREST, None)
        if abs(lon - 5) > 1e-6:
            assert found.agency_id == ("west_akim" if lon < 5 else "east_akim")


def test_the_border_between_two_districts_belongs_to_one_and_always_the_same():
    where = region(default=None, districts={"west": "west_akim", "east": "east_akim"})
    bodies = {
        responsible_agency(where, category_id="rubbish", lat=lat, lon=5.0).agency_id
        for lat in (0.1, 2.5, 9.9)
    }
    assert bodies == {"east_akim"}


@pytest.mark.parametrize(("lat", "lon"), [(10.0, 3.0), (3.0, 10.0), (10.0, 10.0), (0.0, 0.0)])
def test_the_regions_own_border_is_inside(lat, lon):
    assert in_region(region(), lat=lat, lon=lon)
    assert district_at(region(), lat=lat, lon=lon) is not None


def test_a_gap_thinner_than_a_hair_goes_to_the_nearest_district():
    where = region(default=None, districts={"west": "west_akim", "east": "east_akim"})
    gap = tuple((lon if lon > 5 else 5.000001, lat) for lon, lat in EAST[0])
    where.districts = (where.districts[0], SimpleNamespace(id="east", polygons=((gap,),)))
    assert responsible_agency(where, category_id="rubbish", lat=3.0, lon=5.0000001).agency_id == "west_akim"
    assert responsible_agency(where, category_id="rubbish", lat=3.0, lon=5.0000009).agency_id == "east_akim"


def test_outside_the_region_the_default_body_answers():
    found = responsible_agency(region(), category_id="rubbish", lat=50.0, lon=50.0)
    assert (found.agency_id, found.district_id, found.reason) == ("city", None, Reason.DEFAULT)


def test_a_district_that_nobody_serves_is_refused_and_not_guessed():
    where = region(default=None, districts={"west": "west_akim"})
    with pytest.raises(NobodyResponsible, match="rubbish"):
        responsible_agency(where, category_id="rubbish", lat=5.0, lon=7.0)


def test_an_unknown_category_is_an_error():
    with pytest.raises(KeyError):
        responsible_agency(region(), category_id="opera", lat=1.0, lon=1.0)


@given(st.data())
def test_a_ladder_names_each_body_once_from_the_next_to_the_top(data):
    names = [f"a{number}" for number in range(data.draw(st.integers(1, 8)))]
    parents = {name: data.draw(st.sampled_from([None, *names[:at]])) for at, name in enumerate(names)}
    start = data.draw(st.sampled_from(names))
    rungs = ladder(region(parents=parents), start)
    assert len(set(rungs)) == len(rungs)
    assert start not in rungs
    for below, above in zip((start, *rungs), (*rungs, None), strict=True):
        assert parents[below] == above


@pytest.mark.parametrize("parents", [{"a": "a"}, {"a": "b", "b": "a"}, {"a": "b", "b": "c", "c": "b"}])
def test_a_ladder_that_returns_is_an_error_and_not_endless(parents):
    with pytest.raises(ValueError, match="returns"):
        ladder(region(parents=parents), "a")


def test_a_ladder_ends_at_a_body_that_the_file_does_not_list_for_its_complaints_must_go_on():
    assert ladder(region(), "nobody") == ()
    assert ladder(region(parents={"a": "gone"}), "a") == ()
    assert ladder(region(parents={"a": "b", "b": "gone"}), "a") == ("b",)
