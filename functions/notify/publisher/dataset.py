"""`open/dcat.jsonld`: the catalogue of the open data, for portals to harvest. Pure.

Source: DCAT-AP 3.0 (https://semiceu.github.io/DCAT-AP/releases/3.0.0/), with the European Union's authority tables for
languages, frequencies, file types and themes, which portals everywhere know.
"""

import json
from calendar import monthrange
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from functions.complaints.region import Polygons, Region
from functions.complaints.texts import in_language, text
from functions.notify.publisher.record_schema import SCHEMA

CATALOGUE: Final = "open/dcat.jsonld"
_AUTHORITY: Final = "http://publications.europa.eu/resource/authority"
_MEDIA_TYPES: Final = "https://www.iana.org/assignments/media-types"
_LANGUAGES: Final = {"kk": "KAZ", "ru": "RUS", "en": "ENG"}
_IRI: Final = {"@type": "@id"}
_CONTEXT: Final[dict[str, Any]] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dct:language": _IRI,
    "dct:license": _IRI,
    "dct:accrualPeriodicity": _IRI,
    "dct:format": _IRI,
    "dct:conformsTo": _IRI,
    "dcat:accessURL": _IRI,
    "dcat:downloadURL": _IRI,
    "dcat:compressFormat": _IRI,
    "dcat:inSeries": _IRI,
    "dcat:landingPage": _IRI,
    "dcat:mediaType": _IRI,
    "dcat:theme": _IRI,
    "foaf:homepage": _IRI,
    "dcat:bbox": {"@type": "geo:wktLiteral"},
    "dcat:startDate": {"@type": "xsd:date"},
    "dcat:endDate": {"@type": "xsd:date"},
}

type _Node = dict[str, Any]


def catalogue(region: Region, *, base_url: str, months: Sequence[str]) -> bytes:
    """In UTF-8. `months`: those that there are files of, as `2026-03`; `base_url` without a slash at its end."""
    return json.dumps(
        {"@context": _CONTEXT, **_Catalogue(region=region, base_url=base_url).node(months=sorted(months))},
        ensure_ascii=False,
        indent=1,
    ).encode()


def relisted(kept: bytes | None, months: Collection[str], *, region: Region, base_url: str) -> bytes:
    """The catalogue with these months and those that it was `kept` with."""
    return catalogue(region, base_url=base_url, months=[*{*months, *_months_in(kept)}])


def _months_in(kept: bytes | None) -> Iterator[str]:
    datasets = [] if kept is None else json.loads(kept)["dcat:dataset"]
    for each in datasets:
        if "dcat:inSeries" in each:
            yield each["dct:temporal"]["dcat:startDate"][:7]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Form:
    """How a file is kept, by the codes of the authorities."""

    media_type: str
    file_type: str
    compressed: str | None = None


