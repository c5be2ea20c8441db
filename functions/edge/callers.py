"""Who calls: what the gateway's authorizers found, as dependencies of routes."""

from collections.abc import Callable
from typing import Annotated

from aws_lambda_powertools.event_handler import Request
from aws_lambda_powertools.event_handler.depends import Depends

from functions.complaints.complaint import Actor, ActorKind
from functions.complaints.keys import FILE, Caller
from functions.edge.authorized import caller_of, claims_of
from functions.edge.problems import Problem


def _person(request: Request) -> str:
    subject = claims_of(request.resolved_event.raw_event).get("sub")
    if not subject:
        raise Problem("unauthenticated")
    return str(subject)


def _with_scope(scope: str) -> Callable[[Request], Caller]:
    def caller(request: Request) -> Caller:
        found = caller_of(request.resolved_event.raw_event)
        found.require(scope)
        return found

    return caller


def _subscriber(scope: str) -> Callable[[Request], Caller]:
    def caller(request: Request) -> Caller:
        found = caller_of(request.resolved_event.raw_event)
        if FILE not in found.scopes:
            found.require(scope)
        return found

    return caller


def _mover(request: Request) -> Caller:
    """Of a key the scope is asked for; of an officer, whether the role allows the move is said once it is known to be
    about a complaint of theirs: of any other, nothing is said.
    """
    found = caller_of(request.resolved_event.raw_event)
    if found.role is None:
        found.require("write")
    return found


def agency_of(caller: Caller) -> Actor:
    """The agency that acts through this key, or through this officer."""
    return Actor(kind=ActorKind.AGENCY, id=caller.agency_id, officer=caller.officer_id, role=caller.role)


Person = Annotated[str, Depends(_person)]
"""The opaque subject of the person who is signed in."""

Reader = Annotated[Caller, Depends(_with_scope("read"))]
Writer = Annotated[Caller, Depends(_with_scope("write"))]
Admin = Annotated[Caller, Depends(_with_scope("admin"))]
"""An agency's key that has the scope, or its officer whose role has it."""
SubscriptionReader = Annotated[Caller, Depends(_subscriber("read"))]
SubscriptionWriter = Annotated[Caller, Depends(_subscriber("write"))]
SubscriptionAdmin = Annotated[Caller, Depends(_subscriber("admin"))]
"""The same where what is called is of subscriptions: a partner's key does all that there is to do with its own."""
Mover = Annotated[Caller, Depends(_mover)]
"""Who makes a move: a key that may write, or an officer, whose role the move itself asks for."""
