"""The addresses of Open311 GeoReport v2, each for both formats."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from functions.complaints.faults import NotFound
from functions.complaints.ids import read_number
from functions.complaints.region import Region
from functions.complaints.texts import in_language, text
from functions.edge.base_url import base_url
from functions.edge.problems import Problem
from functions.edge.revalidation import unless_it_has
from functions.intake.open311.answers import Discovery, Endpoint, Token
from functions.intake.open311.asked import Asked, query_of
from functions.intake.open311.formats import Format
from functions.intake.open311.posted import Posted
from functions.intake.open311.published import Line, Published
from functions.intake.open311.queried import Queried
from functions.intake.open311.resolver import answer
from functions.intake.open311.services import definition, offered, offered_one, service
from functions.intake.open311.shown import request, w3c

ROOT: Final = "/open311/v2"
SPECIFICATION: Final = "http://wiki.open311.org/GeoReport_v2"
"""The specification's own name of itself, which clients compare: https://wiki.open311.org/Service_Discovery"""
_ROUTE: Final[Mapping[str, Any]] = {"include_in_schema": False, "enable_validation": False}
_FOR_AN_HOUR: Final = {"cache-control": "public, max-age=3600", "vary": "accept-language, accept-encoding"}
_FOR_A_MINUTE: Final = {"cache-control": "public, max-age=60", "vary": "accept-language, accept-encoding"}
_DIGITS: Final = 32


def open311(*, region: Region, published: Published, posted: Posted, now: Callable[[], datetime]) -> Router:
    """The routes."""
    router, queried = Router(), Queried(region=region, published=published, now=now)

    @router.get(f"{ROOT}/<file>", compress=True, **_ROUTE)
    def listed(file: str) -> Response[Any]:
        shows = {
            "discovery": discovery,
            "services": services,
            "requests": requests,
            "servicerequestupdates": told,
        }
        name, format = _asked_for(file)
        if name not in shows:
            raise NotFound(file)
        return shows[name](format)

    @router.get(f"{ROOT}/<kind>/<file>", compress=True, **_ROUTE)
    def one(kind: str, file: str) -> Response[Any]:
        shows = {"services": service_definition, "requests": single, "tokens": of_token}
        name, format = _asked_for(file)
        if kind not in shows:
            raise NotFound(kind)
        return shows[kind](name, format)

    @router.post(f"{ROOT}/<file>", **_ROUTE)
    def filed(file: str) -> Response[Any]:
        name, format = _asked_for(file)
        if name != "requests":
            raise NotFound(file)
        created = posted(router.current_event.raw_event, language=language())
        return answer("service_requests", [created], format=format)

    def discovery(format: Format) -> Response[Any]:
        base, changeset = address(), w3c(published.changed_at())
        names = {"region": in_language(region.name, language()), "link": f"{base}/docs"}
        found = Discovery(
            changeset=changeset,
            contact=text("open311.contact", language(), **names),
            key_service=text("open311.key_service", language()),
            endpoints=[
                Endpoint(
                    specification=SPECIFICATION,
                    url=f"{base}{ROOT}",
                    changeset=changeset,
                    type="production" if region.stage == "cloud" else "test",
                    formats=[each.media_type for each in Format],
                )
            ],
        )
        return kept(answer("discovery", found, format=format, charset=False, headers=_FOR_AN_HOUR))

    def services(format: Format) -> Response[Any]:
        views = [service(each, region=region, language=language()) for each in offered(region, now=now())]
        return kept(answer("services", views, format=format, headers=_FOR_AN_HOUR))

    def service_definition(code: str, format: Format) -> Response[Any]:
        view = definition(offered_one(code, region=region, now=now()), language=language())
        return kept(answer("service_definition", view, format=format, headers=_FOR_AN_HOUR))

    def requests(format: Format) -> Response[Any]:
        asked = Asked.of(query_of(router.current_event.query_string_parameters))
        return shown(queried.lines(asked), asked, format)

    def single(name: str, format: Format) -> Response[Any]:
        asked = Asked.of(query_of(router.current_event.query_string_parameters))
        return shown([queried.line(name, language=language())], asked, format)

    def of_token(token: str, format: Format) -> Response[Any]:
        """No answer has one, for every request has its id at once; a client that takes the id for one is answered."""
        number = read_number(token)
        if number is None or not queried.was_public(number):
            raise Problem("not-found", detail="open311.no_token")
        return answer("service_requests", [Token(service_request_id=number, token=token)], format=format)

    def told(format: Format) -> Response[Any]:
        asked = Asked.of(query_of(router.current_event.query_string_parameters))
        views = queried.steps(asked, language=language())
        return kept(answer("service_request_updates", views, format=format, headers=_FOR_A_MINUTE))

    def shown(lines: Iterable[Line], asked: Asked, format: Format) -> Response[Any]:
        views = [
            request(
                line.record(),
                region=region,
                language=language(),
                base=address(),
                extended=asked.extensions,
            )
            for line in lines
        ]
        return kept(answer("service_requests", views, format=format, headers=_FOR_A_MINUTE))

    def language() -> str:
        spoken: str = router.context["spoken"].language
        return spoken

    def address() -> str:
        return base_url(router.current_event.raw_event, domain=region.domain)

    def kept(response: Response[Any]) -> Response[Any]:
        tag = hashlib.sha256(str(response.body).encode()).hexdigest()[:_DIGITS]
        return unless_it_has(f'W/"{tag}"', asked=router.current_event.headers, response=response)

    return router


def _asked_for(file: str) -> tuple[str, Format]:
    """What is asked for, and how. Raises NotFound for a format that there is not."""
    name, _, ending = file.rpartition(".")
    if ending not in list(Format):
        raise NotFound(file)
    return name, Format(ending)