_GEOJSON: Final = _Form(media_type="application/geo+json", file_type="GEOJSON")
_CSV: Final = _Form(media_type="text/csv", file_type="CSV", compressed="application/gzip")
_PARQUET: Final = _Form(media_type="application/vnd.apache.parquet", file_type="PARQUET")
_JSON: Final = _Form(media_type="application/json", file_type="JSON")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Catalogue:
    """Its parts, of one region, read at one address."""

    region: Region
    base_url: str

    def node(self, *, months: Sequence[str]) -> _Node:
        name = partial(in_language, self.region.name)
        return {
            "@id": self._id("catalogue"),
            "@type": "dcat:Catalog",
            "dct:title": self._said(
                lambda language: text("dataset.catalogue", language, region=name(language))
            ),
            "dct:description": self._said(
                lambda language: text("dataset.catalogue.about", language, region=name(language))
            ),
            "dct:publisher": self._publisher(),
            "foaf:homepage": f"{self.base_url}/",
            "dct:language": [f"{_AUTHORITY}/language/{_LANGUAGES[each]}" for each in self.region.languages],
            "dct:license": self.region.licence,
            "dct:spatial": self._spatial(),
            "dcat:dataset": [
                self._dataset(
                    "complaints", files=[("complaints.geojson", _GEOJSON)], frequency="UPDATE_CONT"
                ),
                self._series(),
                *(self._month(month) for month in months),
                self._dataset(
                    "figures", files=[("figures.json", _JSON)], frequency="DAILY", has_records=False
                ),
            ],
        }

    def _dataset(
        self, name: str, *, files: Sequence[tuple[str, _Form]], frequency: str, has_records: bool = True
    ) -> _Node:
        return {
            **self._described(name, key=f"dataset.{name}", frequency=frequency),
            "dcat:distribution": [
                self._distribution(file, form, has_records=has_records) for file, form in files
            ],
        }

    def _series(self) -> _Node:
        return {
            **self._described("months", key="dataset.months", frequency="MONTHLY"),
            "@type": "dcat:DatasetSeries",
        }

    def _month(self, month: str) -> _Node:
        year, number = map(int, month.split("-"))
        return {
            **self._described(month, key="dataset.month", frequency="UPDATE_CONT", month=month),
            "dcat:inSeries": self._id("months"),
            "dct:temporal": {
                "@type": "dct:PeriodOfTime",
                "dcat:startDate": f"{month}-01",
                "dcat:endDate": f"{month}-{monthrange(year, number)[1]:02}",
            },
            "dcat:distribution": [
                self._distribution(f"{month}.csv.gz", _CSV),
                self._distribution(f"{month}.parquet", _PARQUET),
            ],
        }

    def _described(self, name: str, *, key: str, frequency: str, **params: object) -> _Node:
        """What every dataset says of itself."""
        return {
            "@id": self._id(name),
            "@type": "dcat:Dataset",
            "dct:identifier": f"{self.region.id}/{name}",
            "dct:title": self._said(lambda language: text(key, language, **params)),
            "dct:description": self._said(lambda language: text(f"{key}.about", language)),
            "dct:publisher": {"@id": self._id("publisher")},
            "dct:spatial": self._spatial(),
            "dct:accrualPeriodicity": f"{_AUTHORITY}/frequency/{frequency}",
            "dcat:theme": f"{_AUTHORITY}/data-theme/GOVE",
            "dcat:keyword": [
                *self._said(lambda language: text("dataset.keyword.complaints", language)),
                *self._said(lambda language: text("dataset.keyword.terms", language)),
            ],
            "dcat:landingPage": f"{self.base_url}/",
        }

    def _distribution(self, file: str, form: _Form, *, has_records: bool = True) -> _Node:
        address = f"{self.base_url}/open/{file}"
        told = {
            "@id": self._id(file),
            "@type": "dcat:Distribution",
            "dct:title": self._said(lambda _: file),
            "dcat:accessURL": address,
            "dcat:downloadURL": address,
            "dcat:mediaType": f"{_MEDIA_TYPES}/{form.media_type}",
            "dct:format": f"{_AUTHORITY}/file-type/{form.file_type}",
            "dct:license": self.region.licence,
        }
        if has_records:
            told["dct:conformsTo"] = f"{self.base_url}/{SCHEMA}"
        if form.compressed is not None:
            told["dcat:compressFormat"] = f"{_MEDIA_TYPES}/{form.compressed}"
        return told

    def _publisher(self) -> _Node:
        return {
            "@id": self._id("publisher"),
            "@type": "foaf:Agent",
            "foaf:name": self._said(lambda language: f"Qamqor · {in_language(self.region.name, language)}"),
        }

    def _spatial(self) -> _Node:
        return {"@type": "dct:Location", "dcat:bbox": _bbox(self.region.boundary)}

    def _said(self, said: Callable[[str], str]) -> list[_Node]:
        return [{"@value": said(each), "@language": each} for each in self.region.languages]

    def _id(self, name: str) -> str:
        return f"{self.base_url}/{CATALOGUE}#{name}"


def _bbox(boundary: Polygons) -> str:
    """As well-known text, longitude first."""
    corners = [point for polygon in boundary for ring in polygon for point in ring]
    west, east = min(x for x, _ in corners), max(x for x, _ in corners)
    south, north = min(y for _, y in corners), max(y for _, y in corners)
    ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return f"POLYGON(({', '.join(f'{x} {y}' for x, y in ring)}))"
