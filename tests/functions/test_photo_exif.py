"""The suggestion of place and time: right where Exif is right, silent where it is not, and never an exception."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from functions.intake.photos.exif import Suggestion, suggest
from tests.functions import photo_corpus as corpus
from tests.sweeps import draws

ALMATY = ZoneInfo("Asia/Almaty")
LAT, LON = (IFDRational(52), IFDRational(17), IFDRational(1429, 100)), (76, 58, 2.65)


def place(**fields: object) -> Suggestion | None:
    tags = {"lat_ref": 1, "lat": 2, "lon_ref": 3, "lon": 4, "status": 9, "error": 31}
    given = {"lat_ref": "N", "lat": LAT, "lon_ref": "E", "lon": LON, **fields}
    gps = {tags[name]: value for name, value in given.items() if value is not ...}
    return suggest(exif={}, gps=gps)


def taken(
    exif: dict[int, object], gps: dict[int, object] | None = None, zone: ZoneInfo | None = None
) -> object:
    suggestion = suggest(exif=exif, gps=gps or {}, zone=zone)
    return suggestion and suggestion.taken_at


@pytest.mark.parametrize(
    ("said", "metres"),
    [
        (IFDRational(125, 10), 12.5),
        (0, 0.0),
        (IFDRational(5, 0), None),
        (-3, None),
        ("5", None),
        ((1, 2), None),
        (..., None),
    ],
)
def test_by_how_much_the_place_may_be_wrong_is_what_it_says(said: object, metres: float | None) -> None:
    found = place(error=said)
    assert found is not None
    assert found.error_m == metres


def test_a_place_in_degrees_minutes_and_seconds() -> None:
    assert place() == Suggestion(lat=52.287303, lon=76.967403, taken_at=None)


@pytest.mark.parametrize(
    ("fields", "lat", "lon"),
    [
        ({"lat_ref": "S"}, -52.287303, 76.967403),
        ({"lon_ref": "W"}, 52.287303, -76.967403),
        ({"lat_ref": b"n\0", "lon_ref": " e "}, 52.287303, 76.967403),
        ({"lat": IFDRational(523, 10), "lon": 77}, 52.3, 77),
        ({"lat": (52.5,), "lon": (76, 30)}, 52.5, 76.5),
        ({"lat": [52, Fraction(1, 2), 0]}, 52.008333, 76.967403),
        ({"lat": (90, 0, 0), "lon": (180, 0, 0)}, 90, 180),
        ({"lat": (0, 0, 0)}, 0, 76.967403),
        ({"status": "A"}, 52.287303, 76.967403),
        ({"status": b"A\0"}, 52.287303, 76.967403),
    ],
)
def test_the_forms_in_which_cameras_write_a_place(fields: dict[str, object], lat: float, lon: float) -> None:
    assert place(**fields) == Suggestion(lat=lat, lon=lon)


@pytest.mark.parametrize(
    "fields",
    [
        {"lat": (IFDRational(52), IFDRational(17), IFDRational(0, 0))},
        {"lat": (IFDRational(1, 0), 0, 0)},
        {"lat": IFDRational(5, 0)},
        {"lat_ref": ...},
        {"lon_ref": ...},
        {"lat": ...},
        {"lon": ...},
        {"lat_ref": ""},
        {"lat_ref": "E"},
        {"lat_ref": 78},
        {"lat_ref": None},
        {"lat": (90, 0, 1)},
        {"lon": (181, 0, 0)},
        {"lat": (-52, 0, 0)},
        {"lat": (52, 61, 0)},
        {"lat": (52, 0, 99)},
        {"lat": (52, -1, 0)},
        {"lat": ()},
        {"lat": (52, 1, 2, 3)},
        {"lat": "52.287303"},
        {"lat": b"\x34\0\0\0"},
        {"lat": ("52", "17", "14")},
        {"lat": (None, None, None)},
        {"lat": float("nan")},
        {"lat": float("inf")},
        {"lat": (52, (17, 1), 0)},
        {"lat": {1: 2}},
        {"lat": True},
        {"lat": (0, 0, 0), "lon": (0, 0, 0)},
        {"status": "V"},
    ],
)
def test_half_a_place_or_an_impossible_one_is_none(fields: dict[str, object]) -> None:
    assert place(**fields) is None


def test_the_cameras_clock_with_its_offset_comes_first() -> None:
    exif = {0x9003: "2026:03:03 09:05:06", 0x9011: "+05:00"}
    gps = {0x1D: "2026:03:02", 0x07: (1, 2, 3)}
    assert taken(exif, gps, ALMATY) == datetime(2026, 3, 3, 4, 5, 6, tzinfo=UTC)
    assert taken({**exif, 0x9011: "-09:30"}) == datetime(2026, 3, 3, 18, 35, 6, tzinfo=UTC)


def test_then_the_satellites_time_then_the_clock_in_the_regions_zone() -> None:
    exif = {0x9003: b"2026:03:03 09:05:06\0"}
    gps = {0x1D: "2026:03:03", 0x07: (4, 5, IFDRational(65, 10))}
    assert taken(exif, gps, ALMATY) == datetime(2026, 3, 3, 4, 5, 6, tzinfo=UTC)
    assert taken(exif, {}, ALMATY) == datetime(2026, 3, 3, 4, 5, 6, tzinfo=UTC)
    # Kazakhstan's zones were joined on 1 March 2024; before that Almaty was an hour further on.
    assert taken({0x9003: "2024:02:29 09:05:06"}, {}, ALMATY) == datetime(2024, 2, 29, 3, 5, 6, tzinfo=UTC)
    assert taken(exif) is None


@pytest.mark.parametrize(
    "value",
    [
        "",
        "    :  :     :  :  ",
        "0000:00:00 00:00:00",
        "1980:01:01 00:00:00",
        "2026:13:03 09:05:06",
        "2026:02:30 09:05:06",
        "2026:03:03 24:05:06",
        "2026-03-03T09:05:06Z",
        "٢٠٢٦:٠٣:٠٣ ٠٩:٠٥:٠٦",
        "9999:12:31 23:59:59",
        20260303,
        None,
        b"\xff\xfe",
        ("2026:03:03 09:05:06",),
    ],
)
def test_a_clock_that_was_never_set_or_makes_no_sense_is_none(value: object) -> None:
    assert taken({0x9003: value, 0x9011: "-05:00"}) is None


@pytest.mark.parametrize("offset", ["+5", "05:00", "+15:00", "+05:61", "Z", "", None, 5])
def test_an_offset_that_makes_no_sense_is_none(offset: object) -> None:
    assert taken({0x9003: "2026:03:03 09:05:06", 0x9011: offset}) is None


@pytest.mark.parametrize(
    "time", [(24, 0, 0), (1, 60, 0), (1, 2), (1, 2, 99), (-1, 0, 0), "010203", IFDRational(1, 0), None]
)
def test_a_satellite_time_that_makes_no_sense_is_none(time: object) -> None:
    assert taken({}, {0x1D: "2026:03:03", 0x07: time}) is None


@given(
    lat=st.floats(-90, 90).filter(lambda angle: abs(angle) > 0.001),
    lon=st.floats(-180, 180).filter(lambda angle: abs(angle) > 0.001),
)
@settings(max_examples=draws(gate=25, whole=200), deadline=None, derandomize=True, database=None)
def test_a_place_anywhere_on_earth_survives_a_real_exif_block(lat: float, lon: float) -> None:
    tags = Image.Exif()
    tags[0x8825] = corpus.gps(lat, lon)
    out = BytesIO()
    Image.new("L", (1, 1)).save(out, "JPEG", exif=tags)
    read = Image.open(out).getexif().get_ifd(0x8825)
    suggestion = suggest(exif={}, gps=read)
    assert suggestion is not None
    assert (suggestion.lat, suggestion.lon) == pytest.approx((lat, lon), abs=1e-6)


numbers = st.integers() | st.floats() | st.builds(IFDRational, st.integers(), st.integers()) | st.fractions()
texts = st.text(max_size=20) | st.binary(max_size=20) | st.sampled_from(["N", "S", "E", "W", "V", "A"])
dates = st.from_regex(r"\d{4}:\d\d:\d\d( \d\d:\d\d:\d\d)?", fullmatch=True)
single = st.none() | st.booleans() | numbers | texts | dates | st.from_regex(r"[+-]\d\d:\d\d", fullmatch=True)
values = single | st.lists(single, max_size=4).map(tuple) | st.dictionaries(st.integers(), single, max_size=2)


@given(
    exif=st.dictionaries(st.sampled_from([0x9003, 0x9011]), values),
    gps=st.dictionaries(st.sampled_from([1, 2, 3, 4, 7, 9, 0x1D]), values),
    zone=st.sampled_from([None, UTC, ALMATY]),
)
@settings(max_examples=draws(gate=60, whole=600), deadline=None, derandomize=True, database=None)
def test_no_value_of_any_tag_raises(
    exif: dict[int, object], gps: dict[int, object], zone: ZoneInfo | None
) -> None:
    suggestion = suggest(exif=exif, gps=gps, zone=zone)
    if suggestion is None:
        return
    assert (suggestion.lat is None) == (suggestion.lon is None)
    if suggestion.lat is not None and suggestion.lon is not None:
        assert abs(suggestion.lat) <= 90
        assert abs(suggestion.lon) <= 180
    if suggestion.taken_at is not None:
        assert suggestion.taken_at.utcoffset() == timedelta(0)


NOW = datetime(2026, 3, 3, 4, 5, 6, tzinfo=UTC)


@given(ahead=st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=30_000)))
def test_a_time_in_the_future_is_no_suggestion(ahead: timedelta) -> None:
    future = (NOW + ahead).astimezone(ALMATY)
    exif = {0x9003: f"{future:%Y:%m:%d %H:%M:%S}"}
    gps = {0x1D: f"{NOW + ahead:%Y:%m:%d}", 0x07: ((NOW + ahead).hour, (NOW + ahead).minute, 59)}
    assert suggest(exif=exif, gps=gps, zone=ALMATY, now=NOW) is None
    with_place = suggest(exif=exif, gps=gps | {1: "N", 2: LAT, 3: "E", 4: LON}, zone=ALMATY, now=NOW)
    assert with_place == place()


@given(ago=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=9_000)))
def test_a_time_that_is_not_in_the_future_is_suggested(ago: timedelta) -> None:
    then = (NOW - ago).replace(microsecond=0)
    exif = {0x9003: f"{then:%Y:%m:%d %H:%M:%S}", 0x9011: "+00:00"}
    assert suggest(exif=exif, gps={}, now=NOW) == Suggestion(taken_at=then)


def test_the_satellites_time_stands_where_the_cameras_clock_is_ahead() -> None:
    exif = {0x9003: "2031:03:03 09:05:06", 0x9011: "+05:00"}
    gps = {0x1D: "2026:03:03", 0x07: (4, 5, 6)}
    assert suggest(exif=exif, gps=gps, now=NOW) == Suggestion(taken_at=NOW)
