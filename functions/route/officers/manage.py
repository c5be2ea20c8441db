"""`/v1/agency/officers`: a body's officers, for its heads and for keys with the scope `admin`."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from functions.complaints.complaint import Role
from functions.complaints.faults import Conflict, NotFound
from functions.complaints.keys import Caller
from functions.edge.callers import Admin
from functions.edge.idempotency import TakenKey, request_of
from functions.edge.operations import answering, with_scope
from functions.edge.problems import Problem
from functions.edge.resolver import no_content
from functions.records.agencies.made import MadeItem, made_under, new_made
from functions.records.agencies.officers import (
    INVITED,
    LEFT,
    OfficerItem,
    change_officer,
    invited,
    let_go,
    officer_of,
    officers_of,
    signed_out,
)
from functions.records.requests import REQUEST_KEPT, Request
from functions.route.officers.pool import Pool
from functions.route.officers.views import (
    TAG,
    Invitation,
    OfficerChange,
    OfficerId,
    Officers,
    OfficerView,
    officer_view,
)

_ADMIN: Final = with_scope("admin")


def manage(*, pool: Callable[[], Pool] | None, now: Callable[[], datetime]) -> Router:
    """The routes; `pool` is made when it is asked for, and None where the region's officers are an issuer's, or there are
    none.
    """
    router = Router()
    route: dict[str, Any] = {"tags": TAG, "security": _ADMIN}

    @router.get("/v1/agency/officers", operation_id="listOfficers", summary="The body's officers", **route)
    def listed(caller: Admin) -> Officers:
        return Officers(items=[officer_view(each) for each in officers_of(caller.agency_id)])

    @router.post(
        "/v1/agency/officers",
        status_code=201,
        operation_id="inviteOfficer",
        summary="Invite an officer",
        description="They are sent an e-mail with a password that is good once, within seven days. Whoever was invited and "
        "has not come is sent another one. With an Idempotency-Key the same request invites once.",
        openapi_extensions=answering("conflict"),
        **route,
    )
    def invite(caller: Admin, body: Invitation, key: TakenKey = None) -> OfficerView:
        here = _pool(pool)
        event = router.current_event.raw_event
        request = None if key is None else request_of(event, caller=f"officers#{caller.key_id}", key=key)
        seen = _seen(caller, request)
        if seen is not None:
            officer = officer_of(caller.agency_id, seen.made)
            if officer.state == INVITED and officer.email is not None:
                # The first request may have come no further.
                here.invite(officer.id, email=officer.email, again=False)
            return officer_view(officer)
        note = None if request is None else new_made(caller.agency_id, request, until=now() + REQUEST_KEPT)
        officer = invited(
            caller.agency_id,
            email=body.email,
            name=body.name,
            role=Role(body.role),
            language=body.language,
            created_by=caller.key_id,
            note=note,
            now=now(),
        )
        here.invite(officer.id, email=body.email, again=True)
        return officer_view(officer)

    @router.patch(
        "/v1/agency/officers/<id>",
        operation_id="changeOfficer",
        summary="Change an officer's name or role",
        description="It holds within a minute. A body's last head stays one.",
        openapi_extensions=answering("conflict"),
        **route,
    )
    def change(id: OfficerId, caller: Admin, body: OfficerChange) -> OfficerView:
        _pool(pool)
        officer = _there(caller, id)
        role = None if body.role is None else Role(body.role)
        return officer_view(change_officer(officer, name=body.name, role=role))

    @router.delete(
        "/v1/agency/officers/<id>",
        status_code=204,
        operation_id="letOfficerGo",
        summary="Let an officer go, within 60 seconds",
        description="What they did stays under their id. A body's last head stays.",
        openapi_extensions=answering("conflict"),
        **route,
    )
    def leave(id: OfficerId, caller: Admin) -> Response[None]:
        officer = officer_of(caller.agency_id, id)
        # First what lets them in; then their user, also where an earlier request came no further.
        let_go(officer)
        if pool is not None:
            pool().let_go(id)
        return no_content()

    @router.post(
        "/v1/agency/officers/<id>/reset-second-factor",
        status_code=204,
        operation_id="resetSecondFactor",
        summary="Have an officer set up a new second factor, who lost the old one",
        description="They are signed out everywhere, within 60 seconds, and set it up when they sign in with their "
        "password.",
        openapi_extensions=answering("conflict"),
        **route,
    )
    def reset(id: OfficerId, caller: Admin) -> Response[None]:
        here, officer = _pool(pool), _there(caller, id)
        signed_out(officer, now=now())
        here.reset_second_factor(id)
        return no_content()

    return router


def _pool(pool: Callable[[], Pool] | None) -> Pool:
    """Raises Conflict where officers are managed elsewhere."""
    if pool is None:
        raise Conflict("officers_elsewhere")
    return pool()


def _there(caller: Caller, officer_id: str) -> OfficerItem:
    """Raises NotFound, also for one who left."""
    officer = officer_of(caller.agency_id, officer_id)
    if officer.state == LEFT:
        raise NotFound(officer_id)
    return officer


def _seen(caller: Caller, request: Request | None) -> MadeItem | None:
    """The note of the same request. Raises Problem where the key's first request was another one."""
    seen = None if request is None else made_under(caller.agency_id, request)
    if request is not None and seen is not None and seen.digest != request.digest:
        raise Problem("idempotency-key-reused")
    return seen
