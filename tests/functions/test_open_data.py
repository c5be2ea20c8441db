"""The schema of the public record and the catalogue of the open data: each valid by its own rules, and true."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from rdflib import DCTERMS, FOAF, RDF, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from functions.complaints.public_record import COLUMNS, HIDDEN, PublicRecord, feature_of, record_of
from functions.complaints.region import region_from_dict
from functions.complaints.texts import LANGUAGES
from functions.notify.publisher.dataset import catalogue, relisted
from functions.notify.publisher.record_schema import record_schema
from tests.core.public_lives import LIVES, Lives
from tests.core.story import START
from tests.region_fixture import RAW, WEST
from tests.region_fixture import region as small_region

REGION = small_region()
BASE = "https://qamqor.example.kz"
MONTHS = ("2026-02", "2026-06", "2025-12")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")
GEO = Namespace("http://www.opengis.net/ont/geosparql#")
SCHEMA: dict[str, Any] = json.loads(record_schema(base_url=BASE))
RECORDS = [
    record_of(story.complaint, story.events, region=REGION)
    for story in (life(Lives(region=REGION, category="rubbish", place=WEST)) for life in LIVES)
]


# --- The schema


def said(record: PublicRecord) -> dict[str, Any]:
    """The record as JSON has it."""
    feature = feature_of(record)
    lon, lat = feature["geometry"]["coordinates"] if feature["geometry"] else (None, None)
    placed = {"lat": lat, "lon": lon}
    return feature["properties"] | {name: value for name, value in placed.items() if value is not None}


def faults(told: dict[str, Any]) -> list[str]:
    checker = Draft202012Validator(SCHEMA, format_checker=FormatChecker())
    return sorted(str(each.json_path) for each in checker.iter_errors(told))


def test_it_is_a_schema_and_says_of_every_field_what_it_is_in_three_languages() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert tuple(SCHEMA["properties"]) == COLUMNS
    for name, field in SCHEMA["properties"].items():
        told = field["x-descriptions"]
        assert [*told] == [*LANGUAGES], name
        assert len(set(told.values())) == len(LANGUAGES), name
        assert field["description"] == told["en"], name
    assert SCHEMA["required"] == ["number", "status", "submitted_at", "updated_at"]


@pytest.mark.parametrize("record", RECORDS, ids=[life.__name__ for life in LIVES])
def test_whatever_a_complaint_becomes_its_record_is_valid(record: PublicRecord) -> None:
    assert faults(said(record)) == []


def test_a_record_with_every_field_and_a_hidden_one_are_valid() -> None:
    (resolved,) = [each for each in RECORDS if each.status == "answered" and each.outcome == "resolved"]
    full = replace(
        resolved,
        acknowledge_by=START,
        ended_at=START,
        escalated_to=("akimat",),
        confirmed=True,
        proof="within_50",
        proof_reused=False,
        photo="photos/1.jpg",
        hidden_reason="x",
        part_of="TST-26-7K3M9T",
        parts=("TST-26-7K3M9T-1",),
    )
    assert {*said(full)} == {*COLUMNS}
    assert faults(said(full)) == []
    hidden = PublicRecord(
        number="TST-26-7K3M9T", status=HIDDEN, submitted_at=START, updated_at=START, hidden_reason="x"
    )
    assert faults(said(hidden)) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("status", "lost"),
        ("status", None),
        ("place", "about"),
        ("joined", -1),
        ("joined", "3"),
        ("due_at", "tomorrow"),
        ("overdue", "true"),
        ("escalated_to", "akimat"),
        ("lat", "52.5"),
        ("comment", "a person's"),
    ],
)
def test_what_is_no_record_is_refused(field: str, value: Any) -> None:
    assert faults(said(RECORDS[0])) == []
    told = said(RECORDS[0]) | {field: value}
    if value is None:
        del told[field]
    assert faults(told) == ["$" if field == "comment" or value is None else f"$.{field}"]


# --- The catalogue


def graph(**changes: Any) -> Graph:
    raw: Any = RAW | changes
    read = Graph()
    read.parse(data=catalogue(region_from_dict(raw), base_url=BASE, months=MONTHS), format="json-ld")
    return read


READ = graph()
# DCAT-AP 3.0: what each class must have, and what it is of. A name in every language of the region is ours to ask.
MUST = {
    DCAT.Catalog: {
        DCTERMS.title: "every language",
        DCTERMS.description: "every language",
        DCTERMS.publisher: FOAF.Agent,
        DCAT.dataset: None,
        DCTERMS.license: "address",
        DCTERMS.language: "authority",
        FOAF.homepage: "address",
        DCTERMS.spatial: DCTERMS.Location,
    },
    DCAT.Dataset: {
        DCTERMS.title: "every language",
        DCTERMS.description: "every language",
        DCTERMS.publisher: FOAF.Agent,
        DCTERMS.accrualPeriodicity: "authority",
        DCAT.theme: "authority",
        DCAT.keyword: "every language",
        DCTERMS.spatial: DCTERMS.Location,
        DCTERMS.identifier: None,
        DCAT.distribution: DCAT.Distribution,
    },
    DCAT.DatasetSeries: {
        DCTERMS.title: "every language",
        DCTERMS.description: "every language",
        DCTERMS.accrualPeriodicity: "authority",
    },
    DCAT.Distribution: {
        DCAT.accessURL: "address",
        DCAT.downloadURL: "address",
        DCAT.mediaType: "media type",
        DCTERMS.format: "authority",
        DCTERMS.license: "address",
        DCTERMS.title: "every language",
    },
    FOAF.Agent: {FOAF.name: "every language"},
    DCTERMS.Location: {DCAT.bbox: GEO.wktLiteral},
    DCTERMS.PeriodOfTime: {DCAT.startDate: XSD.date, DCAT.endDate: XSD.date},
}


@pytest.mark.parametrize("kind", MUST, ids=lambda kind: str(kind).rpartition("#")[2])
def test_everything_has_what_it_must_have(kind: URIRef) -> None:
    found = list(READ.subjects(RDF.type, kind))
    assert found
    for each, (name, rule) in ((each, rule) for each in found for rule in MUST[kind].items()):
        values = list(READ.objects(each, name))
        assert values, (each, name)
        assert follows(values, rule), (each, name, values)


def follows(values: list[Node], rule: Any) -> bool:
    match rule:
        case None:
            return True
        case "every language":
            return {each.language for each in values if isinstance(each, Literal)} == {*LANGUAGES}
        case "address":
            return all(isinstance(each, URIRef) and each.startswith("https://") for each in values)
        case "authority":
            start = "http://publications.europa.eu/resource/authority/"
            return all(isinstance(each, URIRef) and each.startswith(start) for each in values)
        case "media type":
            start = "https://www.iana.org/assignments/media-types/"
            return all(isinstance(each, URIRef) and each.startswith(start) for each in values)
        case kind if (None, RDF.type, kind) in READ:
            return all((each, RDF.type, kind) in READ for each in values)
    return all(isinstance(each, Literal) and each.datatype == rule for each in values)


def test_every_file_is_in_it_as_it_is_served() -> None:
    files = {
        str(READ.value(each, DCAT.downloadURL)): (
            str(READ.value(each, DCAT.mediaType)).partition("media-types/")[2],
            str(READ.value(each, DCTERMS.format)).rpartition("/")[2],
            READ.value(each, DCAT.compressFormat) is not None,
        )
        for each in READ.subjects(RDF.type, DCAT.Distribution)
    }
    by_month = {
        f"{BASE}/open/{month}.{ending}": told
        for month in MONTHS
        for ending, told in (
            ("csv.gz", ("text/csv", "CSV", True)),
            ("parquet", ("application/vnd.apache.parquet", "PARQUET", False)),
        )
    }
    assert files == by_month | {
        f"{BASE}/open/complaints.geojson": ("application/geo+json", "GEOJSON", False),
        f"{BASE}/open/figures.json": ("application/json", "JSON", False),
    }


def test_the_months_are_of_a_series_and_say_which_days_they_are_of() -> None:
    (series,) = READ.subjects(RDF.type, DCAT.DatasetSeries)
    months = list(READ.subjects(DCAT.inSeries, series))
    spans = [READ.value(each, DCTERMS.temporal) for each in months]
    assert {
        (str(READ.value(each, DCAT.startDate)), str(READ.value(each, DCAT.endDate))) for each in spans
    } == {
        ("2025-12-01", "2025-12-31"),
        ("2026-02-01", "2026-02-28"),
        ("2026-06-01", "2026-06-30"),
    }
    (whole,) = READ.subjects(RDF.type, DCAT.Catalog)
    assert {*months, series} < {*READ.objects(whole, DCAT.dataset)}


def test_the_licence_is_the_regions_choice() -> None:
    licence = "https://creativecommons.org/publicdomain/zero/1.0/"
    assert {str(each) for each in READ.objects(None, DCTERMS.license)} == {
        "https://creativecommons.org/licenses/by/4.0/"
    }
    chosen = graph(open_data={"licence": licence})
    assert {str(each) for each in chosen.objects(None, DCTERMS.license)} == {licence}


def test_months_are_added_to_those_that_were_there() -> None:
    listed = None
    for months in ((), ("2026-06",), ("2026-02", "2026-06"), (), ("2025-12",)):
        listed = relisted(listed, months, region=REGION, base_url=BASE)
    assert listed == catalogue(REGION, base_url=BASE, months=MONTHS)


def test_it_is_the_same_whatever_order_the_months_are_in_and_names_no_moment() -> None:
    first = catalogue(REGION, base_url=BASE, months=MONTHS)
    assert catalogue(REGION, base_url=BASE, months=sorted(MONTHS)) == first
    assert f"{datetime.now(UTC):%Y-%m-%dT}".encode() not in first
    assert record_schema(base_url=BASE) == record_schema(base_url=BASE)
