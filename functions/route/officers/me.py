"""`/v1/agency/me`: who calls, and in which language they are written to."""

from contextlib import suppress

from aws_lambda_powertools.event_handler.api_gateway import Router

from functions.complaints.faults import Forbidden, NotFound
from functions.complaints.keys import SCOPES, Caller
from functions.complaints.region import Region
from functions.edge.callers import Reader
from functions.edge.operations import with_scope
from functions.records.agencies.officers import OfficerItem, change_officer, officer_of
from functions.route.officers.views import TAG, BodyNames, MyChange, Myself, WhoCalls


def me(*, region: Region) -> Router:
    """The routes."""
    router = Router()

    @router.get(
        "/v1/agency/me",
        operation_id="showCaller",
        tags=TAG,
        security=with_scope("read"),
        summary="The body that calls, and who for it",
    )
    def show_me(caller: Reader) -> WhoCalls:
        return _me(caller, _known(caller), region=region)

    @router.patch(
        "/v1/agency/me",
        operation_id="changeCaller",
        tags=TAG,
        security=with_scope("read"),
        summary="Change the language that one is written to in",
        description="For officers; a key has none.",
    )
    def change_me(caller: Reader, body: MyChange) -> WhoCalls:
        if caller.officer_id is None:
            raise Forbidden
        officer = officer_of(caller.agency_id, caller.officer_id)
        return _me(caller, change_officer(officer, language=body.language), region=region)

    return router


def _known(caller: Caller) -> OfficerItem | None:
    """Somebody whom an issuer brought may not have been written down yet."""
    if caller.officer_id is not None:
        with suppress(NotFound):
            return officer_of(caller.agency_id, caller.officer_id)
    return None


def _me(caller: Caller, officer: OfficerItem | None, *, region: Region) -> WhoCalls:
    myself = None
    if caller.officer_id is not None and caller.role is not None:
        myself = Myself(
            id=caller.officer_id,
            name=None if officer is None else officer.name,
            role=str(caller.role),
            language=None if officer is None else officer.language,
        )
    return WhoCalls(
        agency=BodyNames(id=caller.agency_id, name=dict(region.agency(caller.agency_id).name)),
        officer=myself,
        scopes=[scope for scope in SCOPES if scope in caller.scopes],
    )
