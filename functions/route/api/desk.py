"""Where an agency works: what it may do with a complaint, each move once for its key, and what a move answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from functions.complaints.change import Change
from functions.complaints.complaint import Actor, Complaint
from functions.complaints.faults import NotFound
from functions.complaints.keys import Caller
from functions.complaints.moves.possible import possible
from functions.complaints.region import Region
from functions.edge.authorized import caller_of
from functions.edge.callers import agency_of
from functions.edge.idempotency import request_of
from functions.edge.judging import Judge
from functions.edge.repeats import moved_once
from functions.records.agencies.assignees import MayHave
from functions.records.names import meant
from functions.records.store import ComplaintStore
from functions.route.api.views import AgencyComplaint, Possible, receipt

TAG: Final = ["Agency work"]

type Decide = Callable[[Complaint, Actor], Change | None]
"""The move that this body would make."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The agencies' work on one region's complaints."""

    store: ComplaintStore
    region: Region
    may_have: MayHave
    now: Callable[[], datetime]

    def possible(self, by: Actor) -> Possible:
        return lambda complaint: possible(complaint, by=by, region=self.region, now=self.now())

    def named(self, name: str) -> Complaint | None:
        """The complaint with this id or number, if there is one."""
        try:
            return self.store.get(meant(name))
        except NotFound:
            return None

    def judge(self, decide: Callable[[Any, Complaint, Actor], object]) -> Judge:
        """Of a body of the request, what the move would say of it."""

        def judge(event: Mapping[str, Any], names: Mapping[str, str], body: Any) -> None:
            caller = caller_of(event)
            if caller.role is None:
                caller.require("write")
            decide(body, self.store.get(meant(names["id"])), agency_of(caller))

        return judge

    def moved(
        self, complaint_id: str, decide: Decide, *, caller: Caller, key: str | None, event: Mapping[str, Any]
    ) -> AgencyComplaint:
        """The answer to a move; `event` is the request, which is carried out once for its `key`."""
        complaint, _ = self.made(complaint_id, decide, caller=caller, key=key, event=event)
        return receipt(complaint, possible=self.possible(agency_of(caller)))

    def made(
        self, complaint_id: str, decide: Decide, *, caller: Caller, key: str | None, event: Mapping[str, Any]
    ) -> tuple[Complaint, Sequence[str]]:
        """The complaint after the move, and the ids of the photos that the move declared."""
        by = agency_of(caller)
        request = None if key is None else request_of(event, caller=f"agency#{by.id}", key=key)
        return moved_once(
            self.store,
            complaint_id,
            lambda each: decide(each, by),
            request=request,
            possible=self.possible(by),
        )
