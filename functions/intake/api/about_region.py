"""`/v1/region`: what an app shows of a region before anybody has signed in, and what it needs for that."""

from typing import Annotated, Final

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import Field

from functions.complaints.limits import Limits
from functions.complaints.region import BaseMap, Polygons, Region
from functions.complaints.texts import in_language
from functions.edge.base_url import base_url
from functions.edge.fields import Count, View, described, one_of
from functions.edge.language import Speech
from functions.edge.revalidation import REVALIDATED, revalidated
from functions.intake.api.desk import DeskView
from functions.intake.api.directory import AN_HOUR, TAG
from functions.intake.api.sign_in import SignIn
from functions.intake.people.profile import QuietHoursView

_VARY: Final = {"vary": "accept-language, accept-encoding"}
Position = Annotated[
    list[float], Field(min_length=2, max_length=2, description="Longitude and latitude, in that order.")
]


class MultiPolygon(View):
    """Polygons, each an outline and its holes (RFC 7946, section 3.1.7)."""

    type: Annotated[str, one_of("MultiPolygon")]
    coordinates: list[list[list[Position]]]


class AreaProperties(View):
    """What an area is."""

    kind: Annotated[str, one_of("boundary", "district")]
    name: str


class Area(View):
    """The region's boundary or one of its districts."""

    type: Annotated[str, one_of("Feature")]
    id: str
    properties: AreaProperties
    geometry: MultiPolygon


class Areas(View):
    """GeoJSON, WGS 84 (RFC 7946)."""

    type: Annotated[str, one_of("FeatureCollection")]
    features: list[Area]


class RegionLimits(View):
    """What is taken of one person; by `…_per_day`, in a day."""

    complaints_per_day: Count
    comments_per_day: Count
    declarations_per_day: Annotated[Count, described("Requests that announce later photos.")]
    joins_per_day: Count
    devices_per_day: Annotated[Count, described("Push tokens that a person's phones sign in with.")]
    comment_length: Annotated[Count, described("In characters.")]
    photo_bytes: Count
    photos: Annotated[Count, described("In one complaint; a category may take less.")]


class EmergencyNumberView(View):
    """Whom to call when somebody is in danger now; a complaint is no call for help."""

    number: Annotated[str, Field(examples=["112"])]
    name: str


class Documentation(View):
    """Where this API is described."""

    page: Annotated[str, described("For people.")]
    openapi: Annotated[str, described("For programs.")]


class MapStyle(View):
    """Maps are drawn on a style that the region's operator names."""

    style: Annotated[
        str,
        Field(
            examples=["https://maps.example.org/style.json"],
            description="The address of a style (MapLibre Style Specification). Its sources say whom to name as makers.",
        ),
    ]


class MapArchive(View):
    """Maps are drawn on an archive of tiles that the region's operator names, in the reader's own style."""

    pmtiles: Annotated[
        str,
        Field(
            examples=["https://maps.example.org/city.pmtiles"],
            description="The address of a PMTiles archive, version 3: vector tiles of the Protomaps basemap, version 4, or "
            "pictures. Its metadata say whom to name as makers; where they do not, that is OpenStreetMap.",
        ),
    ]


class RegionView(View):
    """The region, in the caller's language."""

    id: str
    name: str
    languages: Annotated[
        list[str], described("That texts come in; the first is for who asks for none of them.")
    ]
    time_zone: Annotated[str, Field(examples=["Asia/Almaty"])]
    number_prefix: Annotated[str, Field(examples=["PVL"], description="Begins every complaint's number.")]
    areas: Annotated[
        Areas,
        described(
            "The boundary, beyond which nothing can be reported, and then the districts, which fill it."
        ),
    ]
    base_map: Annotated[
        MapStyle | MapArchive | None,
        described("What to draw under the areas; null: the operator names nothing."),
    ]
    limits: RegionLimits
    quiet_hours: Annotated[
        QuietHoursView | None,
        described(
            "When pushes wait, in the region's zone, for who chooses nothing else under `/v1/me`; null: they never do."
        ),
    ]
    emergency_numbers: Annotated[list[EmergencyNumberView], described("The most general first.")]
    sign_in: SignIn
    desk: Annotated[
        DeskView | None,
        described("How officers of bodies sign in; null where bodies come by their systems alone."),
    ]
    documentation: Documentation


def about_region(*, region: Region, sign_in: SignIn, desk: DeskView | None) -> Router:
    """The route."""
    router = Router()

    @router.get(
        "/v1/region",
        operation_id="showRegion",
        tags=TAG,
        summary="The region: borders, limits, emergency numbers, and how to sign in",
        description="What an app needs before anybody has signed in, with texts in the caller's language. It changes with "
        "a deployment: keep it, and ask with `If-None-Match`. The outlines are whole, up to 2 MB of them: it comes "
        "compressed to who takes gzip.",
        middlewares=[revalidated],
        openapi_extensions=REVALIDATED,
        compress=True,
    )
    def show_region(speech: Speech) -> Response[RegionView]:
        view = _view(
            region,
            speech.language,
            sign_in=sign_in,
            desk=desk,
            base=base_url(router.current_event.raw_event, domain=region.domain),
        )
        return Response(
            status_code=200, content_type=content_types.APPLICATION_JSON, body=view, headers=AN_HOUR | _VARY
        )

    return router


def _view(region: Region, language: str, *, sign_in: SignIn, desk: DeskView | None, base: str) -> RegionView:
    limits, quiet = Limits.of(region.limits), region.quiet_hours
    return RegionView(
        id=region.id,
        name=in_language(region.name, language),
        languages=list(region.languages),
        time_zone=region.time_zone,
        number_prefix=region.number_prefix,
        areas=_areas(region, language),
        base_map=_base_map(region.base_map),
        limits=RegionLimits(
            complaints_per_day=limits.complaints_per_day,
            comments_per_day=limits.comments_per_day,
            declarations_per_day=limits.declarations_per_day,
            joins_per_day=limits.joins_per_day,
            devices_per_day=limits.devices_per_day,
            comment_length=limits.comment_length,
            photo_bytes=limits.photo_bytes,
            photos=limits.photos,
        ),
        quiet_hours=QuietHoursView.model_validate(quiet) if quiet else None,
        emergency_numbers=[
            EmergencyNumberView(number=each.number, name=in_language(each.name, language))
            for each in region.emergency_numbers
        ],
        sign_in=sign_in,
        desk=desk,
        documentation=Documentation(page=f"{base}/docs", openapi=f"{base}/openapi.json"),
    )


def _base_map(base_map: BaseMap | None) -> MapStyle | MapArchive | None:
    if base_map is None:
        return None
    if base_map.kind == "style":
        return MapStyle(style=base_map.address)
    return MapArchive(pmtiles=base_map.address)


def _areas(region: Region, language: str) -> Areas:
    boundary = _area(region.id, "boundary", name=in_language(region.name, language), polygons=region.boundary)
    districts = [
        _area(each.id, "district", name=in_language(each.name, language), polygons=each.polygons)
        for each in region.districts
    ]
    return Areas(type="FeatureCollection", features=[boundary, *districts])


def _area(id: str, kind: str, *, name: str, polygons: Polygons) -> Area:
    coordinates = [[[list(point) for point in ring] for ring in polygon] for polygon in polygons]
    return Area(
        type="Feature",
        id=id,
        properties=AreaProperties(kind=kind, name=name),
        geometry=MultiPolygon(type="MultiPolygon", coordinates=coordinates),
    )
